"""The rates of a month, with both denominators, on both databases."""

from datetime import datetime, timedelta

from core.database import Database
from handlers.staff.approve import approve
from handlers.staff.call_back import CallAnswers
from handlers.staff.dispatch import dispatch
from handlers.staff.request_exclusion import request_exclusion
from tests.integration.office import Office, a_ticket, walk_to_the_end
from tickets.rates import Rate, Rates, get_rates
from tickets.status import TicketStatus

GOOD = CallAnswers(contacted=True, solved="yes", satisfied="yes")
HALF = CallAnswers(contacted=True, solved="partly", satisfied="no")


async def rates(
    database: Database, office: Office, now: datetime, community: str | None = None
) -> Rates:
    async with database.reading() as session:
        return await get_rates(
            session,
            member=office.reviewer,
            from_at=now - timedelta(days=30),
            to_at=now + timedelta(days=1),
            community=community,
            now=now,
        )


async def test_who_was_not_reached_lowers_the_rate_over_all_closed(
    database: Database, office: Office, now: datetime
) -> None:
    numbers = [await a_ticket(database, office, now) for _ in range(3)]
    for number, answers in zip(numbers, (GOOD, HALF, None), strict=True):
        await walk_to_the_end(database, office, number, now, answers)
    found = await rates(database, office, now)
    assert (found.received, found.closed) == (3, 3)
    assert found.solved_of_called == Rate(1.5, 2, (numbers[1],))
    assert found.solved_of_closed == Rate(1.5, 3, (numbers[1], numbers[2]))
    assert found.satisfied_of_called == Rate(1, 2, (numbers[1],))
    assert found.called == Rate(2, 3, (numbers[2],))
    assert found.contacted == Rate(3, 3)


async def test_what_the_bot_answered_never_counts_as_solved(
    database: Database, office: Office, now: datetime
) -> None:
    await a_ticket(database, office, now, status=TicketStatus.ANSWERED, answer="去窗口办")
    found = await rates(database, office, now)
    assert (found.answered, found.closed) == (1, 0)
    assert found.solved_of_closed.share is None


async def test_a_contact_that_came_late_or_never_is_missing(
    database: Database, office: Office, now: datetime
) -> None:
    never = await a_ticket(database, office, now)
    late = await a_ticket(database, office, now - timedelta(days=3))
    unwanted = await a_ticket(database, office, now, chat=False, phone=None)
    for number in (never, unwanted):
        async with database.transaction() as session:
            ticket = await office.desk.get_ticket(session, number, by=office.dispatcher)
            await dispatch(
                session, office.desk, ticket, "elder_service", by=office.dispatcher, now=now
            )
    await walk_to_the_end(database, office, late, now, GOOD)
    found = await rates(database, office, now)
    assert found.contacted == Rate(0, 2, tuple(sorted((late, never))))


async def test_exclusions_leave_the_rates_and_are_shown_on_their_own(
    database: Database, office: Office, now: datetime
) -> None:
    numbers = [await a_ticket(database, office, now) for _ in range(2)]
    await walk_to_the_end(database, office, numbers[0], now, GOOD)
    await walk_to_the_end(database, office, numbers[1], now, None)
    async with database.transaction() as session:
        ticket = await office.desk.get_ticket(session, numbers[1], by=office.reviewer)
        asked = await request_exclusion(
            session,
            office.desk,
            ticket,
            reason="lost",
            note="三次没打通",
            by=office.reviewer,
            now=now,
        )
        await approve(session, office.desk, ticket, asked.id, by=office.supervisor, now=now)
    found = await rates(database, office, now)
    assert found.solved_of_closed == Rate(1, 1)
    assert (found.excluded.numerator, found.excluded.denominator) == (1, 2)
    assert found.exclusions == {"lost": 1}


async def test_rates_can_be_asked_for_one_community(
    database: Database, office: Office, now: datetime
) -> None:
    await a_ticket(database, office, now, community="c05")
    await a_ticket(database, office, now, community="c06")
    assert (await rates(database, office, now, "c06")).received == 1
    assert (await rates(database, office, now)).received == 2
