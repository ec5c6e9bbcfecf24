"""
What becomes of a message after a try: the one table of who is told again and who is not.

Nobody can know whether a message arrived whose connection was cut. A reply is
sent again, a few times at most: twice is better than never. A notice or a
broadcast is not: the ticket says it as well, and a street that reads the same
announcement three times stops reading.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from notifications.deliveries import Delivery
from notifications.outbox import Priority

KEPT_TRYING = timedelta(hours=24)
"""A channel that is away for longer is a matter for people."""
MOST_BREAKDOWNS = 8
"""Tries of a message that makes the channel's own code fail."""
MOST_DOUBTS = 5
"""So often a reply is sent again although it may have arrived."""
_LONGEST_WAIT = 60


@dataclass(frozen=True, slots=True)
class Outcome:
    """What to write on the row; `lost`: it will never arrive, `closed`: nothing else will."""

    values: Mapping[str, object]
    lost: bool = False
    closed: bool = False


def arrived(delivery: Delivery, external_id: str | None, *, now: datetime) -> Outcome:
    """The channel has it."""
    doubt = "may have arrived twice" if delivery.unsure else None
    return Outcome(
        {
            "status": "sent",
            "external_id": external_id,
            "delivered_at": now,
            "next_try_at": None,
            "error": doubt,
        }
    )


def refused(reason: str, *, closed: bool) -> Outcome:
    """The channel will never take it."""
    return Outcome(_failed(reason), lost=True, closed=closed)


def unreachable(delivery: Delivery, retry_after: timedelta | None, *, now: datetime) -> Outcome:
    """Not taken, for reasons of the channel: again later, for a day."""
    if delivery.created_at and now - delivery.created_at > KEPT_TRYING:
        return Outcome(_failed("unreachable for too long"), lost=True)
    if retry_after is not None:  # the lane is paused for so long; the try does not count
        return Outcome(_again(None, "asked to wait") | {"attempts": delivery.attempts - 1})
    return Outcome(_again(_backoff(delivery, now), "unreachable"))


def unknown(delivery: Delivery, *, now: datetime) -> Outcome:
    """It may have arrived."""
    doubts = {"unsure": delivery.unsure + 1}
    if delivery.priority > Priority.REPLY or delivery.unsure + 1 >= MOST_DOUBTS:
        return Outcome(_left_open() | doubts)
    return Outcome(_again(_backoff(delivery, now), "may have arrived") | doubts)


def after_crash(delivery: Delivery) -> Outcome | None:
    """
    Somebody died while sending it; None: send it again.

    A notice is sent again too: mostly the process died before the message left.
    """
    if delivery.priority == Priority.BROADCAST or delivery.attempts > MOST_BREAKDOWNS:
        return Outcome(_left_open())
    return None


def broken(delivery: Delivery, reason: str, *, now: datetime) -> Outcome:
    """Our own code failed on it."""
    if delivery.attempts >= MOST_BREAKDOWNS:
        return Outcome(_failed(reason), lost=True)
    return Outcome(_again(_backoff(delivery, now), reason))


def _backoff(delivery: Delivery, now: datetime) -> datetime:
    return now + timedelta(seconds=min(2 ** min(delivery.attempts, 8), _LONGEST_WAIT))


def _again(at: datetime | None, reason: str) -> dict[str, object]:
    return {"status": "pending", "next_try_at": at, "error": reason}


def _failed(reason: str) -> dict[str, object]:
    return {"status": "failed", "next_try_at": None, "error": reason[:200]}


def _left_open() -> dict[str, object]:
    return {"status": "unknown", "next_try_at": None, "error": "cut off after sending"}
