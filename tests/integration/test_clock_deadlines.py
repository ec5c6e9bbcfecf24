"""What the clock does about deadlines, on both databases."""

import asyncio
from datetime import date, datetime, timedelta

from core.actors import BOT
from core.database import Database
from core.taxonomy import Taxonomy
from core.vault import Vault
from handlers.clock.climb_alerts import climb_alerts
from handlers.clock.reckon_again import reckon_again
from handlers.clock.remind_deadlines import remind_deadlines
from handlers.staff.accept import accept
from handlers.staff.dispatch import dispatch
from tests.integration.office import Office, a_request, a_ticket, read_ticket
from tickets.alerts import AlertKind
from tickets.calendar import WorkingCalendar
from tickets.history import list_history
from tickets.lifecycle import Tickets
from tickets.lookups import get_ticket_by_number


async def remind(database: Database, office: Office, at: datetime) -> list[tuple[int, str]]:
    async with database.transaction() as session:
        given = await remind_deadlines(session, office.desk, now=at)
    return [(each.step, each.role) for each in given]


async def test_each_step_of_a_deadline_is_reminded_of_once(
    database: Database, office: Office, now: datetime
) -> None:
    number = await a_ticket(database, office, now, request_type="complaint")
    first_contact = now + timedelta(hours=24)
    assert await remind(database, office, now + timedelta(hours=17)) == []
    assert await remind(database, office, now + timedelta(hours=18)) == [(1, "dispatcher")]
    assert await remind(database, office, now + timedelta(hours=19)) == []
    assert await remind(database, office, first_contact) == [(2, "dispatcher")]
    one_day_late = datetime.fromisoformat("2026-11-25T17:30:00+08:00")
    assert await remind(database, office, one_day_late) == [(3, "shift_lead")]
    three_days_late = datetime.fromisoformat("2026-11-27T17:30:00+08:00")
    assert await remind(database, office, three_days_late) == [(4, "supervisor")]
    assert await remind(database, office, three_days_late + timedelta(days=30)) == []
    ticket = await read_ticket(database, number)
    async with database.reading() as session:
        history = await list_history(session, ticket.id, vault=office.desk.vault)
    assert [each.data["step"] for each in history if each.kind == "reminded"] == [1, 2, 3, 4]


async def test_after_a_standstill_only_the_furthest_step_is_given(
    database: Database, office: Office, now: datetime
) -> None:
    await a_ticket(database, office, now, request_type="complaint")
    assert await remind(database, office, now + timedelta(days=60)) == [(4, "supervisor")]
    assert await remind(database, office, now + timedelta(days=61)) == []


async def test_the_next_deadline_is_reminded_of_anew(
    database: Database, office: Office, now: datetime
) -> None:
    number = await a_ticket(database, office, now, request_type="complaint")
    assert await remind(database, office, now + timedelta(hours=18)) == [(1, "dispatcher")]
    for verb, more, by in (
        (dispatch, ("elder_service",), office.dispatcher),
        (accept, (), office.handler),
    ):
        async with database.transaction() as session:
            ticket = await office.desk.get_ticket(session, number, by=by)
            await verb(session, office.desk, ticket, *more, by=by, now=now + timedelta(hours=19))  # type: ignore[operator]
    assert await remind(database, office, now + timedelta(hours=20)) == []
    assert await remind(database, office, now + timedelta(hours=25)) == [(2, "handler")]


async def test_two_clocks_at_once_give_one_reminder(
    database: Database, office: Office, now: datetime
) -> None:
    await a_ticket(database, office, now)
    later = now + timedelta(hours=20)
    both = await asyncio.gather(*(remind(database, office, later) for _ in range(4)))
    assert sum(map(len, both)) == 1


async def test_two_clocks_at_once_climb_one_step(
    database: Database, office: Office, now: datetime
) -> None:
    number = await a_ticket(database, office, now, urgency="P0")
    async with database.transaction() as session:
        ticket = await get_ticket_by_number(session, number)
        await office.tickets.ring(session, ticket, AlertKind.EMERGENCY, now=now)

    async def climb() -> int:
        async with database.transaction() as session:
            return len(await climb_alerts(session, office.desk, now=now + timedelta(seconds=60)))

    assert sum(await asyncio.gather(*(climb() for _ in range(4)))) == 1


async def test_provisional_deadlines_become_firm_when_the_holidays_are_published(
    database: Database, office: Office, vault: Vault, taxonomy: Taxonomy
) -> None:
    before_national_day = datetime.fromisoformat("2026-09-29T10:00:00+08:00")
    early = Tickets(
        vault=vault, taxonomy=taxonomy, calendar=WorkingCalendar(last_published=date(2026, 9, 30))
    )
    async with database.transaction() as session:
        new = a_request(request_type="complaint")
        ticket = await early.open_ticket(session, new, by=BOT, now=before_national_day)
        number = ticket.number
    assert ticket.due_provisional
    assert ticket.finish_due_at == datetime.fromisoformat("2026-10-06T17:30:00+08:00")
    for expected in ([number], []):
        async with database.transaction() as session:
            changed = await reckon_again(session, office.desk, now=before_national_day)
        assert changed == expected
    read = await read_ticket(database, number)
    assert not read.due_provisional
    assert read.finish_due_at == datetime.fromisoformat("2026-10-12T17:30:00+08:00")
