"""Deadlines on three clocks: hours, days, working days with China's shifted holidays."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import CHINA
from core.taxonomy import Taxonomy
from tickets.calendar import Due, NoSuchSpan, Span, WorkingCalendar
from tickets.deadlines import Deadlines, reckon, reminder_after, running
from tickets.status import TicketStatus

CALENDAR = WorkingCalendar()


def china(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=CHINA)


@pytest.mark.parametrize(
    ("start", "span", "due"),
    [
        ("2026-11-23 10:00", "15min", "2026-11-23 10:15"),
        ("2026-11-23 23:30", "2h", "2026-11-24 01:30"),
        ("2026-02-16 09:00", "24h", "2026-02-17 09:00"),
        ("2026-11-20 10:00", "3d", "2026-11-23 10:00"),
        ("2026-11-23 10:00", "0", "2026-11-23 10:00"),
        ("2026-11-23 10:00", "本次会话/通话内", "2026-11-23 10:00"),
    ],
)
def test_hours_and_days_run_through_nights_and_holidays(start: str, span: str, due: str) -> None:
    assert CALENDAR.due(china(start), span) == Due(china(due))


@pytest.mark.parametrize(
    ("start", "span", "due"),
    [
        ("2026-11-22 09:03", "5wd", "2026-11-27 17:30"),
        ("2026-11-23 10:00", "5wd", "2026-11-30 17:30"),
        ("2026-11-20 17:45", "1wd", "2026-11-23 17:30"),
        # National Day 2026: off 1 to 7 October, at work on Sunday 20 September and Saturday 10 October
        ("2026-09-30 10:00", "1wd", "2026-10-08 17:30"),
        ("2026-09-30 10:00", "3wd", "2026-10-10 17:30"),
        ("2026-10-01 10:00", "1wd", "2026-10-08 17:30"),
        ("2026-10-09 10:00", "1wd", "2026-10-10 17:30"),
        ("2026-10-10 10:00", "1wd", "2026-10-12 17:30"),
        ("2026-09-18 10:00", "1wd", "2026-09-20 17:30"),
        # Mid-Autumn 2026: off 25 to 27 September
        ("2026-09-24 16:00", "1wd", "2026-09-28 17:30"),
        # Spring Festival 2026: off 15 to 23 February, at work on Saturdays 14 and 28 February
        ("2026-02-13 10:00", "1wd", "2026-02-14 17:30"),
        ("2026-02-14 10:00", "1wd", "2026-02-24 17:30"),
        ("2026-02-14 10:00", "5wd", "2026-02-28 17:30"),
        ("2026-02-16 10:00", "5wd", "2026-02-28 17:30"),
        ("2026-02-13 10:00", "15wd", "2026-03-12 17:30"),
        # New Year 2026: off 1 to 3 January, at work on Sunday the 4th
        ("2025-12-31 10:00", "1wd", "2026-01-04 17:30"),
        ("2026-11-23 10:00", "5wd 内告知受理情况与法定期限", "2026-11-30 17:30"),
    ],
)
def test_working_days_follow_the_shifted_holidays(start: str, span: str, due: str) -> None:
    assert CALENDAR.due(china(start), span) == Due(china(due))


@pytest.mark.parametrize(
    ("start", "span", "due", "provisional"),
    [
        ("2026-12-24 10:00", "5wd", "2026-12-31 17:30", False),
        ("2026-12-25 10:00", "5wd", "2027-01-01 17:30", True),
        ("2027-01-29 10:00", "5wd", "2027-02-05 17:30", True),
        ("2027-01-02 10:00", "1wd", "2027-01-04 17:30", True),
    ],
)
def test_beyond_the_published_years_only_weekends_count_and_it_is_marked(
    start: str, span: str, due: str, provisional: bool
) -> None:
    calendar = WorkingCalendar(last_published=date(2026, 12, 31))
    assert calendar.due(china(start), span) == Due(china(due), provisional)


def test_a_deadline_across_the_end_of_the_table_is_reckoned_again_when_it_grows() -> None:
    start = china("2026-09-30 10:00")
    before = WorkingCalendar(last_published=date(2026, 9, 30)).due(start, "1wd")
    after = CALENDAR.due(start, "1wd")
    assert (before.at, before.provisional) == (china("2026-10-01 17:30"), True)
    assert (after.at, after.provisional) == (china("2026-10-08 17:30"), False)


@pytest.mark.parametrize(
    ("instant", "due"),
    [
        ("2026-11-23 10:00", "2026-11-23 17:30"),
        ("2026-11-23 18:00", "2026-11-24 17:30"),
        ("2026-10-03 10:00", "2026-10-08 17:30"),
    ],
)
def test_a_moved_deadline_lies_at_the_close_of_a_working_day(instant: str, due: str) -> None:
    assert CALENDAR.end_of_working_day(china(instant)).at == china(due)


@pytest.mark.parametrize("written", ["", "soon", "5 weeks", "wd", "3days"])
def test_a_span_that_nobody_can_read_is_refused(written: str) -> None:
    with pytest.raises(NoSuchSpan):
        Span.read(written)


def test_every_deadline_of_the_taxonomy_can_be_read(taxonomy: Taxonomy, now: datetime) -> None:
    for deadline in taxonomy.deadlines.values():
        reckoned = reckon(CALENDAR, deadline, now)
        assert reckoned.finish is not None
        assert reckoned.finish >= now


@given(
    start=st.datetimes(datetime(2025, 1, 1), datetime(2026, 11, 1)),  # noqa: DTZ001
    count=st.integers(1, 20),
)
def test_a_working_day_deadline_always_falls_on_a_working_day_and_more_days_are_later(
    start: datetime, count: int
) -> None:
    begun = start.replace(tzinfo=CHINA)
    due = CALENDAR.due(begun, f"{count}wd").at
    assert CALENDAR.is_working(due.astimezone(CHINA).date())
    assert due.date() > begun.date()
    assert CALENDAR.due(begun, f"{count + 1}wd").at > due


def test_the_earliest_unmet_deadline_runs(taxonomy: Taxonomy) -> None:
    start = china("2026-11-22 09:03")
    deadlines = reckon(CALENDAR, taxonomy.deadlines["normal_5wd"], start)
    assert running("to_dispatch", deadlines).due_at == china("2026-11-23 09:03")
    assert running("accepted", deadlines).due_at == china("2026-11-23 09:03")
    assert running("in_progress", deadlines).due_at == china("2026-11-27 17:30")
    assert running("resolved", deadlines).due_at is None


def test_somebody_is_warned_when_a_quarter_of_the_time_is_left(taxonomy: Taxonomy) -> None:
    start = china("2026-11-23 10:00")
    deadlines = reckon(CALENDAR, taxonomy.deadlines["emergency_2h"], start)
    clock = running("in_progress", deadlines)
    assert clock.warn_at == start + timedelta(minutes=90)


def test_reminders_climb_by_working_days() -> None:
    due, warn = china("2026-11-27 17:30"), china("2026-11-26 12:00")
    steps = [reminder_after(CALENDAR, due, warn, given) for given in range(5)]
    assert steps == [warn, due, china("2026-11-30 17:30"), china("2026-12-02 17:30"), None]


@pytest.mark.parametrize("status", list(TicketStatus))
def test_every_status_knows_whether_a_clock_runs(status: TicketStatus) -> None:
    start = china("2026-11-23 10:00")
    all_three = Deadlines(start, start, start, start)
    assert running(status, all_three).due_at in (None, start)
