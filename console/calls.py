"""Call intake: a sheet that is saved while it is typed and ends with an outcome."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from console.call_form import Beside, look_beside, read_call, sheet_of, understand
from console.fields import instant, read_form
from console.frame import FramedPages, Frames, staff_of
from core.errors import FrontDoorError, InvalidInput, NotFound
from handlers.staff.take_call import (
    PASSED_ON,
    CallForm,
    add_call,
    end_call,
    register_call,
    save_call,
)
from people.permissions import Permission, StaffMember
from people.sessions import SignedIn
from tickets.lookups import get_ticket_by_number
from tickets.models import Ticket
from tickets.status import StatusChangeNotAllowed, TicketStatus
from web.lengths import check_lengths


@dataclass(frozen=True, slots=True)
class DraftCall:
    """A call sheet in a list or in a page's head."""

    number: str
    short: str
    title: str
    began: str
    since: int
    """Milliseconds of the Unix epoch, for the clock on the page."""
    length: str


def build_calls(frames: Frames) -> APIRouter:
    """The routes of call intake."""
    router = APIRouter(include_in_schema=False)
    intake = Calls(frames)
    register = Annotated[SignedIn, Depends(frames.deps.gate.needs(Permission.TICKET_REGISTER))]

    @router.get("/console/calls/new")
    async def new_call(request: Request, signed_in: register, phone: str = "") -> Response:
        return await intake.show_unfinished(request, signed_in, phone)

    @router.post("/console/calls")
    async def begin_call(request: Request, signed_in: register) -> Response:
        return await intake.begin(request, signed_in)

    @router.get("/console/calls/{number}")
    async def call_sheet(request: Request, signed_in: register, number: str) -> Response:
        return await intake.show(request, signed_in, number)

    @router.post("/console/calls/{number}/save")
    async def save_sheet(request: Request, signed_in: register, number: str) -> Response:
        return await intake.save(request, signed_in, number)

    @router.post("/console/calls/{number}/suggest")
    async def suggest(request: Request, signed_in: register, number: str) -> Response:
        return await intake.suggest(request, signed_in, number)

    @router.post("/console/calls/{number}")
    async def finish_call(request: Request, signed_in: register, number: str) -> Response:
        return await intake.finish(request, signed_in, number)

    return router


class Calls(FramedPages):
    """What the routes of call intake do."""

    async def show_unfinished(self, request: Request, signed_in: SignedIn, phone: str) -> Response:
        """Where a telephone system lands (`?phone=`): one key begins the sheet."""
        async with self._deps.database.reading() as session:
            drafts = await self._own_drafts(session, request, staff_of(signed_in))
        return await self._frames.render(
            request, "console/calls.html", signed_in, phone=phone, drafts=drafts
        )

    async def begin(self, request: Request, signed_in: SignedIn) -> Response:
        """Begin a sheet; an empty one of the same operator is used again."""
        form = await read_form(request)
        me, now = staff_of(signed_in), self._deps.clock.now()
        async with self._deps.database.transaction() as session:
            empty = await self._find_empty(session, me)
            draft = await save_call(
                session,
                self._deps.desk,
                CallForm(phone=form.get("phone") or None),
                draft_id=empty.id if empty else None,
                by=me,
                now=now,
            )
        return RedirectResponse(f"/console/calls/{draft.number}", status_code=303)

    async def show(
        self,
        request: Request,
        signed_in: SignedIn,
        number: str,
        *,
        typed: Mapping[str, str] | None = None,
        error: tuple[int, str] = (200, ""),
    ) -> Response:
        """The sheet, as it was last saved, or as it was just sent with an error."""
        me, words = staff_of(signed_in), self._frames.words(request)
        async with self._deps.database.reading() as session:
            draft = await self._get_draft(session, number, me)
            form = dict(typed or sheet_of(draft, self._deps.vault))
            beside = await look_beside(
                session, self._deps, form, by=me, words=words, understood=None
            )
        status, sentence = error
        return await self._frames.render(
            request,
            "console/call.html",
            signed_in,
            status=status,
            draft=self._shown(draft, request),
            form=form,
            beside=beside,
            oob=False,
            failed={"sentence": sentence},
            options={
                "communities": words.communities(),
                "matters": words.matters(),
                "request_types": words.request_types(),
            },
        )

    async def save(self, request: Request, signed_in: SignedIn, number: str) -> Response:
        """Keep what is typed by now; says when."""
        form, me = await read_form(request), staff_of(signed_in)
        check_lengths(form)
        async with self._deps.database.transaction() as session:
            draft = await self._get_draft(session, number, me)
            await save_call(
                session,
                self._deps.desk,
                read_call(form),
                draft_id=draft.id,
                by=me,
                now=self._deps.clock.now(),
            )
        return self._deps.pages.render(request, "console/saved.html", signed_in=signed_in)

    async def suggest(self, request: Request, signed_in: SignedIn, number: str) -> Response:
        """What the words and the number bring up, as a part of the page."""
        form, me = await read_form(request), staff_of(signed_in)
        understood = understand(self._deps, form)
        async with self._deps.database.reading() as session:
            await self._get_draft(session, number, me)
            beside: Beside = await look_beside(
                session,
                self._deps,
                form,
                by=me,
                words=self._frames.words(request),
                understood=understood,
            )
        return self._deps.pages.render(
            request, "console/beside.html", signed_in=signed_in, beside=beside, form=form, oob=True
        )

    async def finish(self, request: Request, signed_in: SignedIn, number: str) -> Response:
        """End the call in one of the ways of the grid; on an error nothing typed is lost."""
        form, me = await read_form(request), staff_of(signed_in)
        try:
            check_lengths(form)
            async with self._deps.database.transaction() as session:
                draft = await self._get_draft(session, number, me)
                address = await self._end(session, draft, form, me)
        except StatusChangeNotAllowed:
            raise
        except FrontDoorError as error:
            problem = self._deps.errors.status_and_sentence(request, error)
            return await self.show(request, signed_in, number, typed=form, error=problem)
        await self._frames.tell(draft.conversation_id, rings=draft.urgency == "P0")
        return RedirectResponse(address, status_code=303)

    async def _end(
        self, session: AsyncSession, draft: Ticket, form: Mapping[str, str], me: StaffMember
    ) -> str:
        """Do what the pressed button says; gives where to go next."""
        desk, now, sheet = self._deps.desk, self._deps.clock.now(), read_call(form)
        end = "added" if form.get("this_one") else form.get("end", "register")
        by: dict[str, Any] = {"by": me, "now": now}
        if end == "later":
            await save_call(session, desk, sheet, draft_id=draft.id, **by)
            return "/console/calls/new"
        if end == "added":
            number = (form.get("this_one") or form.get("into", "")).strip().upper()
            ticket = await desk.get_ticket(session, number, by=me)
            await add_call(session, desk, ticket, sheet.words, draft=draft, **by)
            return f"/console/tickets/{ticket.number}"
        if end in ("register", "answered", *PASSED_ON):
            answer = _answer(form) if end == "answered" else None
            passed_on = end if end in PASSED_ON else None
            ticket = await register_call(
                session, desk, sheet, draft_id=draft.id, answer=answer, passed_on=passed_on, **by
            )
            return f"/console/tickets/{ticket.number}?done=registered"
        if "words" in form:
            await save_call(session, desk, sheet, draft_id=draft.id, **by)
        await end_call(session, desk, draft, end, call_again_at=_again_at(form), **by)
        return "/console?done=ended"

    async def _get_draft(self, session: AsyncSession, number: str, me: StaffMember) -> Ticket:
        """The operator's own sheet; somebody else's does not exist."""
        draft = await get_ticket_by_number(session, number)
        if draft.assignee_id != me.id and draft.status == TicketStatus.DRAFT:
            raise NotFound("call", number)
        if draft.status != TicketStatus.DRAFT:
            raise StatusChangeNotAllowed(draft.status, TicketStatus.DRAFT)
        return draft

    async def _find_empty(self, session: AsyncSession, me: StaffMember) -> Ticket | None:
        for draft in await self._list_drafts(session, me):
            sheet = sheet_of(draft, self._deps.vault)
            if not sheet["words"] and not sheet["phone"] and not sheet["address"]:
                return draft
        return None

    async def _own_drafts(
        self, session: AsyncSession, request: Request, me: StaffMember
    ) -> list[DraftCall]:
        return [self._shown(draft, request) for draft in await self._list_drafts(session, me)]

    async def _list_drafts(self, session: AsyncSession, me: StaffMember) -> list[Ticket]:
        found = await session.scalars(
            select(Ticket)
            .where(Ticket.status == TicketStatus.DRAFT, Ticket.assignee_id == me.id)
            .order_by(Ticket.opened_at.desc())
        )
        return list(found)

    def _shown(self, draft: Ticket, request: Request) -> DraftCall:
        when = self._frames.when(request)
        seconds = int((self._deps.clock.now() - draft.opened_at).total_seconds())
        return DraftCall(
            number=draft.number,
            short=self._frames.words(request).short(draft.number),
            title=draft.title,
            began=when.clock(draft.opened_at),
            since=int(draft.opened_at.timestamp() * 1000),
            length=f"{seconds // 60:02}:{seconds % 60:02}",
        )


def _answer(form: Mapping[str, str]) -> str:
    words = form.get("answer", "").strip()
    if not words:
        raise InvalidInput("answer", "ticket.error.words")
    return words


def _again_at(form: Mapping[str, str]) -> datetime | None:
    if not form.get("again_day"):
        return None
    return instant(form["again_day"], form.get("again_time") or "09:00", field="again_day")
