"""The list of articles: search, filters, what ends soon, what is reported."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from fastapi import Request, Response

from console.article_view import ArticleRow, row_view, stage
from console.frame import FramedPages, staff_of
from console.words import Words
from core.dates import today_in_china
from editorial.article_lists import ends_soon
from editorial.article_models import ArticleVersion
from editorial.article_reports import list_open
from editorial.article_use import Used, read_use
from editorial.articles import list_current, list_newest
from knowledge_base.article import TOLD, Audience
from people.permissions import Permission
from people.sessions import SignedIn

SHOWS = (
    "mine",
    "reported",
    "soon",
    "over",
    "draft",
    "in_review",
    "approved",
    "published",
    "needs_review",
    "withdrawn",
)
"""What can be picked; `mine` is what one's own department vouches for and has to look at."""
USED_WITHIN = timedelta(days=90)
_PAGE = 50
_FOUND = 40


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to see."""

    q: str = ""
    matter: str = ""
    show: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class Entry:
    """One article: what is told, what was written last, what is reported, how it is used."""

    version: ArticleVersion
    latest: ArticleVersion
    due_at: datetime | None
    used: Used


class ArticleList(FramedPages):
    """The page with the list."""

    async def show(self, request: Request, signed_in: SignedIn, asked: Asked) -> Response:
        """Fifty articles a page, by matter; a search puts the best first."""
        me, now, words = staff_of(signed_in), self._deps.clock.now(), self._frames.words(request)
        today = today_in_china(now)
        entries = await self._entries(now)
        found = self._searched(entries, asked, words, today)
        picked = [
            each
            for each in found
            if (not asked.matter or each.version.matter == asked.matter)
            and (not asked.show or _is_shown(each, asked.show, me.units, today))
        ]
        begin = (asked.page - 1) * _PAGE
        return await self._frames.render(
            request,
            "console/articles.html",
            signed_in,
            current="knowledge",
            rows=[self._row(each, request, today) for each in picked[begin : begin + _PAGE]],
            count=len(picked),
            asked=asked,
            shows=words.options("editorial.show", SHOWS),
            matters=[(name, said) for name, said, _ in words.matters()],
            may_edit=me.may(Permission.ARTICLE_EDIT),
            before=_address(asked, asked.page - 1) if begin else "",
            after=_address(asked, asked.page + 1) if begin + _PAGE < len(picked) else "",
        )

    async def _entries(self, now: datetime) -> list[Entry]:
        async with self._deps.database.reading() as session:
            current = await list_current(session)
            latest = {each.article_id: each for each in await list_newest(session)}
            reported = await list_open(session)
            used = await read_use(session, now - USED_WITHIN)
        return [
            Entry(each, latest[each.article_id], reported.get(each.article_id), _used(used, each))
            for each in current
        ]

    def _searched(
        self, entries: list[Entry], asked: Asked, words: Words, today: date
    ) -> list[Entry]:
        if not asked.q:
            return entries
        hits = self._deps.articles.search(
            asked.q, today=today, limit=_FOUND, audience=Audience.STAFF
        )
        places = {hit.article.id: place for place, hit in enumerate(hits) if hit.fits}
        for each in entries:
            said = f"{each.version.article_id} {each.latest.title} {each.version.title}"
            if asked.q in f"{said} {words.matter(each.version.matter)}":
                places[each.version.article_id] = -1
        wanted = [each for each in entries if each.version.article_id in places]
        return sorted(wanted, key=lambda each: places[each.version.article_id])

    def _row(self, entry: Entry, request: Request, today: date) -> ArticleRow:
        return row_view(
            entry.version,
            entry.latest,
            used=entry.used,
            due_at=entry.due_at,
            words=self._frames.words(request),
            when=self._frames.when(request),
            today=today,
        )


def _used(used: Mapping[str, Used], version: ArticleVersion) -> Used:
    return used.get(version.article_id, Used())


def _is_shown(entry: Entry, show: str, units: tuple[str, ...], today: date) -> bool:
    version = entry.version
    told = version.status in TOLD
    if show == "reported":
        return entry.due_at is not None
    if show == "over":
        return told and version.valid_until < today
    if show == "soon":
        return told and ends_soon(version, today)
    if show == "mine":
        return told and ends_soon(version, today) and version.owner in units
    return show in (stage(version), stage(entry.latest))


def _address(asked: Asked, page: int) -> str:
    wish = {"q": asked.q, "matter": asked.matter, "show": asked.show, "page": page}
    return "/console/knowledge?" + urlencode({name: each for name, each in wish.items() if each})
