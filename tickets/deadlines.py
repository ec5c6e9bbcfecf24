"""Which deadlines a ticket has, which of them runs now, and when somebody is reminded of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core.taxonomy import DeadlineClass
from tickets.calendar import WorkingCalendar
from tickets.status import TicketStatus

_S = TicketStatus
_WAITS_FOR: Mapping[TicketStatus, tuple[str, ...]] = {
    _S.REGISTERED: ("accept", "contact", "finish"),
    _S.TO_DISPATCH: ("accept", "contact", "finish"),
    _S.DISPATCHED: ("accept", "contact", "finish"),
    _S.RETURN_REQUESTED: ("accept", "contact", "finish"),
    _S.ACCEPTED: ("contact", "finish"),
    _S.CONTACTED: ("finish",),
    _S.IN_PROGRESS: ("finish",),
    _S.PARKED: ("finish",),
    _S.REWORK: ("finish",),
    _S.APPEALED: ("finish",),
}
"""The deadlines that a status has not met yet; in the others no clock runs."""

REMINDERS = 4
"""A quarter left, due, one working day late, three working days late (hotline.md §4.4)."""


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The three deadlines of a ticket and the instant from which they are reckoned."""

    from_at: datetime
    accept: datetime | None
    contact: datetime | None
    finish: datetime | None
    provisional: bool = False

    def with_finish(self, finish: datetime, *, provisional: bool = False) -> "Deadlines":
        """The same with another end, e.g. one that a higher hotline set."""
        return replace(self, finish=finish, provisional=provisional)


@dataclass(frozen=True, slots=True)
class Running:
    """The deadline that runs now and when a quarter of its time is left; None: no clock runs."""

    due_at: datetime | None
    warn_at: datetime | None


def reckon(calendar: WorkingCalendar, deadline: DeadlineClass, start: datetime) -> Deadlines:
    """The deadlines of a class for a ticket whose time begins at `start`."""
    accept = calendar.due(start, deadline.receive)
    contact = calendar.due(start, deadline.first_contact)
    finish = calendar.due(start, deadline.finish)
    provisional = accept.provisional or contact.provisional or finish.provisional
    return Deadlines(start, accept.at, contact.at, finish.at, provisional)


def running(status: str, deadlines: Deadlines) -> Running:
    """The earliest deadline that this status has not met."""
    waits_for = _WAITS_FOR.get(TicketStatus(status), ())
    waiting = {"accept": deadlines.accept, "contact": deadlines.contact, "finish": deadlines.finish}
    due = min((at for name in waits_for if (at := waiting[name])), default=None)
    if due is None:
        return Running(None, None)
    left = max(due - deadlines.from_at, timedelta()) / 4
    return Running(due, due - left)


def reminder_after(
    calendar: WorkingCalendar, due_at: datetime, warn_at: datetime, given: int
) -> datetime | None:
    """When the next reminder falls, after `given` of them; None: all are given."""
    if given == 0:
        return warn_at
    if given == 1:
        return due_at
    if given < REMINDERS:
        return calendar.due(due_at, "1wd" if given == 2 else "3wd").at
    return None
