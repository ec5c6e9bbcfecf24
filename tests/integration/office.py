"""A street office for tests: a desk with its people, and residents in a web chat."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.inbox import Inbox
from conversations.models import Conversation
from conversations.speech import Speech
from core.actors import BOT
from core.database import Database
from core.dates import today_in_china
from core.ids import new_id
from core.messages import Address, Channel
from core.settings import DeskSettings
from core.taxonomy import Street, Taxonomy
from core.texts import Texts
from core.vault import Vault
from handlers.notices import Notices
from handlers.staff.accept import accept
from handlers.staff.call_back import CallAnswers, call_back, call_back_failed
from handlers.staff.close import close
from handlers.staff.contact import contact
from handlers.staff.desk import Desk
from handlers.staff.dispatch import dispatch
from handlers.staff.resolve import resolve
from handlers.staff.review import review
from handlers.staff.start import start
from notifications.models import OutboxMessage
from notifications.outbox import Outbox
from people.models import Staff, Volunteer
from people.permissions import StaffMember, VolunteerMember
from people.volunteer_models import VolunteerProof
from tickets.calendar import WorkingCalendar
from tickets.call_backs import opened_words
from tickets.drafts import Drafts
from tickets.lifecycle import Tickets
from tickets.models import CallBack, Ticket
from tickets.opening import NewTicket

DANGER_WORDS = {"冒烟": "fire", "不想活": "self_harm", "停水": "utility_group"}


@dataclass(frozen=True)
class Office:
    """The desk and everybody who works at it."""

    desk: Desk
    operator: StaffMember
    dispatcher: StaffMember
    handler: StaffMember
    reviewer: StaffMember
    lead: StaffMember
    supervisor: StaffMember

    @property
    def tickets(self) -> Tickets:
        return self.desk.tickets


def a_desk(vault: Vault, taxonomy: Taxonomy, street: Street, texts: Texts) -> Desk:
    calendar = WorkingCalendar()
    tickets = Tickets(vault=vault, taxonomy=taxonomy, calendar=calendar)
    return Desk(
        tickets=tickets,
        notices=Notices(speech=Speech(vault=vault), texts=texts, vault=vault, calendar=calendar),
        vault=vault,
        taxonomy=taxonomy,
        street=street,
        texts=texts,
        calendar=calendar,
        settings=DeskSettings(),
        drafts=Drafts(tickets=tickets, vault=vault, taxonomy=taxonomy, calendar=calendar),
        inbox=Inbox(vault=vault),
        find_danger=lambda words: next(
            (trigger for word, trigger in DANGER_WORDS.items() if word in words), None
        ),
    )


async def an_office(database: Database, desk: Desk, now: datetime) -> Office:
    """People for every role, in the database."""
    members = {
        role: StaffMember(new_id(), name, f"0{number}", (role,), units)
        for number, (role, name, units) in enumerate(
            [
                ("operator", "李梅", ()),
                ("dispatcher", "张晓", ()),
                ("handler", "王强", ("elder_service",)),
                ("reviewer", "陈静", ()),
                ("shift_lead", "刘洋", ()),
                ("supervisor", "赵敏", ()),
            ]
        )
    }
    await add_staff(database, list(members.values()), now)
    return Office(
        desk,
        members["operator"],
        members["dispatcher"],
        members["handler"],
        members["reviewer"],
        members["shift_lead"],
        members["supervisor"],
    )


async def add_staff(database: Database, members: Sequence[StaffMember], now: datetime) -> None:
    async with database.transaction() as session:
        session.add_all(
            Staff(
                id=member.id,
                login=f"login-{member.id}",
                number=f"{member.number}-{member.id.hex[-6:]}",
                name=member.name,
                roles=list(member.roles),
                units=list(member.units),
                communities=list(member.communities),
                created_at=now,
            )
            for member in members
        )


async def add_volunteers(
    database: Database, count: int, now: datetime, *, name: str = "", **facts: Any
) -> list[VolunteerMember]:
    members = [
        VolunteerMember(new_id(), name or f"志愿者{place}", **facts) for place in range(count)
    ]
    async with database.transaction() as session:
        session.add_all(
            Volunteer(
                id=member.id,
                login=f"login-{member.id}",
                name=member.name,
                skills=list(member.skills),
                communities=list(member.communities),
                home_visits=member.home_visits,
                created_at=now,
            )
            for member in members
        )
        await session.flush()
        session.add_all(a_training(member.id, now) for member in members if member.home_visits)
    return members


def a_training(volunteer_id: UUID, now: datetime, **facts: Any) -> VolunteerProof:
    """A training for visits in homes, from today on, without an end."""
    usual: dict[str, Any] = {
        "id": new_id(),
        "volunteer_id": volunteer_id,
        "kind": "home_visit",
        "valid_from": today_in_china(now),
        "recorded_at": now,
    }
    return VolunteerProof(**(usual | facts))


def a_request(**facts: Any) -> NewTicket:
    """An old neighbour who would like meals brought."""
    usual: dict[str, Any] = {
        "channel": Channel.WEB,
        "description": "我妈八十三了一个人住 想有人送饭",
        "request_type": "help",
        "matter": "elder_care/meal",
        "urgency": "P2",
        "community": "c05",
        "place": "和平里",
        "address": "和平里3栋2单元701",
        "requester": "周小明",
        "phone": "13912345521",
    }
    return NewTicket(**(usual | facts))


async def a_ticket(
    database: Database, office: Office, now: datetime, *, chat: bool = True, **facts: Any
) -> str:
    """Open a ticket, from a web chat unless told otherwise; gives its number."""
    async with database.transaction() as session:
        if chat:
            address = Address(Channel.WEB, "", str(new_id()))
            standing = await office.desk.inbox.get_or_begin(session, address, now=now)
            facts["conversation_id"] = standing.id
        ticket = await office.tickets.open_ticket(session, a_request(**facts), by=BOT, now=now)
    return ticket.number


async def walk_to_the_end(
    database: Database, office: Office, number: str, now: datetime, answers: CallAnswers | None
) -> None:
    """Handle a ticket until it closes; without answers nobody could be reached."""
    handled: list[tuple[Any, tuple[Any, ...], dict[str, Any], StaffMember]] = [
        (dispatch, ("elder_service",), {}, office.dispatcher),
        (accept, (), {}, office.handler),
        (contact, (), {"how": "call", "words": "说好了"}, office.handler),
        (start, (), {}, office.handler),
        (resolve, (), {"result": "好了", "internal_note": "办了"}, office.handler),
        (review, (), {"passed": True}, office.reviewer),
    ]
    if answers is None:
        handled += [(call_back_failed, (), {}, office.operator)] * 3
    else:
        handled.append((call_back, (answers,), {}, office.operator))
    handled.append((close, (), {"note": "说明过了"}, office.reviewer))
    for verb, given, more, by in handled:
        async with database.transaction() as session:
            ticket = await office.desk.get_ticket(session, number, by=by)
            await verb(session, office.desk, ticket, *given, by=by, now=now, **more)


async def read_ticket(database: Database, number: str) -> Ticket:
    async with database.reading() as session:
        return (await session.scalars(select(Ticket).where(Ticket.number == number))).one()


async def what_was_said(database: Database, vault: Vault, number: str) -> list[str]:
    """Everything that the resident of a ticket reads, oldest first."""
    ticket = await read_ticket(database, number)
    outbox = Outbox(vault=vault)
    async with database.reading() as session:
        rows = await session.scalars(
            select(OutboxMessage)
            .where(OutboxMessage.conversation_id == ticket.conversation_id)
            .order_by(OutboxMessage.number)
        )
        return [outbox.opened(row).reply.text for row in rows]


async def calls_to_make(database: Database, vault: Vault, number: str) -> list[tuple[str, str]]:
    """Kind and words of the calls that are still to be made for a ticket."""
    ticket = await read_ticket(database, number)
    async with database.reading() as session:
        rows = await session.scalars(
            select(CallBack)
            .where(CallBack.ticket_id == ticket.id, CallBack.done_at.is_(None))
            .order_by(CallBack.created_at, CallBack.id)
        )
        return [(row.kind, opened_words(row, vault=vault)) for row in rows]


async def who_holds(session: AsyncSession, ticket: Ticket) -> Any:
    return await session.scalar(
        select(Conversation.held_by_id).where(Conversation.id == ticket.conversation_id)
    )
