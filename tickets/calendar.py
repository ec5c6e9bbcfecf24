"""
Deadlines on three clocks: hours, days and working days.

Hours and days run through nights and holidays ("15min", "2h", "3d"). Working
days ("5wd") follow the State Council's holiday arrangement with its shifted
working weekends, as the library `chinese_calendar` keeps it. The day on which
the time begins does not count, and the last day ends when the office closes
(Civil Code art. 201 and 203), at 17:30.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache

import chinese_calendar

from core.clock import CHINA
from core.errors import FrontDoorError

OFFICE_CLOSES = time(17, 30)
_FORM = re.compile(r"(\d+)\s*(min|h|wd|d)(?![a-z])")
_LENGTHS: dict[str, Callable[[int], timedelta]] = {
    "min": lambda count: timedelta(minutes=count),
    "h": lambda count: timedelta(hours=count),
    "d": lambda count: timedelta(days=count),
}


class NoSuchSpan(FrontDoorError):
    """A deadline is written in a way that the calendar does not read."""

    def __init__(self, written: str) -> None:
        super().__init__(f"{written!r} is no span such as 15min, 2h, 3d or 5wd")
        self.written = written


@dataclass(frozen=True, slots=True)
class Due:
    """When something is due; `provisional` when a year counted has no published holidays yet."""

    at: datetime
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time in one of the units min, h, d, wd."""

    count: int
    unit: str

    @classmethod
    def read(cls, written: str) -> "Span | None":
        """
        The first span in a text such as "5wd 内告知受理情况".

        None for what is due at once ("0", 本次会话/通话内); raises `NoSuchSpan`.
        """
        found = _FORM.search(written)
        if found:
            return cls(int(found[1]), found[2])
        if written.strip() == "0" or "本次" in written:
            return None
        raise NoSuchSpan(written)


@cache
def _is_workday(day: date) -> bool:
    """The table's answer, kept: asking it costs 30 µs and fifteen working days ask two dozen times."""
    works: bool = chinese_calendar.is_workday(day)  # type: ignore[no-untyped-call]
    return works


class WorkingCalendar:
    """Knows China's working days as far as they are published; beyond that, weekends."""

    def __init__(self, last_published: date | None = None) -> None:
        """`last_published` cuts the table short, which tests use."""
        self._last = last_published or date(
            max(day.year for day in chinese_calendar.holidays), 12, 31
        )

    @property
    def last_published(self) -> date:
        """The last day whose holidays are known."""
        return self._last

    def is_working(self, day: date) -> bool:
        """Whether offices work; beyond the published years: Monday to Friday."""
        if day > self._last:
            return day.weekday() < 5
        return _is_workday(day)

    def due(self, start: datetime, written: str) -> Due:
        """When a span such as "15min", "2h", "3d" or "5wd" ends that begins at `start`."""
        span = Span.read(written)
        if span is None:
            return Due(start)
        if span.unit == "wd":
            return self._after_working_days(start, span.count)
        return Due(start + _LENGTHS[span.unit](span.count))

    def end_of_working_day(self, instant: datetime) -> Due:
        """The close of business on the day of this instant, or of the next working day."""
        day = instant.astimezone(CHINA).date()
        if instant.astimezone(CHINA).time() > OFFICE_CLOSES or not self.is_working(day):
            return self._after_working_days(instant, 1)
        return self._closing(day)

    def _after_working_days(self, start: datetime, count: int) -> Due:
        day = start.astimezone(CHINA).date()
        while count > 0:
            day += timedelta(days=1)
            count -= self.is_working(day)
        return self._closing(day)

    def _closing(self, day: date) -> Due:
        return Due(datetime.combine(day, OFFICE_CLOSES, CHINA), provisional=day > self._last)
