"""The updates that wait for one bot."""

import asyncio
import heapq
from collections.abc import Callable, Collection, Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, islice, takewhile

from core.clock import Clock
from tests.bot_api.refusals import Json, Refused

KINDS = (
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "business_connection",
    "business_message",
    "edited_business_message",
    "deleted_business_messages",
    "message_reaction",
    "message_reaction_count",
    "inline_query",
    "chosen_inline_result",
    "callback_query",
    "shipping_query",
    "pre_checkout_query",
    "purchased_paid_media",
    "poll",
    "poll_answer",
    "my_chat_member",
    "chat_member",
    "chat_join_request",
    "chat_boost",
    "removed_chat_boost",
)
"""Everything that `allowed_updates` knows; other words in it are ignored."""
ASKED_FOR_ONLY = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
"""What comes only to bots that name it."""
BY_DEFAULT = frozenset(KINDS) - ASKED_FOR_ONLY

KEPT = timedelta(hours=24)
"""How long an update waits; Bot API, "Getting updates"."""
CALLBACK_KEPT = timedelta(seconds=150)
"""A button's press is worth nothing later (add_new_callback_query in Client.cpp)."""
FUTURE = 9
"""An offset this far beyond the next number is taken for one of another time."""
KNOWN = 20_000
"""How many of the last updates can be brought once more."""


@dataclass(frozen=True)
class Waiting:
    """An update that the bot has not confirmed."""

    update_id: int
    body: Json
    queue: Hashable
    """Updates of one queue reach a webhook one after another; queues run in parallel."""
    expires_at: datetime

    def as_json(self) -> Json:
        return {"update_id": self.update_id} | self.body


class UpdateQueue:
    """Keeps a bot's updates in order until they are confirmed or too old."""

    def __init__(self, clock: Clock, first_id: int) -> None:
        self.allowed: frozenset[str] = BY_DEFAULT
        self.on_arrival: Callable[[Hashable], None] = lambda queue: None
        """Called when something waits; webhooks put their own here."""
        self._clock = clock
        self._next_id = first_id
        self._waiting: dict[int, Waiting] = {}
        self._queues: dict[Hashable, dict[int, Waiting]] = {}
        self._expiries: list[tuple[datetime, int]] = []
        self._again: list[Waiting] = []
        self._known: dict[int, Waiting] = {}
        self._poller: asyncio.Future[None] | None = None

    def allow(self, kinds: Collection[object]) -> None:
        """Remember what the bot wants from now on; nothing named means the default."""
        self.allowed = frozenset(each for each in kinds if each in KINDS) or BY_DEFAULT

    def add(
        self, kind: str, value: object, *, queue: Hashable, kept: timedelta = KEPT
    ) -> int | None:
        """Let an update wait; None if the bot does not want this kind."""
        if kind not in self.allowed:
            return None
        return self.add_raw({kind: value}, queue=queue, kept=kept)

    def add_raw(self, body: Json, *, queue: Hashable, kept: timedelta = KEPT) -> int:
        """Let anything wait, strange or broken as it may be."""
        waiting = Waiting(self._next_id, body, queue, self._clock.now() + kept)
        self._next_id += 1
        self._waiting[waiting.update_id] = waiting
        self._queues.setdefault(queue, {})[waiting.update_id] = waiting
        heapq.heappush(self._expiries, (waiting.expires_at, waiting.update_id))
        self._remember(waiting)
        self._wake(queue)
        return waiting.update_id

    def jump(self, update_id: int) -> None:
        """Number on from here: after a quiet week Telegram starts somewhere else, lower too."""
        self._next_id = update_id

    def redeliver(self, update_id: int) -> None:
        """Bring an update that was confirmed once more, with its old number."""
        waiting = self._known[update_id]
        self._again.append(waiting)
        self._wake(waiting.queue)

    def take(self, offset: int, limit: int) -> list[Json]:
        """
        What getUpdates answers; forgets everything before the offset.

        A negative offset keeps only the last so many. An offset far beyond the
        last number forgets nothing: the numbers have begun anew since the bot
        looked (TQueue::get in td).
        """
        self._drop_expired()
        if offset < 0:
            self._drop(list(self._waiting)[:offset])
        elif offset <= self._next_id + FUTURE:
            self._drop(list(takewhile(lambda each: each < offset, self._waiting)))
        again, self._again = self._again, []
        found = chain(again, self._waiting.values())
        return [each.as_json() for each in islice(found, limit)]

    @property
    def queues(self) -> set[Hashable]:
        """The queues in which something waits, for a webhook."""
        self._drop_expired()
        return set(self._queues) | {each.queue for each in self._again}

    def find_first(self, queue: Hashable) -> Waiting | None:
        """The oldest update of a queue."""
        self._drop_expired()
        again = (each for each in self._again if each.queue == queue)
        return next(again, None) or next(iter(self._queues.get(queue, {}).values()), None)

    def forget(self, waiting: Waiting) -> None:
        """It was delivered to a webhook, or is given up."""
        if waiting in self._again:
            self._again.remove(waiting)
        else:
            self._drop([waiting.update_id])

    def clear(self) -> None:
        """Drop everything that waits."""
        self._drop(list(self._waiting))
        self._again.clear()

    @property
    def pending_count(self) -> int:
        self._drop_expired()
        return len(self._waiting) + len(self._again)

    def end_poll(self, why: Refused | None) -> None:
        """Answer the poller that waits, if one does: refused, or with what there is."""
        poller, self._poller = self._poller, None
        if poller is None or poller.done():
            return
        if why:
            poller.set_exception(why)
        else:
            poller.set_result(None)

    async def wait(self, seconds: float) -> None:
        """Return when an update arrives or the time is over; raises what ended the poll."""
        self._poller = poller = asyncio.get_running_loop().create_future()
        done, _ = await asyncio.wait([poller], timeout=seconds)
        if self._poller is poller:
            self._poller = None
        if done:
            poller.result()

    def _wake(self, queue: Hashable) -> None:
        self.end_poll(None)
        self.on_arrival(queue)

    def _remember(self, waiting: Waiting) -> None:
        self._known[waiting.update_id] = waiting
        if len(self._known) > KNOWN:
            del self._known[next(iter(self._known))]

    def _drop(self, update_ids: Iterable[int]) -> None:
        for update_id in update_ids:
            waiting = self._waiting.pop(update_id, None)
            if waiting:
                queue = self._queues[waiting.queue]
                queue.pop(update_id, None)
                if not queue:
                    del self._queues[waiting.queue]

    def _drop_expired(self) -> None:
        now = self._clock.now()
        while self._expiries and self._expiries[0][0] <= now:
            _, update_id = heapq.heappop(self._expiries)
            self._drop([update_id])
