"""
How many messages a bot may send: Telegram's flood control.

The exact numbers are unpublished; https://core.telegram.org/bots/faq names about
30 a second in all, about 1 a second in a chat with short bursts, 20 a minute in
a group. Who sends on while refused is refused for longer.
"""

import math
from collections import defaultdict, deque
from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.bot_api.refusals import too_many_requests


@dataclass(frozen=True)
class Window:
    """So many messages within so many seconds."""

    most: int
    seconds: float


@dataclass(frozen=True)
class Limits:
    """What one bot may send; all are checked."""

    per_bot: tuple[Window, ...] = (Window(30, 1),)
    per_chat: tuple[Window, ...] = (Window(4, 2), Window(20, 20))
    """About 1 a second, four at once."""
    per_group: tuple[Window, ...] = (Window(4, 2), Window(20, 60))
    least_wait: int = 1
    longest_wait: int = 3600
    harsher: float = 2.0
    """A message sent in spite of a refusal makes the wait so many times as long."""
    grace: float = 1.0
    """Seconds after a refusal in which others, under way already, do no harm."""


NO_LIMITS = Limits(per_bot=(), per_chat=(), per_group=())


@dataclass
class _Sent:
    times: deque[datetime] = field(default_factory=deque)
    closed_until: datetime | None = None
    refused_at: datetime | None = None
    wait: float = 0.0


class FloodControl:
    """Counts what every bot sends and refuses what is too much."""

    def __init__(self, limits: Limits = NO_LIMITS) -> None:
        self.limits = limits
        self.refused = 0
        self._sent: dict[Hashable, _Sent] = defaultdict(_Sent)

    def take(self, bot_id: int, chat_id: int, now: datetime, count: int = 1) -> None:
        """Count messages that are about to be sent; raises `Refused` 429."""
        chat_windows = self.limits.per_group if chat_id < 0 else self.limits.per_chat
        scopes = [((bot_id, chat_id), chat_windows), ((bot_id,), self.limits.per_bot)]
        for key, windows in scopes:
            if windows:
                self._check(self._sent[key], windows, now, count)
        for key, windows in scopes:
            if windows:
                self._sent[key].times.extend([now] * count)

    def _check(self, sent: _Sent, windows: tuple[Window, ...], now: datetime, count: int) -> None:
        if sent.closed_until and now < sent.closed_until:
            self._refuse_again(sent, now, (sent.closed_until - now).total_seconds())
        longest = max(each.seconds for each in windows)
        while sent.times and (now - sent.times[0]).total_seconds() >= longest:
            sent.times.popleft()
        if wait := max(_missing(sent.times, each, now, count) for each in windows):
            self._refuse(sent, now, wait)
        sent.closed_until, sent.wait = None, 0.0

    def _refuse_again(self, sent: _Sent, now: datetime, left: float) -> None:
        since = (now - sent.refused_at).total_seconds() if sent.refused_at else 0.0
        if since >= self.limits.grace:
            self._refuse(sent, now, sent.wait * self.limits.harsher)
        self.refused += 1
        raise too_many_requests(max(math.ceil(left), self.limits.least_wait))

    def _refuse(self, sent: _Sent, now: datetime, wait: float) -> None:
        seconds = min(max(math.ceil(wait), self.limits.least_wait), self.limits.longest_wait)
        sent.wait, sent.refused_at = seconds, now
        sent.closed_until = now + timedelta(seconds=seconds)
        self.refused += 1
        raise too_many_requests(seconds)


def _missing(times: deque[datetime], window: Window, now: datetime, count: int) -> float:
    """Seconds until the window has room; 0 if it has."""
    since = now - timedelta(seconds=window.seconds)
    within = [each for each in times if each > since]
    over = len(within) + count - window.most
    if over <= 0 or not within:
        return 0.0
    return (within[min(over, len(within)) - 1] - since).total_seconds()
