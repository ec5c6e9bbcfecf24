"""
The sender: takes promised messages in order per conversation and hands them to their channel.

A row is leased in one transaction, sent with none open, and settled in
another. A crash in between leaves a lease that runs out: the message is sent
again, so a reply may double but never vanish.

Every account of a channel is a lane of its own. A lane leases only what its
permits let through now (`notifications.pace`), so nothing waits behind a batch
and replies overtake a broadcast at the next permit.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from core.actors import ActorKind
from core.clock import Clock
from core.database import Database
from core.errors import DatabaseUnavailable
from core.holders import Holder
from core.messages import Address, Channel
from core.signals import Subscription
from core.vault import Vault
from notifications import leases, outcomes
from notifications.deliveries import (
    ChannelSender,
    ChatClosed,
    Delivery,
    NeverDeliverable,
    OutcomeUnknown,
    TemporarilyUnreachable,
    Undelivered,
)
from notifications.leases import Lane
from notifications.models import OutboxMessage
from notifications.outbox import PURPOSE, Priority, decode_reply
from notifications.outcomes import Outcome
from notifications.pace import LocalPacer, Pace, Pacer, Scope, buckets_of, lane_name

__all__ = [
    "ChannelSender",
    "ChatClosed",
    "Delivery",
    "NeverDeliverable",
    "OutcomeUnknown",
    "Sender",
    "TemporarilyUnreachable",
]

_AT_ONCE = 32
"""Messages on their way at one time, in each lane;"""
_BROADCASTS_AT_ONCE = 16
"""so many of them broadcasts, so that a slow channel leaves room for replies."""
_LOOK_AT = 20
_SEND_SECONDS = 50.0
"""Less than the lease, so that nobody else sends the same row meanwhile."""
_SETTLE_TRIES = 20
_TROUBLES_BEFORE_PAUSE = 3
_LONGEST_PAUSE = 30.0

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _LaneState:
    """One account: who sends there, what is under way, how it goes."""

    lane: Lane
    name: str
    channel: ChannelSender
    pace: Pace | None
    flying: int = 0
    broadcasts_flying: int = 0
    troubles: int = 0
    """Failures in a row; many mean that the channel is away, not one chat."""
    again_at: datetime | None = None
    """When something that waits for a permit may go; kept until then, whoever looks meanwhile."""


class Sender:
    """Delivers what is due."""

    def __init__(
        self,
        *,
        database: Database,
        vault: Vault,
        clock: Clock,
        channels: Mapping[Lane, ChannelSender],
        paces: Mapping[Channel, Pace] | None = None,
        pacer: Pacer | None = None,
        undelivered: Undelivered | None = None,
        holder: Holder | None = None,
    ) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        self._pacer = pacer or LocalPacer(clock)
        self._undelivered = undelivered
        self._me = holder or Holder.here()
        self._lanes = [
            _LaneState(lane, lane_name(*lane), channel, (paces or {}).get(lane[0]))
            for lane, channel in channels.items()
        ]
        self._flying: set[asyncio.Task[None]] = set()
        self._sent = 0
        self._recovered = False

    @property
    def again_in(self) -> float | None:
        """Seconds until something that waits for a permit may go; None: nothing waits."""
        waits = [each.again_at for each in self._lanes if each.again_at is not None]
        if not waits:
            return None
        return max((min(waits) - self._clock.now()).total_seconds(), 0.0)

    async def paused(self) -> dict[str, float]:
        """For how many seconds each lane is stopped."""
        return {each.name: await self._pacer.paused(each.name) for each in self._lanes}

    async def deliver(self) -> int:
        """Deliver everything that may go now and wait for it; gives how many arrived."""
        before = self._sent
        while await self.begin() or self._flying:
            await self._landing()
        return self._sent - before

    async def begin(self) -> int:
        """Set out with everything that may go now; gives how many messages are on their way."""
        if not self._lanes:
            return 0
        await self._recover()
        return sum([await self._begin_lane(each) for each in self._lanes])

    async def rest(self, subscription: Subscription, seconds: float) -> None:
        """Until there may be something to do: a signal, an arrival, a permit, or the time."""
        again_in = self.again_in
        wait = seconds if again_in is None else min(seconds, again_in)
        signal = asyncio.create_task(subscription.wait(wait))
        try:
            await asyncio.wait({signal, *self._flying}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            signal.cancel()
            await asyncio.gather(signal, return_exceptions=True)

    async def finish(self) -> None:
        """Wait for what is on its way."""
        while self._flying:
            await self._landing()

    async def close(self) -> None:
        """Let go of connections."""
        for state in self._lanes:
            await state.channel.close()
        await self._pacer.close()

    async def _landing(self) -> None:
        if self._flying:
            await asyncio.wait(self._flying, return_when=asyncio.FIRST_COMPLETED)

    async def _recover(self) -> None:
        if not self._recovered:
            async with self._database.transaction() as session:
                now = self._clock.now()
                await leases.end_leases_of_the_dead(session, self._me, now=now)
            self._recovered = True

    async def _begin_lane(self, state: _LaneState) -> int:
        """Lease what the permits let through, and send it."""
        now, room = self._clock.now(), min(_AT_ONCE - state.flying, _LOOK_AT)
        if state.again_at is not None and state.again_at <= now:
            state.again_at = None
        if room <= 0:
            return 0
        async with self._database.reading() as session:
            rows = await leases.list_due(
                session,
                state.lane,
                now=now,
                limit=room,
                broadcasts=state.broadcasts_flying < _BROADCASTS_AT_ONCE,
            )
        if not rows:
            return 0
        permitted, deferred = await self._permitted(state, rows)
        return await self._set_out(state, permitted, deferred, now)

    async def _permitted(
        self, state: _LaneState, rows: Sequence[OutboxMessage]
    ) -> tuple[list[OutboxMessage], dict[int, float]]:
        """The rows that have a permit, and for how long others have to wait for their chat."""
        permitted: list[OutboxMessage] = []
        deferred: dict[int, float] = {}
        broadcasts_wait = False
        for row in rows:
            is_broadcast = row.priority == Priority.BROADCAST
            if is_broadcast and broadcasts_wait:
                continue
            refusal = await self._pacer.take(
                state.name,
                buckets_of(state.pace, state.name, row.peer, broadcast=is_broadcast)
                if state.pace
                else (),
            )
            if refusal is None:
                permitted.append(row)
                continue
            may_go_at = self._clock.now() + timedelta(seconds=refusal.seconds)
            state.again_at = min(state.again_at or may_go_at, may_go_at)
            if refusal.scope is Scope.LANE:
                break
            if refusal.scope is Scope.BROADCAST:
                broadcasts_wait = True
            else:
                deferred[row.id] = refusal.seconds
        return permitted, deferred

    async def _set_out(
        self,
        state: _LaneState,
        permitted: Sequence[OutboxMessage],
        deferred: Mapping[int, float],
        now: datetime,
    ) -> int:
        if not permitted and not deferred:
            return 0
        async with self._database.transaction() as session:
            for row_id, seconds in deferred.items():
                await leases.defer(session, row_id, now + timedelta(seconds=seconds))
            mine = await leases.lease(session, permitted, self._me, now=now) if permitted else set()
        begun = [row for row in permitted if row.id in mine]
        for delivery, was_cut_off in await self._opened(begun):
            self._fly(state, delivery, was_cut_off=was_cut_off)
        return len(begun)

    async def _opened(self, rows: Sequence[OutboxMessage]) -> list[tuple[Delivery, bool]]:
        """The rows with their bodies, and whether somebody died while sending them."""
        replies = {
            row.id: decode_reply(self._vault.open(row.body_sealed, purpose=PURPOSE)) for row in rows
        }
        numbers = [each.edits for each in replies.values() if each.edits is not None]
        async with self._database.reading() as session:
            earlier = await leases.list_earlier_ids(session, rows, numbers)
        return [
            (
                Delivery(
                    id=row.id,
                    conversation_id=row.conversation_id,
                    address=Address(Channel(row.channel), row.account, row.peer),
                    number=row.number,
                    reply=replies[row.id],
                    attempts=row.attempts + 1,
                    priority=row.priority,
                    ticket_id=row.ticket_id,
                    author=ActorKind(row.author_kind),
                    replaces=earlier.get((row.conversation_id, replies[row.id].edits or 0)),
                    created_at=row.created_at,
                    unsure=row.unsure + (row.status == "sending"),
                ),
                row.status == "sending",
            )
            for row in rows
        ]

    def _fly(self, state: _LaneState, delivery: Delivery, *, was_cut_off: bool) -> None:
        is_broadcast = delivery.priority == Priority.BROADCAST
        state.flying += 1
        state.broadcasts_flying += is_broadcast
        task = asyncio.create_task(self._deliver(state, delivery, was_cut_off=was_cut_off))
        self._flying.add(task)

        def landed(done: asyncio.Task[None]) -> None:
            state.flying -= 1
            state.broadcasts_flying -= is_broadcast
            self._flying.discard(done)

        task.add_done_callback(landed)

    async def _deliver(self, state: _LaneState, delivery: Delivery, *, was_cut_off: bool) -> None:
        """Send and settle; the outermost step of one message, so nothing may escape it."""
        try:
            outcome = outcomes.after_crash(delivery) if was_cut_off else None
            if outcome is None:
                outcome = await self._try(state, delivery)
            await self._settle(delivery, outcome)
        except Exception:
            log.exception("settle_failed", outbox_id=delivery.id)

    async def _try(self, state: _LaneState, delivery: Delivery) -> Outcome:
        now = self._clock.now
        try:
            async with asyncio.timeout(_SEND_SECONDS):
                external_id = await state.channel.send(delivery)
        except TemporarilyUnreachable as error:
            await self._note_trouble(state, error.retry_after)
            return outcomes.unreachable(delivery, error.retry_after, now=now())
        except (OutcomeUnknown, TimeoutError):
            await self._note_trouble(state, None)
            return outcomes.unknown(delivery, now=now())
        except NeverDeliverable as error:
            return outcomes.refused(str(error), closed=isinstance(error, ChatClosed))
        except Exception as error:
            log.exception("send_failed", outbox_id=delivery.id)
            return outcomes.broken(delivery, type(error).__name__, now=now())
        state.troubles = 0
        self._sent += 1
        return outcomes.arrived(delivery, external_id, now=now())

    async def _note_trouble(self, state: _LaneState, retry_after: timedelta | None) -> None:
        """Stop the lane when the channel says so, or when nothing gets through any more."""
        if retry_after is not None:
            log.warning("lane_paused", lane=state.name, seconds=retry_after.total_seconds())
            await self._pacer.pause(state.name, retry_after.total_seconds())
            return
        state.troubles += 1
        beyond = state.troubles - _TROUBLES_BEFORE_PAUSE
        if beyond >= 0 and state.pace is not None:
            await self._pacer.pause(state.name, min(2.0 ** min(beyond, 8), _LONGEST_PAUSE))

    async def _settle(self, delivery: Delivery, outcome: Outcome) -> None:
        """Write it down; a database that is away may come back before the lease ends."""
        for _ in range(_SETTLE_TRIES):
            try:
                await self._settle_once(delivery, outcome)
                return
            except DatabaseUnavailable as error:
                log.warning("database_unavailable", role="sender", error=str(error))
                await asyncio.sleep(1)

    async def _settle_once(self, delivery: Delivery, outcome: Outcome) -> None:
        now = self._clock.now()
        async with self._database.transaction() as session:
            mine = await leases.settle(session, delivery.id, self._me, **outcome.values)
            if mine and outcome.lost and self._undelivered is not None:
                await self._undelivered.note(session, delivery, closed=outcome.closed, now=now)
