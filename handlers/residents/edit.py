"""
An earlier message was corrected: the ticket gets the new words, the first ones stay.

Messages of one chat are handled in order, so the original has been handled when
its correction comes, however quickly somebody corrects.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from conversations.dialogue import Form
from conversations.tracing import list_caused_tickets
from core.actors import Actor
from core.errors import InvalidInput
from handlers.residents.clues import clues
from handlers.residents.desk import FrontDesk
from handlers.residents.make_request import SLOTS, ask_for
from handlers.turn import Original, Outcome, Turn
from tickets.history import EventKind
from tickets.models import Ticket
from tickets.opening import DESCRIPTION, PHONE, phone_columns

Verb = Callable[[AsyncSession, FrontDesk, Turn], Awaitable[Outcome]]


def is_unchanged(turn: Turn) -> bool:
    """Whether the words are what they were: a preview came, or a mark was set."""
    return turn.original is not None and turn.original.latest.strip() == turn.words.strip()


async def keep_quiet(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
    """Nothing new was said."""
    return Outcome((), turn.dialogue, silent_after=desk.still(turn))


def correcting(otherwise: Verb) -> Verb:
    """A correction; `otherwise` deals with it as new words where nothing came of the original."""

    async def correct(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
        ticket = await note_correction(session, desk, turn)
        if ticket is not None:
            reply = desk.say(turn, "follow_up.corrected", desk.person(turn), number=ticket.number)
            dialogue = replace(turn.dialogue, ticket_number=ticket.number)
            return Outcome(
                (reply,),
                dialogue,
                ticket_id=ticket.id,
                rings=ticket.trigger is not None,
                silent_after=desk.still(turn),
            )
        form = turn.dialogue.form
        if form is not None and turn.original and turn.original.words in form.words:
            return _in_form(desk, turn, form, turn.original)
        return await otherwise(session, desk, turn)

    return correct


def with_danger(raise_emergency: Verb) -> Verb:
    """A correction that tells of danger: noted where it belongs, then acted on like any other."""

    async def correct(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
        await note_correction(session, desk, turn)
        return await raise_emergency(session, desk, turn)

    return correct


async def correct_in_held(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
    """A person talks with them: noted on the ticket, and nothing is said."""
    ticket = await note_correction(session, desk, turn)
    return Outcome((), turn.dialogue, ticket_id=ticket.id if ticket else None)


async def note_correction(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Ticket | None:
    """Write 「改成：…」 on the ticket that the original went into; None when there is none."""
    if turn.original is None:
        return None
    ticket = await _ticket_of(session, desk, turn, turn.original)
    if ticket is None:
        return None
    await desk.tickets.record(
        session,
        ticket,
        EventKind.CORRECTED_BY_RESIDENT,
        by=Actor.resident(turn.standing.resident_id),
        now=turn.now,
        note=desk.texts.say("ticket.corrected_to", words=turn.words),
        changes=_new_number(desk, turn, turn.original, ticket),
    )
    return ticket


async def _ticket_of(
    session: AsyncSession, desk: FrontDesk, turn: Turn, original: Original
) -> Ticket | None:
    """The ticket whose first words or whose answers hold the original."""
    caused = await list_caused_tickets(session, original.inbox_id)
    tickets = await desk.tickets.list_in_conversation(session, turn.conversation_id)
    for ticket in reversed(tickets):
        words = desk.vault.open(ticket.description_sealed, purpose=DESCRIPTION)
        if ticket.opened_at >= original.said_at and original.words in words.split("\n"):
            return ticket
    return next((each for each in tickets if each.id in caused), None)


def _new_number(
    desk: FrontDesk, turn: Turn, original: Original, ticket: Ticket
) -> dict[str, object]:
    """A mistyped telephone number is put right where staff would ring it."""
    known = desk.vault.open_maybe(ticket.phone_sealed, purpose=PHONE)
    meant = turn.find_value("phone")
    if known is None or meant is None or known.removeprefix("+86") not in original.latest:
        return {}
    try:
        return dict(phone_columns(meant, desk.vault))
    except InvalidInput:
        return {}


def _in_form(desk: FrontDesk, turn: Turn, form: Form, original: Original) -> Outcome:
    """The request is not finished: the correction goes in, and the question stays."""
    slots = {**form.slots, **clues(turn, desk.street)}
    if slots.get("address") == original.words.strip():
        slots["address"] = turn.words.strip()
    words = desk.texts.say("ticket.corrected_to", words=turn.words)
    fuller = replace(form, words=(*form.words, words), slots=slots)
    noted = desk.say(turn, "follow_up.form_corrected")
    asking = turn.dialogue.asking
    again = (ask_for(desk, turn, asking, fuller),) if asking in SLOTS and asking else ()
    waiting = replace(turn.dialogue, form=fuller)
    return Outcome((noted, *again), waiting, silent_after=desk.silence)
