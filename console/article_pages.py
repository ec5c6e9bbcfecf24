"""The pages of one article: as residents read it, its form, its versions side by side."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.ext.asyncio import AsyncSession

from console.article_form import (
    Wrong,
    empty_article,
    form_of,
    new_article,
    read_article,
    rows_of,
)
from console.article_list import USED_WITHIN
from console.article_view import (
    Finds,
    as_read,
    event_view,
    facts_of,
    report_view,
    say_findings,
    stage,
    to_compare,
    version_view,
)
from console.differences import compare_texts
from console.fields import read_form
from console.frame import FramedPages, staff_of
from console.words import Words
from core.dates import today_in_china
from core.errors import FrontDoorError, NotFound, NotPermitted
from editorial.article_models import ArticleVersion
from editorial.article_path import get_version, list_writers
from editorial.article_reports import list_reports
from editorial.article_use import Used, read_use
from editorial.articles import (
    article_of,
    find_told,
    get_latest,
    list_events,
    list_versions,
    markdown_of,
)
from handlers.staff.write_article import write_article
from knowledge_base.answer import Answer, known_offices
from knowledge_base.article import Article, ArticleStatus, Audience, Level, Risk
from knowledge_base.check import check_article, needs_second_person
from people.accounts import list_staff
from people.permissions import Permission, StaffMember
from people.sessions import SignedIn
from web.lengths import check_lengths

_UNPUBLISHED = (ArticleStatus.DRAFT, ArticleStatus.IN_REVIEW)


@dataclass(frozen=True, slots=True)
class Failed:
    """What was refused, and what was typed."""

    action: str = ""
    sentence: str = ""
    form: Mapping[str, str] = field(default_factory=dict)
    status: int = 200


@dataclass(frozen=True, slots=True)
class Filled:
    """The form with what stands in it."""

    form: Mapping[str, str]
    seen: int
    wrong: tuple[Wrong, ...] = ()
    sentence: str = ""
    preview: bool = False
    status: int = 200


class ArticlePages(FramedPages):
    """What these pages show."""

    async def show(
        self,
        request: Request,
        signed_in: SignedIn,
        article_id: str,
        *,
        number: int = 0,
        failed: Failed | None = None,
    ) -> Response:
        """One article: the version asked for, else the draft for who works on it, else what is told."""
        me, words, when = (
            staff_of(signed_in),
            self._frames.words(request),
            self._frames.when(request),
        )
        now, failed = self._deps.clock.now(), failed or Failed()
        async with self._deps.database.reading() as session:
            versions = await list_versions(session, article_id)
            told = await find_told(session, article_id)
            shown = await self._shown(session, article_id, number, told, versions[0], me)
            events = await list_events(session, article_id)
            reports = await list_reports(session, self._deps.vault, article_id)
            used = (await read_use(session, now - USED_WITHIN)).get(article_id, Used())
            names = {each.id: each.name for each in await list_staff(session)}
            wrote = me.id in await list_writers(session, versions[0])
        article = article_of(shown)
        finds = self._findings(article, words)
        return await self._frames.render(
            request,
            "console/article.html",
            signed_in,
            current="knowledge",
            status=failed.status,
            failed=failed,
            version=shown,
            status_words=words.say(f"editorial.status.{stage(shown)}"),
            told=told,
            latest=versions[0],
            answer=self._answer(article, words, finds),
            finds=finds,
            facts=facts_of(shown, words),
            can=self._buttons(me, versions[0], told, wrote=wrote),
            second=needs_second_person(article_of(versions[0])),
            wrote=wrote,
            versions=[version_view(each, names, words, when) for each in versions],
            reports=[report_view(each, names, words, when, now) for each in reports],
            events=[event_view(each, names, words, when) for each in events],
            used=used,
        )

    async def edit(
        self,
        request: Request,
        signed_in: SignedIn,
        article_id: str | None,
        filled: Filled | None = None,
    ) -> Response:
        """The form: of the version that was written last, or of a new article."""
        words, today = self._frames.words(request), today_in_china(self._deps.clock.now())
        before = await self._before(article_id)
        article = article_of(before) if before else empty_article("", "", today)
        seen = before.number if before else 0
        filled = filled or Filled(form_of(article, today=today), seen)
        written, _ = self._read(article_id, article, filled.form)
        finds = self._findings(written, words)
        wrong = {each.field: words.say(each.text) for each in filled.wrong}
        return await self._frames.render(
            request,
            "console/article_edit.html",
            signed_in,
            current="knowledge",
            status=filled.status,
            article_id=article_id or "",
            article=article,
            form=filled.form,
            seen=filled.seen,
            sentence=filled.sentence,
            wrong=wrong,
            finds=finds if before or filled.preview or filled.wrong else Finds(),
            answer=self._answer(written, words, finds) if filled.preview else None,
            previewed=filled.preview,
            rows={each: rows_of(filled.form, each) for each in ("amount", "law", "source")},
            matters=[(name, said) for name, said, _ in words.matters()],
            units=[(unit, name) for unit, name, _ in words.units()],
            levels=words.options("editorial.level", Level),
            risks=words.options("editorial.risk", Risk),
            audiences=words.options("editorial.audience", Audience),
        )

    async def write(
        self, request: Request, signed_in: SignedIn, article_id: str | None
    ) -> Response:
        """Save the form as the next version, or show what residents would read of it."""
        form = await read_form(request)
        today = today_in_china(self._deps.clock.now())
        before = await self._before(article_id)
        old = article_of(before) if before else empty_article("", "", today)
        article, wrong = self._read(article_id, old, form)
        seen = int(form["seen"]) if form.get("seen", "").isdecimal() else 0
        if wrong or form.get("action") == "preview":
            filled = Filled(
                form, seen, tuple(wrong), preview=not wrong, status=422 if wrong else 200
            )
            return await self.edit(request, signed_in, article_id, filled)
        try:
            check_lengths(form)
            async with self._deps.database.transaction() as session:
                version = await write_article(
                    session,
                    self._deps.desk,
                    article,
                    seen=seen,
                    words=form.get("words", ""),
                    by=staff_of(signed_in),
                    now=self._deps.clock.now(),
                )
        except (NotFound, NotPermitted):
            raise
        except FrontDoorError as error:
            status, sentence = self._deps.errors.status_and_sentence(request, error)
            filled = Filled(form, seen, sentence=sentence, status=status)
            return await self.edit(request, signed_in, article_id, filled)
        await self._deps.signals.publish("console", "article")
        address = f"/console/knowledge/{version.article_id}?done=article-written"
        return RedirectResponse(address, status_code=303)

    async def compare(
        self, request: Request, signed_in: SignedIn, article_id: str, before: int, after: int
    ) -> Response:
        """Two versions; left out: the last one and the one that is told."""
        words = self._frames.words(request)
        async with self._deps.database.reading() as session:
            latest = await get_latest(session, article_id)
            new = await get_version(session, article_id, after or latest.number)
            told = await find_told(session, article_id)
            old_number = before or (told.number if told else new.number - 1)
            old = await get_version(session, article_id, old_number)
        return await self._frames.render(
            request,
            "console/article_differences.html",
            signed_in,
            current="knowledge",
            article_id=article_id,
            title=new.title,
            before=old.number,
            after=new.number,
            lines=compare_texts(to_compare(old, words), to_compare(new, words)),
        )

    async def markdown(self, article_id: str, number: int) -> Response:
        """One version as a file; left out: what is told, otherwise what was written last."""
        async with self._deps.database.reading() as session:
            if number:
                version = await get_version(session, article_id, number)
            else:
                told = await find_told(session, article_id)
                version = told or await get_latest(session, article_id)
        return Response(
            markdown_of(version),
            media_type="text/markdown; charset=utf-8",
            headers={"content-disposition": f'attachment; filename="{version.article_id}.md"'},
        )

    async def _before(self, article_id: str | None) -> ArticleVersion | None:
        if article_id is None:
            return None
        async with self._deps.database.reading() as session:
            return await get_latest(session, article_id)

    async def _shown(
        self,
        session: AsyncSession,
        article_id: str,
        number: int,
        told: ArticleVersion | None,
        latest: ArticleVersion,
        me: StaffMember,
    ) -> ArticleVersion:
        if number:
            return await get_version(session, article_id, number)
        works = me.may(Permission.ARTICLE_EDIT) or me.may(Permission.ARTICLE_REVIEW)
        return latest if works or told is None else told

    def _read(
        self, article_id: str | None, before: Article, form: Mapping[str, str]
    ) -> tuple[Article, list[Wrong]]:
        today = today_in_china(self._deps.clock.now())
        if article_id is None:
            return new_article(form, self._deps.taxonomy, today)
        return read_article(form, before, today)

    def _findings(self, article: Article, words: Words) -> Finds:
        today = today_in_china(self._deps.clock.now())
        beside = self._deps.articles.articles
        return say_findings(check_article(article, beside, self._deps.taxonomy, today), words)

    def _answer(self, article: Article, words: Words, finds: Finds) -> Answer | None:
        """As a resident will read it; None while marks in it cannot be filled in."""
        if not finds.readable:
            return None
        offices = known_offices(self._deps.taxonomy, self._deps.settings.desk.offices)
        return as_read(article, offices, words, today_in_china(self._deps.clock.now()))

    def _buttons(
        self,
        me: StaffMember,
        latest: ArticleVersion,
        told: ArticleVersion | None,
        *,
        wrote: bool,
    ) -> dict[str, bool]:
        """Which steps stand open to this person now."""
        in_review = latest.status == ArticleStatus.IN_REVIEW
        read = latest.reviewed_at is not None
        free = read or not needs_second_person(article_of(latest))
        open_ = latest.status in _UNPUBLISHED and latest.ended_at is None
        return {
            "edit": me.may(Permission.ARTICLE_EDIT),
            "send": latest.status == ArticleStatus.DRAFT and me.may(Permission.ARTICLE_EDIT),
            "review": in_review and not read and not wrote and me.may(Permission.ARTICLE_REVIEW),
            "publish": open_ and free and me.may(Permission.ARTICLE_PUBLISH),
            "doubt": told is not None
            and told.status == ArticleStatus.PUBLISHED
            and me.may(Permission.ARTICLE_WITHDRAW),
            "withdraw": told is not None and me.may(Permission.ARTICLE_WITHDRAW),
            "settle": me.may(Permission.ARTICLE_EDIT),
        }
