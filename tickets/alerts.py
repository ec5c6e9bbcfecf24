"""
Bells that ring until somebody acknowledges them.

An alert is a row, so it survives every crash. An emergency climbs: console at
once, then the shift lead, the duty telephone, the supervisor. It keeps ringing
there; nothing but an acknowledgement ends it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol, cast
from uuid import UUID

from sqlalchemy import Table, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.actors import CLOCK, Actor
from core.errors import FrontDoorError, NotFound
from core.ids import new_id
from core.settings import DeskSettings
from tickets.history import EventKind
from tickets.models import Alert, Ticket

ALERTS = cast(Table, Alert.__table__)
STEPS = ("console", "shift_lead", "duty_phone", "supervisor")
"""Whom each step rings; `Alert.step` is the index."""


class AlertKind(StrEnum):
    """Why a bell rings."""

    EMERGENCY = "emergency"
    URGENT = "urgent"
    FAILED = "failed"
    SILENCE = "silence"
    HELP = "help"
    PROMISE = "promise"
    REPORT = "report"


class AlertAlreadyAcknowledged(FrontDoorError):
    """Somebody else took it first."""

    def __init__(self, acknowledged_by_id: UUID | None) -> None:
        super().__init__("somebody took this alert already")
        self.acknowledged_by_id = acknowledged_by_id


@dataclass(frozen=True, slots=True)
class Ladder:
    """How long after its opening an alert reaches each further step."""

    emergency: tuple[timedelta, ...]
    ordinary: tuple[timedelta, ...] = (timedelta(minutes=15),)
    """Anything else reaches the shift lead: the taxonomy gives a P1 thirty minutes to be taken."""

    @classmethod
    def usual(cls) -> "Ladder":
        """60, 120 and 180 seconds."""
        return cls.from_settings(DeskSettings())

    @classmethod
    def from_settings(cls, desk: DeskSettings) -> "Ladder":
        """The street's own seconds for emergencies."""
        seconds = (
            desk.shift_lead_after_seconds,
            desk.duty_after_seconds,
            desk.supervisor_after_seconds,
        )
        return cls(tuple(timedelta(seconds=count) for count in seconds))

    def next_step_at(self, kind: str, opened_at: datetime, step: int) -> datetime | None:
        """When an alert that stands at `step` climbs on; None: it is at the top."""
        steps = self.emergency if kind in _CLIMBING else self.ordinary
        return opened_at + steps[step] if step < len(steps) else None


_CLIMBING = frozenset({AlertKind.EMERGENCY, AlertKind.HELP, AlertKind.REPORT})


@dataclass(frozen=True, slots=True)
class Climb:
    """An alert that nobody took has reached a further step: whom to ring now."""

    alert_id: UUID
    ticket_id: UUID
    kind: str
    step: int

    @property
    def rings(self) -> str:
        """`shift_lead`, `duty_phone` or `supervisor`."""
        return STEPS[self.step]


class History(Protocol):
    """Writes an entry into a ticket's history: `lifecycle.Tickets` does."""

    async def record(
        self,
        session: AsyncSession,
        ticket: Ticket,
        kind: str,
        *,
        by: Actor,
        now: datetime,
        data: Mapping[str, object],
    ) -> None:
        """Write one entry that leaves the status alone."""
        ...


class Alerts:
    """Rings, climbs and acknowledges; each change is also an entry in the ticket's history."""

    def __init__(self, *, history: History, ladder: Ladder) -> None:
        self._history = history
        self._ladder = ladder

    async def ring(
        self,
        session: AsyncSession,
        ticket: Ticket,
        kind: AlertKind,
        *,
        by: Actor = CLOCK,
        now: datetime,
    ) -> UUID:
        """Ring for a ticket and give the alert's id; one that rings already goes on ringing."""
        ringing = await self._find_ringing(session, ticket.id, kind)
        if ringing is not None:
            return ringing
        alert_id = new_id()
        await session.execute(insert(ALERTS), self._new_row(alert_id, ticket.id, kind, now))
        data = {"alert": kind.value}
        await self._history.record(session, ticket, EventKind.ALERT_RUNG, by=by, now=now, data=data)
        return alert_id

    async def acknowledge(
        self, session: AsyncSession, alert_id: UUID, *, by: Actor, now: datetime
    ) -> Alert:
        """
        Take an alert: it stops ringing. One conditional UPDATE decides between two.

        Raises `AlertAlreadyAcknowledged` or `NotFound`. The caller writes the
        history entry, because it has the ticket in hand.
        """
        taken = await session.execute(
            update(ALERTS)
            .where(ALERTS.c.id == alert_id, ALERTS.c.acknowledged_at.is_(None))
            .values(acknowledged_at=now, acknowledged_by_id=by.person_id, next_step_at=None)
            .returning(ALERTS.c.id)
        )
        alert = await session.get(Alert, alert_id, populate_existing=True)
        if alert is None:
            raise NotFound("alert", alert_id)
        if taken.one_or_none() is None:
            raise AlertAlreadyAcknowledged(alert.acknowledged_by_id)
        return alert

    async def list_due(self, session: AsyncSession, *, now: datetime) -> Sequence[Alert]:
        """Alerts whose time to climb has come, the oldest first."""
        found = await session.scalars(
            select(Alert)
            .where(Alert.acknowledged_at.is_(None), Alert.next_step_at <= now)
            .order_by(Alert.opened_at)
            .execution_options(populate_existing=True)
        )
        return found.all()

    async def climb(
        self, session: AsyncSession, alert: Alert, ticket: Ticket, *, now: datetime
    ) -> Climb | None:
        """One step up; None when it was acknowledged or another process climbed it meanwhile."""
        step = alert.step + 1
        climbed = await session.execute(
            update(ALERTS)
            .where(ALERTS.c.id == alert.id, ALERTS.c.step == alert.step)
            .where(ALERTS.c.acknowledged_at.is_(None))
            .values(
                step=step,
                next_step_at=self._ladder.next_step_at(alert.kind, alert.opened_at, step),
            )
            .returning(ALERTS.c.id)
        )
        if climbed.one_or_none() is None:
            return None
        data = {"alert": alert.kind, "rings": STEPS[step]}
        await self._history.record(
            session, ticket, EventKind.ALERT_CLIMBED, by=CLOCK, now=now, data=data
        )
        return Climb(alert.id, ticket.id, alert.kind, step)

    def _new_row(
        self, alert_id: UUID, ticket_id: UUID, kind: AlertKind, now: datetime
    ) -> Mapping[str, object]:
        return {
            "id": alert_id,
            "ticket_id": ticket_id,
            "kind": kind.value,
            "step": 0,
            "next_step_at": self._ladder.next_step_at(kind, now, 0),
            "opened_at": now,
        }

    async def _find_ringing(
        self, session: AsyncSession, ticket_id: UUID, kind: AlertKind
    ) -> UUID | None:
        query = select(Alert.id).where(Alert.ticket_id == ticket_id, Alert.kind == kind)
        return (await session.scalars(query.where(Alert.acknowledged_at.is_(None)))).first()


async def get_alert(session: AsyncSession, alert_id: UUID, *, ticket_id: UUID) -> Alert:
    """An alert of this ticket; raises `NotFound`."""
    alert = await session.get(Alert, alert_id)
    if alert is None or alert.ticket_id != ticket_id:
        raise NotFound("alert", alert_id)
    return alert
