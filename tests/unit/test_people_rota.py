"""The weekly rota: what the bot may promise."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from core.errors import InvalidInput
from core.settings import DeskSettings
from people.rota import DESK, LEAD, NIGHT, OnDuty, Shift, duty_at, minute_of_day

LI = OnDuty(uuid4(), "李梅", "02")
ZHANG = OnDuty(uuid4(), "张晓", "05")
MONDAY, SUNDAY = 0, 6


def a_shift(person: OnDuty, kind: str, weekday: int, starts: str, ends: str) -> Shift:
    return Shift(uuid4(), person, kind, weekday, minute_of_day(starts), minute_of_day(ends))


def in_china(day: int, hour: int, minute: int = 0) -> datetime:
    """An instant of November 2026; the 23rd is a Monday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC).replace(tzinfo=_china())


def _china():
    from core.clock import CHINA

    return CHINA


ROTA = [
    a_shift(LI, DESK, MONDAY, "08:30", "17:30"),
    a_shift(LI, LEAD, MONDAY, "08:30", "17:30"),
    a_shift(ZHANG, NIGHT, MONDAY, "17:30", "08:30"),
    a_shift(ZHANG, NIGHT, SUNDAY, "17:30", "08:30"),
]


def test_within_its_hours_the_desk_is_open_and_has_a_name():
    duty = duty_at(ROTA, desk=DeskSettings(), now=in_china(23, 10))
    assert duty.desk_open
    assert duty.desk == (LI,)
    assert duty.lead == LI
    assert duty.person == LI


def test_a_night_shift_goes_on_after_midnight():
    duty = duty_at(ROTA, desk=DeskSettings(), now=in_china(24, 2))
    assert not duty.desk_open
    assert duty.night == ZHANG
    assert duty.person == ZHANG


def test_the_night_from_sunday_to_monday_wraps_around_the_week():
    assert duty_at(ROTA, desk=DeskSettings(), now=in_china(23, 3)).night == ZHANG


def test_a_shift_outside_the_desks_hours_does_not_open_it():
    early = [a_shift(LI, DESK, MONDAY, "06:00", "17:30")]
    assert not duty_at(early, desk=DeskSettings(), now=in_china(23, 7)).desk_open


def test_an_empty_rota_opens_nothing_and_names_nobody():
    duty = duty_at([], desk=DeskSettings(), now=in_china(23, 10))
    assert not duty.desk_open
    assert duty.person is None
    assert duty.next_opens_at is None


def test_at_night_it_says_when_the_desk_opens_next():
    duty = duty_at(ROTA, desk=DeskSettings(), now=in_china(22, 23))
    assert duty.next_opens_at == in_china(23, 8, 30)


def test_a_shift_ends_on_its_minute():
    assert duty_at(ROTA, desk=DeskSettings(), now=in_china(23, 17, 29)).desk_open
    assert not duty_at(ROTA, desk=DeskSettings(), now=in_china(23, 17, 30)).desk_open


@pytest.mark.parametrize("text", ["25:00", "8", "08:60", "morning", ""])
def test_a_time_that_is_none_is_refused(text):
    with pytest.raises(InvalidInput):
        minute_of_day(text)
