"""The body that our own channels store (web chat, REST, terminal), and its decoder."""

from collections.abc import Callable

import orjson

from core.errors import FrontDoorError
from core.messages import Decoder, InboundKind, InboundMessage

LONGEST = 100_000
"""Characters of one message that are kept; what is longer is refused at the door."""


class UnreadableMessage(FrontDoorError):
    """A stored body is not in its channel's form."""


def encode_text(text: str, *, payload: str | None = None) -> str:
    """The body of a text, or of a pressed button with the title it showed."""
    document = {"text": clean(text)}
    if payload is not None:
        document["press"] = clean(payload)
    return orjson.dumps(document).decode()


def clean(text: str) -> str:
    """
    Text as JSON and every database can keep it, at most `LONGEST` characters.

    NUL characters go; a lone surrogate, which UTF-8 cannot say, becomes `?`.
    """
    whole = text.encode("utf-8", "replace").decode()
    return whole.replace("\0", "")[:LONGEST]


class PlainDecoder:
    """Reads what `encode_text` wrote."""

    async def decode(self, body: str) -> InboundMessage:
        """Raises `UnreadableMessage` for anything else."""
        try:
            document = orjson.loads(body)
            text, press = document["text"], document.get("press")
        except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
            raise UnreadableMessage(type(error).__name__) from error
        if not isinstance(text, str):
            raise UnreadableMessage("text")
        kind = InboundKind.TEXT if press is None else InboundKind.PRESS
        return InboundMessage(kind, text, press)


class LaterDecoder:
    """A decoder whose library is loaded with the first message: most houses never need it."""

    def __init__(self, load: Callable[[], Decoder]) -> None:
        self._load = load
        self._decoder: Decoder | None = None

    async def decode(self, body: str) -> InboundMessage:
        """Read one stored body; raises `UnreadableMessage`."""
        if self._decoder is None:
            self._decoder = self._load()
        return await self._decoder.decode(body)
