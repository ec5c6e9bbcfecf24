"""From a form to a ticket: what was said, what was found, who deals with it and by when."""

from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from conversations.dialogue import Dialogue, Form
from core.actors import Actor
from core.dates import say_instant
from core.messages import Reply
from handlers.residents import presses
from handlers.residents.desk import FrontDesk
from handlers.turn import Outcome, Turn
from tickets.models import Ticket
from tickets.opening import NewTicket
from tickets.status import TicketStatus

_PROMPT_TYPES = frozenset({"praise", "suggest"})


async def open_request(
    session: AsyncSession, desk: FrontDesk, turn: Turn, form: Form, *, dialogue: Dialogue
) -> tuple[Ticket, Outcome]:
    """Open the ticket of a form and give the receipt."""
    ticket = await desk.tickets.open_ticket(
        session,
        new_ticket(desk, turn, form),
        by=Actor.resident(turn.standing.resident_id),
        now=turn.now,
    )
    replies = []
    if form.secondary:
        names = "、".join(desk.matter_name(each, turn.language) for each in form.secondary)
        replies.append(desk.say(turn, "request.second_matters", matters=names))
    replies.append(receipt(desk, turn, ticket))
    settled = replace(dialogue.settled(), ticket_number=ticket.number, matter=form.matter)
    return ticket, Outcome(tuple(replies), settled, ticket_id=ticket.id)


def new_ticket(
    desk: FrontDesk,
    turn: Turn,
    form: Form,
    *,
    status: TicketStatus = TicketStatus.TO_DISPATCH,
    answer: str | None = None,
) -> NewTicket:
    """What the ticket store needs, out of a form."""
    slots = form.slots
    return NewTicket(
        channel=turn.standing.address.channel,
        description="\n".join(form.words),
        request_type=form.request_type,
        matter=form.matter,
        urgency=form.urgency,
        conversation_id=turn.conversation_id,
        resident_id=turn.standing.resident_id,
        community=slots.get("community"),
        place=slots.get("place"),
        address=slots.get("address"),
        coordinates=slots.get("coordinates"),
        phone=slots.get("phone"),
        contact_wish=slots.get("contact_wish", "call" if "phone" in slots else "message"),
        subject=slots.get("subject"),
        relation=slots.get("relation"),
        groups=tuple(kept_groups(desk, form.groups)),
        secondary_matters=form.secondary,
        classified_by=form.classified_by,
        status=status,
        answer=answer,
    )


def kept_groups(desk: FrontDesk, groups: tuple[str, ...]) -> list[str]:
    """
    The groups that may be stored without being asked.

    Sensitive ones guessed by a machine serve the present turn only (PIPL Art. 28, 29).
    """
    return [group for group in groups if not desk.taxonomy.groups[group].sensitive]


def receipt(desk: FrontDesk, turn: Turn, ticket: Ticket) -> Reply:
    """The number, who deals with it and by when."""
    unit = unit_of(desk, ticket, turn.language)
    key = "request.thanks" if ticket.request_type in _PROMPT_TYPES else "request.receipt"
    due = due_words(desk, ticket, turn)
    facts = {"number": ticket.number, "unit": unit, "due": due}
    reply = desk.say(
        turn,
        key,
        desk.choice(turn, "progress", presses.PROGRESS),
        desk.person(turn),
        **facts,
    )
    text = f"{reply.text}{_who_decides(desk, turn, ticket)}"
    return replace(reply, text=text, card={key: str(value) for key, value in facts.items()})


def unit_of(desk: FrontDesk, ticket: Ticket, language: str) -> str:
    """Who deals with a ticket: the unit it was sent to, or the one its matter belongs to."""
    if ticket.unit:
        return desk.unit_name(ticket.unit, language)
    if ticket.matter:
        return desk.unit_name(desk.taxonomy.get_matter(ticket.matter).department, language)
    return desk.unit_name(None, language)


def due_words(desk: FrontDesk, ticket: Ticket, turn: Turn) -> str:
    """By when somebody is in touch; a promise that was missed is called missed."""
    due = ticket.contact_due_at or ticket.finish_due_at
    if due is None or due <= turn.now:
        return desk.texts.say("chat.request.overdue", turn.language)
    return say_instant(due, now=turn.now, language=turn.language)


def _who_decides(desk: FrontDesk, turn: Turn, ticket: Ticket) -> str:
    matter = desk.taxonomy.matters.get(ticket.matter or "")
    if matter is None or matter.handled_by == "street" or not matter.handler:
        return ""
    if turn.language != "zh":
        return " " + desk.texts.say("chat.request.passed_on", turn.language)
    return desk.texts.say(
        f"chat.request.{matter.handled_by}", turn.language, handler=matter.handler
    )
