"""Instants as people read them, in the street's civil time."""

from datetime import datetime, timedelta

from core.clock import CHINA
from core.texts import Texts

_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


class TimeWords:
    """Turns instants into words in one language: 11月24日（周二）上午 9:00, 剩 6 分, 超 2 小时."""

    def __init__(self, texts: Texts, language: str, now: datetime) -> None:
        self._texts = texts
        self._language = language
        self._now = now

    def clock(self, at: datetime | None) -> str:
        """The hour alone for today, with the day before it for any other day: 9:03, 11-23 9:03."""
        if at is None:
            return ""
        local = at.astimezone(CHINA)
        hour = f"{local.hour}:{local.minute:02}"
        if local.date() == self._now.astimezone(CHINA).date():
            return hour
        return f"{local.month:02}-{local.day:02} {hour}"

    def day(self, at: datetime | None) -> str:
        """The day with its weekday: 11月24日（周二）."""
        if at is None:
            return ""
        local = at.astimezone(CHINA)
        weekday = self._say(f"weekday.{local.weekday()}")
        month = self._say(f"month.{local.month}")
        return self._say("day", month=month, day=local.day, weekday=weekday)

    def moment(self, at: datetime | None) -> str:
        """Day and hour as spoken: 11月24日（周二）上午 9:00."""
        if at is None:
            return ""
        local = at.astimezone(CHINA)
        part = self._say(f"part.{_part_of_day(local.hour)}")
        hour = f"{local.hour}:{local.minute:02}"
        return self._say("moment", day=self.day(at), part=part, hour=hour)

    def left(self, due_at: datetime | None) -> str:
        """How long is left, or how much it is late: 剩 6 分, 超 2 小时."""
        if due_at is None:
            return ""
        rest = due_at - self._now
        return self._say("late" if rest < timedelta() else "left", span=self.span(abs(rest)))

    def since(self, at: datetime) -> str:
        """How long ago: 6 分."""
        return self.span(self._now - at)

    def span(self, span: timedelta) -> str:
        """A length in its largest whole unit: 6 分, 2 小时, 3 天."""
        for unit, size in (("days", _DAY), ("hours", _HOUR)):
            if span >= size * (2 if unit == "days" else 1):
                return self._say(unit, count=span // size)
        return self._say("minutes", count=max(span // _MINUTE, 1))

    def urgent(self, due_at: datetime | None) -> str:
        """`late`, `soon` (under two hours) or `calm`: the class that colours the words."""
        if due_at is None:
            return "calm"
        if due_at < self._now:
            return "late"
        return "soon" if due_at - self._now < 2 * _HOUR else "calm"

    def _say(self, key: str, **facts: object) -> str:
        return self._texts.say(f"web.time.{key}", self._language, **facts)


def _part_of_day(hour: int) -> str:
    for end, part in ((6, "night"), (12, "morning"), (14, "noon"), (18, "afternoon")):
        if hour < end:
            return part
    return "evening"
