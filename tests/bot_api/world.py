"""Everything that the double knows, and how it finds it."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

from core.clock import Clock
from tests.bot_api.accounts import BotAccount, CallbackQuery, Chat, Person
from tests.bot_api.calls import CallLog
from tests.bot_api.changes import Signal
from tests.bot_api.faults import Faults
from tests.bot_api.limits import FloodControl
from tests.bot_api.refusals import (
    BLOCKED,
    CANNOT_BEGIN,
    CHAT_NOT_FOUND,
    INVALID_TOKEN,
    UNAUTHORIZED,
    bad_request,
    forbidden,
)
from tests.bot_api.updates import UpdateQueue


@dataclass(frozen=True)
class Rules:
    """How strict and how fast the double is; the defaults are Telegram's."""

    webhook_needs_https: bool = False
    """Telegram's cloud wants HTTPS on four ports; a Bot API server run locally does not."""
    webhook_pace: float = 1.0
    """Waits between deliveries last this many times as long."""
    webhook_timeout: float = 60.0
    """Seconds until a silent webhook has failed."""
    poll_pace: float = 1.0
    """The timeout of getUpdates lasts this many times as long."""
    hurried_calls_wait: bool = False
    """The same offset again within 3 s waits for 3 s, a second setWebhook within 1 s is refused."""
    callback_answer_within: float = 15.0
    """Seconds; Telegram publishes no number."""
    editable_for: float | None = None
    """Seconds a bot may edit its own message; Telegram sets no end outside business chats."""
    deletable_for: float = 48 * 3600
    """Seconds a bot may delete a message."""
    largest_download: int = 20 * 1024 * 1024
    largest_upload: int = 50 * 1024 * 1024
    largest_photo: int = 10 * 1024 * 1024


@dataclass(eq=False)
class StoredFile:
    """Bytes that one bot can fetch; ids differ from bot to bot."""

    file_id: str
    unique_id: str
    bot_id: int
    path: str
    content: bytes
    kind: str
    size: int
    """Bytes; may be said larger than the content really is."""


@dataclass(eq=False)
class World:
    """The state of the double."""

    clock: Clock
    rules: Rules
    limits: FloodControl
    faults: Faults = field(default_factory=Faults)
    calls: CallLog = field(default_factory=CallLog)
    bots: dict[str, BotAccount] = field(default_factory=dict)
    """By token."""
    persons: dict[int, Person] = field(default_factory=dict)
    deactivated: set[int] = field(default_factory=set)
    private: dict[tuple[int, int], Chat] = field(default_factory=dict)
    """By bot and person."""
    groups: dict[int, Chat] = field(default_factory=dict)
    files: dict[str, StoredFile] = field(default_factory=dict)
    queries: dict[str, CallbackQuery] = field(default_factory=dict)
    on_webhook: Callable[[BotAccount], None] = lambda bot: None
    changed: Signal = field(default_factory=Signal)
    numbers: Any = field(default_factory=lambda: count(1))

    def now(self) -> datetime:
        return self.clock.now()

    def find_bot(self, token: str) -> BotAccount:
        """The bot of this token; refused if there is none."""
        number, colon, _ = token.partition(":")
        if not colon or not number.isdigit() or token.startswith("0") or len(token) > 80:
            raise INVALID_TOKEN
        if token not in self.bots:
            raise UNAUTHORIZED
        return self.bots[token]

    def create_bot(
        self, username: str, *, first_name: str, privacy: bool, token: str = ""
    ) -> BotAccount:
        """What BotFather does; the number before the colon of a token is the bot's id."""
        token = token or f"{7_000_000_000 + next(self.numbers)}:{secrets.token_urlsafe(27)[:35]}"
        bot_id = int(token.partition(":")[0])
        first_id = 100_000_000 + secrets.randbelow(800_000_000)
        queue = UpdateQueue(self.clock, first_id)
        bot = BotAccount(bot_id, token, username, first_name, queue, privacy=privacy)
        self.bots[token] = bot
        return bot

    def create_person(self, first_name: str, **more: str) -> Person:
        """Somebody opens an account."""
        person = Person(500_000_000 + next(self.numbers), first_name, **more)
        self.persons[person.id] = person
        return person

    def create_group(self, title: str, kind: str) -> Chat:
        """Somebody opens a group."""
        number = next(self.numbers)
        chat_id = -1_001_000_000_000 - number if kind == "supergroup" else -4_000_000_000 - number
        self.groups[chat_id] = Chat(chat_id, kind, title=title)
        return self.groups[chat_id]

    def private_chat(self, bot: BotAccount, person: Person) -> Chat:
        """The chat of the two, there or not yet begun."""
        key = (bot.id, person.id)
        if key not in self.private:
            self.private[key] = Chat(
                person.id, "private", person=person, members={person.id, bot.id}
            )
        return self.private[key]

    def get_chat(self, bot: BotAccount, chat_id: str) -> Chat:
        """The chat that a bot names; refused if it has never met it."""
        if not chat_id:
            raise bad_request("chat_id is empty")
        try:
            number = int(chat_id)
        except ValueError:
            raise CHAT_NOT_FOUND from None
        if number in self.groups and self._has_seen(bot, self.groups[number]):
            return self.groups[number]
        chat = self.private.get((bot.id, number))
        if chat and chat.started:
            return chat
        if number in self.persons and self._met_in_group(bot, number):
            return self.private_chat(bot, self.persons[number])
        raise CHAT_NOT_FOUND

    def may_write(self, bot: BotAccount, chat: Chat) -> None:
        """Refused where the bot may not write."""
        if chat.id in self.deactivated:
            raise forbidden("user is deactivated")
        if chat.blocked:
            raise BLOCKED
        if chat.person and not chat.started:
            raise CANNOT_BEGIN
        where = "supergroup" if chat.kind == "supergroup" else "group"
        if bot.id in chat.kicked:
            raise forbidden(f"bot was kicked from the {where} chat")
        if bot.id not in chat.members:
            raise forbidden(f"bot is not a member of the {where} chat")

    def _has_seen(self, bot: BotAccount, group: Chat) -> bool:
        return bot.id in group.members or bot.id in group.kicked or bot.id in group.left

    def _met_in_group(self, bot: BotAccount, person_id: int) -> bool:
        return any(
            self._has_seen(bot, group) and person_id in group.members
            for group in self.groups.values()
        )
