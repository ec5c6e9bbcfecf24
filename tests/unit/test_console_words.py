"""Small things of the desk: initials, lists typed in one box, who else is there."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from console.fields import instant, lines
from console.initials import initials
from console.presence import Presence
from core.errors import InvalidInput
from core.signals import InProcessSignals

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "letters"),
    [
        ("助餐", "zc"),
        ("电梯", "dt"),
        ("养老服务", "ylfw"),
        ("12345热线", "12345rx"),
        ("·/（）", ""),
    ],
)
def test_initials_are_those_of_the_pinyin(words, letters):
    assert initials(words) == letters


def test_a_list_may_be_parted_by_any_comma_or_line():
    assert lines("挂号，带路、取药\n陪着; ") == ["挂号", "带路", "取药", "陪着"]


def test_a_day_and_a_time_are_civil_time():
    assert instant("2026-11-24", "09:30", field="day") == datetime(2026, 11, 24, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "clock"), [("", "09:00"), ("tomorrow", "09:00"), ("2026-11-24", "9")]
)
def test_a_day_or_time_that_is_none_is_refused(day, clock):
    with pytest.raises(InvalidInput):
        instant(day, clock, field="day")


async def test_presence_travels_between_processes_and_fades():
    signals = InProcessSignals()
    here, there = Presence(signals), Presence(signals)
    await there.look("0001", staff_id="b", name="王强", now=NOW)
    await here.look("0001", staff_id="a", name="李梅", now=NOW)
    await asyncio.sleep(0)  # now both listen
    await there.look("0001", staff_id="b", name="王强", now=NOW)
    for _ in range(20):
        if here.others("0001", staff_id="a", now=NOW):
            break
        await asyncio.sleep(0)
    assert here.others("0001", staff_id="a", now=NOW) == ["王强"]
    assert here.others("0001", staff_id="a", now=NOW + timedelta(minutes=1)) == []
    await here.close()
    await there.close()
