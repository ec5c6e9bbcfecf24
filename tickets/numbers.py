"""Reference numbers that can be read out over the telephone: BJM-20261122-0001."""

import re
from datetime import datetime

from sqlalchemy import Integer, column, text
from sqlalchemy.ext.asyncio import AsyncSession

from core.clock import CHINA
from core.statements import Prepared

PREFIX = "BJM"
_NEXT = Prepared(
    text(
        "INSERT INTO reference_counters (day, last) VALUES (:day, 1) "
        "ON CONFLICT (day) DO UPDATE SET last = reference_counters.last + 1 RETURNING last"
    ).columns(column("last", Integer))
)
_WHOLE = re.compile(rf"^{PREFIX}-\d{{8}}-\d{{4,6}}$")
_TAIL = re.compile(r"^\d{4}$")


async def take_number(session: AsyncSession, now: datetime) -> str:
    """
    The next number of the day (China's day).

    The counter's row stays locked until the transaction ends, so numbers are
    unique; one that is rolled back is given again.
    """
    day = now.astimezone(CHINA).strftime("%Y%m%d")
    (taken,) = await _NEXT.run(session, {"day": day})
    return f"{PREFIX}-{day}-{taken.last:04d}"


async def take_yearly(session: AsyncSession, series: str) -> int:
    """The next number of a yearly series, at most eight characters long: ZY2026."""
    (taken,) = await _NEXT.run(session, {"day": series})
    return int(taken.last)


def is_whole_number(reference: str) -> bool:
    """Whether this is a complete number, as `core` and the entity reader write it."""
    return bool(_WHOLE.match(reference))


def is_tail(reference: str) -> bool:
    """Whether this is the last four digits of a number, as people say it."""
    return bool(_TAIL.match(reference))
