"""The articles at the desk: the list, what residents read, versions, and every step with them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.ext.asyncio import AsyncSession

from console.article_list import ArticleList, Asked
from console.article_pages import ArticlePages, Failed
from console.fields import read_form, uuid_of
from console.frame import Frames, staff_of
from core.errors import FrontDoorError, NotFound, NotPermitted
from editorial.article_path import (
    ArticleNotReady,
    ArticleStepNotAllowed,
    OwnArticle,
    SecondPersonMissing,
)
from editorial.articles import ArticleChangedMeanwhile
from handlers.staff.publish_article import publish_article
from handlers.staff.report_article import report_article, settle_report
from handlers.staff.review_article import review_article
from handlers.staff.send_article import send_article
from handlers.staff.withdraw_article import withdraw_article
from people.permissions import Permission
from people.sessions import SignedIn
from web.gate import Gate
from web.lengths import check_lengths

HOME = "/console/knowledge"
NEW = "new"
REFUSALS = {
    ArticleChangedMeanwhile: (409, "editorial.refused.changed"),
    ArticleStepNotAllowed: (409, "editorial.refused.step"),
    ArticleNotReady: (409, "editorial.refused.not_ready"),
    OwnArticle: (403, "editorial.refused.own"),
    SecondPersonMissing: (409, "editorial.refused.second_person"),
}

Form = dict[str, str]


@dataclass(frozen=True, slots=True)
class Act:
    """One press of a button: who, on which article and version, with which words."""

    article_id: str
    number: int
    words: str
    form: Form


def build_articles(frames: Frames) -> APIRouter:
    """The routes of the articles."""
    frames.deps.errors.also(REFUSALS)
    router = APIRouter(include_in_schema=False)
    pages, lists, gate = Articles(frames), ArticleList(frames), frames.deps.gate
    may_see = gate.needs(Permission.ARTICLE_SEE)
    see = Annotated[SignedIn, Depends(may_see)]
    edit = Annotated[SignedIn, Depends(gate.needs(Permission.ARTICLE_EDIT))]

    @router.get(HOME)
    async def show_list(
        request: Request,
        signed_in: see,
        q: str = "",
        matter: str = "",
        show: str = "",
        page: int = 1,
    ) -> Response:
        return await lists.show(request, signed_in, Asked(q.strip(), matter, show, max(page, 1)))

    @router.get(HOME + "/new")
    async def begin(request: Request, signed_in: edit) -> Response:
        return await pages.edit(request, signed_in, None)

    @router.get(HOME + "/{article_id}")
    async def show(request: Request, signed_in: see, article_id: str, version: int = 0) -> Response:
        return await pages.show(request, signed_in, article_id, number=version)

    @router.get(HOME + "/{article_id}/edit")
    async def edit_it(request: Request, signed_in: edit, article_id: str) -> Response:
        return await pages.edit(request, signed_in, article_id)

    @router.get(HOME + "/{article_id}/differences")
    async def compare(
        request: Request, signed_in: see, article_id: str, before: int = 0, after: int = 0
    ) -> Response:
        return await pages.compare(request, signed_in, article_id, before, after)

    @router.get(HOME + "/{article_id}/markdown", dependencies=[Depends(may_see)])
    async def markdown(article_id: str, version: int = 0) -> Response:
        return await pages.markdown(article_id, version)

    _add_acts(router, pages, gate)
    return router


def _add_acts(router: APIRouter, pages: "Articles", gate: Gate) -> None:
    """What changes something; each act asks for its own permission as well."""
    see = Annotated[SignedIn, Depends(gate.needs(Permission.ARTICLE_SEE))]
    edit = Annotated[SignedIn, Depends(gate.needs(Permission.ARTICLE_EDIT))]

    @router.post(HOME + "/{article_id}/text")
    async def write(request: Request, signed_in: edit, article_id: str) -> Response:
        return await pages.write(request, signed_in, None if article_id == NEW else article_id)

    @router.post(HOME + "/{article_id}/{action}")
    async def act(request: Request, signed_in: see, article_id: str, action: str) -> Response:
        return await pages.act(request, signed_in, article_id, action)


class Articles(ArticlePages):
    """The pages, and what their buttons do."""

    async def act(
        self, request: Request, signed_in: SignedIn, article_id: str, action: str
    ) -> Response:
        """One step in one transaction; what is refused comes back with the words."""
        form = await read_form(request)
        number = form.get("number", "")
        asked = Act(
            article_id, int(number) if number.isdecimal() else 0, form.get("words", ""), form
        )
        step = self._steps().get(action)
        if step is None:
            raise NotFound("action", action)
        try:
            check_lengths(form)
            async with self._deps.database.transaction() as session:
                await step(session, signed_in, asked)
        except (NotFound, NotPermitted):
            raise
        except FrontDoorError as error:
            status, sentence = self._deps.errors.status_and_sentence(request, error)
            failed = Failed(action, sentence, form, status)
            return await self.show(request, signed_in, article_id, failed=failed)
        for topic in ("knowledge", "console"):
            await self._deps.signals.publish(topic, "article")
        return RedirectResponse(f"{HOME}/{article_id}?done=article-{action}", status_code=303)

    def _steps(self) -> dict[str, Callable[[AsyncSession, SignedIn, Act], Awaitable[object]]]:
        return {
            "send": partial(self._towards_residents, send_article),
            "right": partial(self._review, right=True),
            "back": partial(self._review, right=False),
            "publish": partial(self._towards_residents, publish_article),
            "doubt": partial(self._take_away, wholly=False),
            "withdraw": partial(self._take_away, wholly=True),
            "report": self._report,
            "settle": self._settle,
        }

    async def _towards_residents(
        self,
        verb: Callable[..., Awaitable[object]],
        session: AsyncSession,
        signed_in: SignedIn,
        act: Act,
    ) -> None:
        """Both steps check the article beside all others."""
        await verb(
            session,
            self._deps.desk,
            act.article_id,
            act.number,
            beside=self._deps.articles.articles,
            by=staff_of(signed_in),
            now=self._deps.clock.now(),
        )

    async def _review(
        self, session: AsyncSession, signed_in: SignedIn, act: Act, *, right: bool
    ) -> None:
        await review_article(
            session,
            act.article_id,
            act.number,
            right=right,
            words=act.words,
            by=staff_of(signed_in),
            now=self._deps.clock.now(),
        )

    async def _take_away(
        self, session: AsyncSession, signed_in: SignedIn, act: Act, *, wholly: bool
    ) -> None:
        await withdraw_article(
            session,
            act.article_id,
            words=act.words,
            wholly=wholly,
            by=staff_of(signed_in),
            now=self._deps.clock.now(),
        )

    async def _report(self, session: AsyncSession, signed_in: SignedIn, act: Act) -> None:
        await report_article(
            session,
            self._deps.desk,
            act.article_id,
            words=act.words,
            by=staff_of(signed_in),
            now=self._deps.clock.now(),
        )

    async def _settle(self, session: AsyncSession, signed_in: SignedIn, act: Act) -> None:
        report_id = uuid_of(act.form.get("report_id", ""), "report")
        by, now = staff_of(signed_in), self._deps.clock.now()
        await settle_report(session, report_id, words=act.words, by=by, now=now)
