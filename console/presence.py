"""Who else looks at a ticket just now: kept in memory, told between processes, free to be lost."""

import asyncio
import json
from datetime import datetime, timedelta

from core.signals import Signals

TOPIC = "presence"
GONE_AFTER = timedelta(seconds=45)
"""A page says every twenty seconds that it is still there."""


class Presence:
    """Remembers who said when that they look at which ticket."""

    def __init__(self, signals: Signals) -> None:
        self._signals = signals
        self._seen: dict[str, dict[str, tuple[str, datetime]]] = {}
        self._listener: asyncio.Task[None] | None = None

    async def look(self, number: str, *, staff_id: str, name: str, now: datetime) -> list[str]:
        """Say that somebody looks at a ticket; gives the names of the others."""
        if self._listener is None:
            self._listener = asyncio.create_task(self._listen(), name="presence")
        self._note(number, staff_id, name, now)
        note = json.dumps([number, staff_id, name, now.isoformat()], ensure_ascii=False)
        await self._signals.publish(TOPIC, note)
        return self.others(number, staff_id=staff_id, now=now)

    def others(self, number: str, *, staff_id: str, now: datetime) -> list[str]:
        """The names of who else looks at it."""
        here = self._seen.get(number, {})
        return sorted(
            name for person, (name, at) in here.items() if person != staff_id and _here(at, now)
        )

    def count(self, now: datetime) -> int:
        """How many people look at some ticket."""
        return len(
            {
                person
                for here in self._seen.values()
                for person, (_, at) in here.items()
                if _here(at, now)
            }
        )

    async def close(self) -> None:
        """Stop listening."""
        if self._listener is not None:
            self._listener.cancel()
            await asyncio.gather(self._listener, return_exceptions=True)

    async def _listen(self) -> None:
        async with self._signals.subscribe(TOPIC) as subscription:
            while True:
                signal = await subscription.wait(60)
                if signal is not None:
                    number, staff_id, name, at = json.loads(signal.note)
                    self._note(number, staff_id, name, datetime.fromisoformat(at))

    def _note(self, number: str, staff_id: str, name: str, at: datetime) -> None:
        here = self._seen.setdefault(number, {})
        here[staff_id] = (name, at)
        for other in [each for each, people in self._seen.items() if _all_gone(people, at)]:
            del self._seen[other]


def _all_gone(people: dict[str, tuple[str, datetime]], now: datetime) -> bool:
    return not any(_here(seen_at, now) for _, seen_at in people.values())


def _here(seen_at: datetime, now: datetime) -> bool:
    return now - seen_at < GONE_AFTER
