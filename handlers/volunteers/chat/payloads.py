"""What the buttons of the volunteers' chat carry: a verb, and what it is about. Never trusted."""

from dataclasses import dataclass
from uuid import UUID

START = "/start"
TASKS = "/tasks"
MINE = "/mine"
ME = "/me"
HELP = "/help"
STAFF = "/staff"
SKIP = "/skip"

OPEN = "open"
CLAIM = "claim"
NOT_NOW = "not_now"
RELEASE = "release"
ARRIVE = "arrive"
DONE = "done"
CALL = "call"

_ALONE = frozenset({START, TASKS, MINE, ME, HELP, STAFF, SKIP})


@dataclass(frozen=True, slots=True)
class Press:
    """A button that was pressed: what to do, with which thing, and how."""

    verb: str
    about: UUID | None = None
    extra: str = ""


def pack(verb: str, about: UUID, extra: str = "") -> str:
    """A payload within Telegram's 64 bytes: `claim:<32 hex>` or `late:<32 hex>:20`."""
    return f"{verb}:{about.hex}:{extra}" if extra else f"{verb}:{about.hex}"


def unpack(payload: str) -> Press | None:
    """What a payload says; None for one of nobody's making."""
    if payload.partition(" ")[0] in _ALONE:
        verb, _, extra = payload.partition(" ")
        return Press(verb, extra=extra.strip())
    verb, _, rest = payload.partition(":")
    about, _, extra = rest.partition(":")
    try:
        return Press(verb, UUID(hex=about), extra)
    except ValueError:
        return None
