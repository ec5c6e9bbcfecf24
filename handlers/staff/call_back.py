"""The closing call: contacted? solved? satisfied? Made by somebody who did not handle it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import InvalidInput, NotFound
from handlers.staff.close import tell_closed
from handlers.staff.desk import Desk, acting
from handlers.staff.rework import send_back
from people.permissions import Permission, StaffMember
from tickets.call_backs import CallKind, find_open_call, finish_call, note_failed_call
from tickets.duties import check_did_not_handle
from tickets.history import EventKind
from tickets.models import CallBack, Ticket
from tickets.status import TicketStatus

SOLVED = ("yes", "partly", "no")
SATISFIED = ("yes", "basically", "no", "unsaid")
NEXT_TRY = timedelta(hours=3)
"""So that three tries lie at different times of the day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallAnswers:
    """What the resident answered; nobody is asked to be satisfied."""

    contacted: bool
    """Did the handlers get in touch?"""
    solved: str
    satisfied: str = "unsaid"
    comment: str = ""


async def call_back(
    session: AsyncSession,
    desk: Desk,
    ticket: Ticket,
    answers: CallAnswers,
    *,
    by: StaffMember,
    now: datetime,
) -> Ticket:
    """
    Write down the answers of the closing call.

    Solved: the ticket closes. Not solved: it is worked on again. Partly: the
    caller decides with `close` or `rework`. A ticket that was joined to
    another is asked about on its own. Raises `OwnWork`, and `NotFound` when no
    call is due.
    """
    desk.allow(by, Permission.TICKET_CALL_BACK, ticket)
    _check(answers)
    await check_did_not_handle(session, ticket, by.id, step="call back")
    call = await _closing_call(session, ticket)
    await finish_call(session, call, outcome=f"solved_{answers.solved}", by_id=by.id, now=now)
    await desk.tickets.record(
        session,
        ticket,
        EventKind.CALL_BACK_ANSWERED,
        by=acting(by),
        now=now,
        note=answers.comment or None,
        data=_facts(answers),
        changes={"call_back": {**_facts(answers), "by_id": str(by.id), "at": now.isoformat()}},
    )
    await _go_on(session, desk, ticket, answers, by, now)
    return ticket


async def call_back_failed(
    session: AsyncSession, desk: Desk, ticket: Ticket, *, by: StaffMember, now: datetime
) -> Ticket:
    """Nobody answered; the call comes up again three hours later. After three, `close` may follow."""
    desk.allow(by, Permission.TICKET_CALL_BACK, ticket)
    await check_did_not_handle(session, ticket, by.id, step="call back")
    call = await _closing_call(session, ticket)
    attempts = await note_failed_call(session, call, next_try_at=now + NEXT_TRY)
    await desk.tickets.record(
        session,
        ticket,
        EventKind.CALL_BACK_FAILED,
        by=acting(by),
        now=now,
        data={"attempts": attempts},
    )
    return ticket


async def _go_on(
    session: AsyncSession,
    desk: Desk,
    ticket: Ticket,
    answers: CallAnswers,
    by: StaffMember,
    now: datetime,
) -> None:
    if ticket.status == TicketStatus.MERGED:
        if answers.solved == "no":
            words = answers.comment or desk.texts.say("ticket.choice.not_solved")
            await desk.tickets.reopen(session, ticket, by=acting(by), now=now, words=words)
        return
    if answers.solved == "yes":
        await desk.tickets.move(session, ticket, TicketStatus.CLOSED, by=acting(by), now=now)
        await tell_closed(session, desk, ticket, now=now)
    elif answers.solved == "no":
        await send_back(session, desk, ticket, note=answers.comment, by=by, now=now)


async def _closing_call(session: AsyncSession, ticket: Ticket) -> CallBack:
    call = await find_open_call(session, ticket.id, CallKind.CLOSING)
    if call is None:
        raise NotFound("call_back", ticket.number)
    return call


def _check(answers: CallAnswers) -> None:
    if answers.solved not in SOLVED:
        raise InvalidInput("solved", "ticket.error.solved")
    if answers.satisfied not in SATISFIED:
        raise InvalidInput("satisfied", "ticket.error.satisfied")


def _facts(answers: CallAnswers) -> dict[str, Any]:
    return {
        "contacted": answers.contacted,
        "solved": answers.solved,
        "satisfied": answers.satisfied,
    }
