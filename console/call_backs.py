"""Calls that somebody has to make: the closing questions, notices, promises."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from console.fields import read_form, uuid_of
from console.frame import FramedPages, Frames, staff_of
from console.words import Words
from core.errors import FrontDoorError
from core.vault import Vault
from handlers.staff.make_call import make_call
from handlers.staff.reveal import open_fields
from people.permissions import Permission, StaffMember
from people.sent_forms import take_form
from people.sessions import SignedIn
from tickets.call_backs import opened_words
from tickets.masking import masked_name, masked_phone, masked_text
from tickets.models import CallBack, Ticket
from tickets.sight import may_know_requester
from web.lengths import check_lengths


@dataclass(frozen=True, slots=True)
class CallRow:
    """One call to make; the number stays covered until the ticket's page opens it."""

    id: UUID
    number: str
    short: str
    kind: str
    kind_words: str
    due_at: datetime
    words: str
    who: str
    attempts: int


@dataclass(frozen=True, slots=True)
class Failed:
    """A note that was refused: why, of which call, and what had been typed."""

    sentence: str = ""
    call: UUID | None = None
    words: str = ""


NOTHING_FAILED = Failed()


def build_call_backs(frames: Frames) -> APIRouter:
    """The routes of the call list."""
    router = APIRouter(include_in_schema=False)
    calls = CallBacks(frames)
    needed = Annotated[SignedIn, Depends(frames.deps.gate.needs(Permission.TICKET_CALL_BACK))]

    @router.get("/console/call-backs")
    async def list_calls(request: Request, signed_in: needed) -> Response:
        return await calls.show(request, signed_in)

    @router.post("/console/call-backs/{call_back_id}")
    async def note_call(request: Request, signed_in: needed, call_back_id: str) -> Response:
        return await calls.note(request, signed_in, uuid_of(call_back_id, "call_back"))

    return router


class CallBacks(FramedPages):
    """What these routes do."""

    async def show(
        self,
        request: Request,
        signed_in: SignedIn,
        *,
        failed: Failed = NOTHING_FAILED,
        status: int = 200,
    ) -> Response:
        """The calls to make, the soonest first."""
        me, words = staff_of(signed_in), self._frames.words(request)
        async with self._deps.database.reading() as session:
            found = await self._frames.lists(me).list_calls(session)
        return await self._frames.render(
            request,
            "console/call_backs.html",
            signed_in,
            current="call_backs",
            status=status,
            calls=[_row(call, ticket, me, words, self._deps.vault) for call, ticket in found],
            failed=failed,
        )

    async def note(self, request: Request, signed_in: SignedIn, call_back_id: UUID) -> Response:
        """Somebody rang: reached or not."""
        me, form = staff_of(signed_in), await read_form(request)
        now = self._deps.clock.now()
        try:
            check_lengths(form)
            async with self._deps.database.transaction() as session:
                ticket = await self._deps.desk.get_ticket(session, form.get("number", ""), by=me)
                if await take_form(session, form, place=f"{me.id} {call_back_id}", now=now):
                    await make_call(
                        session,
                        self._deps.desk,
                        ticket,
                        call_back_id,
                        reached=form.get("answered") == "yes",
                        words=form.get("words", ""),
                        by=me,
                        now=now,
                    )
        except FrontDoorError as error:
            status, sentence = self._deps.errors.status_and_sentence(request, error)
            failed = Failed(sentence, call_back_id, form.get("words", ""))
            return await self.show(request, signed_in, failed=failed, status=status)
        await self._frames.tell(ticket.conversation_id)
        return RedirectResponse("/console/call-backs?done=write", status_code=303)


def _row(call: CallBack, ticket: Ticket, me: StaffMember, words: Words, vault: Vault) -> CallRow:
    opened = open_fields(ticket, ("requester", "phone"), vault)
    name, phone = opened.get("requester"), opened.get("phone")
    covered = [masked_name(name) if name else "", masked_phone(phone) if phone else ""]
    knows = may_know_requester(ticket, me)
    return CallRow(
        id=call.id,
        number=ticket.number,
        short=words.short(ticket.number),
        kind=call.kind,
        kind_words=words.say(f"ticket.call_kind.{call.kind}"),
        due_at=call.due_at,
        words=masked_text(opened_words(call, vault=vault)),
        who="  ".join(filter(None, covered)) if knows else words.say("console.fact.hidden"),
        attempts=call.attempts,
    )
