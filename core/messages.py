"""What goes in at a door and what comes out of it, the same for every channel."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Channel(StrEnum):
    """Where a conversation takes place. `phone` and `counter` are typed in by an operator."""

    WEB = "web"
    REST = "rest"
    TERMINAL = "terminal"
    TELEGRAM = "telegram"
    PHONE = "phone"
    COUNTER = "counter"
    FAKE = "fake"


@dataclass(frozen=True, slots=True)
class Address:
    """
    One chat: the channel, which account of ours, and who is at the other end.

    `account` parts name spaces within a channel: a bot's name, an API token's
    id, "" where there is only one. `peer` is the channel's own name for the
    chat and never shown to anybody.
    """

    channel: Channel
    account: str
    peer: str


@dataclass(frozen=True, slots=True)
class RawInbound:
    """What a channel received, as it came: stored before anything reads it."""

    address: Address
    external_id: str
    """The channel's id of this message: a second delivery carries the same."""
    body: str
    """JSON in the channel's own form; only its `Decoder` understands it."""
    received_at: datetime


class InboundKind(StrEnum):
    """What kind of thing a person sent."""

    TEXT = "text"
    PRESS = "press"
    PLACE = "place"
    MEDIA = "media"


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """One message of a resident, decoded."""

    kind: InboundKind
    text: str
    payload: str | None = None
    """What a pressed button carries; never trusted, rights are checked when it is pressed."""
    contact_phone: str | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """A button: what it says and what it sends back."""

    title: str
    payload: str


@dataclass(frozen=True, slots=True)
class Reply:
    """One thing to say. Channels without buttons number the choices."""

    text: str
    choices: tuple[Choice, ...] = ()
    urgent: bool = False
    """Emergency words: announced assertively by pages, sent before anything else."""
    calls: tuple[str, ...] = ()
    """Telephone numbers to offer as one tap, e.g. ("119",)."""
    card: dict[str, str] = field(default_factory=dict)
    """A receipt: number, who, by when; channels that cannot draw it rely on `text`."""


class Decoder(Protocol):
    """Turns a stored body into a message; each channel has one."""

    def decode(self, body: str) -> InboundMessage:
        """Read one stored body; raises `UnreadableMessage`."""
        ...
