"""What the chat's templates see: bubbles with words, never rows."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from conversations.inbox import Standing
from conversations.log import LoggedMessage
from core.actors import ActorKind
from core.clock import CHINA, Clock
from core.dates import say_day, today_in_china
from core.messages import Choice
from core.texts import Texts
from handlers.residents.presses import DETAILS, PERSON, TOPIC, WRONG
from notifications.outbox import Said


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message as it is shown."""

    id: str
    author: str
    """`me`, `bot` or `staff`."""
    name: str
    at: str
    text: str
    status: str = ""
    urgent: bool = False
    calls: tuple[str, ...] = ()
    choices: tuple[tuple[str, str], ...] = ()
    wrong: str = ""
    """The words of the small button that says that an answer is wrong; empty: it is no answer."""
    card: dict[str, str] = field(default_factory=dict)


class HasClock(Protocol):
    """Something with a clock."""

    @property
    def clock(self) -> Clock: ...


class ChatViews:
    """Turns what was said into bubbles."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    def bubbles(
        self, messages: Sequence[LoggedMessage], language: str, *, now: datetime
    ) -> list[Bubble]:
        """A conversation; only the last message still offers its buttons."""
        last = len(messages) - 1
        return [
            self._logged(each, language, now=now, is_last=place == last)
            for place, each in enumerate(messages)
        ]

    def said(self, said: Said, language: str, *, now: datetime) -> Bubble:
        """One outbound message, as the stream sends it."""
        return Bubble(
            id=f"o{said.number}",
            author="bot" if said.author.kind is ActorKind.BOT else "staff",
            name=self._name(said.author.kind, said.author.name, language),
            at=_at(said.created_at, now),
            text=said.reply.text,
            urgent=said.reply.urgent,
            calls=said.reply.calls,
            choices=_pairs(said.reply.choices),
            wrong=self._wrong(said.reply.choices, language),
            card=said.reply.card,
        )

    def greeting(self, language: str, deps: HasClock) -> Bubble:
        """The first words, before anybody wrote; not stored."""
        now = deps.clock.now()
        return Bubble(
            id="o0",
            author="bot",
            name=self._say("web_chat.bot", language),
            at=_at(now, now),
            text=self._say("web_chat.greeting", language),
            choices=self.greeting_choices(language),
        )

    def greeting_choices(self, language: str) -> tuple[tuple[str, str], ...]:
        """The buttons under the first words, as (title, payload); a person is always the last."""
        return (
            (self._say("chat.choice.topic_elder", language), f"{TOPIC}elder_care"),
            (self._say("chat.choice.topic_aid", language), f"{TOPIC}assistance"),
            (self._say("chat.choice.person", language), PERSON),
        )

    def standing_choices(self, language: str) -> tuple[tuple[str, str], ...]:
        """Buttons that are not among a reply's choices, as (title, payload)."""
        wrong = (self._say("chat.choice.wrong", language), WRONG)
        return (*self.greeting_choices(language), wrong)

    def holder(self, standing: Standing, name: str | None, language: str) -> str:
        """Who talks with the resident now, for the header; `name` is the holder's."""
        if standing.held_by_id is not None:
            key = "web_chat.held" if name else "web_chat.held_unnamed"
            return self._texts.say(key, language, name=name or "")
        if standing.waiting_since_at is not None:
            return self._say("web_chat.waiting", language)
        return ""

    def _logged(
        self, message: LoggedMessage, language: str, *, now: datetime, is_last: bool
    ) -> Bubble:
        mine = message.author_kind is ActorKind.RESIDENT
        status = "web_chat.status.received" if message.status == "new" else "web_chat.status.done"
        return Bubble(
            id=f"i{message.inbox_id}" if mine else f"o{message.number}",
            author="me" if mine else ("bot" if message.author_kind is ActorKind.BOT else "staff"),
            name=self._name(message.author_kind, message.author_name, language),
            at=_at(message.at, now),
            text=message.text,
            status=self._say(status, language) if mine else "",
            urgent=message.urgent,
            calls=message.calls,
            choices=_pairs(message.choices) if is_last else (),
            wrong=self._wrong(message.choices, language) if is_last else "",
            card=message.card,
        )

    def _name(self, kind: ActorKind, name: str | None, language: str) -> str:
        if kind is ActorKind.RESIDENT:
            return self._say("web_chat.me", language)
        if kind is ActorKind.STAFF and name:
            return self._texts.say("web_chat.staff_named", language, name=name)
        if kind is ActorKind.VOLUNTEER and name:
            return name
        return self._say("web_chat.bot" if kind is ActorKind.BOT else "web_chat.staff", language)

    def _wrong(self, choices: Sequence[Choice], language: str) -> str:
        """Under a short answer, beside its three choices; the long one has it among them."""
        is_answer = any(choice.payload == DETAILS for choice in choices)
        return self._say("chat.choice.wrong", language) if is_answer else ""

    def _say(self, key: str, language: str) -> str:
        return self._texts.say(key, language)


def _pairs(choices: Sequence[Choice]) -> tuple[tuple[str, str], ...]:
    return tuple((choice.title, choice.payload) for choice in choices)


def _at(at: datetime, now: datetime) -> str:
    clock = f"{at.astimezone(CHINA):%-H:%M}"
    same_day = today_in_china(at) == today_in_china(now)
    return clock if same_day else f"{say_day(at, now=now)} {clock}"
