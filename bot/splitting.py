"""A long text as several messages of a messenger that limits them, as Telegram does."""

from html import escape

from bot.decoding import clean

LONGEST = 4096
"""UTF-16 units of one message; counted with the escapes, which is stricter than Telegram."""
_EARLIEST_CUT = 0.5
"""A part is at least half full before a mere word's end will do."""
_ENDS = (("\n\n",), ("\n",), tuple("。！？；!?;"), tuple("，、, "))
"""Where a text may be parted, best first."""
_CLINGING = frozenset({"\u200d", "\ufe0e", "\ufe0f", "\u20e3"})
"""Joiners and variation signs: what stands before one must not be parted from it."""
BLANK = "…"
"""What stands where nothing would: Telegram refuses an empty message."""


def split(text: str) -> list[str]:
    """Escaped pieces that each fit, cut at lines, sentences or words where that is possible."""
    pieces = []
    rest = clean(text).strip()
    while rest:
        fitting = _fitting(rest)
        cut = fitting if fitting == len(rest) else _cut(rest, fitting)
        pieces.append(rest[:cut].strip())
        rest = rest[cut:].strip()
    return [_escaped(piece) for piece in pieces if piece] or [BLANK]


def units(text: str) -> int:
    """UTF-16 units, as Telegram counts."""
    return len(text.encode("utf-16-le", "replace")) // 2


def _escaped(text: str) -> str:
    return escape(text, quote=False)


def _fitting(text: str) -> int:
    """How many characters of the text fit into one message."""
    if units(_escaped(text)) <= LONGEST:
        return len(text)
    used = 0
    for place, character in enumerate(text):
        used += units(_escaped(character))
        if used > LONGEST:
            return place
    return len(text)


def _cut(text: str, fitting: int) -> int:
    """The best place to part the text, at most `fitting`."""
    head = text[:fitting]
    for ends in _ENDS:
        cut = max(_after(head, end) for end in ends)
        if cut > fitting * _EARLIEST_CUT:
            return cut
    return _unclung(text, fitting)


def _after(head: str, end: str) -> int:
    """Where the last of these ends is over; 0: there is none."""
    place = head.rfind(end)
    return 0 if place < 0 else place + len(end)


def _unclung(text: str, cut: int) -> int:
    """A cut in mid-word that leaves joined signs (families, flags with joiners) whole."""
    earliest = max(cut - 16, 1)
    for place in range(cut, earliest, -1):
        if text[place] not in _CLINGING and text[place - 1] != "\u200d":
            return place
    return cut
