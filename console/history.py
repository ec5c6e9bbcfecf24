"""
What was said and what was done, in one order, as staff read it.

Telephone, identity and door numbers are covered in every line; who needs them
opens the sealed fields with a reason.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from console.words import Words
from conversations.log import LoggedMessage
from core.actors import ActorKind
from core.messages import InboundKind
from tickets.history import EventKind, Happened
from tickets.masking import masked_text
from web.times import TimeWords

_PLAIN = frozenset({InboundKind.TEXT, InboundKind.PRESS})
_SAID_ELSEWHERE = frozenset({EventKind.REPLIED})
"""Events whose words stand in the conversation already, when there is one."""
_SHOWN_STATUS = frozenset({EventKind.MOVED, EventKind.ANSWERED})


@dataclass(frozen=True, slots=True)
class FileLink:
    """A file that the resident sent, or how far it is."""

    words: str
    href: str
    """Empty while there is nothing to open."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: `said` by the resident, `told` to them, `done`, or `internal`."""

    at: str
    who: str
    kind: str
    text: str
    note: str
    instant: datetime
    files: tuple[FileLink, ...] = ()


class HistoryWriter:
    """Puts messages and events into one list."""

    def __init__(
        self,
        words: Words,
        when: TimeWords,
        names: Mapping[UUID, str],
        *,
        may_read: bool,
        files: Mapping[int, tuple[FileLink, ...]] | None = None,
    ) -> None:
        self._files = files or {}
        self._words = words
        self._when = when
        self._names = names
        self._may_read = may_read
        """Whether the resident's own words are shown: not to units on confidential tickets."""

    def lines(
        self, messages: Sequence[LoggedMessage], events: Sequence[Happened], channel: str
    ) -> list[Line]:
        """Everything, oldest first."""
        talked = bool(messages)
        told = [self._message(each, channel) for each in messages] if self._may_read else []
        done = [
            self._event(each)
            for each in events
            if not (talked and self._may_read and each.kind in _SAID_ELSEWHERE)
        ]
        return sorted([*told, *done], key=lambda line: line.instant)

    def _message(self, message: LoggedMessage, channel: str) -> Line:
        said = message.author_kind is ActorKind.RESIDENT
        status = self._words.say(f"console.ticket.delivery.{message.status}")
        if said:
            who = self._words.say("console.ticket.resident", channel=self._words.channel(channel))
        else:
            who = message.author_name or self._words.say("console.ticket.bot")
        choices = "".join(f"\n[{choice.title}]" for choice in message.choices)
        return Line(
            at=self._when.clock(message.at),
            who=who,
            kind="said" if said else "told",
            text=masked_text(message.text) + choices,
            note=" · ".join(filter(None, (self._sort(message), status))),
            instant=message.at,
            files=self._files.get(message.inbox_id or 0, ()) if said else (),
        )

    def _sort(self, message: LoggedMessage) -> str:
        """What was sent besides plain words."""
        if message.kind in _PLAIN:
            return ""
        return self._words.say(f"console.ticket.sent.{message.kind}")

    def _event(self, event: Happened) -> Line:
        internal = event.kind == EventKind.NOTE
        return Line(
            at=self._when.clock(event.at),
            who=self._who(event.actor_kind, event.actor_id),
            kind="internal" if internal else "done",
            text=masked_text(event.note or ""),
            note="" if internal else self._what(event),
            instant=event.at,
        )

    def _what(self, event: Happened) -> str:
        name = self._words.say(f"ticket.event.{event.kind}")
        parts = [name]
        if event.kind in _SHOWN_STATUS and event.to_status:
            parts = [self._words.status(event.to_status)]
        if event.reason:
            parts.append(self._reason(event))
        if event.approver_id:
            approver = self._names.get(event.approver_id, "")
            parts.append(self._words.say("console.approval.by", name=approver))
        unit = event.data.get("unit")
        if isinstance(unit, str):
            parts.append(self._words.unit(unit))
        return " · ".join(part for part in parts if part)

    def _reason(self, event: Happened) -> str:
        """The reason's name; the same code may belong to several actions, so all are tried."""
        action = event.data.get("action")
        groups = [action] if isinstance(action, str) else []
        groups += ["return", "extension", "parking", "exclusion", "decline", "urgency", "reveal"]
        for group in groups:
            if name := self._words.find(f"ticket.reason.{group}.{event.reason}"):
                return name
        return event.reason or ""

    def _who(self, kind: str, person_id: UUID | None) -> str:
        if person_id is not None and person_id in self._names:
            return self._names[person_id]
        if kind == ActorKind.RESIDENT:
            return self._words.say("console.ticket.resident_plain")
        keys = {ActorKind.BOT: "bot", ActorKind.CLOCK: "clock", ActorKind.VOLUNTEER: "volunteer"}
        return self._words.say(f"console.ticket.{keys.get(ActorKind(kind), 'someone')}")
