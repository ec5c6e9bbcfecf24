"""Volunteer and resident write to each other through us; neither learns the other's number."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from core.actors import Actor, ActorKind
from core.errors import InvalidInput
from handlers.residents.presses import PERSON, RELAY
from handlers.staff.desk import Desk
from handlers.volunteers.chat.payloads import SAY, pack
from handlers.volunteers.partners import called
from handlers.volunteers.tell import tell_volunteer
from notifications.outbox import Author
from people.permissions import VolunteerMember
from people.volunteer_notices import NoticeKind
from tickets.alerts import AlertKind
from tickets.call_backs import CallKind, add_call_back
from tickets.history import EventKind
from tickets.masking import masked_numbers
from tickets.models import Claim, Task, Ticket
from tickets.relays import RelayClosed, add_relay, find_standing
from tickets.tasks import get_own_claim, open_contact

LONGEST = 500


async def write_to_resident(
    session: AsyncSession,
    desk: Desk,
    task_id: UUID,
    words: str,
    *,
    by: VolunteerMember,
    now: datetime,
) -> bool:
    """
    Pass a volunteer's words on to the resident, without telephone numbers.

    True when they stand in the resident's chat, with a button to answer;
    False when somebody of the desk will ring and say them. Words that speak
    of danger are passed on and ring at the desk. Raises `RelayClosed` unless
    the claim stands, `TooMuchRelayed`, `InvalidInput`.
    """
    said = _checked(words)
    claim = await get_own_claim(session, task_id, by.id)
    task = await _standing_task(session, claim.id)
    ticket = await desk.lock_by_id(session, task.ticket_id)
    read = await _say_to_resident(session, desk, ticket, claim, said, by, now)
    actor = Actor.volunteer(by.id)
    await add_relay(
        session,
        desk.vault,
        claim.id,
        said,
        author=ActorKind.VOLUNTEER,
        by_call=not read,
        now=now,
    )
    await _record(session, desk, ticket, task_id, said, actor, now)
    if desk.find_danger(said) is not None:
        await desk.tickets.ring(session, ticket, AlertKind.HELP, by=actor, now=now)
    return read


async def answer_volunteer(
    session: AsyncSession,
    desk: Desk,
    ticket: Ticket,
    claim_id: UUID,
    words: str,
    *,
    by: Actor,
    now: datetime,
) -> None:
    """
    Pass on what a resident answers, said in the chat or to somebody of the desk.

    Raises `RelayClosed` for a claim of another ticket or one that no longer
    stands, `TooMuchRelayed`, `InvalidInput`.
    """
    said = _checked(words)
    found = await find_standing(session, claim_id)
    if found is None or found[0].ticket_id != ticket.id:
        raise RelayClosed(claim_id)
    task, claim = found
    await add_relay(session, desk.vault, claim.id, said, author=by.kind, now=now)
    await _record(session, desk, ticket, task.id, said, by, now)
    key = "from_staff" if by.kind is ActorKind.STAFF else "from_resident"
    await tell_volunteer(
        session,
        desk,
        claim.volunteer_id,
        f"claim.notice.{key}",
        kind=NoticeKind.CHANGE,
        now=now,
        task_id=task.id,
        choices=[("claim.choice.reply", pack(SAY, task.id))],
        name=resident_called(desk, task),
        words=said,
    )


def resident_called(desk: Desk, task: Task) -> str:
    """How the volunteer knows the person: 王婆婆."""
    contact = open_contact(task, desk.vault)
    return (contact.name if contact else "") or desk.texts.say("claim.resident")


async def _say_to_resident(
    session: AsyncSession,
    desk: Desk,
    ticket: Ticket,
    claim: Claim,
    said: str,
    by: VolunteerMember,
    now: datetime,
) -> bool:
    name = desk.texts.say("claim.author", name=called(desk, by.name)("zh"))
    if await desk.notices.reaches(session, ticket):
        return await desk.notices.say_words(
            session,
            ticket,
            desk.texts.say("claim.chat.from_volunteer", name=name, words=said),
            author=Author(ActorKind.VOLUNTEER, by.id, name),
            now=now,
            choices=(
                ("ticket.choice.relay", f"{RELAY}{claim.id.hex}"),
                ("ticket.choice.person", PERSON),
            ),
        )
    words = desk.texts.say("ticket.call.relay", name=called(desk, by.name)("zh"), words=said)
    await add_call_back(
        session, ticket.id, CallKind.NOTICE, words, due_at=now, vault=desk.vault, now=now
    )
    return False


async def _standing_task(session: AsyncSession, claim_id: UUID) -> Task:
    found = await find_standing(session, claim_id)
    if found is None:
        raise RelayClosed(claim_id)
    return found[0]


async def _record(
    session: AsyncSession,
    desk: Desk,
    ticket: Ticket,
    task_id: UUID,
    said: str,
    by: Actor,
    now: datetime,
) -> None:
    data = {"task_id": str(task_id)}
    await desk.tickets.record(
        session, ticket, EventKind.RELAYED, by=by, now=now, note=said, data=data
    )


def _checked(words: str) -> str:
    said = masked_numbers(words.strip())
    if not said:
        raise InvalidInput("words", "claim.error.words")
    if len(said) > LONGEST:
        raise InvalidInput("words", "claim.error.words_long")
    return said
