"""Tickets on both databases: opening, moving, history, finding again."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from core.actors import BOT, Actor
from core.database import Database
from core.messages import Channel
from core.taxonomy import Taxonomy
from core.vault import Vault
from tickets.calendar import WorkingCalendar
from tickets.history import EventKind, list_history
from tickets.lifecycle import NotWithdrawable, TicketChangedMeanwhile, Tickets
from tickets.locating import locate
from tickets.lookups import get_ticket, get_ticket_by_number
from tickets.models import Ticket
from tickets.opening import NewTicket
from tickets.status import StatusChangeNotAllowed, TicketStatus


def a_request(**facts: Any) -> NewTicket:
    """An old neighbour who would like meals brought."""
    usual: dict[str, Any] = {
        "channel": Channel.WEB,
        "description": "我妈八十三了一个人住 想有人送饭 电话13912345521",
        "request_type": "help",
        "matter": "elder_care/meal",
        "urgency": "P2",
        "community": "c05",
        "phone": "13912345521",
    }
    return NewTicket(**(usual | facts))


@pytest.fixture
def tickets(vault: Vault, taxonomy: Taxonomy) -> Tickets:
    return Tickets(vault=vault, taxonomy=taxonomy, calendar=WorkingCalendar())


async def test_a_new_ticket_gets_the_days_next_number(
    database: Database, tickets: Tickets, now: datetime
) -> None:
    async with database.transaction() as session:
        first = await tickets.open_ticket(session, a_request(), by=BOT, now=now)
        second = await tickets.open_ticket(session, a_request(), by=BOT, now=now)
    assert (first.number, second.number) == ("BJM-20261123-0001", "BJM-20261123-0002")


async def test_numbers_follow_chinas_day_not_the_machines(
    database: Database, tickets: Tickets, now: datetime
) -> None:
    late_evening_in_utc = now.replace(hour=17)
    async with database.transaction() as session:
        ticket = await tickets.open_ticket(session, a_request(), by=BOT, now=late_evening_in_utc)
    assert ticket.number == "BJM-20261124-0001"


async def test_the_statuses_passed_through_on_opening_are_each_in_the_history(
    database: Database, tickets: Tickets, vault: Vault, now: datetime
) -> None:
    async with database.transaction() as session:
        ticket = await tickets.open_ticket(session, a_request(), by=BOT, now=now)
    async with database.reading() as session:
        history = await list_history(session, ticket.id, vault=vault)
    assert [(event.number, event.from_status, event.to_status) for event in history] == [
        (1, None, "registered"),
        (2, "registered", "to_dispatch"),
    ]


async def test_an_answer_is_kept_word_for_word(
    database: Database, tickets: Tickets, vault: Vault, now: datetime
) -> None:
    new = a_request(status=TicketStatus.ANSWERED, answer="老年卡在便民服务中心办。")
    async with database.transaction() as session:
        ticket = await tickets.open_ticket(session, new, by=BOT, now=now)
    async with database.reading() as session:
        last = (await list_history(session, ticket.id, vault=vault))[-1]
    assert (last.kind, last.to_status, last.note) == (
        EventKind.ANSWERED,
        "answered",
        "老年卡在便民服务中心办。",
    )


async def test_what_is_opened_reads_back_the_same(
    database: Database, tickets: Tickets, now: datetime
) -> None:
    async with database.transaction() as session:
        opened = await tickets.open_ticket(session, a_request(), by=BOT, now=now)
    columns = [column.key for column in Ticket.__table__.columns]
    async with database.reading() as session:
        read = await get_ticket(session, opened.id)
        assert {name: getattr(read, name) for name in columns} == {
            name: getattr(opened, name) for name in columns
        }


async def test_nothing_personal_lies_open_in_the_row(
    database: Database, tickets: Tickets, now: datetime
) -> None:
    new = a_request(requester="周小明", address="和平里3栋2单元701", subject="周妈妈")
    async with database.transaction() as session:
        await tickets.open_ticket(session, new, by=BOT, now=now)
    async with database.reading() as session:
        row = (await session.execute(select(Ticket.__table__))).mappings().one()
    readable = " ".join(str(value) for value in row.values())
    for secret in ("13912345521", "周小明", "周妈妈", "701", "八十三"):
        assert secret not in readable.replace(row["title"], "")
    assert "13912345521" not in row["title"]


async def test_a_move_that_may_not_follow_is_refused(
    database: Database, tickets: Tickets, now: datetime
) -> None:
    async with database.transaction() as session:
        ticket = await tickets.open_ticket(session, a_request(), by=BOT, now=now)
        with pytest.raises(StatusChangeNotAllowed):
            await tickets.move(session, ticket, TicketStatus.CLOSED, by=BOT, now=now)


async def test_of_two_moves_at_once_exactly_one_gets_through(
    database: Database, tickets: Tickets, vault: Vault, now: datetime
) -> None:
    async with database.transaction() as session:
        opened = await tickets.open_ticket(session, a_request(), by=BOT, now=now)
    async with database.reading() as session:
        seen = [await get_ticket(session, opened.id)]
    async with database.reading() as session:
        seen.append(await get_ticket(session, opened.id))

    async def dispatch(ticket: Ticket) -> None:
        async with database.transaction() as session:
            await tickets.move(session, ticket, TicketStatus.DISPATCHED, by=BOT, now=now)

    results = await asyncio.gather(*map(dispatch, seen), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == [
        "NoneType",
        TicketChangedMeanwhile.__name__,
    ]
    async with database.reading() as session:
        history = await list_history(session, opened.id, vault=vault)
    assert [event.to_status for event in history].count("dispatched") == 1


async def test_notes_written_at_once_are_all_kept(
    database: Database, tickets: Tickets, vault: Vault, now: datetime
) -> None:
    async with database.transaction() as session:
        opened = await tickets.open_ticket(session, a_request(), by=BOT, now=now)

    async def write(words: str) -> None:
        async with database.transaction() as session:
            ticket = await get_ticket(session, opened.id)
            await tickets.add_words(session, ticket, words, by=Actor.resident(), now=now)

    await asyncio.gather(*(write(f"第{count}句") for count in range(8)))
    async with database.reading() as session:
        history = await list_history(session, opened.id, vault=vault)
        ticket = await get_ticket(session, opened.id)
    assert {event.note for event in history[2:]} == {f"第{count}句" for count in range(8)}
    assert ticket.revision == len(history) == 10


async def test_what_is_still_open_is_chased_instead_of_reopened(
    database: Database, tickets: Tickets, now: datetime
) -> None:
    async with database.transaction() as session:
        ticket = await tickets.open_ticket(session, a_request(), by=BOT, now=now)
        assert not await tickets.reopen(
            session, ticket, by=Actor.resident(), now=now, words="没解决"
        )
    assert (ticket.status, ticket.chases) == ("to_dispatch", 1)


async def test_a_place_said_later_is_filled_in_and_its_words_stay_out_of_the_history(
    database: Database, tickets: Tickets, vault: Vault, now: datetime
) -> None:
    found = {"community": "c05", "address": "和平里3栋2单元701"}
    async with database.transaction() as session:
        ticket = await tickets.open_ticket(session, a_request(community=None), by=BOT, now=now)
        await locate(session, tickets, ticket, found, vault=vault, by=Actor.resident(), now=now)
    async with database.reading() as session:
        read = await get_ticket(session, ticket.id)
        last = (await list_history(session, ticket.id, vault=vault))[-1]
    assert read.community == "c05"
    assert vault.open_maybe(read.address_sealed, purpose="ticket.address") == found["address"]
    assert (last.kind, last.data) == ("located", {"fields": ["address_sealed", "community"]})


async def test_an_answer_that_did_not_help_goes_to_a_person_with_fresh_deadlines(
    database: Database, tickets: Tickets, now: datetime
) -> None:
    new = a_request(status=TicketStatus.ANSWERED, answer="已告诉您")
    later = now + timedelta(days=9)
    async with database.transaction() as session:
        ticket = await tickets.open_ticket(session, new, by=BOT, now=now)
        await tickets.reopen(session, ticket, by=Actor.resident(), now=later, words="没解决")
    assert ticket.status == "to_dispatch"
    assert ticket.next_due_at is not None
    assert ticket.next_due_at > later


@pytest.mark.parametrize(
    "facts",
    [
        {"urgency": "P0"},
        {"trigger": "food_out", "urgency": "P1"},
        {"request_type": "complaint"},
        {"request_type": "report"},
    ],
)
async def test_emergencies_and_complaints_are_not_withdrawn_by_a_word(
    database: Database, tickets: Tickets, now: datetime, facts: dict[str, Any]
) -> None:
    async with database.transaction() as session:
        ticket = await tickets.open_ticket(session, a_request(**facts), by=BOT, now=now)
        with pytest.raises(NotWithdrawable):
            await tickets.withdraw(session, ticket, by=Actor.resident(), now=now)


async def test_a_plain_request_can_be_taken_back(
    database: Database, tickets: Tickets, now: datetime
) -> None:
    async with database.transaction() as session:
        ticket = await tickets.open_ticket(session, a_request(), by=BOT, now=now)
        await tickets.withdraw(session, ticket, by=Actor.resident(), now=now)
    assert (ticket.status, ticket.outcome, ticket.next_due_at) == ("withdrawn", "withdrawn", None)


async def test_the_same_matter_from_the_same_telephone_is_found_again(
    database: Database, tickets: Tickets, now: datetime
) -> None:
    async with database.transaction() as session:
        ticket = await tickets.open_ticket(session, a_request(), by=BOT, now=now)

        async def find(**facts: Any) -> str | None:
            usual: dict[str, Any] = {"matter": "elder_care/meal", "conversation_id": None}
            same = await tickets.find_same(session, **(usual | {"now": now} | facts))
            return same.number if same else None

        assert await find(phone="139 1234 5521") == ticket.number
        assert await find(phone="139 1234 5521", community="c05") == ticket.number
        assert await find(phone="139 1234 5521", community="c06") is None
        assert await find(phone="13912345522") is None
        assert await find(phone="13912345521", matter="environment/noise") is None
        assert await find(phone="13912345521", now=now + timedelta(days=31)) is None
        assert await find() is None


async def test_a_number_alone_shows_nothing(
    database: Database, tickets: Tickets, now: datetime
) -> None:
    async with database.transaction() as session:
        ticket = await tickets.open_ticket(session, a_request(), by=BOT, now=now)
        number = ticket.number
        assert await tickets.find_by_number(session, number) is None
        assert await tickets.find_by_number(session, number, phone_last4="1234") is None
        proved = await tickets.find_by_number(session, number, phone_last4="5521")
        assert proved is not None
        assert proved.id == ticket.id
        assert await tickets.find_by_number(session, number[-4:], phone_last4="5521") is None
        assert (await get_ticket_by_number(session, number)).id == ticket.id


def test_every_column_is_written_on_opening(
    vault: Vault, taxonomy: Taxonomy, now: datetime
) -> None:
    from tickets.deadlines import reckon
    from tickets.opening import Given, ticket_row

    deadlines = reckon(WorkingCalendar(), taxonomy.deadlines["normal_5wd"], now)
    given = Given("BJM-20261123-0001", "normal_5wd", deadlines, now)
    row = ticket_row(a_request(), given, vault=vault, revision=1)
    assert set(row) == {column.key for column in Ticket.__table__.columns}
