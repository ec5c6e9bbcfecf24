"""
Telegram's HTML: what `parse_mode=HTML` makes of a text.

Same steps and same refusals as parse_html in MessageEntity.cpp of tdlib/td;
offsets in refusals are bytes of the text as it was sent.
"""

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
_REFERENCE = re.compile(r"&(?:lt|gt|amp|quot);|&#(?:\d+|[xX][0-9a-fA-F]+);?")
_PLAIN = re.compile(r".[^<&]*", re.DOTALL)
_TAG_NAME = re.compile(r"[^ \t\r\n>]*")
_BLANKS = re.compile(r"[ \t\r\n]*")
_ATTRIBUTE_NAME = re.compile(r"[^ \t\r\n=>/\"']*")
_NAME_TOKEN = re.compile(r"[A-Za-z0-9.\-]*")
_USER_LINK = re.compile(r"tg://user\?id=(\d+)$")


@dataclass(frozen=True)
class _Open:
    tag: str
    kind: str
    begins: int
    """Characters into the result."""
    argument: str


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
            elif self.source.startswith("</", self.at):
                self._end_tag()
            else:
                self._start_tag()
        if self.opened:
            raise _wrong(f'Can\'t find end tag corresponding to start tag "{self.opened[-1].tag}"')
        found = [
            {key: value for key, value in each.items() if key != "argument"}
            for each in self.entities
        ]
        return self.result, sorted(found, key=lambda each: (each["offset"], -each["length"]))

    def _text(self) -> None:
        if match := _REFERENCE.match(self.source, self.at):
            self.result += _decode(match.group())
            self.at = match.end()
        else:
            self.result += self._read(_PLAIN, self.at)

    def _start_tag(self) -> None:
        begins = self._byte(self.at)
        name = self._read(_TAG_NAME, self.at + 1).lower()
        if self._ended:
            raise _wrong(f"Unclosed start tag at byte offset {begins}")
        if name not in _KINDS:
            raise _wrong(f'Unsupported start tag "{name}" at byte offset {begins}')
        argument = self._attributes(name, begins)
        if name == "span" and argument != "spoiler":
            raise _wrong(f'Tag "span" must have class "tg-spoiler" at byte offset {begins}')
        kind = "expandable_blockquote" if name == "blockquote" and argument else _KINDS[name]
        self.opened.append(_Open(name, kind, len(self.result), argument))

    def _attributes(self, tag: str, begins: int) -> str:
        argument = ""
        while True:
            self._skip_blanks()
            if self.source.startswith(">", self.at):
                self.at += 1
                return argument
            name = self._read(_ATTRIBUTE_NAME, self.at)
            if not name:
                raise _wrong(f'Empty attribute name in the tag "{tag}" at byte offset {begins}')
            value = self._value(tag, begins)
            argument = _argument(tag, name, value) or argument

    def _value(self, tag: str, begins: int) -> str | None:
        """What follows the equals sign; None if there is none."""
        self._skip_blanks()
        unclosed = _wrong(f'Unclosed start tag "{tag}" at byte offset {begins}')
        if self._ended:
            raise unclosed
        if self.source[self.at] != "=":
            return None
        self.at += 1
        self._skip_blanks()
        if self._ended:
            raise unclosed
        value = self._literal() if self.source[self.at] in "\"'" else self._token()
        if self._ended:
            raise _wrong(f"Unclosed start tag at byte offset {begins}")
        return value

    def _literal(self) -> str:
        end = self.source.find(self.source[self.at], self.at + 1)
        if end < 0:
            self.at = len(self.source)
            return ""
        value = self.source[self.at + 1 : end]
        self.at = end + 1
        return _REFERENCE.sub(lambda match: _decode(match.group()), value)

    def _token(self) -> str:
        begins = self._byte(self.at)
        value = self._read(_NAME_TOKEN, self.at).lower()
        if self._ended or self.source[self.at] not in " \t\r\n>":
            raise _wrong(f"Unexpected end of name token at byte offset {begins}")
        return value

    def _end_tag(self) -> None:
        begins = self._byte(self.at)
        if not self.opened:
            raise _wrong(f"Unexpected end tag at byte offset {begins}")
        name = self._read(_TAG_NAME, self.at + 2).lower()
        self._skip_blanks()
        if not self.source.startswith(">", self.at):
            raise _wrong(f"Unclosed end tag at byte offset {begins}")
        opened = self.opened.pop()
        if name and name != opened.tag:
            wanted = f'expected "</{opened.tag}>", found "</{name}>"'
            raise _wrong(f"Unmatched end tag at byte offset {begins}, {wanted}")
        self.at += 1
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
        if opened.kind == "text_link":
            entity |= _link(opened.argument or words)
        elif opened.kind == "custom_emoji":
            entity |= _emoji(opened.argument)
        elif opened.kind in {"pre", "code"}:
            entity = self._code(entity, opened.argument)
        if entity.get("type"):
            self.entities.append(entity)

    def _code(self, entity: Json, language: str) -> Json:
        """`pre` around `code class="language-…"`, or the other way round, become one."""
        last = self.entities[-1] if self.entities else {}
        same = (last.get("offset"), last.get("length")) == (entity["offset"], entity["length"])
        spoken = last.get("argument") or language
        if same and spoken and {last["type"], entity["type"]} == {"pre", "code"}:
            self.entities.pop()
            return entity | {"type": "pre", "language": spoken}
        return entity | {"argument": language}

    @property
    def _ended(self) -> bool:
        return self.at >= len(self.source)

    def _read(self, pattern: re.Pattern[str], position: int) -> str:
        match = pattern.match(self.source, position)
        assert match is not None
        self.at = match.end()
        return match.group()

    def _skip_blanks(self) -> None:
        self._read(_BLANKS, self.at)

    def _byte(self, position: int) -> int:
        return len(self.source[:position].encode())


def parse_html(source: str) -> tuple[str, list[Json]]:
    """The words and their entities; raises `Refused` for what Telegram cannot parse."""
    return _Reader(source).read()


def _wrong(reason: str) -> Refused:
    return bad_request(f"can't parse entities: {reason}")


def _decode(reference: str) -> str:
    return _NAMED.get(reference) or html.unescape(reference)


def _argument(tag: str, name: str, value: str | None) -> str:
    """What of an attribute matters; everything else is passed over in silence."""
    if tag == "blockquote" and name == "expandable":
        return "1"
    if value is None:
        return ""
    if (tag, name) in {("a", "href"), ("tg-emoji", "emoji-id")}:
        return value
    for wanted, prefix in (("code", "language-"), ("span", "tg-")):
        if tag == wanted and name == "class" and value.startswith(prefix):
            return value.removeprefix(prefix)
    return ""


def _link(url: str) -> Json:
    """A link that is none leaves plain words behind."""
    if match := _USER_LINK.match(url):
        return {"type": "text_mention", "user": {"id": int(match.group(1))}}
    host = url.partition("://")[2] if "://" in url else url
    if not host or " " in url or ("." not in host and "://" not in url):
        return {"type": ""}
    return {"url": url if "://" in url else f"http://{url}"}


def _emoji(number: str) -> Json:
    if not number.lstrip("-").isdigit() or not int(number):
        raise bad_request("invalid custom emoji identifier specified")
    return {"custom_emoji_id": number}
