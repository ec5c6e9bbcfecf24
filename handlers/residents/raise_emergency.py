"""Danger comes before everything: the number to ring, what to do now, a ticket, a bell."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from conversations.dialogue import Form
from core.actors import Actor
from core.messages import Reply
from core.taxonomy import EmergencyTrigger
from handlers.residents import presses
from handlers.residents.clues import answered_place, clues, has_place, remembered
from handlers.residents.desk import FrontDesk
from handlers.residents.make_request import verdict
from handlers.residents.open_request import new_ticket
from handlers.turn import Outcome, Turn
from intents.understanding import Danger
from tickets.alerts import AlertKind
from tickets.locating import locate
from tickets.models import Ticket

PLACE = "emergency_place"
COORDINATES = "coordinates"
PAST = "past_danger"
_SELF_HARM = "self_harm"
_SAFE_CALL_ONLY = frozenset({"violence", "child_harm"})


async def raise_emergency(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
    """Help first, then the ticket and the bell, in any state of the conversation."""
    danger = turn.understanding.danger
    if danger is None:
        raise ValueError("no danger in this message")
    return await _act_on(session, desk, turn, desk.taxonomy.triggers[danger.trigger_id], danger)


async def ask_about_past(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
    """Danger, but it sounds like the past: ask 「现在还有危险吗？」; two silent minutes are a yes."""
    danger = turn.understanding.danger
    form = _form(desk, turn, danger)
    waiting = replace(
        turn.dialogue,
        asking=PAST,
        form=form,
        trigger=danger.trigger_id if danger else None,
    )
    question = desk.say(
        turn,
        "emergency.past",
        desk.choice(turn, "danger_yes", presses.YES),
        desk.choice(turn, "danger_no", presses.NO),
        desk.person(turn),
    )
    return Outcome((question,), waiting, silent_after=timedelta(minutes=2))


async def answer_about_past(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
    """Anything but a clear no is a yes (taxonomy `past_tense_rule`)."""
    trigger = desk.taxonomy.triggers[turn.dialogue.trigger or ""]
    return await _act_on(session, desk, turn, trigger, None)


async def add_place(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
    """Where the danger is: written on the open emergency at once."""
    ticket = await desk.tickets.find_by_number(
        session, turn.dialogue.ticket_number or "", conversation_id=turn.conversation_id
    )
    if ticket is None:
        return Outcome((desk.say(turn, "status.none", desk.person(turn)),), turn.dialogue.settled())
    by = Actor.resident(turn.standing.resident_id)
    await desk.tickets.add_words(session, ticket, turn.words, by=by, now=turn.now)
    await locate(
        session,
        desk.tickets,
        ticket,
        place_of(desk, turn),
        vault=desk.vault,
        by=by,
        now=turn.now,
    )
    reply = desk.say(turn, "emergency.place_noted", desk.person(turn), number=ticket.number)
    settled = replace(turn.dialogue.settled(), ticket_number=ticket.number)
    return Outcome((reply,), settled, ticket_id=ticket.id, rings=True)


def place_of(desk: FrontDesk, turn: Turn) -> dict[str, str]:
    """Where something is, by this message."""
    found = answered_place(turn, desk.street)
    return {
        slot: found[slot] for slot in ("community", "place", "address", "phone") if slot in found
    }


async def _act_on(
    session: AsyncSession,
    desk: FrontDesk,
    turn: Turn,
    trigger: EmergencyTrigger,
    danger: Danger | None,
) -> Outcome:
    ticket, is_new = await _ticket_for(session, desk, turn, trigger, danger)
    kind = AlertKind.EMERGENCY if ticket.urgency == "P0" else AlertKind.URGENT
    await desk.tickets.ring(session, ticket, kind, now=turn.now)
    form = turn.dialogue.form
    known = {**(form.slots if form else {}), **clues(turn, desk.street)}
    place_known = has_place(known) or COORDINATES in known or not is_new
    replies = [_help(desk, turn, trigger), _truth(desk, turn, ticket, ask_place=not place_known)]
    dialogue = replace(
        turn.dialogue.settled(),
        asking=None if place_known else PLACE,
        ticket_number=ticket.number,
    )
    return Outcome(tuple(replies), dialogue, ticket_id=ticket.id, rings=True)


async def _ticket_for(
    session: AsyncSession,
    desk: FrontDesk,
    turn: Turn,
    trigger: EmergencyTrigger,
    danger: Danger | None,
) -> tuple[Ticket, bool]:
    """The open emergency of this kind in this conversation with the new words, or a new one."""
    by = Actor.resident(turn.standing.resident_id)
    for ticket in await desk.tickets.list_in_conversation(session, turn.conversation_id):
        if ticket.trigger == trigger.id and ticket.closed_at is None:
            await desk.tickets.add_words(session, ticket, turn.words, by=by, now=turn.now)
            return ticket, False
    form = _form(desk, turn, danger)
    if turn.dialogue.form is not None:
        earlier = turn.dialogue.form
        form = replace(
            form, words=(*earlier.words, *form.words), slots={**earlier.slots, **form.slots}
        )
    new = replace(
        new_ticket(desk, turn, replace(form, urgency=danger.level if danger else trigger.level)),
        trigger=trigger.id,
        contact_wish="safe_only" if trigger.id in _SAFE_CALL_ONLY else "call",
    )
    return await desk.tickets.open_ticket(session, new, by=by, now=turn.now), True


def _form(desk: FrontDesk, turn: Turn, danger: Danger | None) -> Form:
    return Form(
        matter=turn.matter,
        request_type="help",
        urgency=danger.level if danger else "P1",
        words=(turn.words,),
        slots={**remembered(turn.dialogue), **clues(turn, desk.street)},
        groups=turn.understanding.groups,
        on_behalf=turn.understanding.on_behalf,
        classified_by=verdict(turn.understanding),
    )


def _help(desk: FrontDesk, turn: Turn, trigger: EmergencyTrigger) -> Reply:
    """The numbers to ring and the taxonomy's script, before anything else."""
    calls = tuple(number for number in map(desk.number_for, trigger.calls) if number)
    numbers = "、".join(calls)
    head = desk.texts.say("chat.emergency.ring", turn.language, numbers=numbers) if numbers else ""
    script = (
        trigger.script
        if turn.language == "zh"
        else desk.texts.say(f"chat.emergency.script.{trigger.id}", turn.language)
    )
    return Reply(f"{head}{script}", urgent=True, calls=calls)


def _truth(desk: FrontDesk, turn: Turn, ticket: Ticket, *, ask_place: bool) -> Reply:
    """What has been done and what has not: nobody has taken it yet."""
    text = desk.texts.say("chat.emergency.opened", turn.language, number=ticket.number)
    if ticket.trigger == _SELF_HARM:
        text += desk.texts.say("chat.emergency.ask_directly", turn.language)
    elif ask_place:
        text += desk.texts.say("chat.emergency.ask_place", turn.language)
    asks = ("place",) if ask_place and ticket.trigger != _SELF_HARM else ()
    return Reply(text, (desk.person(turn),), urgent=True, asks=asks)
