"""Who and what exists on the double: bots, persons, chats and the messages in them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.bot_api.refusals import Json
from tests.bot_api.updates import UpdateQueue

MARKUP_FIELD = "reply_markup"


@dataclass(frozen=True)
class Person:
    """Somebody with a Telegram account; what a bot learns of them."""

    id: int
    first_name: str
    last_name: str = ""
    username: str = ""
    language_code: str = "zh-hans"

    def as_json(self) -> Json:
        """A Bot API `User`."""
        found = {
            "id": self.id,
            "is_bot": False,
            "first_name": self.first_name,
            "last_name": self.last_name,
            "username": self.username,
            "language_code": self.language_code,
        }
        return {key: each for key, each in found.items() if each != ""}


@dataclass(frozen=True)
class Webhook:
    """Where a bot wants its updates."""

    url: str
    secret_token: str = ""
    max_connections: int = 40
    ip_address: str = ""


@dataclass
class Profile:
    """What a bot has told BotFather or set by itself."""

    commands: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    """By scope (as compact JSON) and language."""
    descriptions: dict[str, str] = field(default_factory=dict)
    short_descriptions: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    menu_buttons: dict[int, Json] = field(default_factory=dict)
    """By chat; 0 is the one for everybody."""


@dataclass(eq=False)
class BotAccount:
    """A bot and everything that Telegram keeps for it."""

    id: int
    token: str
    username: str
    first_name: str
    queue: UpdateQueue
    privacy: bool = True
    """Sees of a group only what is meant for it."""
    profile: Profile = field(default_factory=Profile)
    webhook: Webhook | None = None
    webhook_error: tuple[datetime, str] | None = None
    previous_poll: tuple[int, float] | None = None
    next_conflict_at: float = 0.0
    next_webhook_at: float = 0.0

    def as_json(self) -> Json:
        """The bot as a Bot API `User`, as it stands in messages."""
        return {
            "id": self.id,
            "is_bot": True,
            "first_name": self.first_name,
            "username": self.username,
        }


@dataclass(eq=False)
class StoredMessage:
    """A message as it stands in a chat now, and as it stood before."""

    chat: "Chat"
    sender_id: int
    body: Json
    at: datetime
    deleted: bool = False
    versions: list[Json] = field(default_factory=list)
    """What it was before each edit."""
    update_ids: dict[int, int | None] = field(default_factory=dict)
    """By bot: the number of the update that told it; None if it did not want it."""

    @property
    def update_id(self) -> int:
        """The number of the update, where one bot was told."""
        (found,) = [each for each in self.update_ids.values() if each is not None]
        return found

    @property
    def message_id(self) -> int:
        return int(self.body["message_id"])

    @property
    def text(self) -> str:
        """Text or caption."""
        return str(self.body.get("text", self.body.get("caption", "")))

    @property
    def entities(self) -> list[Json]:
        """Of text or caption, with offsets in UTF-16 units."""
        name = "caption_entities" if "caption" in self.body else "entities"
        return list(self.body.get(name, []))

    @property
    def markup(self) -> Json:
        """The reply markup as it was sent, keyboards for replies included; may be empty."""
        return dict(self.body.get(MARKUP_FIELD, {}))

    @property
    def buttons(self) -> list[Json]:
        """Inline buttons, row after row."""
        return [each for row in self.markup.get("inline_keyboard", []) for each in row]

    @property
    def choices(self) -> list[str]:
        """The words on the reply keyboard."""
        rows = self.markup.get("keyboard", [])
        return [each["text"] for row in rows for each in row]

    def as_json(self, *, for_bot: bool = True) -> Json:
        """As bots see it: only inline keyboards belong to a message there."""
        body = dict(self.body)
        if for_bot and "inline_keyboard" not in self.markup:
            body.pop(MARKUP_FIELD, None)
        return body


@dataclass(eq=False)
class Chat:
    """A private chat of a person with one bot, or a group."""

    id: int
    kind: str
    title: str = ""
    person: Person | None = None
    members: set[int] = field(default_factory=set)
    """Ids of persons and bots."""
    kicked: set[int] = field(default_factory=set)
    left: set[int] = field(default_factory=set)
    started: bool = False
    """The person has written first."""
    blocked: bool = False
    messages: dict[int, StoredMessage] = field(default_factory=dict)
    actions: list[tuple[datetime, str]] = field(default_factory=list)
    """What the bot was seen doing: typing and the like."""
    last_writer_id: int = 0
    next_message_id: int = 1

    def as_json(self) -> Json:
        """A Bot API `Chat`."""
        if self.person:
            person: Json = self.person.as_json()
            names = {
                key: person[key] for key in ("first_name", "last_name", "username") if key in person
            }
            return {"id": self.id} | names | {"type": "private"}
        return {"id": self.id, "title": self.title, "type": self.kind}

    def add(self, sender: Json, content: Json, at: datetime) -> StoredMessage:
        """Put a message at the end."""
        body: dict[str, Any] = {
            "message_id": self.next_message_id,
            "from": sender,
            "chat": self.as_json(),
            "date": int(at.timestamp()),
        } | content
        self.next_message_id += 1
        stored = StoredMessage(self, int(sender["id"]), body, at)
        self.messages[stored.message_id] = stored
        self.last_writer_id = stored.sender_id
        return stored

    def find_message(self, message_id: int) -> StoredMessage | None:
        """The message if it is there and not deleted."""
        found = self.messages.get(message_id)
        return None if found is None or found.deleted else found


@dataclass(eq=False)
class CallbackQuery:
    """A press that waits for its answer."""

    id: str
    bot: BotAccount
    chat: Chat
    person: Person
    data: str
    at: datetime
    answer: Json | None = None
