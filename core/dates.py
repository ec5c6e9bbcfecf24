"""Instants in words that people use: 今天下午3点, 11月24日（周二）上午9点."""

from datetime import date, datetime

from core.clock import CHINA

_WEEKDAYS = "一二三四五六日"
_ENGLISH_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def today_in_china(now: datetime) -> date:
    """The civil day of an instant."""
    return now.astimezone(CHINA).date()


def say_instant(at: datetime, *, now: datetime, language: str = "zh") -> str:
    """A day and a time, e.g. 今天下午3点半, 明天上午9点 or 11月24日（周二）上午9点."""
    local = at.astimezone(CHINA)
    if language != "zh":
        return f"{_ENGLISH_DAYS[local.weekday()]} {local.day}/{local.month}, {local:%H:%M}"
    return f"{say_day(at, now=now)}{say_time(at)}"


def say_day(at: datetime, *, now: datetime) -> str:
    """A day: 今天, 明天, 后天 or the date with its weekday."""
    day = today_in_china(at)
    near = {0: "今天", 1: "明天", 2: "后天"}.get((day - today_in_china(now)).days)
    return near or f"{day.month}月{day.day}日（周{_WEEKDAYS[day.weekday()]}）"


def say_time(at: datetime) -> str:
    """A time of day: 上午9点, 下午5点半, 晚上8点20分."""
    local = at.astimezone(CHINA)
    hour, minute = local.hour, local.minute
    twelve = hour if hour <= 12 else hour - 12
    minutes = {0: "", 30: "半"}.get(minute, f"{minute}分")
    return f"{_part_of_day(hour)}{twelve}点{minutes}"


def _part_of_day(hour: int) -> str:
    for until, name in ((5, "凌晨"), (12, "上午"), (13, "中午"), (18, "下午")):
        if hour < until:
            return name
    return "晚上"
