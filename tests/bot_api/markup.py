"""Telegram's HTML: what `parse_mode=HTML` makes of a text (MessageEntity.cpp, parse_html)."""

import html
import re
from dataclasses import dataclass, field

from tests.bot_api.refusals import Json, Refused, bad_request
from tests.bot_api.texts import units

_KINDS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}
_NAMED = {"&lt;": "<", "&gt;": ">", "&amp;": "&", "&quot;": '"'}
_REFERENCE = re.compile(r"&(?:lt|gt|amp|quot);?|&#(?:\d+|[xX][0-9a-fA-F]+);?")


@dataclass
class _Open:
    tag: str
    begins: int
    """Characters into the result."""
    extra: Json
    kind: str


@dataclass
class _Reader:
    source: str
    at: int = 0
    result: str = ""
    entities: list[Json] = field(default_factory=list)
    opened: list[_Open] = field(default_factory=list)

    def read(self) -> tuple[str, list[Json]]:
        while self.at < len(self.source):
            if self.source[self.at] != "<":
                self._text()
            elif self.source[self.at + 1 : self.at + 2] == "/":
                self._end_tag()
            else:
                self._start_tag()
        if self.opened:
            raise _wrong(f'Can\'t find end tag corresponding to start tag "{self.opened[-1].tag}"')
        self.entities.sort(key=lambda each: (each["offset"], -each["length"]))
        return self.result, self.entities

    def _text(self) -> None:
        match = _REFERENCE.match(self.source, self.at)
        if not match:
            self.result += self.source[self.at]
            self.at += 1
            return
        self.result += _decode(match.group())
        self.at = match.end()

    def _start_tag(self) -> None:
        begins = self._byte(self.at)
        name, position = self._name(self.at + 1)
        if position >= len(self.source):
            raise _wrong(f"Unclosed start tag at byte offset {begins}")
        if name not in _KINDS:
            raise _wrong(f'Unsupported start tag "{name}" at byte offset {begins}')
        extra, position = self._attributes(name, position, begins)
        kind = _kind(name, extra, begins)
        self.opened.append(_Open(name, len(self.result), extra, kind))
        self.at = position

    def _name(self, position: int) -> tuple[str, int]:
        begin = position
        while position < len(self.source) and self.source[position] not in " \t\r\n>":
            position += 1
        return self.source[begin:position].lower(), position

    def _attributes(self, tag: str, position: int, begins: int) -> tuple[Json, int]:
        found: Json = {}
        while True:
            position = self._skip_blanks(position)
            if position >= len(self.source):
                raise _wrong(f"Unclosed start tag at byte offset {begins}")
            if self.source[position] == ">":
                return found, position + 1
            name, value, position = self._attribute(tag, position, begins)
            found[name] = value

    def _attribute(self, tag: str, position: int, begins: int) -> tuple[str, str, int]:
        begin = position
        while position < len(self.source) and self.source[position] not in " \t\r\n=>":
            position += 1
        name = self.source[begin:position].lower()
        if not name:
            where = self._byte(begin)
            raise _wrong(f'Empty attribute name in the tag "{tag}" at byte offset {where}')
        position = self._skip_blanks(position)
        if self.source[position : position + 1] != "=":
            return name, "", position
        position = self._skip_blanks(position + 1)
        quote = self.source[position : position + 1]
        if quote in {'"', "'"}:
            end = self.source.find(quote, position + 1)
            if end < 0:
                raise _wrong(f"Unclosed start tag at byte offset {begins}")
            return name, _unescape(self.source[position + 1 : end]), end + 1
        match = re.compile(r"[A-Za-z0-9.\-]*").match(self.source, position)
        end = match.end() if match else position
        if end < len(self.source) and self.source[end] not in " \t\r\n>":
            raise _wrong(f"Unexpected end of name token at byte offset {self._byte(position)}")
        return name, self.source[position:end].lower(), end

    def _end_tag(self) -> None:
        begins = self._byte(self.at)
        if not self.opened:
            raise _wrong(f"Unexpected end tag at byte offset {begins}")
        name, position = self._name(self.at + 2)
        position = self._skip_blanks(position)
        if self.source[position : position + 1] != ">":
            raise _wrong(f"Unclosed end tag at byte offset {begins}")
        opened = self.opened.pop()
        if name and name != opened.tag:
            raise _wrong(
                f"Unmatched end tag at byte offset {begins}, "
                f'expected "</{opened.tag}>", found "</{name}>"'
            )
        self.at = position + 1
        self._close(opened)

    def _close(self, opened: _Open) -> None:
        words = self.result[opened.begins :]
        if not words:
            return
        entity: Json = {
            "type": opened.kind,
            "offset": units(self.result[: opened.begins]),
            "length": units(words),
        }
        extra = _of_entity(opened, words)
        if extra is not None:
            self.entities.append(entity | extra)

    def _skip_blanks(self, position: int) -> int:
        while position < len(self.source) and self.source[position] in " \t\r\n":
            position += 1
        return position

    def _byte(self, position: int) -> int:
        return len(self.source[:position].encode())


def parse_html(source: str) -> tuple[str, list[Json]]:
    """The words and their entities; raises `Refused` for what Telegram cannot parse."""
    return _Reader(source).read()


def _wrong(reason: str) -> Refused:
    return bad_request(f"can't parse entities: {reason}")


def _decode(reference: str) -> str:
    named = reference if reference.endswith(";") else f"{reference};"
    return _NAMED.get(named) or html.unescape(named)


def _unescape(value: str) -> str:
    return _REFERENCE.sub(lambda match: _decode(match.group()), value)


def _kind(name: str, attributes: Json, begins: int) -> str:
    if name == "span" and attributes.get("class") != "tg-spoiler":
        raise _wrong(f'Tag "span" must have class "tg-spoiler" at byte offset {begins}')
    if name == "blockquote" and "expandable" in attributes:
        return "expandable_blockquote"
    return _KINDS[name]


def _of_entity(opened: _Open, words: str) -> Json | None:
    """What belongs to the entity besides its place; None if it is none after all."""
    if opened.kind == "text_link":
        return _link(str(opened.extra.get("href", "")) or words)
    if opened.kind == "custom_emoji":
        return {"custom_emoji_id": opened.extra.get("emoji-id", "")}
    language = str(opened.extra.get("class", ""))
    if opened.kind == "code" and language.startswith("language-"):
        return {}
    return {}


def _link(url: str) -> Json | None:
    if "://" not in url and not url.startswith(("tg:", "mailto:", "tel:")):
        if "." not in url or " " in url:
            return None
        url = f"http://{url}"
    return {"url": url}
