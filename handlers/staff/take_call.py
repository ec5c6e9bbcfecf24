"""A call or a visit, typed in by an operator: saved while it is typed, then registered."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from conversations import holding
from core.errors import InvalidInput, NotFound
from core.ids import new_id
from core.messages import Address, Channel
from handlers.staff.desk import Desk, acting, needed
from people.permissions import Permission, StaffMember, require
from tickets.alerts import AlertKind
from tickets.call_backs import CallKind, add_call_back
from tickets.history import EventKind
from tickets.lookups import get_ticket
from tickets.models import Ticket
from tickets.opening import NewTicket
from tickets.status import TicketStatus

WITHOUT_TICKET = ("added", "wrong_number", "call_again", "no_answer", "empty_number", "cut_off")
"""Outcomes of a call after which its draft is set aside."""
PASSED_ON = ("to_110", "to_119", "to_120", "to_12356")
DANGERS = ("no", "yes", "unsure")
_CHANNELS = frozenset({Channel.PHONE, Channel.COUNTER})
_SELF_HARM = "self_harm"
_DAY = timedelta(hours=24)
"""Somebody at risk of harming themselves is called within a day by a named person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallForm:
    """What an operator has typed so far. Only what, where, how to reach and danger are asked."""

    words: str = ""
    """What it is about, as the caller says it."""
    danger: str | None = None
    """The answer to 「有没有危险」: no, yes, unsure; None: not asked, then the words decide."""
    trigger: str | None = None
    """The emergency that the operator saw, by the taxonomy."""
    request_type: str = "help"
    matter: str | None = None
    community: str | None = None
    place: str | None = None
    address: str | None = None
    phone: str | None = None
    requester: str | None = None
    contact_wish: str = "call"
    confidentiality: str | None = None
    subject: str | None = None
    relation: str | None = None
    groups: tuple[str, ...] = ()
    channel: Channel = Channel.PHONE
    source_number: str | None = None
    finish_due_at: datetime | None = None
    """The end that a higher hotline set."""


async def save_call(
    session: AsyncSession,
    desk: Desk,
    form: CallForm,
    *,
    draft_id: UUID | None = None,
    by: StaffMember,
    now: datetime,
) -> Ticket:
    """
    Keep what is typed by now and give the draft.

    The first save begins a conversation on the call's channel, held by the
    operator, and takes a number, so that it can be told during the call.
    """
    require(by, Permission.TICKET_REGISTER)
    if draft_id is not None:
        draft = await _own_draft(session, draft_id, by)
        await desk.drafts.save(session, draft, _new_ticket(desk, form, draft), now=now)
        return draft
    conversation_id = await _begin_call(session, desk, form, by, now)
    new = _new_ticket(desk, form, None, conversation_id, TicketStatus.DRAFT)
    draft = await desk.tickets.open_ticket(session, new, by=acting(by), now=now)
    await desk.drafts.assign(session, draft, by.id)
    return draft


async def register_call(
    session: AsyncSession,
    desk: Desk,
    form: CallForm,
    *,
    draft_id: UUID | None = None,
    answer: str | None = None,
    passed_on: str | None = None,
    by: StaffMember,
    now: datetime,
) -> Ticket:
    """
    Make a ticket of the call.

    `answer` are the words that answered it on the spot; `passed_on` says that
    the caller was put through to 110, 119, 120 or 12356. Danger, said by the
    caller or found in the words, makes it an emergency that rings. Raises
    `InvalidInput`.
    """
    needed(form.words, "description")
    draft = await save_call(session, desk, form, draft_id=draft_id, by=by, now=now)
    status = _first_status(answer, passed_on)
    new = _new_ticket(desk, form, draft, draft.conversation_id, status, answer)
    await desk.drafts.register(session, draft, new, by=acting(by), now=now)
    if passed_on is not None:
        await _end(session, desk, draft, passed_on, by, now)
    if draft.urgency == "P0" and passed_on is None:
        await desk.tickets.ring(session, draft, AlertKind.EMERGENCY, by=acting(by), now=now)
    elif draft.urgency == "P1" and answer is None:
        await desk.tickets.ring(session, draft, AlertKind.URGENT, by=acting(by), now=now)
    if draft.trigger == _SELF_HARM:
        await promise_call(session, desk, draft, key="self_harm", due_at=now + _DAY, now=now)
    await _hang_up(session, draft)
    return draft


async def end_call(
    session: AsyncSession,
    desk: Desk,
    draft: Ticket,
    outcome: str,
    *,
    call_again_at: datetime | None = None,
    by: StaffMember,
    now: datetime,
) -> Ticket:
    """End a call without a new ticket, with an outcome of the grid; raises `InvalidInput`."""
    desk.allow(by, Permission.TICKET_REGISTER, draft)
    if outcome not in WITHOUT_TICKET:
        raise InvalidInput("outcome", "ticket.error.call_outcome")
    if outcome in ("call_again", "cut_off"):
        due_at = call_again_at or now
        await promise_call(session, desk, draft, key="promised", due_at=due_at, now=now)
    await _end(session, desk, draft, outcome, by, now)
    await desk.tickets.move(
        session,
        draft,
        TicketStatus.WITHDRAWN,
        by=acting(by),
        now=now,
        changes={"outcome": outcome, "assignee_id": None},
    )
    await _hang_up(session, draft)
    return draft


async def add_call(
    session: AsyncSession,
    desk: Desk,
    ticket: Ticket,
    words: str,
    *,
    draft: Ticket | None = None,
    by: StaffMember,
    now: datetime,
) -> Ticket:
    """「就是这件」: the call belongs to an earlier ticket and counts as a chase of it."""
    desk.allow(by, Permission.TICKET_REGISTER, ticket)
    await desk.tickets.chase(session, ticket, by=acting(by), now=now, words=needed(words, "words"))
    if draft is not None:
        await end_call(session, desk, draft, "added", by=by, now=now)
    return ticket


async def promise_call(
    session: AsyncSession,
    desk: Desk,
    ticket: Ticket,
    *,
    key: str,
    due_at: datetime,
    now: datetime,
) -> None:
    """Put a call on the list that the resident was promised; the clock rings when nobody makes it."""
    words = desk.texts.say(f"ticket.call.{key}", number=ticket.number, title=ticket.title)
    await add_call_back(
        session, ticket.id, CallKind.PROMISED, words, due_at=due_at, vault=desk.vault, now=now
    )


async def _own_draft(session: AsyncSession, draft_id: UUID, by: StaffMember) -> Ticket:
    draft = await get_ticket(session, draft_id)
    if draft.assignee_id != by.id:
        raise NotFound("ticket", draft_id)
    return draft


async def _begin_call(
    session: AsyncSession, desk: Desk, form: CallForm, by: StaffMember, now: datetime
) -> UUID:
    channel = form.channel if form.channel in _CHANNELS else Channel.PHONE
    address = Address(channel, "", str(new_id()))
    standing = await desk.inbox.get_or_begin(session, address, now=now)
    await holding.take_over(session, standing.id, staff_id=by.id, now=now)
    return standing.id


async def _hang_up(session: AsyncSession, ticket: Ticket) -> None:
    if ticket.conversation_id is not None:
        await holding.hand_back(session, ticket.conversation_id)


async def _end(
    session: AsyncSession, desk: Desk, ticket: Ticket, outcome: str, by: StaffMember, now: datetime
) -> None:
    await desk.tickets.record(
        session, ticket, EventKind.CALL_ENDED, by=acting(by), now=now, data={"outcome": outcome}
    )


def _first_status(answer: str | None, passed_on: str | None) -> TicketStatus:
    if passed_on is not None:
        if passed_on not in PASSED_ON:
            raise InvalidInput("outcome", "ticket.error.call_outcome")
        return TicketStatus.TRANSFERRED_EMERGENCY
    return TicketStatus.TO_DISPATCH if answer is None else TicketStatus.ANSWERED


def _new_ticket(
    desk: Desk,
    form: CallForm,
    draft: Ticket | None,
    conversation_id: UUID | None = None,
    status: TicketStatus = TicketStatus.DRAFT,
    answer: str | None = None,
) -> NewTicket:
    trigger, urgency, found = _danger(desk, form)
    return NewTicket(
        channel=form.channel,
        description=form.words,
        request_type=form.request_type,
        matter=form.matter,
        urgency=urgency,
        conversation_id=draft.conversation_id if draft else conversation_id,
        community=form.community,
        place=form.place,
        address=form.address,
        requester=form.requester,
        phone=form.phone,
        contact_wish=form.contact_wish,
        subject=form.subject,
        relation=form.relation,
        groups=form.groups,
        confidentiality=form.confidentiality,
        trigger=trigger,
        classified_by={"by": "operator", "danger": form.danger, "danger_found": found},
        source_number=form.source_number,
        status=status,
        answer=answer,
        finish_due_at=form.finish_due_at,
    )


def _danger(desk: Desk, form: CallForm) -> tuple[str | None, str, Any]:
    """
    Trigger, urgency, and what the machine found in the words.

    What the caller answered counts before what a machine reads into the words;
    asked and denied, the finding is kept for whoever looks later.
    """
    found = desk.find_danger(form.words) if form.words else None
    usual = desk.taxonomy.urgency_for(form.matter, form.request_type)
    if form.danger == "no":
        return None, usual, found
    trigger = form.trigger or found
    if form.danger == "yes":
        return trigger, "P0", found
    level = desk.taxonomy.triggers[trigger].level if trigger else usual
    return trigger, min(level, "P1") if form.danger == "unsure" else level, found
