"""
Who is on duty: a weekly rota, because the bot promises nothing that nobody stands for.

The desk is open when the settings say so *and* somebody's shift covers it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.clock import CHINA
from core.errors import InvalidInput, NotFound
from core.ids import new_id
from core.settings import DeskSettings
from people.models import DutyShift, Staff

DESK = "desk"
LEAD = "lead"
NIGHT = "night"
KINDS = (DESK, LEAD, NIGHT)

_DAY = 24 * 60
_WEEK = 7 * _DAY


@dataclass(frozen=True, slots=True)
class OnDuty:
    """Somebody who is on duty: enough to name and to alert them."""

    staff_id: UUID
    name: str
    number: str


@dataclass(frozen=True, slots=True)
class Shift:
    """One weekly shift; minutes of the civil day, an end not after the start is on the next day."""

    id: UUID
    staff: OnDuty
    kind: str
    weekday: int
    starts_minute: int
    ends_minute: int

    def covers(self, minute_of_week: int) -> bool:
        """Whether this minute, counted from Monday 00:00, lies in the shift."""
        start = self.weekday * _DAY + self.starts_minute
        return (minute_of_week - start) % _WEEK < self.minutes

    @property
    def minutes(self) -> int:
        """How long it lasts."""
        return (self.ends_minute - self.starts_minute) % _DAY or _DAY


@dataclass(frozen=True, slots=True)
class DutyNow:
    """Who answers at one instant."""

    desk_open: bool
    desk: tuple[OnDuty, ...]
    """Who sits at the desk; empty when it is closed."""
    lead: OnDuty | None
    """The shift lead, to whom an unacknowledged emergency climbs first."""
    night: OnDuty | None
    """Who is on call outside desk hours."""
    next_opens_at: datetime | None
    """When the desk opens (or changes shift) next, in UTC; None: the rota holds nothing."""

    @property
    def person(self) -> OnDuty | None:
        """Whom to name to a resident: the desk's first, the lead, otherwise the night duty."""
        if self.desk_open:
            return next(iter(self.desk), None) or self.lead
        return self.night or self.lead


async def get_duty(session: AsyncSession, *, desk: DeskSettings, now: datetime) -> DutyNow:
    """Who is on duty at this instant, by the rota and the desk's hours."""
    return duty_at(await list_shifts(session), desk=desk, now=now)


def duty_at(shifts: Sequence[Shift], *, desk: DeskSettings, now: datetime) -> DutyNow:
    """Who is on duty at this instant."""
    minute = _minute_of_week(now)
    is_open = _desk_open(shifts, desk, minute)
    return DutyNow(
        desk_open=is_open,
        desk=tuple(_people(shifts, DESK, minute)) if is_open else (),
        lead=next(_people(shifts, LEAD, minute), None),
        night=next(_people(shifts, NIGHT, minute), None),
        next_opens_at=_next_opening(shifts, desk, now),
    )


async def list_shifts(session: AsyncSession) -> list[Shift]:
    """The whole week, of active staff, by day and hour."""
    found = await session.execute(
        select(DutyShift, Staff)
        .join(Staff, Staff.id == DutyShift.staff_id)
        .where(Staff.active)
        .order_by(DutyShift.weekday, DutyShift.starts_minute, Staff.number)
    )
    return [
        Shift(
            id=shift.id,
            staff=OnDuty(staff.id, staff.name, staff.number),
            kind=shift.kind,
            weekday=shift.weekday,
            starts_minute=shift.starts_minute,
            ends_minute=shift.ends_minute,
        )
        for shift, staff in found.all()
    ]


async def add_shift(
    session: AsyncSession,
    *,
    staff_id: UUID,
    kind: str,
    weekday: int,
    starts: str,
    ends: str,
) -> UUID:
    """Put somebody on the rota; `starts` and `ends` as "08:30", weekday 0 is Monday."""
    if kind not in KINDS or not 0 <= weekday <= 6:
        raise InvalidInput("shift", "web.error.shift_form")
    row = DutyShift(
        id=new_id(),
        staff_id=staff_id,
        kind=kind,
        weekday=weekday,
        starts_minute=minute_of_day(starts),
        ends_minute=minute_of_day(ends),
    )
    session.add(row)
    await session.flush()
    return row.id


async def remove_shift(session: AsyncSession, shift_id: UUID) -> None:
    """Take a shift off the rota; raises `NotFound`."""
    row = await session.get(DutyShift, shift_id)
    if row is None:
        raise NotFound("shift", shift_id)
    await session.delete(row)


def minute_of_day(clock: str) -> int:
    """Minutes since midnight of "08:30"; raises `InvalidInput`."""
    hours, _, minutes = clock.partition(":")
    if not (hours.isdecimal() and minutes.isdecimal() and int(hours) < 24 and int(minutes) < 60):
        raise InvalidInput("time", "web.error.time_form")
    return int(hours) * 60 + int(minutes)


def _minute_of_week(now: datetime) -> int:
    local = now.astimezone(CHINA)
    return local.weekday() * _DAY + local.hour * 60 + local.minute


def _people(shifts: Iterable[Shift], kind: str, minute: int) -> Iterator[OnDuty]:
    return (shift.staff for shift in shifts if shift.kind == kind and shift.covers(minute))


def _desk_open(shifts: Iterable[Shift], desk: DeskSettings, minute: int) -> bool:
    opens, closes = minute_of_day(desk.opens), minute_of_day(desk.closes)
    if not 0 <= minute % _DAY - opens < closes - opens:
        return False
    return any(shift.kind in (DESK, LEAD) and shift.covers(minute) for shift in shifts)


def _next_opening(shifts: Sequence[Shift], desk: DeskSettings, now: datetime) -> datetime | None:
    """The first instant after now at which the desk opens: at its hour, or when a shift begins."""
    midnight = now.astimezone(CHINA).replace(hour=0, minute=0, second=0, microsecond=0)
    minutes = sorted({minute_of_day(desk.opens), *(shift.starts_minute for shift in shifts)})
    for day in range(8):
        for minute in minutes:
            at = midnight + timedelta(days=day, minutes=minute)
            if at > now and _desk_open(shifts, desk, _minute_of_week(at)):
                return at.astimezone(UTC)
    return None
