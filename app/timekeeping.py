"""What the role `clock` does at every tick: ask the database what is due."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog

from core.clock import Clock
from core.database import Database
from core.signals import Signals
from handlers.clock.climb_alerts import climb_alerts
from handlers.clock.free_forgotten import free_forgotten
from handlers.clock.keep_photos import keep_photos
from handlers.clock.keep_promises import keep_promises
from handlers.clock.offer_in_waves import offer_in_waves
from handlers.clock.reckon_again import reckon_again
from handlers.clock.remind_deadlines import remind_deadlines
from handlers.clock.watch_articles import expire_articles, remind_owners
from handlers.clock.watch_claims import lapse_claims, lapse_unanswered, remind_volunteers
from handlers.clock.watch_reports import watch_reports
from handlers.clock.watch_tasks import end_unfilled, ring_for_silence
from handlers.front_door import FrontDoor
from handlers.staff.desk import Desk

Verb = Callable[..., Awaitable[Sequence[Any]]]

_SLOW_EVERY = timedelta(seconds=15)
_SLOW: tuple[Verb, ...] = (
    remind_deadlines,
    keep_promises,
    watch_reports,
    ring_for_silence,
    remind_volunteers,
    lapse_unanswered,
    lapse_claims,
    end_unfilled,
    offer_in_waves,
    reckon_again,
    free_forgotten,
    keep_photos,
    remind_owners,
    expire_articles,
)

log = structlog.get_logger(__name__)


class Timekeeper:
    """
    Every step asks what is due and does it once, however many processes tick.

    An emergency's climb is looked at every second, the rest every quarter of
    a minute.
    """

    def __init__(
        self,
        *,
        front_door: FrontDoor,
        database: Database,
        desk: Desk,
        signals: Signals,
        clock: Clock,
    ) -> None:
        self._front_door = front_door
        self._database = database
        self._desk = desk
        self._signals = signals
        self._clock = clock
        self._slow_at: datetime | None = None

    async def tick(self) -> None:
        """One look at everything that waits for its time."""
        now = self._clock.now()
        await self._do(climb_alerts, now, "ring")
        await self._front_door.finish_silent()
        if self._slow_at is None or now >= self._slow_at:
            self._slow_at = now + _SLOW_EVERY
            for verb in _SLOW:
                await self._do(verb, now, "ticket")

    async def _do(self, verb: Verb, now: datetime, note: str) -> None:
        async with self._database.transaction() as session:
            done = await verb(session, self._desk, now=now)
        if done:
            log.info("clock", step=verb.__name__, count=len(done))
            for topic in ("console", "tasks", "outbox"):
                await self._signals.publish(topic, note)
