"""What the buttons of the volunteers' chat carry: a verb, and what it is about. Never trusted."""

from dataclasses import dataclass
from uuid import UUID

START = "/start"
TASKS = "/tasks"
LACKING = "/lacking"
MINE = "/mine"
ME = "/me"
HELP = "/help"
STAFF = "/staff"
SKIP = "/skip"
BACK = "/back"
REGISTER = "/register"
SET = "/set"
EDIT = "/edit"
PAUSE = "/pause"
RESUME = "/resume"
HOURS = "/hours"
PAPER = "/paper"
NOTICES = "/notices"
LANGUAGE = "/language"
SPEAK = "/speak"
UNLINK = "/unlink"

OPEN = "open"
CLAIM = "claim"
NOT_NOW = "not_now"
GO = "go"
LATE = "late"
RELEASE = "release"
HERE = "here"
DONE = "done"
CALL = "call"
SAY = "say"
MINUTES = "minutes"

ALONE = frozenset(
    {
        START,
        TASKS,
        LACKING,
        MINE,
        ME,
        HELP,
        STAFF,
        SKIP,
        BACK,
        REGISTER,
        SET,
        EDIT,
        PAUSE,
        RESUME,
        HOURS,
        PAPER,
        NOTICES,
        LANGUAGE,
        SPEAK,
        UNLINK,
    }
)
"""Verbs that are about nothing in particular; what follows a blank is how: `/set skills 3`."""
ABOUT_A_TASK = frozenset({OPEN, CLAIM, NOT_NOW, GO, LATE, RELEASE, HERE, DONE, CALL, SAY, MINUTES})
"""Verbs with a task: `claim:<32 hex>`, `late:<32 hex>:20`."""
VERBS = ALONE | ABOUT_A_TASK

COMMANDS = ("start", "tasks", "mine", "me", "help", "staff", "register", "language", "unlink")
"""What Telegram's own menu may send; each is a payload with its stroke."""


@dataclass(frozen=True, slots=True)
class Press:
    """A button that was pressed: what to do, with which thing, and how."""

    verb: str
    about: UUID | None = None
    extra: str = ""


def pack(verb: str, about: UUID, extra: object = "") -> str:
    """A payload within Telegram's 64 bytes: `claim:<32 hex>` or `late:<32 hex>:20`."""
    return f"{verb}:{about.hex}:{extra}" if extra != "" else f"{verb}:{about.hex}"


def say(verb: str, *how: object) -> str:
    """A payload about no task: `/set skills 3`."""
    return " ".join((verb, *map(str, how)))


def unpack(payload: str) -> Press | None:
    """What a payload says; None for one of nobody's making."""
    if payload.partition(" ")[0] in ALONE:
        verb, _, extra = payload.partition(" ")
        return Press(verb, extra=extra.strip())
    verb, _, rest = payload.partition(":")
    about, _, extra = rest.partition(":")
    try:
        return Press(verb, UUID(hex=about), extra) if verb in ABOUT_A_TASK else None
    except ValueError:
        return None
