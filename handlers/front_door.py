"""
The front door: every message comes in here and everything it causes is written here.

Read, think, then one transaction: lock the conversation; if it has moved since
it was read, start over; let the verb write; say what it says; note the message
as handled. Nothing is awaited inside the transaction but the database.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.attachments import Attachments
from conversations.dialogue import Dialogue
from conversations.inbox import Inbox, Standing, Stored
from conversations.speech import Speech
from core.clock import Clock
from core.database import Database
from core.errors import DatabaseUnavailable, FrontDoorError
from core.messages import (
    Channel,
    Decoders,
    InboundKind,
    InboundMessage,
    RawInbound,
    Reply,
)
from core.signals import Signals
from handlers.referred import find_card, find_original
from handlers.residents import presses, reach, yes_no
from handlers.residents.desk import FrontDesk
from handlers.residents.hand_to_person import hand_to_person
from handlers.routing import is_emergency, route, route_held
from handlers.thinking import Thinking
from handlers.turn import Outcome, Turn, speaking_of
from notifications.outbox import BOT_AUTHOR, PULLED, Circumstances, Outbox

_TRIES = 20
"""Each try that fails means that another message of this conversation got through."""
_AT_ONCE = 8

log = structlog.get_logger(__name__)


class SideDoor(Protocol):
    """Answers others than residents, who come through the same inbox, dialogue and outbox."""

    def takes(self, turn: Turn) -> bool:
        """Whether this message is for it, also while staff talk; the rest goes the residents' way."""
        ...

    async def act(self, session: AsyncSession, turn: Turn) -> Outcome:
        """Do what the message asks, in the front door's transaction."""
        ...


class ConversationMoved(FrontDoorError):
    """Somebody else changed the conversation while we thought: start over."""


class FrontDoor:
    """Receives messages and handles them, on every channel alike."""

    def __init__(
        self,
        *,
        database: Database,
        inbox: Inbox,
        speech: Speech,
        thinking: Thinking,
        attachments: Attachments,
        outbox: Outbox,
        desk: FrontDesk,
        decoders: Decoders,
        signals: Signals,
        clock: Clock,
        sides: Mapping[tuple[Channel, str], SideDoor] | None = None,
    ) -> None:
        self._sides = sides or {}
        self._database = database
        self._inbox = inbox
        self._speech = speech
        self._thinking = thinking
        self._attachments = attachments
        self._outbox = outbox
        self._desk = desk
        self._decoders = decoders
        self._signals = signals
        self._clock = clock

    async def receive(self, raw: RawInbound) -> UUID:
        """
        Store a message; when this returns it is safe and may be acknowledged.

        A second delivery changes nothing. Raises `DatabaseUnavailable`.
        """
        async with self._database.transaction() as session:
            standing = await self._inbox.get_or_begin(session, raw.address, now=raw.received_at)
            await self._inbox.store(session, standing.id, raw)
        await self._signals.publish("inbox")
        return standing.id

    async def answer_at_once(self, raw: RawInbound) -> Sequence[Reply]:
        """
        Store and handle a message in one transaction and give what there is to say.

        For channels that answer in the same breath (REST, terminal). When it
        returns, everything is committed. A repeated message changes nothing
        and gets the same answer.
        """
        try:
            replies = await self._handle_raw(raw)
        except DatabaseUnavailable:
            raise
        except Exception:
            log.exception("message_failed", channel=raw.address.channel.value)
            await self.receive(raw)
            return []
        return await self._carried(raw) if replies is None else replies

    async def work_through(self) -> int:
        """Handle everything that waits; gives how many messages were handled."""
        handled = 0
        while due := await self._list_due():
            limit = asyncio.Semaphore(_AT_ONCE)
            results = await asyncio.gather(
                *(self._work_on(conversation_id, limit) for conversation_id, _ in due)
            )
            handled += sum(results)
            if not any(results):
                break
        return handled

    async def finish_silent(self) -> int:
        """Turn forms that waited too long into tickets; gives how many."""
        now = self._clock.now()
        async with self._database.reading() as session:
            waiting = await self._inbox.list_silent(session, now=now)
        for conversation_id in waiting:
            await self._finish_silent(conversation_id)
        return len(waiting)

    async def _work_on(self, conversation_id: UUID, limit: asyncio.Semaphore) -> int:
        """Handle a conversation's next message; 0 when somebody else has it or it failed."""
        async with limit:
            async with self._database.reading() as session:
                message = await self._inbox.find_next(session, conversation_id)
            if message is None:
                return 0
            try:
                await self._handle_stored(message)
            except DatabaseUnavailable:
                raise
            except ConversationMoved:
                return 0
            except Exception:
                log.exception("message_failed", inbox_id=message.id, failures=message.failures)
                await self._fail(message)
            return 1

    async def _handle_stored(self, message: Stored) -> None:
        decoded = await self._decoders.decode(message.channel, message.account, message.body)
        for _ in range(_TRIES):
            async with self._database.reading() as session:
                standing = await self._inbox.get_standing(session, message.conversation_id)
                card = await find_card(session, self._outbox, standing.id, decoded)
                original = await find_original(
                    session, self._inbox, self._decoders, message, decoded
                )
            turn = await self._thinking.think(standing, decoded, card=card, original=original)
            turn = replace(turn, inbox_id=message.id)
            if await self._write(turn, message):
                return
        raise ConversationMoved(message.conversation_id)

    async def _handle_raw(self, raw: RawInbound) -> Sequence[Reply] | None:
        """Give the replies; None when more than them is to be handed over (see `_carried`)."""
        address = raw.address
        decoded = await self._decoders.decode(address.channel, address.account, raw.body)
        for _ in range(_TRIES):
            found = await self._inbox.look_up(self._database, raw.address)
            standing = found or self._inbox.fresh(raw.address)
            turn = await self._thinking.think(standing, decoded)
            written, outcome = await self._write_raw(turn, raw)
            if written:
                waits = standing.carried_number < standing.last_number
                return None if outcome is None or waits else outcome.replies
        raise ConversationMoved(address.channel)

    async def _write(self, turn: Turn, message: Stored) -> bool:
        """The one transaction of a stored message; False: the conversation moved, think again."""
        async with self._database.transaction() as session:
            locked = await self._inbox.lock(session, turn.conversation_id)
            if locked is None or locked.revision != turn.standing.revision:
                return False
            if not await self._inbox.finish(
                session, message.id, now=turn.now, understood=turn.label
            ):
                return True
            turn = replace(turn, standing=locked)
            outcome = await self._act(session, turn)
            if not await self._settle(session, turn, outcome, carried_as=None):
                raise ConversationMoved(turn.conversation_id)
        await self._tell(turn, outcome)
        return True

    async def _write_raw(self, turn: Turn, raw: RawInbound) -> tuple[bool, Outcome | None]:
        """
        The one transaction of a message that is answered at once.

        False: the conversation moved, think again. No outcome: it was here before.
        """
        async with self._database.transaction() as session:
            if not await self._begin_or_lock(session, turn.standing, now=raw.received_at):
                return False, None
            inbox_id = await self._inbox.store(session, turn.conversation_id, raw, done=True)
            if inbox_id is None:
                return True, None
            turn = replace(turn, inbox_id=inbox_id)
            outcome = await self._act(session, turn)
            if not await self._settle(session, turn, outcome, carried_as=raw.external_id):
                raise ConversationMoved(turn.conversation_id)
        await self._tell(turn, outcome)
        return True, outcome

    async def _begin_or_lock(
        self, session: AsyncSession, standing: Standing, *, now: datetime
    ) -> bool:
        if standing.is_new:
            return await self._inbox.begin(session, standing, now=now)
        locked = await self._inbox.lock(session, standing.id, wait=True)
        return locked is not None and locked.revision == standing.revision

    async def _act(self, session: AsyncSession, turn: Turn) -> Outcome:
        if not turn.standing.reachable and turn.message.reachable:
            await reach.reopen_chat(session, self._desk, turn)
        turn = speaking_of(turn)
        outcome = await self._acted(session, turn)
        await self._attachments.add(session, turn.conversation_id, turn.inbox_id, turn.message)
        return presses.remember_press(turn, outcome)

    async def _acted(self, session: AsyncSession, turn: Turn) -> Outcome:
        side = self._sides.get((turn.standing.address.channel, turn.standing.address.account))
        if side is not None and side.takes(turn):
            return await side.act(session, turn)
        if turn.standing.held_by_id is not None and not is_emergency(turn):
            return await route_held(turn)(session, self._desk, turn)
        return await route(turn)(session, self._desk, turn)

    async def _settle(
        self, session: AsyncSession, turn: Turn, outcome: Outcome, *, carried_as: str | None
    ) -> bool:
        """Write the dialogue's next state and the replies."""
        standing = turn.standing
        dialogue = _shown(outcome, standing.last_number + len(outcome.replies))
        moved_on = await self._inbox.advance(
            session,
            standing,
            dialogue,
            said=len(outcome.replies),
            carried=carried_as is not None,
            silent_at=turn.now + outcome.silent_after if outcome.silent_after else None,
            waiting_since_at=_waiting_since(turn, outcome),
            language=outcome.language or standing.language,
            now=turn.now,
        )
        why = Circumstances(
            author=BOT_AUTHOR,
            now=turn.now,
            inbox_id=turn.inbox_id,
            ticket_id=outcome.ticket_id,
            carried_as=carried_as,
        )
        if carried_as is not None and standing.carried_number < standing.last_number:
            numbers = (standing.carried_number, standing.last_number)
            await self._speech.carry_earlier(session, standing.id, numbers, carried_as, turn.now)
        if moved_on:
            await self._speech.add_numbered(
                session,
                standing.id,
                standing.address,
                outcome.replies,
                standing.last_number + 1,
                why,
            )
        return moved_on

    async def _tell(self, turn: Turn, outcome: Outcome) -> None:
        """Hints after the commit; whoever misses one finds the rows."""
        address = turn.standing.address
        await self._signals.publish(f"conversation:{turn.conversation_id}")
        await self._signals.publish(f"{address.channel}:{address.peer}")
        if address.channel not in PULLED:
            await self._signals.publish("outbox")
        if outcome.ticket_id is not None or outcome.rings or turn.standing.held_by_id:
            await self._signals.publish("console", "ring" if outcome.rings else "ticket")
        if turn.message.attachments:
            await self._signals.publish("files")
        for topic in outcome.topics:
            await self._signals.publish(topic)

    async def _fail(self, message: Stored) -> None:
        """Count the failure; after the third a person gets the words and the resident is told."""
        now = self._clock.now()
        async with self._database.transaction() as session:
            if not await self._inbox.note_failure(session, message, now=now):
                return
            standing = await self._inbox.get_standing(session, message.conversation_id)
            said = await self._decoders.read(message.channel, message.account, message.body)
            turn = self._thinking.bare_turn(standing, said)
            outcome = await hand_to_person(session, self._desk, turn)
            await self._settle(session, turn, outcome, carried_as=None)
        await self._tell(turn, outcome)

    async def _finish_silent(self, conversation_id: UUID) -> None:
        async with self._database.transaction() as session:
            standing = await self._inbox.lock(session, conversation_id)
            if standing is None:
                return
            turn = self._thinking.bare_turn(standing, InboundMessage(InboundKind.TEXT, ""))
            outcome = await yes_no.finish_form(session, self._desk, turn)
            await self._settle(session, turn, outcome, carried_as=None)
        await self._tell(turn, outcome)

    async def _list_due(self) -> list[tuple[UUID, int]]:
        async with self._database.reading() as session:
            return await self._inbox.list_due(session, now=self._clock.now())

    async def _carried(self, raw: RawInbound) -> list[Reply]:
        """Everything that was handed over with this message, now or at its first delivery."""
        async with self._database.reading() as session:
            standing = await self._inbox.find_standing(session, raw.address)
            if standing is None:
                return []
            said = await self._speech.list_carried(session, standing.id, raw.external_id)
        return [each.reply for each in said]


def _shown(outcome: Outcome, number: int) -> Dialogue:
    """The dialogue after its replies were said; `number` is the last one's."""
    if not outcome.replies:
        return outcome.dialogue
    texts = tuple(reply.text for reply in outcome.replies)
    choices = outcome.replies[-1].choices
    dialogue = outcome.dialogue.offering(choices, texts)
    asks = any(presses.answers_a_question(choice.payload) for choice in choices)
    return replace(dialogue, asked_number=number) if asks else dialogue


def _waiting_since(turn: Turn, outcome: Outcome) -> datetime | None:
    if outcome.waits is None:
        return turn.standing.waiting_since_at
    return (turn.standing.waiting_since_at or turn.now) if outcome.waits else None
