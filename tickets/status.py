"""Every status a ticket can have, and which may follow which (hotline.md §4)."""

from collections.abc import Mapping
from enum import StrEnum

from core.errors import FrontDoorError


class TicketStatus(StrEnum):
    """Where a ticket stands. The first ten are the straight path, the rest lie beside it."""

    DRAFT = "draft"
    REGISTERED = "registered"
    TO_DISPATCH = "to_dispatch"
    DISPATCHED = "dispatched"
    ACCEPTED = "accepted"
    CONTACTED = "contacted"
    IN_PROGRESS = "in_progress"
    RESOLVED = "resolved"
    TO_CALL_BACK = "to_call_back"
    CLOSED = "closed"

    ANSWERED = "answered"
    DECLINED = "declined"
    MERGED = "merged"
    WITHDRAWN = "withdrawn"
    PARKED = "parked"
    TRANSFERRED_EMERGENCY = "transferred_emergency"
    RETURN_REQUESTED = "return_requested"
    REWORK = "rework"
    APPEALED = "appealed"


_S = TicketStatus
_LEAVE = frozenset({_S.WITHDRAWN, _S.MERGED, _S.TRANSFERRED_EMERGENCY})
"""An unfinished ticket can always be taken back, joined to another, or turn out an emergency."""

ALLOWED_NEXT: Mapping[TicketStatus, frozenset[TicketStatus]] = {
    _S.DRAFT: frozenset({_S.REGISTERED, _S.WITHDRAWN}),
    _S.REGISTERED: _LEAVE | {_S.TO_DISPATCH, _S.ANSWERED, _S.DECLINED},
    _S.TO_DISPATCH: _LEAVE | {_S.DISPATCHED, _S.ANSWERED, _S.DECLINED},
    _S.DISPATCHED: _LEAVE | {_S.ACCEPTED, _S.RETURN_REQUESTED, _S.TO_DISPATCH},
    _S.RETURN_REQUESTED: _LEAVE | {_S.TO_DISPATCH, _S.DISPATCHED},
    _S.ACCEPTED: _LEAVE | {_S.CONTACTED, _S.IN_PROGRESS},
    _S.CONTACTED: _LEAVE | {_S.IN_PROGRESS},
    _S.IN_PROGRESS: _LEAVE | {_S.RESOLVED, _S.PARKED},
    _S.PARKED: _LEAVE | {_S.IN_PROGRESS},
    _S.RESOLVED: frozenset({_S.TO_CALL_BACK, _S.REWORK, _S.WITHDRAWN}),
    _S.TO_CALL_BACK: frozenset({_S.CLOSED, _S.REWORK, _S.WITHDRAWN}),
    _S.CLOSED: frozenset({_S.APPEALED}),
    _S.ANSWERED: frozenset({_S.TO_DISPATCH, _S.TRANSFERRED_EMERGENCY}),
    _S.DECLINED: frozenset({_S.APPEALED}),
    _S.MERGED: frozenset({_S.TO_DISPATCH}),
    _S.WITHDRAWN: frozenset({_S.TO_DISPATCH}),
    _S.TRANSFERRED_EMERGENCY: frozenset({_S.TO_DISPATCH, _S.TO_CALL_BACK}),
    _S.REWORK: _LEAVE | {_S.IN_PROGRESS},
    _S.APPEALED: frozenset({_S.REWORK, _S.TO_DISPATCH, _S.CLOSED, _S.DECLINED}),
}
"""Which statuses may follow. `accepted` to `in_progress` is for people who cannot be reached."""

OPEN_TO_RESIDENT = frozenset(
    {
        _S.DRAFT,
        _S.REGISTERED,
        _S.TO_DISPATCH,
        _S.DISPATCHED,
        _S.RETURN_REQUESTED,
        _S.ACCEPTED,
        _S.CONTACTED,
        _S.IN_PROGRESS,
        _S.PARKED,
        _S.REWORK,
        _S.APPEALED,
    }
)
UNFINISHED = OPEN_TO_RESIDENT | {_S.RESOLVED, _S.TO_CALL_BACK}
"""Somebody of the office still has something to do with it."""

IN_HAND = frozenset(
    {_S.DISPATCHED, _S.ACCEPTED, _S.CONTACTED, _S.IN_PROGRESS, _S.REWORK, _S.PARKED}
)
"""A department or a person has it."""


class StatusChangeNotAllowed(FrontDoorError):
    """The ticket cannot go from its present status to the one asked for."""

    def __init__(self, present: str, wanted: str) -> None:
        super().__init__(f"a {present} ticket cannot become {wanted}")
        self.present = present
        self.wanted = wanted


def check_may_follow(present: str, wanted: TicketStatus) -> None:
    """Raise `StatusChangeNotAllowed` unless `wanted` may follow the present status."""
    if wanted not in ALLOWED_NEXT[TicketStatus(present)]:
        raise StatusChangeNotAllowed(present, wanted)


def open_to_resident(status: str) -> bool:
    """Whether a resident (and Open311) reads "open": until the ticket is resolved or set aside."""
    return TicketStatus(status) in OPEN_TO_RESIDENT


def path_to(status: TicketStatus) -> tuple[TicketStatus, ...]:
    """The statuses that a new ticket passes through; raises `StatusChangeNotAllowed`."""
    if status in (_S.DRAFT, _S.REGISTERED):
        return (status,)
    check_may_follow(_S.REGISTERED, status)
    return (_S.REGISTERED, status)
