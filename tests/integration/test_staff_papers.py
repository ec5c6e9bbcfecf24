"""The clock stands still while the resident looks for papers."""

from datetime import datetime, timedelta

import pytest

from core.errors import InvalidInput
from handlers.staff.change_urgency import change_urgency
from handlers.staff.correct_matter import correct_matter
from handlers.staff.wait_for_papers import ClockMayNotStop, papers_came, wait_for_papers
from tests.integration.walk import Walk
from tickets.stops import list_stops, time_stopped

DAYS = timedelta(days=1)


async def waits(walk: Walk, *, days: float = 2) -> datetime:
    """Stop the clock; gives the end that stood before."""
    before = (await walk.ticket()).finish_due_at
    assert before is not None
    until_at = walk.now + timedelta(minutes=1) + days * DAYS
    await walk.do(wait_for_papers, papers="户口本复印件", until_at=until_at, by=walk.office.handler)
    return before


async def test_the_end_moves_by_the_time_that_was_announced_and_the_resident_is_told(
    walk: Walk,
) -> None:
    await (await walk.begin()).in_progress()
    before = await waits(walk)
    assert (await walk.ticket()).finish_due_at == before + 2 * DAYS
    assert "还差：户口本复印件" in (await walk.said())[-1]


async def test_days_that_were_not_needed_are_given_back(walk: Walk) -> None:
    await (await walk.begin()).in_progress()
    before = await waits(walk)
    stopped_at = walk.now
    walk.now += timedelta(hours=5)
    await walk.do(papers_came, by=walk.office.handler)
    waited = walk.now - stopped_at
    ticket = await walk.ticket()
    assert ticket.finish_due_at == before + waited
    async with walk.database.reading() as session:
        stops = await list_stops(session, ticket.id)
    assert time_stopped(stops, now=walk.now + 9 * DAYS) == waited


async def test_when_the_time_is_over_the_clock_runs_by_itself(walk: Walk) -> None:
    await (await walk.begin()).in_progress()
    before = await waits(walk)
    walk.now += 4 * DAYS
    with pytest.raises(ClockMayNotStop) as refused:
        await walk.do(papers_came, by=walk.office.handler)
    assert refused.value.why == "runs"
    ticket = await walk.ticket()
    assert ticket.finish_due_at == before + 2 * DAYS
    async with walk.database.reading() as session:
        assert time_stopped(await list_stops(session, ticket.id), now=walk.now) == 2 * DAYS


@pytest.mark.parametrize("days", [-1, 0, 3.1, 30])
async def test_nobody_waits_longer_than_three_days_or_backwards(walk: Walk, days: float) -> None:
    await (await walk.begin()).in_progress()
    with pytest.raises(InvalidInput):
        await waits(walk, days=days)


@pytest.mark.parametrize(
    ("facts", "why"),
    [({"urgency": "P1"}, "urgent"), ({"source_number": "12345-77"}, "source")],
)
async def test_some_clocks_never_stop(walk: Walk, facts: dict[str, str], why: str) -> None:
    await (await walk.begin(**facts)).in_progress()
    with pytest.raises(ClockMayNotStop) as refused:
        await waits(walk)
    assert refused.value.why == why


async def test_a_stopped_clock_is_not_stopped_again(walk: Walk) -> None:
    await (await walk.begin()).in_progress()
    await waits(walk)
    with pytest.raises(ClockMayNotStop) as refused:
        await waits(walk)
    assert refused.value.why == "stopped"


async def test_another_matter_does_not_forget_how_long_the_clock_stood(walk: Walk) -> None:
    await (await walk.begin()).in_progress()
    await waits(walk)
    await walk.do(correct_matter, "elder_care/age_allowance", by=walk.office.operator)
    ticket = await walk.ticket()
    usual = walk.office.tickets.columns_of_class(ticket.deadline_class, ticket.due_from_at)
    assert ticket.finish_due_at == usual["finish_due_at"] + 2 * DAYS
    stopped_at = walk.now - timedelta(minutes=1)
    await walk.do(papers_came, by=walk.office.handler)
    assert (await walk.ticket()).finish_due_at == usual["finish_due_at"] + (walk.now - stopped_at)


async def test_a_raised_urgency_sets_an_end_that_no_stop_has_moved(walk: Walk) -> None:
    await (await walk.begin()).in_progress()
    await waits(walk)
    why = {"reason": "danger_now", "note": "老人说胸口疼"}
    await walk.do(change_urgency, "P1", by=walk.office.operator, **why)
    raised = (await walk.ticket()).finish_due_at
    await walk.do(papers_came, by=walk.office.handler)
    assert (await walk.ticket()).finish_due_at == raised
