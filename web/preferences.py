"""What a reader chose for this browser: language and text size, kept in cookies of a year."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from fastapi import Request

from core.texts import LANGUAGES

LANGUAGE_COOKIE = "lang"
SIZE_COOKIE = "size"
SIZES = ("standard", "large", "largest")
YEAR = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Preferences:
    """The choice that the first HTML already follows, script or not."""

    language: str
    size: str

    @property
    def html_lang(self) -> str:
        """The language tag of the page."""
        return "zh-CN" if self.language == "zh" else self.language

    @property
    def next_size(self) -> str:
        """What the text-size switch leads to: round and round."""
        return SIZES[(SIZES.index(self.size) + 1) % len(SIZES)]


def read_preferences(request: Request, default_language: str = LANGUAGES[0]) -> Preferences:
    """The reader's choice, or the defaults; anything unknown in a cookie is ignored."""
    language = request.cookies.get(LANGUAGE_COOKIE, default_language)
    size = request.cookies.get(SIZE_COOKIE, SIZES[0])
    return Preferences(
        language=language if language in LANGUAGES else default_language,
        size=size if size in SIZES else SIZES[0],
    )


def local_path(address: str | None, default: str = "/") -> str:
    """
    The path of one of our own pages, never somebody else's address.

    Guards every "come back to where you were": `//evil.example` and
    `https://evil.example` both lead to the default.
    """
    if not address:
        return default
    parts = urlsplit(address.replace("\\", "/"))
    path = parts.path
    if parts.scheme or parts.netloc or not path.startswith("/") or path.startswith("//"):
        return default
    return f"{path}?{parts.query}" if parts.query else path
