"""Understanding a message and looking up answers: no database, no transaction."""

import asyncio
from datetime import date, datetime
from typing import Protocol

from conversations.inbox import Standing
from core.clock import Clock
from core.dates import today_in_china
from core.limits import Limits
from core.messages import Address, InboundMessage
from handlers.residents.presses import read_press
from handlers.turn import Card, Original, Turn
from intents.understanding import Classifier, Understanding
from knowledge_base.search import Hit

_SLOW_TEXT = 2_000
"""Longer messages are understood in a thread, so that nobody else waits."""
_LOOKUPS = "5 per 1 hour"


class Search(Protocol):
    """Finds articles for a message."""

    def search(self, text: str, *, matter: str | None, today: date) -> list[Hit]:
        """The best articles, best first."""
        ...


class Opinion(Protocol):
    """Another classifier, asked over the network (a Rasa server)."""

    async def weigh(self, own: Understanding, *, answers: bool = False) -> Understanding:
        """What it makes of the message; `own` where it is away."""
        ...


class Thinking:
    """Makes a turn out of a message."""

    def __init__(
        self,
        *,
        classifier: Classifier,
        search: Search,
        limits: Limits,
        clock: Clock,
        opinion: Opinion | None = None,
    ) -> None:
        self._classifier = classifier
        self._opinion = opinion
        self._search = search
        self._limits = limits
        self._clock = clock

    async def think(
        self,
        standing: Standing,
        message: InboundMessage,
        *,
        card: Card | None = None,
        original: Original | None = None,
    ) -> Turn:
        """The message understood, with what it answers (`card`) or corrects (`original`)."""
        now = self._clock.now()
        dialogue = standing.dialogue
        press = read_press(message, dialogue)
        # what we said last explains an answer; where nothing was asked it only confuses
        context = dialogue.context if dialogue.asking else None
        understood = await self._understand(message.text, context)
        if self._opinion and not press:
            understood = await self._opinion.weigh(understood, answers=context is not None)
        hits = () if press else self._hits(message.text, understood, now)
        return Turn(
            standing=standing,
            message=message,
            understanding=understood,
            hits=hits,
            now=now,
            press=press,
            lookups_left=await self._may_look_up(understood, standing.address),
            card=card,
            original=original,
        )

    def bare_turn(self, standing: Standing, message: InboundMessage) -> Turn:
        """A turn without understanding, for what has to be done without thinking."""
        nothing = self._classifier.understand("")
        return Turn(standing, message, nothing, (), self._clock.now())

    async def _understand(self, text: str, context: str | None) -> Understanding:
        if len(text) > _SLOW_TEXT:
            return await asyncio.to_thread(self._classifier.understand, text, context=context)
        return self._classifier.understand(text, context=context)

    def _hits(self, text: str, understood: Understanding, now: datetime) -> tuple[Hit, ...]:
        matter, today = understood.likely_matter, today_in_china(now)
        found = self._search.search(text[:_SLOW_TEXT], matter=matter, today=today)
        return tuple(found)

    async def _may_look_up(self, understood: Understanding, address: Address) -> bool:
        """Tries at a ticket number are counted, for the number and for the one who tries."""
        numbers = [each.value for each in understood.entities if each.entity == "ticket_no"]
        if not numbers:
            return True
        by_number = await self._limits.hit(_LOOKUPS, "ticket_proof", str(numbers[-1]))
        peer = f"{address.channel}:{address.account}:{address.peer}"
        return await self._limits.hit(_LOOKUPS, "ticket_proof_by", peer) and by_number
