"""Articles from Markdown into the database and back: the starting stock, import, export."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from editorial.article_models import KnowledgeStamp
from editorial.articles import (
    ArticleStep,
    add_version,
    find_stamp,
    list_current,
    list_newest,
    lock_articles,
    markdown_of,
    note,
    version_row,
)
from knowledge_base.article import Article, ArticleStatus
from knowledge_base.article_files import dump_article, parse_article


@dataclass(frozen=True, slots=True)
class Written:
    """An article and the very text that says it."""

    article: Article
    text: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did, as ids of articles."""

    first: bool
    """Nothing was there before: everything stands as its head says."""
    added: Sequence[str]
    changed: Sequence[str]
    unchanged: int


async def import_first(
    session: AsyncSession, stock: Sequence[Written], *, key: str, now: datetime
) -> bool:
    """
    Fill empty tables with the starting stock; gives False when they are not empty.

    `key` names the stock: as long as nothing else is published, whoever has
    read these files need not read the database. Of two processes that begin
    together one does it.
    """
    if await find_stamp(session) is not None:
        return False
    try:
        async with session.begin_nested():
            session.add(KnowledgeStamp(id=1, generation=1, stock=key, changed_at=now))
    except IntegrityError:
        return False
    _keep_as_they_are(session, stock, now)
    await session.flush()
    return True


def _keep_as_they_are(session: AsyncSession, stock: Sequence[Written], now: datetime) -> None:
    for each in stock:
        version = version_row(each.article, each.text, by_id=None, now=now)
        session.add(version)
        note(session, version, ArticleStep.IMPORTED, by_id=None, now=now)


async def import_articles(
    session: AsyncSession, written: Sequence[Written], *, key: str, reason: str, now: datetime
) -> Imported:
    """
    Take in articles from files.

    Into an empty database they come as their heads say. Afterwards what is new
    or different becomes a draft: an import does not get round the review.
    What says the same as the version that was written last is left alone.
    """
    ids = [each.article.id for each in written]
    if await import_first(session, written, key=key, now=now):
        return Imported(first=True, added=ids, changed=(), unchanged=0)
    await lock_articles(session, now)
    newest = {each.article_id: each for each in await list_newest(session)}
    added: list[str] = []
    changed: list[str] = []
    for each in written:
        before = newest.get(each.article.id)
        if before is not None and _same(markdown_of(before), each):
            continue
        draft = replace(each.article, status=ArticleStatus.DRAFT)
        seen = before.number if before else 0
        await add_version(session, draft, seen=seen, by_id=None, reason=reason, now=now)
        (changed if before else added).append(each.article.id)
    unchanged = len(written) - len(added) - len(changed)
    return Imported(first=False, added=added, changed=changed, unchanged=unchanged)


def _same(kept: str, given: Written) -> bool:
    """Whether both say the same but for the number and the status, which are the office's own."""
    mine = parse_article(kept, file=given.article.id)
    alike = replace(given.article, status=mine.status, version=mine.version)
    return dump_article(mine) == dump_article(alike)


async def export_articles(session: AsyncSession) -> Mapping[str, str]:
    """
    Every article as Markdown by file name: what is told, otherwise what was written last.

    Brought into an empty database and exported again, each byte is the same.
    """
    current = await list_current(session)
    return {f"{each.article_id}.md": markdown_of(each) for each in current}
