"""The versions of articles: reading, adding, and the stamp that tells every process to look."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import FrontDoorError, NotFound
from core.ids import new_id
from editorial.article_models import ArticleEvent, ArticleVersion, KnowledgeStamp
from knowledge_base.article import TOLD, Article, ArticleStatus
from knowledge_base.article_files import dump_article, parse_article

_ONE = 1


class ArticleStep(StrEnum):
    """What the history of an article tells."""

    IMPORTED = "imported"
    WRITTEN = "written"
    SENT = "sent"
    APPROVED = "approved"
    SENT_BACK = "sent_back"
    PUBLISHED = "published"
    DOUBTED = "doubted"
    WITHDRAWN = "withdrawn"
    REPORTED = "reported"
    SETTLED = "settled"
    DUE_SOON = "due_soon"
    EXPIRED = "expired"


class ArticleChangedMeanwhile(FrontDoorError):
    """Somebody saved another version after this person had opened theirs."""

    def __init__(self, article_id: str, latest: int) -> None:
        super().__init__(f"{article_id} is at version {latest} already")
        self.article_id = article_id
        self.latest = latest


@dataclass(frozen=True, slots=True)
class Stamp:
    """Which state of the articles is told."""

    generation: int
    stock: str | None
    """The starting stock that it still equals, if it does."""


@dataclass(frozen=True, slots=True)
class Told:
    """A version that residents are told something of."""

    article_id: str
    number: int
    status: str
    digest: str


def digest_of(text: str) -> str:
    """By which a text is known again."""
    return sha256(text.encode()).hexdigest()


def article_of(version: ArticleVersion) -> Article:
    """The article that a version holds, with the status that it has now."""
    article = parse_article(version.text, file=version.article_id)
    return replace(article, status=ArticleStatus(version.status), version=version.number)


def markdown_of(version: ArticleVersion) -> str:
    """The text to export: as it was written where its head still says the truth."""
    article = parse_article(version.text, file=version.article_id)
    if (article.status, article.version) == (version.status, version.number):
        return version.text
    return dump_article(article_of(version))


async def find_stamp(session: AsyncSession) -> Stamp | None:
    """Which state is told; None before the first import."""
    row = await session.get(KnowledgeStamp, _ONE)
    return Stamp(row.generation, row.stock) if row else None


async def list_told(session: AsyncSession) -> list[Told]:
    """Everything that residents are told something of, without the texts."""
    rows = await session.execute(
        select(
            ArticleVersion.article_id,
            ArticleVersion.number,
            ArticleVersion.status,
            ArticleVersion.digest,
        )
        .where(_is_told())
        .order_by(ArticleVersion.article_id)
    )
    return [Told(*row) for row in rows]


async def read_texts(session: AsyncSession, digests: Collection[str]) -> dict[str, str]:
    """Texts by their digest."""
    if not digests:
        return {}
    rows = await session.execute(
        select(ArticleVersion.digest, ArticleVersion.text).where(ArticleVersion.digest.in_(digests))
    )
    return {row.digest: row.text for row in rows}


async def find_told(session: AsyncSession, article_id: str) -> ArticleVersion | None:
    """The version that residents are told, if there is one."""
    found = await session.scalars(
        select(ArticleVersion).where(ArticleVersion.article_id == article_id, _is_told())
    )
    return found.one_or_none()


async def find_latest(session: AsyncSession, article_id: str) -> ArticleVersion | None:
    """The version that was written last."""
    found = await session.scalars(
        select(ArticleVersion)
        .where(ArticleVersion.article_id == article_id)
        .order_by(ArticleVersion.number.desc())
        .limit(1)
    )
    return found.one_or_none()


async def get_latest(session: AsyncSession, article_id: str) -> ArticleVersion:
    """The version that was written last; raises `NotFound`."""
    found = await find_latest(session, article_id)
    if found is None:
        raise NotFound("article", article_id)
    return found


async def list_versions(session: AsyncSession, article_id: str) -> Sequence[ArticleVersion]:
    """All versions, the newest first; raises `NotFound` when there is none."""
    found = await session.scalars(
        select(ArticleVersion)
        .where(ArticleVersion.article_id == article_id)
        .order_by(ArticleVersion.number.desc())
    )
    versions = found.all()
    if not versions:
        raise NotFound("article", article_id)
    return versions


async def list_newest(session: AsyncSession) -> Sequence[ArticleVersion]:
    """Of every article the version that was written last."""
    newest = (
        select(ArticleVersion.article_id, func.max(ArticleVersion.number).label("number"))
        .group_by(ArticleVersion.article_id)
        .subquery()
    )
    found = await session.scalars(
        select(ArticleVersion)
        .join(
            newest,
            (newest.c.article_id == ArticleVersion.article_id)
            & (newest.c.number == ArticleVersion.number),
        )
        .order_by(ArticleVersion.article_id)
    )
    return found.all()


async def list_current(session: AsyncSession) -> list[ArticleVersion]:
    """Of every article the version that is told, otherwise the one that was written last."""
    found = await session.scalars(select(ArticleVersion).where(_is_told()))
    current = {each.article_id: each for each in await list_newest(session)}
    current |= {each.article_id: each for each in found}
    return [current[article_id] for article_id in sorted(current)]


async def list_events(session: AsyncSession, article_id: str) -> Sequence[ArticleEvent]:
    """What was done with an article, the latest first."""
    found = await session.scalars(
        select(ArticleEvent)
        .where(ArticleEvent.article_id == article_id)
        .order_by(ArticleEvent.id.desc())
    )
    return found.all()


async def lock_articles(session: AsyncSession, now: datetime) -> KnowledgeStamp:
    """
    Let nobody else change articles until this transaction ends.

    Changes are rare, so one lock for all of them is simplest.
    """
    found = await session.scalars(
        select(KnowledgeStamp).where(KnowledgeStamp.id == _ONE).with_for_update()
    )
    row = found.one_or_none()
    if row is None:
        row = KnowledgeStamp(id=_ONE, generation=0, stock=None, changed_at=now)
        session.add(row)
        await session.flush()
    return row


async def tell_anew(session: AsyncSession, now: datetime) -> None:
    """What is told has changed: every process builds its search anew."""
    await session.execute(
        update(KnowledgeStamp)
        .where(KnowledgeStamp.id == _ONE)
        .values(generation=KnowledgeStamp.generation + 1, stock=None, changed_at=now)
    )


async def add_version(
    session: AsyncSession,
    article: Article,
    *,
    seen: int,
    by_id: UUID | None,
    reason: str,
    now: datetime,
) -> ArticleVersion:
    """
    Keep a text as the next version, a draft.

    `seen` is the number of the version that the author had before them, 0 for
    a new article; raises `ArticleChangedMeanwhile` when it is not the last,
    `ArticleUnreadable` for a text that cannot be read back.
    """
    latest = await find_latest(session, article.id)
    number = latest.number if latest else 0
    if number != seen:
        raise ArticleChangedMeanwhile(article.id, number)
    written = replace(article, version=number + 1)
    text = dump_article(written)
    parse_article(text, file=article.id)  # what no process could read is never kept
    version = version_row(written, text, by_id=by_id, now=now)
    version.reason = reason
    session.add(version)
    await session.flush()
    note(session, version, ArticleStep.WRITTEN, by_id=by_id, words=reason, now=now)
    return version


def version_row(
    article: Article, text: str, *, by_id: UUID | None, now: datetime
) -> ArticleVersion:
    """A row for an article, with the status that its head says."""
    until = min([article.valid_until, *(each.valid_until for each in article.amounts)])
    return ArticleVersion(
        id=new_id(),
        article_id=article.id,
        number=article.version,
        status=article.status.value,
        text=text,
        digest=digest_of(text),
        title=article.title,
        matter=article.matter,
        owner=article.owner,
        valid_until=until,
        wholly_until=article.valid_until,
        author_id=by_id,
        reason="",
        created_at=now,
        published_at=now if article.status in TOLD else None,
    )


def note(
    session: AsyncSession,
    version: ArticleVersion,
    kind: ArticleStep,
    *,
    by_id: UUID | None,
    now: datetime,
    words: str = "",
) -> None:
    """Add a line to the history of the version's article."""
    note_at(session, version.article_id, version.number, kind, by_id=by_id, now=now, words=words)


def note_at(
    session: AsyncSession,
    article_id: str,
    number: int,
    kind: ArticleStep,
    *,
    by_id: UUID | None,
    now: datetime,
    words: str = "",
) -> None:
    """Add a line to an article's history."""
    session.add(
        ArticleEvent(
            article_id=article_id, number=number, kind=kind, by_id=by_id, words=words, at=now
        )
    )


def _is_told() -> ColumnElement[bool]:
    told = [each.value for each in TOLD]
    return ArticleVersion.status.in_(told) & ArticleVersion.ended_at.is_(None)
