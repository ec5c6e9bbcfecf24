"""Telling a resident what became of a ticket: in the chat where there is one, by a call otherwise."""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.models import Conversation
from conversations.speech import Author, Speech
from core.actors import ActorKind
from core.messages import Channel, Choice, Reply
from core.texts import Texts
from core.vault import Vault
from notifications.outbox import SILENT, Priority
from tickets.calendar import WorkingCalendar
from tickets.call_backs import CallKind, add_call_back
from tickets.models import Ticket

Fact = object | Callable[[str], str]
"""Something to fill into a sentence; a function is asked for it in the resident's language."""

BOT_AUTHOR = Author(ActorKind.BOT, None, None)


class Notices:
    """
    Tells residents of each step.

    Whoever cannot be reached by a message (a caller, somebody at the counter,
    a blocked chat) gets a call-back item with the words to say. Who wished not
    to be contacted is left alone.
    """

    def __init__(
        self, *, speech: Speech, texts: Texts, vault: Vault, calendar: WorkingCalendar
    ) -> None:
        self._speech = speech
        self._texts = texts
        self._vault = vault
        self._calendar = calendar

    async def tell(
        self,
        session: AsyncSession,
        ticket: Ticket,
        text_key: str,
        *,
        now: datetime,
        author: Author | None = None,
        choices: Sequence[tuple[str, str]] = (),
        urgent: bool = False,
        calls: tuple[str, ...] = (),
        **facts: Fact,
    ) -> None:
        """
        Tell one step, e.g. `ticket.notice.dispatched`.

        `choices` are pairs of text key and payload, `calls` telephone numbers
        to offer as one tap; the ticket's number is always among the facts.
        """
        chat = await self._find_chat(session, ticket)
        language = chat.language if chat else "zh"
        text = self._say(text_key, language, ticket, facts)
        if chat is None:
            await self.leave_for_a_call(session, ticket, text, now=now, urgent=urgent)
            return
        await self._speech.say(
            session,
            chat.id,
            [Reply(text, self._buttons(choices, language), urgent=urgent, calls=calls)],
            author=author or BOT_AUTHOR,
            now=now,
            ticket_id=ticket.id,
            priority=Priority.EMERGENCY if urgent else Priority.NOTICE,
        )

    async def reaches(self, session: AsyncSession, ticket: Ticket) -> bool:
        """Whether the resident reads what is said now; otherwise somebody has to call."""
        return await self._find_chat(session, ticket) is not None

    async def say_words(
        self,
        session: AsyncSession,
        ticket: Ticket,
        words: str,
        *,
        author: Author,
        now: datetime,
        choices: Sequence[tuple[str, str]] = (),
    ) -> bool:
        """Pass on somebody's own words; False when they wait for a call instead."""
        chat = await self._find_chat(session, ticket)
        if chat is None:
            await self.leave_for_a_call(session, ticket, words, now=now, urgent=False)
            return False
        await self._speech.say(
            session,
            chat.id,
            [Reply(words, self._buttons(choices, chat.language))],
            author=author,
            now=now,
            ticket_id=ticket.id,
        )
        return True

    async def introduce(
        self, session: AsyncSession, conversation_id: UUID, *, author: Author, now: datetime
    ) -> None:
        """A person is there now: 李梅（街道）在和您说话."""
        facts: dict[str, object] = {"name": author.name or ""}
        await self._say_in_chat(
            session, conversation_id, "ticket.notice.taken_over", facts, author=author, now=now
        )

    async def say_back_to_bot(
        self, session: AsyncSession, conversation_id: UUID, *, now: datetime
    ) -> None:
        """The bot answers again; a person stays one word away."""
        await self._say_in_chat(
            session, conversation_id, "ticket.notice.handed_back", {}, author=BOT_AUTHOR, now=now
        )

    async def say_in(
        self,
        session: AsyncSession,
        conversation_id: UUID,
        reply: Reply,
        *,
        author: Author,
        now: datetime,
        priority: int = Priority.REPLY,
    ) -> None:
        """Say something in a conversation that may have no ticket."""
        await self._speech.say(
            session, conversation_id, [reply], author=author, now=now, priority=priority
        )

    async def _say_in_chat(
        self,
        session: AsyncSession,
        conversation_id: UUID,
        key: str,
        facts: dict[str, object],
        *,
        author: Author,
        now: datetime,
    ) -> None:
        chat = await session.get_one(Conversation, conversation_id)
        if Channel(chat.channel) not in SILENT:
            reply = Reply(self._texts.say(key, chat.language, **facts))
            await self.say_in(session, conversation_id, reply, author=author, now=now)

    async def _find_chat(self, session: AsyncSession, ticket: Ticket) -> Conversation | None:
        """The conversation, if something said in it now can be read there."""
        if ticket.conversation_id is None:
            return None
        found = await session.scalars(
            select(Conversation).where(Conversation.id == ticket.conversation_id)
        )
        chat = found.one()
        return chat if chat.reachable and Channel(chat.channel) not in SILENT else None

    async def leave_for_a_call(
        self, session: AsyncSession, ticket: Ticket, words: str, *, now: datetime, urgent: bool
    ) -> None:
        """Let a person say it on the telephone; nobody calls who wished not to be contacted."""
        if ticket.contact_wish == "none":
            return
        if ticket.contact_wish == "safe_only":
            words = self._texts.say("ticket.call.safe_only") + words
        due_at = now if urgent else self._calendar.due(now, "1wd").at
        await add_call_back(
            session,
            ticket.id,
            CallKind.NOTICE,
            words,
            due_at=due_at,
            vault=self._vault,
            now=now,
        )

    def _buttons(self, choices: Sequence[tuple[str, str]], language: str) -> tuple[Choice, ...]:
        return tuple(Choice(self._texts.say(key, language), payload) for key, payload in choices)

    def _say(self, key: str, language: str, ticket: Ticket, facts: dict[str, Fact]) -> str:
        said = {name: fact(language) if callable(fact) else fact for name, fact in facts.items()}
        return self._texts.say(key, language, **({"number": ticket.number} | said))
