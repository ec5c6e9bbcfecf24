"""What a resident does about a ticket that is there already."""

from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from core.actors import Actor
from handlers.residents import presses
from handlers.residents.bring_person import bring_person
from handlers.residents.desk import FrontDesk
from handlers.residents.open_request import due_words, unit_of
from handlers.residents.same_ticket import record_chase
from handlers.turn import Outcome, Turn
from tickets.history import EventKind
from tickets.lifecycle import NotWithdrawable
from tickets.models import Ticket

PROOF = "ticket_proof"


_STAGES = {
    "received": ("draft", "registered", "to_dispatch", "return_requested"),
    "sent": ("dispatched", "accepted"),
    "working": ("contacted", "in_progress", "rework", "appealed"),
    "parked": ("parked",),
    "done": ("resolved", "to_call_back"),
    "ended": ("closed", "answered", "merged", "transferred_emergency"),
    "declined": ("declined",),
    "withdrawn": ("withdrawn",),
}


def stage(status: str) -> str:
    """The few stages that a resident is told, out of the many statuses."""
    return next(name for name, statuses in _STAGES.items() if status in statuses)


async def tell_status(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
    """Where a ticket stands: this conversation's own, or another with its proof."""
    number = turn.find_value("ticket_no")
    if number is None and turn.dialogue.asking != PROOF:
        ticket = await find_ticket(session, desk, turn)
        if ticket is not None:
            return _status(desk, turn, ticket)
    if number is None:
        question = desk.say(turn, "status.ask_number", desk.person(turn))
        return Outcome((question,), replace(turn.dialogue, asking=PROOF))
    return await _status_by_number(session, desk, turn, number)


async def chase(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
    """「都五天了还没人来」: recorded, told to those who handle it, and said how it stands."""
    ticket = await find_ticket(session, desk, turn)
    if ticket is None:
        return await tell_status(session, desk, turn)
    return await record_chase(session, desk, turn, ticket, turn.words)


async def add_information(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
    """More facts, or a correction: the first words stay as they were."""
    ticket = await find_ticket(session, desk, turn)
    if ticket is None:
        return Outcome((desk.say(turn, "status.none", desk.person(turn)),), turn.dialogue)
    by = Actor.resident(turn.standing.resident_id)
    is_correction = turn.act == "correct_info"
    await desk.tickets.add_words(
        session, ticket, turn.words, by=by, now=turn.now, correction=is_correction
    )
    key = "follow_up.corrected" if is_correction else "follow_up.added"
    reply = desk.say(turn, key, desk.person(turn), number=ticket.number)
    return _about(ticket, Outcome((reply,), turn.dialogue))


async def withdraw(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
    """The resident's own 「撤了」 counts, but for emergencies and complaints: a person asks back."""
    if turn.dialogue.form is not None:
        dropped = desk.say(turn, "follow_up.form_dropped", desk.person(turn))
        return Outcome((dropped,), turn.dialogue.settled())
    ticket = await find_ticket(session, desk, turn)
    if ticket is None:
        return Outcome((desk.say(turn, "status.none", desk.person(turn)),), turn.dialogue)
    by = Actor.resident(turn.standing.resident_id)
    try:
        await desk.tickets.withdraw(session, ticket, by=by, now=turn.now)
    except NotWithdrawable:
        reason = desk.say(turn, "follow_up.withdraw_by_person", number=ticket.number)
        return await bring_person(session, desk, turn, why=reason)
    reply = desk.say(turn, "follow_up.withdrawn", desk.person(turn), number=ticket.number)
    return _about(ticket, Outcome((reply,), turn.dialogue.settled(), topics=("tasks",)))


async def not_solved(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
    """「没解决」 reopens: before closing as rework, afterwards as an appeal."""
    ticket = await find_ticket(session, desk, turn, closed=True)
    if ticket is None:
        return await tell_status(session, desk, turn)
    by = Actor.resident(turn.standing.resident_id)
    await desk.tickets.reopen(session, ticket, by=by, now=turn.now, words=turn.words)
    reply = desk.say(
        turn,
        "follow_up.reopened",
        desk.person(turn),
        number=ticket.number,
        unit=unit_of(desk, ticket, turn.language),
        due=due_words(desk, ticket, turn),
    )
    return _about(ticket, Outcome((reply,), turn.dialogue.settled(), rings=True))


async def solved(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
    """The resident says it is done; the closing call is still made by a person."""
    ticket = await find_ticket(session, desk, turn, closed=True)
    if ticket is not None:
        by = Actor.resident(turn.standing.resident_id)
        await desk.tickets.record(
            session, ticket, EventKind.SAID_SOLVED, by=by, now=turn.now, note=turn.words
        )
    reply = desk.say(turn, "follow_up.glad", desk.person(turn))
    outcome = Outcome((reply,), turn.dialogue.settled())
    return outcome if ticket is None else _about(ticket, outcome)


async def take_yes(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
    """A yes to no question of ours: to 「办好了，您看行不行」 it means done, otherwise go on."""
    if await _waits_for_verdict(session, desk, turn):
        return await solved(session, desk, turn)
    return Outcome((desk.say(turn, "go_on", desk.person(turn)),), turn.dialogue)


async def take_no(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
    """A no to no question of ours: to 「办好了，您看行不行」 it means not solved."""
    if await _waits_for_verdict(session, desk, turn):
        return await not_solved(session, desk, turn)
    return Outcome((desk.say(turn, "go_on", desk.person(turn)),), turn.dialogue)


async def _waits_for_verdict(session: AsyncSession, desk: FrontDesk, turn: Turn) -> bool:
    ticket = await find_ticket(session, desk, turn, closed=True)
    return ticket is not None and ticket.status in ("resolved", "to_call_back")


async def complain_about_handling(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
    """Always a person, and never the one who handled it."""
    ticket = await find_ticket(session, desk, turn, closed=True)
    if ticket is not None:
        by = Actor.resident(turn.standing.resident_id)
        await desk.tickets.record(
            session, ticket, EventKind.COMPLAINED, by=by, now=turn.now, note=turn.words
        )
        await desk.tickets.reopen(session, ticket, by=by, now=turn.now, words=turn.words)
    why = desk.say(turn, "follow_up.complaint")
    return await bring_person(session, desk, turn, why=why)


async def find_ticket(
    session: AsyncSession, desk: FrontDesk, turn: Turn, *, closed: bool = False
) -> Ticket | None:
    """The ticket that is spoken of: the one just mentioned, else the conversation's latest."""
    tickets = await desk.tickets.list_in_conversation(session, turn.conversation_id)
    number = turn.find_value("ticket_no") or turn.dialogue.ticket_number
    named = [each for each in tickets if number and each.number.endswith(number)]
    living = [each for each in tickets if closed or each.closed_at is None]
    unanswered = [each for each in living if each.status != "answered"]
    return next(iter([*named, *unanswered, *living]), None)


async def _status_by_number(
    session: AsyncSession, desk: FrontDesk, turn: Turn, number: str
) -> Outcome:
    """A number alone shows nothing: it takes one's own conversation or the phone's last four."""
    own = await desk.tickets.list_in_conversation(session, turn.conversation_id)
    for ticket in own:
        if ticket.number.endswith(number):
            return _status(desk, turn, ticket)
    last_four = _last_four(turn.words, number)
    if last_four is None:
        question = desk.say(turn, "status.ask_last_four", desk.person(turn))
        waiting = replace(turn.dialogue, asking=PROOF, ticket_number=number)
        return Outcome((question,), waiting)
    if not turn.lookups_left:
        tired = desk.say(turn, "status.too_many", desk.person(turn))
        return Outcome((tired,), replace(turn.dialogue, asking=None))
    found = await desk.tickets.find_by_number(session, number, phone_last4=last_four)
    if found is None:
        unknown = desk.say(turn, "status.not_found", desk.person(turn))
        return Outcome((unknown,), replace(turn.dialogue, asking=None))
    return _status(desk, turn, found)


async def prove(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
    """The answer to 「编号和电话后四位」."""
    number = turn.find_value("ticket_no") or turn.dialogue.ticket_number
    if number is None:
        question = desk.say(turn, "status.ask_number", desk.person(turn))
        return Outcome((question,), replace(turn.dialogue, asking=PROOF))
    return await _status_by_number(session, desk, turn, number)


def _last_four(words: str, number: str) -> str | None:
    """Four digits on their own that are not the ticket number's own last four."""
    rest = "".join(character if character.isdecimal() else " " for character in words)
    groups = [group for group in rest.split() if len(group) == 4 or len(group) == 11]
    others = [group[-4:] for group in groups if not number.endswith(group)]
    return others[-1] if others else None


def _status(desk: FrontDesk, turn: Turn, ticket: Ticket) -> Outcome:
    words = desk.texts.say(f"chat.stage.{stage(ticket.status)}", turn.language)
    reply = desk.say(
        turn,
        "status.told",
        desk.choice(turn, "not_solved", presses.NOT_SOLVED),
        desk.person(turn),
        number=ticket.number,
        title=ticket.title,
        status=words,
        unit=unit_of(desk, ticket, turn.language),
        due=due_words(desk, ticket, turn),
    )
    return _about(ticket, Outcome((reply,), replace(turn.dialogue, asking=None)))


def _about(ticket: Ticket, outcome: Outcome) -> Outcome:
    dialogue = replace(outcome.dialogue, ticket_number=ticket.number)
    return replace(outcome, dialogue=dialogue, ticket_id=ticket.id)
