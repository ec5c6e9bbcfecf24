"""
How fast a channel may be written to: buckets of permits that fill up again.

Telegram publishes no exact numbers; its FAQ names about 30 messages a second
for a bot, about one a second in a chat with short bursts, 20 a minute in a
group (https://core.telegram.org/bots/faq). A bucket that fills at `per_second`
and holds `burst` lets at most `burst + per_second * t` through in any t
seconds, so both together stay below the limit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from core.clock import Clock

_FORGET_BEYOND = 20_000


@dataclass(frozen=True, slots=True)
class Rate:
    """A bucket: permits a second, and how many may be saved up."""

    per_second: float
    burst: int


@dataclass(frozen=True, slots=True)
class Pace:
    """What one account of a channel may send."""

    overall: Rate
    broadcasts: Rate
    """Less than `overall`: the rest is kept free for replies."""
    chat: Rate
    group: Rate


TELEGRAM = Pace(
    overall=Rate(25, 4),
    broadcasts=Rate(18, 2),
    chat=Rate(0.8, 3),
    group=Rate(17 / 60, 3),
)
"""Below 30 a second, 4 in any 2 s and 20 in any 20 s in a chat, 20 a minute in a group."""


class Scope(StrEnum):
    """What a permit counts for."""

    LANE = "lane"
    BROADCAST = "broadcast"
    CHAT = "chat"


@dataclass(frozen=True, slots=True)
class Bucket:
    """One bucket with its name."""

    scope: Scope
    key: str
    rate: Rate


@dataclass(frozen=True, slots=True)
class Refusal:
    """No permit: which bucket was empty, and for how many seconds."""

    scope: Scope
    seconds: float


class Pacer(Protocol):
    """Gives permits, and stops a whole lane where the channel says so."""

    async def take(self, lane: str, buckets: Sequence[Bucket]) -> Refusal | None:
        """Take one permit from every bucket, or none from any; None: granted."""
        ...

    async def pause(self, lane: str, seconds: float) -> None:
        """Let nothing through in this lane for so long; a longer pause stays."""
        ...

    async def paused(self, lane: str) -> float:
        """For how many seconds nothing goes through."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


def lane_name(channel: str, account: str | None) -> str:
    """The name of an account's lane."""
    return f"{channel}:{account or ''}"


def buckets_of(pace: Pace, lane: str, peer: str, *, broadcast: bool) -> list[Bucket]:
    """The buckets that one message needs. Groups have negative ids on Telegram."""
    chat = pace.group if peer.startswith("-") else pace.chat
    found = [Bucket(Scope.LANE, lane, pace.overall)]
    if broadcast:
        found.append(Bucket(Scope.BROADCAST, f"{lane}:broadcasts", pace.broadcasts))
    return [*found, Bucket(Scope.CHAT, f"{lane}:chat:{peer}", chat)]


class LocalPacer:
    """Buckets of this process alone."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._levels: dict[str, tuple[float, datetime, Rate]] = {}
        self._pauses: dict[str, datetime] = {}

    async def take(self, lane: str, buckets: Sequence[Bucket]) -> Refusal | None:
        """Take one permit from every bucket, or none from any."""
        now = self._clock.now()
        if seconds := self._left(lane, now):
            return Refusal(Scope.LANE, seconds)
        levels = [self._level(bucket, now) for bucket in buckets]
        for bucket, level in zip(buckets, levels, strict=True):
            if level < 1:
                return Refusal(bucket.scope, (1 - level) / bucket.rate.per_second)
        for bucket, level in zip(buckets, levels, strict=True):
            self._levels[bucket.key] = (level - 1, now, bucket.rate)
        self._forget(now)
        return None

    async def pause(self, lane: str, seconds: float) -> None:
        """Let nothing through for so long."""
        now = self._clock.now()
        if seconds > self._left(lane, now):
            self._pauses[lane] = datetime.fromtimestamp(now.timestamp() + seconds, now.tzinfo)

    async def paused(self, lane: str) -> float:
        """For how many seconds nothing goes through."""
        return self._left(lane, self._clock.now())

    async def close(self) -> None:
        """Nothing to let go of."""

    def _left(self, lane: str, now: datetime) -> float:
        until = self._pauses.get(lane)
        return max((until - now).total_seconds(), 0.0) if until else 0.0

    def _level(self, bucket: Bucket, now: datetime) -> float:
        kept = self._levels.get(bucket.key)
        return _filled(kept, now) if kept else float(bucket.rate.burst)

    def _forget(self, now: datetime) -> None:
        """Full buckets say nothing."""
        if len(self._levels) > _FORGET_BEYOND:
            kept = self._levels.items()
            self._levels = {key: each for key, each in kept if _filled(each, now) < each[2].burst}


def _filled(kept: tuple[float, datetime, Rate], now: datetime) -> float:
    """What a bucket holds by now; permits within a rounding error of one count as one."""
    level, at, rate = kept
    seconds = max((now - at).total_seconds(), 0.0)
    return min(level + seconds * rate.per_second + 1e-9, float(rate.burst))
