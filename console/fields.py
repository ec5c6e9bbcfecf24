"""Reading what a form says."""

from datetime import datetime, time
from uuid import UUID

from fastapi import Request

from core.clock import CHINA
from core.errors import InvalidInput, NotFound
from core.settings import DeskSettings
from people.rota import minute_of_day


async def read_form(request: Request) -> dict[str, str]:
    """The text fields of a posted form; of several with one name the last."""
    form = await request.form()
    return {name: value for name, value in form.items() if isinstance(value, str)}


def moment(text: str, *, field: str) -> datetime:
    """An instant with its zone, as our own pages write them; raises `InvalidInput`."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidInput(field, "web.error.invalid") from None
    if at.tzinfo is None:
        raise InvalidInput(field, "web.error.invalid")
    return at


def uuid_of(text: str, kind: str) -> UUID:
    """An id from a form or an address; what is none belongs to nothing (`NotFound`)."""
    try:
        return UUID(text)
    except ValueError:
        raise NotFound(kind, text) from None


def lines(text: str) -> list[str]:
    """A list typed in one box, parted by line breaks, commas or 、."""
    for mark in ("，", "、", ",", "；", ";"):
        text = text.replace(mark, "\n")
    return [line.strip() for line in text.splitlines() if line.strip()]


def day_end(text: str, desk: DeskSettings, *, field: str) -> datetime:
    """The close of the desk on a day given as 2026-11-30; raises `InvalidInput`."""
    return instant(text, desk.closes, field=field)


def instant(day: str, clock: str, *, field: str) -> datetime:
    """A civil day and time as an instant; raises `InvalidInput`."""
    minute = minute_of_day(clock)
    try:
        date = datetime.strptime(day, "%Y-%m-%d").date()  # noqa: DTZ007 - a civil day, zoned below
    except ValueError:
        raise InvalidInput(field, "console.error.day") from None
    return datetime.combine(date, time(minute // 60, minute % 60), tzinfo=CHINA)
