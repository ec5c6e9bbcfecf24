"""Alive, able to serve, and in figures: `/healthz`, `/readyz`, `/metrics`, `/model/parse`."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from pydantic import BaseModel, Field
from sqlalchemy import func, select

from conversations.models import Conversation, InboxMessage
from core.clock import Clock
from core.database import Database
from core.errors import DatabaseUnavailable
from core.signals import Signals
from intents.understanding import Classifier, as_parse
from notifications.models import OutboxMessage
from notifications.outbox import Priority
from tickets.models import Alert, Ticket

if TYPE_CHECKING:
    from intents.rasa_backend.opinion import RasaOpinion

_OPEN = {"x-permission": "anyone"}
_LONGEST = 100_000


class ParseRequest(BaseModel):
    """Rasa's request: only the text counts."""

    text: str = Field(max_length=_LONGEST)


class Health:
    """What monitoring and other programs ask."""

    def __init__(
        self,
        *,
        database: Database,
        signals: Signals,
        classifier: Classifier,
        is_current: Callable[[], Awaitable[bool]],
        clock: Clock,
        paused: Callable[[], Awaitable[Mapping[str, float]]],
        rasa: "RasaOpinion | None" = None,
    ) -> None:
        self._database = database
        self._signals = signals
        self._classifier = classifier
        self._rasa = rasa
        self._is_current = is_current
        self._clock = clock
        self._paused = paused
        self._registry = CollectorRegistry()
        self._gauges = {
            name: Gauge(f"baijiamen_{name}", text, registry=self._registry)
            for name, text in _GAUGES.items()
        }
        self._lanes = Gauge(
            "baijiamen_lane_paused_seconds",
            "For how long a channel's account may not be written to",
            ["lane"],
            registry=self._registry,
        )

    def router(self) -> APIRouter:
        """The addresses that need no sign-in."""
        router = APIRouter(tags=["health"])
        router.get("/healthz", openapi_extra=_OPEN)(self.healthz)
        router.get("/readyz", openapi_extra=_OPEN)(self.readyz)
        router.get("/metrics", openapi_extra=_OPEN)(self.metrics)
        router.post("/model/parse", openapi_extra=_OPEN)(self.parse)
        return router

    async def healthz(self) -> dict[str, str]:
        """This process runs."""
        return {"status": "ok"}

    async def readyz(self) -> JSONResponse:
        """Database, schema and model are there; Redis and Rasa may be away without harm."""
        database = await self._database_state()
        redis = await self._signals.ping()
        checks = {"database": database, "model": "ok", "signals": "ok" if redis else "local only"}
        if self._rasa:
            checks["rasa"] = await self._rasa.state()
        ready = database == "ok"
        return JSONResponse({"ready": ready, **checks}, 200 if ready else 503)

    async def metrics(self) -> Response:
        """Queues and bells in Prometheus' text format; counted when asked."""
        for name, value in (await self._count()).items():
            self._gauges[name].set(value)
        self._gauges["outbox_oldest_seconds"].set(await self._oldest())
        for lane, seconds in (await self._paused()).items():
            self._lanes.labels(lane).set(seconds)
        return Response(generate_latest(self._registry), media_type=CONTENT_TYPE_LATEST)

    async def parse(self, body: ParseRequest) -> dict[str, Any]:
        """Understanding alone, in the shape of Rasa's `/model/parse`."""
        understood = await asyncio.to_thread(self._classifier.understand, body.text)
        return as_parse(await self._rasa.weigh(understood) if self._rasa else understood)

    async def _database_state(self) -> str:
        try:
            await self._database.ping()
            return "ok" if await self._is_current() else "needs `baijiamen db upgrade`"
        except DatabaseUnavailable:
            return "unavailable"

    async def _oldest(self) -> float:
        """Seconds that the oldest undelivered message has waited; broadcasts take their time."""
        oldest = select(func.min(OutboxMessage.created_at)).where(
            OutboxMessage.status.in_(("pending", "sending")),
            OutboxMessage.priority < Priority.BROADCAST,
        )
        async with self._database.reading() as session:
            since = await session.scalar(oldest)
        return (self._clock.now() - since).total_seconds() if since else 0.0

    async def _count(self) -> dict[str, int]:
        counts = {
            "inbox_waiting": _rows(InboxMessage).where(InboxMessage.status == "new"),
            "outbox_pending": _rows(OutboxMessage).where(
                OutboxMessage.status.in_(("pending", "sending"))
            ),
            "residents_waiting": _rows(Conversation).where(
                Conversation.waiting_since_at.is_not(None)
            ),
            "alerts_ringing": _rows(Alert).where(Alert.acknowledged_at.is_(None)),
            "tickets": _rows(Ticket),
        }
        async with self._database.reading() as session:
            return {name: await session.scalar(query) or 0 for name, query in counts.items()}


_GAUGES = {
    "inbox_waiting": "Messages stored and not handled yet",
    "outbox_pending": "Messages promised and not delivered yet",
    "outbox_oldest_seconds": "How long the oldest undelivered message waits, broadcasts apart",
    "residents_waiting": "Conversations that wait for a human",
    "alerts_ringing": "Alerts that nobody acknowledged",
    "tickets": "Tickets of all kinds",
}


def _rows(table: type[Any]) -> Any:
    return select(func.count()).select_from(table)
