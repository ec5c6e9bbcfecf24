"""Messages that a bot sends: checked, counted, put into the chat."""

from tests.bot_api.accounts import MARKUP_FIELD, Chat, StoredMessage
from tests.bot_api.keyboards import read_markup
from tests.bot_api.markup import parse_html
from tests.bot_api.methods import Request, method
from tests.bot_api.parameters import Parameters
from tests.bot_api.refusals import Json, bad_request
from tests.bot_api.texts import FOUND_KINDS, find_entities, units

LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024
"""UTF-16 units, without the markup."""
LONGEST_BYTES = 1 << 15
"""Markup and all."""


@method("sendMessage")
async def send_message(request: Request) -> object:
    """A text."""
    text, entities = read_text(request.parameters)
    content: Json = {"text": text}
    if entities:
        content["entities"] = entities
    return put(request, content).as_json()


def put(request: Request, content: Json) -> StoredMessage:
    """Let a message appear in the chat that the request names; raises `Refused`."""
    (message,) = _put(request, [content])
    return message


def put_all(request: Request, contents: list[Json]) -> list[StoredMessage]:
    """The same for several that belong together as an album."""
    group = {"media_group_id": str(13_000_000_000_000_000 + next(request.world.numbers))}
    return _put(request, [each | group for each in contents])


def _put(request: Request, contents: list[Json]) -> list[StoredMessage]:
    reply = read_reply(request.parameters)
    group = request.parameters.text("chat_id").startswith("-")
    markup = read_markup(request.parameters, private=not group)
    chat = request.chat_to_write()
    more = answered(chat, reply) | ({MARKUP_FIELD: markup} if markup else {})
    request.world.limits.take(request.bot.id, chat.id, request.now, len(contents))
    sender = request.bot.as_json()
    messages = [chat.add(sender, content | more, request.now) for content in contents]
    request.world.changed.ring()
    return messages


def read_text(parameters: Parameters) -> tuple[str, list[Json]]:
    """The text of a message with its entities; raises `Refused`."""
    if not parameters.text("text"):
        raise bad_request("message text is empty")
    text, entities = marked(parameters, "text", "entities")
    if not text:
        raise bad_request("text must be non-empty")
    if units(text) > LONGEST_TEXT:
        raise bad_request("message is too long")
    return text, entities


def read_caption(parameters: Parameters) -> Json:
    """`caption` and `caption_entities` as they stand in a message; raises `Refused`."""
    text, entities = marked(parameters, "caption", "caption_entities")
    if units(text) > LONGEST_CAPTION:
        raise bad_request("message caption is too long")
    content: Json = {"caption": text} if text else {}
    if entities:
        content["caption_entities"] = entities
    return content


def marked(parameters: Parameters, name: str, entities_name: str) -> tuple[str, list[Json]]:
    """Text without markup and without blanks around it, and all its entities."""
    text, mode = parameters.text(name), parameters.text("parse_mode").lower()
    if len(text.encode()) > LONGEST_BYTES:
        raise bad_request("text is too long")
    if mode == "html":
        text, entities = parse_html(text)
    elif mode in {"", "none"}:
        entities = _given(parameters, entities_name)
    else:
        raise bad_request("unsupported parse_mode")
    text, entities = _stripped(text, entities)
    found = find_entities(text, entities)
    return text, sorted(entities + found, key=lambda each: (each["offset"], -each["length"]))


def _given(parameters: Parameters, name: str) -> list[Json]:
    """Entities that the bot marks itself; kinds that Telegram finds by itself are left out."""
    value = parameters.nested(name, name)
    if not isinstance(value, list):
        return []
    for each in value:
        for field in ("offset", "length", "type"):
            if field not in each:
                raise bad_request(f"can't parse MessageEntity: Can't find field \"{field}\"")
    return [dict(each) for each in value if each["type"] not in FOUND_KINDS]


def _stripped(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """Without blanks before and after; entities move along and end with the text."""
    begin = units(text) - units(text.lstrip())
    text = text.strip()
    end = units(text)
    kept = []
    for each in entities:
        offset = max(each["offset"] - begin, 0)
        length = min(each["offset"] - begin + each["length"], end) - offset
        if length > 0:
            kept.append(each | {"offset": offset, "length": length})
    return text, kept


def read_reply(parameters: Parameters) -> Json:
    """Which message is answered: `message_id`, and whether it may be missing."""
    value = parameters.nested("reply_parameters", "ReplyParameters")
    if isinstance(value, dict):
        return value
    if old := parameters.integer("reply_to_message_id"):
        lenient = parameters.flag("allow_sending_without_reply")
        return {"message_id": old, "allow_sending_without_reply": lenient}
    return {}


def answered(chat: Chat, reply: Json) -> Json:
    """`reply_to_message` as it stands in a message; raises `Refused`."""
    if not reply:
        return {}
    found = chat.find_message(int(reply.get("message_id", 0)))
    if found:
        body = found.as_json()
        body.pop("reply_to_message", None)
        return {"reply_to_message": body}
    if reply.get("allow_sending_without_reply"):
        return {}
    raise bad_request("message to be replied not found")
