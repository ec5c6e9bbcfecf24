"""The street office says the same to everybody who talked with it lately on one channel."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from conversations.broadcasts import Audience, broadcast_to, count_audience, list_audience
from core.clock import Clock
from core.database import Database
from core.errors import FrontDoorError
from core.messages import Channel, Reply
from core.signals import Signals
from core.vault import Vault
from notifications.outbox import PULLED, SILENT

LONGEST = 4000
"""Characters; so that it is one message everywhere."""
_PORTION = 200


class BroadcastUnfit(FrontDoorError):
    """The text or the channel will not do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Broadcast:
    """What is said, to whom."""

    channel: Channel
    account: str
    text: str
    within_days: int
    """Only to who wrote within so many days."""


class Broadcasts:
    """
    Writes broadcasts in portions, each a transaction of its own, so that nobody waits for them.

    Nothing goes to a chat that the person has closed. One that breaks off can
    go on after the chat that it reached last.
    """

    def __init__(self, *, database: Database, vault: Vault, clock: Clock, signals: Signals) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        self._signals = signals

    async def count(self, broadcast: Broadcast) -> int:
        """How many chats it would reach."""
        async with self._database.reading() as session:
            return await count_audience(session, self._audience(broadcast))

    async def make(
        self,
        broadcast: Broadcast,
        *,
        after: UUID | None = None,
        on_portion: Callable[[UUID], None] = lambda _last: None,
    ) -> int:
        """
        Promise it to everybody; gives how many. Raises `BroadcastUnfit`.

        `on_portion` is told the last chat of each portion that is safely written.
        """
        text = _checked(broadcast)
        audience, told, now = self._audience(broadcast), 0, self._clock.now()
        while True:
            async with self._database.transaction() as session:
                chats = await list_audience(session, audience, after=after, limit=_PORTION)
                told += await broadcast_to(session, self._vault, chats, Reply(text), now=now)
            if not chats:
                return told
            after = chats[-1]
            on_portion(after)
            await self._signals.publish("outbox")

    def _audience(self, broadcast: Broadcast) -> Audience:
        since = self._clock.now() - timedelta(days=broadcast.within_days)
        return Audience(broadcast.channel, broadcast.account, since)


def _checked(broadcast: Broadcast) -> str:
    if broadcast.channel in PULLED | SILENT:
        raise BroadcastUnfit(f"nobody can be written to first on {broadcast.channel}")
    text = broadcast.text.strip()
    if not text or len(text) > LONGEST:
        raise BroadcastUnfit(f"a broadcast has 1 to {LONGEST} characters, not {len(text)}")
    return text
