"""Where somebody is, or how to ring them, given by one tap instead of words."""

from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from conversations.dialogue import Dialogue, Form
from core.actors import Actor
from core.messages import Place, Reply
from handlers.residents.clues import answered_place, clues
from handlers.residents.desk import FrontDesk
from handlers.residents.follow_up import find_ticket
from handlers.residents.make_request import COMMUNITY, SLOTS, ask_for, go_on
from handlers.residents.raise_emergency import COORDINATES, PLACE
from handlers.turn import Outcome, Turn
from tickets.locating import locate
from tickets.models import Ticket


async def take_place(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
    """Coordinates go to staff; which community it is, the map of a street cannot say."""
    found = {COORDINATES: as_text(turn.message.place), **_named(desk, turn)}
    if turn.dialogue.form is not None:
        return await _into_form(session, desk, turn, turn.dialogue.form, found)
    return await _on_ticket(session, desk, turn, found, "place")


async def take_number(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
    """A telephone number that nobody asked for."""
    found = {"phone": turn.message.contact_phone or ""}
    if turn.dialogue.form is not None:
        return await _into_form(session, desk, turn, turn.dialogue.form, found)
    known = replace(turn, standing=replace(turn.standing, dialogue=_knowing(turn, found)))
    return await _on_ticket(session, desk, known, found, "number")


def as_text(place: Place | None) -> str:
    """Degrees with six digits, a decimetre: `30.590000,114.310000`."""
    return f"{place.latitude:.6f},{place.longitude:.6f}" if place else ""


def _named(desk: FrontDesk, turn: Turn) -> dict[str, str]:
    """What a venue's name and street say."""
    return answered_place(turn, desk.street) if turn.words.strip() else clues(turn, desk.street)


async def _into_form(
    session: AsyncSession, desk: FrontDesk, turn: Turn, form: Form, found: dict[str, str]
) -> Outcome:
    """Into the half-finished request; a question that it answers is answered, others stay."""
    fuller = replace(form, slots={**form.slots, **found})
    asking = turn.dialogue.asking
    if asking == COMMUNITY and ("community" in found or "address" in found):
        return await go_on(session, desk, turn, fuller)
    key = "number" if "phone" in found else "place"
    noted = desk.say(turn, f"{key}.noted")
    waiting = replace(turn.dialogue, form=fuller)
    replies = (noted, *_again(desk, turn, asking, fuller))
    return Outcome(replies, waiting, silent_after=desk.silence)


def _again(desk: FrontDesk, turn: Turn, asking: str | None, form: Form) -> tuple[Reply, ...]:
    """The question that still waits."""
    if asking == COMMUNITY:
        question = ask_for(desk, turn, asking, form)
        text = desk.texts.say("chat.place.which", turn.language)
        return (replace(question, text=text, asks=()),)
    return (ask_for(desk, turn, asking, form),) if asking in SLOTS else ()


async def _on_ticket(
    session: AsyncSession, desk: FrontDesk, turn: Turn, found: dict[str, str], key: str
) -> Outcome:
    """On the open ticket; without one it is kept for what they are about to say."""
    ticket = await find_ticket(session, desk, turn)
    if ticket is None:
        question = desk.say(turn, f"{key}.what", desk.person(turn))
        known = replace(turn.dialogue, coordinates=found.get(COORDINATES))
        return Outcome((question,), known)
    await _write(session, desk, turn, ticket, found)
    urgent = ticket.trigger is not None
    told = "emergency.place_noted" if urgent and key == "place" else f"{key}.added"
    reply = desk.say(turn, told, desk.person(turn), number=ticket.number)
    asking = None if turn.dialogue.asking == PLACE else turn.dialogue.asking
    dialogue = replace(turn.dialogue, asking=asking, ticket_number=ticket.number)
    return Outcome((reply,), dialogue, ticket_id=ticket.id, rings=urgent)


async def _write(
    session: AsyncSession, desk: FrontDesk, turn: Turn, ticket: Ticket, found: dict[str, str]
) -> None:
    await locate(
        session,
        desk.tickets,
        ticket,
        found,
        vault=desk.vault,
        by=Actor.resident(turn.standing.resident_id),
        now=turn.now,
    )


def _knowing(turn: Turn, found: dict[str, str]) -> Dialogue:
    return replace(turn.dialogue, phone=found["phone"])


async def place_in_held(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
    """A person talks with them: written on the ticket, and nothing is said."""
    ticket = await find_ticket(session, desk, turn)
    if ticket is None:
        return Outcome((), turn.dialogue)
    await _write(session, desk, turn, ticket, {COORDINATES: as_text(turn.message.place)})
    return Outcome((), turn.dialogue, ticket_id=ticket.id)
