"""What goes in at a door and what comes out of it, the same for every channel."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

import structlog

log = structlog.get_logger(__name__)


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
    reference: str | None = None
    """The channel's name of the message itself, by which a later correction points at it."""


class InboundKind(StrEnum):
    """What kind of thing a person sent."""

    TEXT = "text"
    PRESS = "press"
    PLACE = "place"
    MEDIA = "media"
    EDIT = "edit"
    """An earlier message, corrected: `text` is what it says now, `edits` which one it was."""
    REACH = "reach"
    """No words: the person closed this channel to us, or opened it again (`reachable`)."""
    GROUP = "group"
    """Written where others read along; nothing personal is answered there."""
    OTHER = "other"
    """Something that nobody here can use: `payload` says what, e.g. `sticker`; None: say nothing."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody says to be; WGS 84, in degrees."""

    latitude: float
    longitude: float


class AttachmentKind(StrEnum):
    """What sort of file came along."""

    PHOTO = "photo"
    VOICE = "voice"
    VIDEO = "video"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a message; its bytes are fetched later."""

    kind: AttachmentKind
    source: str
    """The channel's name of the file, good only for the account that received it."""
    mime: str
    size: int | None = None
    """Bytes, where the channel says so."""
    name: str | None = None
    seconds: int | None = None


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """One message of a resident, decoded."""

    kind: InboundKind
    text: str
    payload: str | None = None
    """What a pressed button carries; never trusted, rights are checked when it is pressed."""
    contact_phone: str | None = None
    """A number that the person gave by the channel's own button: theirs, says the channel."""
    place: Place | None = None
    attachments: tuple[Attachment, ...] = ()
    album: str | None = None
    """What files sent together have in common, so that they are answered once."""
    edits: str | None = None
    """The `reference` of the message that this one corrects."""
    about: str | None = None
    """The channel's id of our message that was pressed or quoted (`OutboxMessage.external_id`)."""
    reachable: bool = True


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
    asks: tuple[str, ...] = ()
    """What the channel's own buttons may give at once: `place`, `phone`."""
    edits: int | None = None
    """The number of an earlier reply that this one takes the place of, where a channel can."""


class Decoder(Protocol):
    """Turns a stored body into a message; each channel has one."""

    async def decode(self, body: str) -> InboundMessage:
        """Read one stored body; raises `UnreadableMessage`."""
        ...


class Decoders:
    """Which decoder reads what: by channel and account, or by channel alone."""

    def __init__(self, known: Mapping[tuple[Channel, str | None], Decoder]) -> None:
        self._known = known

    async def decode(self, channel: Channel, account: str, body: str) -> InboundMessage:
        """Read one stored body; raises what its decoder raises, `KeyError` where there is none."""
        known = self._known
        decoder = known[channel, account if (channel, account) in known else None]
        return await decoder.decode(body)

    async def words(self, channel: Channel, account: str, body: str) -> str:
        """
        What somebody said, or the raw body when even that cannot be read.

        Whatever a decoder raises: one strange message must neither hide a
        conversation from staff nor hold up every chat.
        """
        return (await self.read(channel, account, body)).text

    async def read(self, channel: Channel, account: str, body: str) -> InboundMessage:
        """The whole message, or the raw body as its text."""
        try:
            return await self.decode(channel, account, body)
        except Exception:
            log.exception("body_unreadable", channel=channel.value, account=account)
            return InboundMessage(InboundKind.TEXT, body)
