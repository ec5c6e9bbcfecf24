"""Messages that a bot sends: checked, counted, put into the chat."""

from tests.bot_api.accounts import Chat, StoredMessage
from tests.bot_api.keyboards import read_markup
from tests.bot_api.markup import parse_html
from tests.bot_api.methods import Request, method
from tests.bot_api.parameters import Parameters
from tests.bot_api.refusals import Json, bad_request
from tests.bot_api.texts import find_entities, units

LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024


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
    reply = read_reply(request.parameters)
    group = request.parameters.text("chat_id").startswith("-")
    markup = read_markup(request.parameters, private=not group)
    chat = request.chat_to_write()
    content = dict(content) | answered(chat, reply)
    request.world.limits.take(request.bot.id, chat.id, request.now)
    if markup:
        content["reply_markup"] = markup
    message = chat.add(request.bot.as_json(), content, request.now)
    request.world.changed.ring()
    return message


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
    if mode == "html":
        text, entities = parse_html(text)
    elif mode in {"", "none"}:
        given = parameters.nested(entities_name, "entities")
        entities = given if isinstance(given, list) else []
    else:
        raise bad_request("unsupported parse_mode")
    text, entities = _stripped(text, entities)
    found = find_entities(text, entities)
    return text, sorted(entities + found, key=lambda each: (each["offset"], -each["length"]))


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
