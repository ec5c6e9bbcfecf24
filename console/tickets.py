"""The page of one ticket, everything that can be done on it, and what opens what is masked."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from console.act_forms import Step
from console.acts import ACTS, Act
from console.clash import Clash, clash_of
from console.fields import read_form
from console.frame import Frames, staff_of
from console.lists import Similar
from console.options import ticket_options
from console.queue import query_of, wish_of
from console.ticket_page import TicketReader
from console.ticket_view import Page
from console.words import Words
from core.errors import FrontDoorError, NotFound
from handlers.staff.reveal import reveal
from people.drafts import drop_draft, find_draft
from people.permissions import Permission, StaffMember
from people.sent_forms import take_form
from people.sessions import SignedIn
from people.view_log import has_viewed_since
from tickets.lifecycle import TicketChangedMeanwhile
from tickets.lookups import get_ticket_by_number
from tickets.models import Task
from tickets.sight import may_see
from tickets.writing import ENDS_TASKS
from web.lengths import check_lengths
from web.preferences import local_path

PHRASES = ("hello", "when", "where", "waiting", "danger")
"""Ready-made words for a reply."""


@dataclass(frozen=True, slots=True)
class Failed:
    """An act that was refused: what it was, why, and what had been typed."""

    act: str = ""
    sentence: str = ""
    form: Mapping[str, str] = field(default_factory=dict)
    status: int = 200
    clash: Clash | None = None
    """Set when somebody else was faster: both versions, for a choice."""


NOTHING_FAILED = Failed()


def build_tickets(frames: Frames) -> APIRouter:
    """The routes of the ticket page, one for each act."""
    router = APIRouter(include_in_schema=False)
    pages = TicketPages(frames)
    gate = frames.deps.gate
    see = Annotated[SignedIn, Depends(gate.needs(Permission.TICKET_SEE))]
    quiet = Annotated[SignedIn, Depends(gate.needs(Permission.TICKET_SEE, quiet=True))]
    prints = Annotated[SignedIn, Depends(gate.needs(Permission.TICKET_PRINT))]
    reveals = Annotated[SignedIn, Depends(gate.needs(Permission.TICKET_REVEAL))]

    @router.get("/console/tickets/{number}")
    async def show_ticket(request: Request, signed_in: see, number: str) -> Response:
        return await pages.show(request, signed_in, number)

    @router.get("/console/tickets/{number}/history")
    async def show_history(request: Request, signed_in: quiet, number: str) -> Response:
        return await pages.show_history(request, signed_in, number)

    @router.get("/console/tickets/{number}/print")
    async def print_ticket(request: Request, signed_in: prints, number: str) -> Response:
        return await pages.print(request, signed_in, number)

    @router.get("/console/tickets/{number}/presence")
    async def say_present(request: Request, signed_in: quiet, number: str) -> Response:
        return await pages.say_present(request, signed_in, number)

    @router.post("/console/tickets/{number}/reveal")
    async def reveal_fields(request: Request, signed_in: reveals, number: str) -> Response:
        return await pages.reveal(request, signed_in, number)

    for act in ACTS:
        router.add_api_route(
            f"/console/tickets/{{number}}/{act.id}",
            _endpoint(pages, act),
            methods=["POST"],
        )
    return router


def _endpoint(pages: "TicketPages", act: Act) -> Callable[..., Awaitable[Response]]:
    check = pages.frames.deps.gate.needs(act.permission)

    async def do(request: Request, number: str, signed_in: Any = Depends(check)) -> Response:
        return await pages.do(request, signed_in, number, act)

    return do


class TicketPages:
    """What the routes of the ticket page do."""

    def __init__(self, frames: Frames) -> None:
        self.frames = frames
        self._deps = frames.deps

    async def show(
        self,
        request: Request,
        signed_in: SignedIn,
        number: str,
        *,
        failed: Failed = NOTHING_FAILED,
        likely: tuple[int, list[tuple[str, str]]] | None = None,
    ) -> Response:
        """The page; that this person saw it is recorded with it."""
        me = staff_of(signed_in)
        reader = self._reader(request, me)
        wish, lists = wish_of(request), self.frames.lists(me)
        async with self._deps.database.transaction() as session:
            page = await reader.open(session, number)
        async with self._deps.database.reading() as session:
            numbers = await lists.list_numbers(session, wish)
            similar = await lists.list_similar(session, number)
            tasks = await self._tasks(session, page, request)
            draft = await find_draft(session, self._deps.vault, me.id, f"write:{number}")
        others = await self._look(number, me)
        words = self.frames.words(request)
        return await self.frames.render(
            request,
            "console/ticket.html",
            signed_in,
            current=wish.view,
            status=failed.status,
            ticket=page.ticket,
            history=page.history,
            facts=page.facts,
            approvals=page.approvals,
            views=page.views,
            joint=page.joint,
            reports=page.reports,
            acts=page.buttons,
            place=self._place(request, numbers, number),
            similar=[_similar(row, words) for row in similar],
            tasks=tasks,
            others=others,
            draft=_typed(draft.body if draft else "", failed),
            may_write=me.may(Permission.TICKET_NOTE),
            may_reply=page.may_reply,
            phrases=[words.say(f"console.phrase.{key}", name=me.name) for key in PHRASES],
            knowledge=self._knowledge(page),
            options=ticket_options(words, self._deps.taxonomy),
            failed=failed,
            likely=likely,
            opened=request.query_params.get("open", ""),
        )

    async def show_history(self, request: Request, signed_in: SignedIn, number: str) -> Response:
        """The history again, for a page that is open and was told that something happened."""
        me = staff_of(signed_in)
        reader, since = self._reader(request, me), self._deps.clock.now() - self._deps.gate.lifetime
        async with self._deps.database.reading() as session:
            page = await reader.read(session, number)
            recorded = await has_viewed_since(
                session, me.id, subject_kind="ticket", subject_id=page.ticket_id, since=since
            )
        if not recorded:  # asked for without the page around it: a look like any other
            async with self._deps.database.transaction() as session:
                page = await reader.open(session, number)
        return self._deps.pages.render(
            request, "console/history.html", signed_in=signed_in, history=page.history
        )

    async def print(self, request: Request, signed_in: SignedIn, number: str) -> Response:
        """The sheet for paper, masked like the page; printing is recorded."""
        me = staff_of(signed_in)
        async with self._deps.database.transaction() as session:
            page = await self._reader(request, me).open(session, number, action="print")
        return await self.frames.render(
            request,
            "console/print.html",
            signed_in,
            ticket=page.ticket,
            history=page.history,
            facts=page.facts,
        )

    async def say_present(self, request: Request, signed_in: SignedIn, number: str) -> Response:
        """Who else looks at it, and that this person does."""
        me = staff_of(signed_in)
        async with self._deps.database.reading() as session:
            if not may_see(await get_ticket_by_number(session, number), me):
                raise NotFound("ticket", number)
        others = await self._look(number, me)
        return self._deps.pages.render(
            request, "console/presence.html", signed_in=signed_in, others=others
        )

    async def reveal(self, request: Request, signed_in: SignedIn, number: str) -> Response:
        """Open fields for a minute; without script, on a page that goes back by itself."""
        me = staff_of(signed_in)
        posted = await request.form()
        fields = [value for value in posted.getlist("field") if isinstance(value, str)]
        form = await read_form(request)
        check_lengths(form)
        async with self._deps.database.transaction() as session:
            ticket = await self._deps.desk.get_ticket(session, number, by=me)
            opened = await reveal(
                session,
                self._deps.desk,
                ticket,
                fields,
                reason=form.get("reason", ""),
                words=form.get("words", ""),
                by=me,
                now=self._deps.clock.now(),
            )
        words = self.frames.words(request)
        rows = [
            (
                words.say(f"console.reveal.field.{name}"),
                text.removeprefix("+86"),
                f"geo:{text}" if name == "coordinates" else "",
            )
            for name, text in opened.items()
        ]
        part = bool(request.headers.get("hx-request"))
        if part:
            return self._deps.pages.render(
                request, "console/revealed.html", signed_in=signed_in, rows=rows
            )
        return await self.frames.render(
            request,
            "console/reveal_page.html",
            signed_in,
            rows=rows,
            back=f"/console/tickets/{number}",
        )

    async def do(self, request: Request, signed_in: SignedIn, number: str, act: Act) -> Response:
        """One act: in one transaction, or not at all; what was typed comes back with the reason."""
        me, form = staff_of(signed_in), await read_form(request)
        try:
            check_lengths(form)
            step = await self._act(number, form, me, act)
        except NotFound as error:
            if error.kind == "ticket" and error.reference == number:
                raise
            return await self._refused(request, signed_in, number, act, form, error)
        except FrontDoorError as error:
            return await self._refused(request, signed_in, number, act, form, error)
        if step is not None:
            await self.frames.tell(
                step.ticket.conversation_id,
                rings=step.ticket.urgency == "P0",
                tasks=act.id == "publish" or step.ticket.status in ENDS_TASKS,
            )
        back = local_path(form.get("next"), f"/console/tickets/{number}?done={act.id}")
        return RedirectResponse(back, status_code=303)

    async def _act(
        self, number: str, form: Mapping[str, str], me: StaffMember, act: Act
    ) -> Step | None:
        """Do it; None when the same form did it before."""
        place, now = f"{me.id} {number} {act.id}", self._deps.clock.now()
        async with self._deps.database.transaction() as session:
            if not await take_form(session, form, place=place, now=now):
                return None
            step = await self._step(session, number, form, me, act)
            await act.run(step)
            if act.id == "write":
                await drop_draft(session, me.id, f"write:{number}")
        return step

    async def _step(
        self,
        session: AsyncSession,
        number: str,
        form: Mapping[str, str],
        me: StaffMember,
        act: Act,
    ) -> Step:
        seen = _revision(form) if act.stale_matters else None
        ticket = await self._deps.desk.get_ticket(session, number, by=me, seen=seen)
        return Step(session, self._deps.desk, ticket, form, me, self._deps.clock.now())

    async def _refused(
        self,
        request: Request,
        signed_in: SignedIn,
        number: str,
        act: Act,
        form: Mapping[str, str],
        error: FrontDoorError,
    ) -> Response:
        """The page again, as it is now, with the reason at the top and the words still there."""
        status, sentence = self._deps.errors.status_and_sentence(request, error)
        clash = None
        if isinstance(error, TicketChangedMeanwhile):
            clash = await self._clash(request, staff_of(signed_in), number, act, form)
        failed = Failed(act.id, sentence, form, status, clash)
        return await self.show(request, signed_in, number, failed=failed)

    async def _clash(
        self, request: Request, me: StaffMember, number: str, act: Act, form: Mapping[str, str]
    ) -> Clash:
        """What was decided since the page was shown, beside what was typed on it."""
        words, reader = self.frames.words(request), self._reader(request, me)
        async with self._deps.database.reading() as session:
            ticket = await get_ticket_by_number(session, number)
            theirs = await reader.changes_after(session, ticket, _revision(form) or 0)
        options = ticket_options(words, self._deps.taxonomy)
        return clash_of(act, form, ticket, theirs, words=words, options=options)

    # ------------------------------------------------------------ pieces

    def _reader(self, request: Request, me: StaffMember) -> TicketReader:
        return TicketReader(
            self._deps, words=self.frames.words(request), when=self.frames.when(request), me=me
        )

    async def _look(self, number: str, me: StaffMember) -> list[str]:
        return await self.frames.presence.look(
            number, staff_id=str(me.id), name=me.name, now=self._deps.clock.now()
        )

    def _place(self, request: Request, numbers: list[str], number: str) -> dict[str, str]:
        """Where this ticket stands in the list it was opened from."""
        words, wish = self.frames.words(request), wish_of(request)
        query = query_of(wish)
        place = {"query": query, "list_href": f"/console?{query}"}
        place["words"] = words.say("console.ticket.list")
        if number not in numbers:
            return place | {"before": "", "after": ""}
        at = numbers.index(number)
        view = words.say(f"ticket.view.{wish.view}")
        place["words"] = words.say("console.ticket.place", view=view, at=at + 1, count=len(numbers))
        near = {"before": at - 1, "after": at + 1}
        return place | {
            name: f"/console/tickets/{numbers[index]}?{query}" if 0 <= index < len(numbers) else ""
            for name, index in near.items()
        }

    async def _tasks(
        self, session: AsyncSession, page: Page, request: Request
    ) -> list[dict[str, str]]:
        words, when = self.frames.words(request), self.frames.when(request)
        found = await session.scalars(
            select(Task).where(Task.ticket_id == page.ticket_id).order_by(Task.starts_at)
        )
        return [
            {
                "id": str(task.id),
                "title": task.title,
                "time": when.clock(task.starts_at),
                "status": words.say(f"ticket.task_status.{task.status}"),
            }
            for task in found
        ]

    def _knowledge(self, page: Page) -> list[tuple[str, str]]:
        """Articles of the ticket's matter, ready to be put into a reply."""
        return self.frames.articles_for(page.ticket.matter, page.ticket.title)


def _similar(row: Similar, words: Words) -> dict[str, str]:
    return {
        "number": row.number,
        "short": words.short(row.number),
        "title": row.title,
        "status": words.status(row.status),
    }


def _revision(form: Mapping[str, str]) -> int | None:
    """The revision that the form's page showed, if it says so."""
    shown = form.get("revision", "")
    return int(shown) if shown.isdecimal() and len(shown) < 10 else None


def _typed(draft: str, failed: Failed) -> dict[str, str]:
    """What stands in the box: what was just refused, else the draft, else nothing."""
    if failed.act == "write":
        return {"kind": failed.form.get("kind", "note"), "words": failed.form.get("words", "")}
    kept = json.loads(draft) if draft else {}
    return {"kind": kept.get("kind", "note"), "words": kept.get("words", "")}
