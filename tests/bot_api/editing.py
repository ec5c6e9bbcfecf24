"""What a bot does to messages that are there already, and its answers to presses."""

from datetime import timedelta

from tests.bot_api.accounts import MARKUP_FIELD, StoredMessage
from tests.bot_api.keyboards import read_markup
from tests.bot_api.methods import Request, method
from tests.bot_api.refusals import NOT_MODIFIED, QUERY_TOO_OLD, Json, bad_request
from tests.bot_api.sending import read_caption, read_text

CANNOT_EDIT = bad_request("message can't be edited")
_TEXT_FIELDS = ("text", "entities")
_CAPTION_FIELDS = ("caption", "caption_entities")
_ANSWER_LENGTH = 200


@method("editMessageText")
async def edit_message_text(request: Request) -> object:
    """Other words; without a reply_markup the buttons go."""
    text, entities = read_text(request.parameters)
    content: Json = {"text": text} | ({"entities": entities} if entities else {})
    return _edit(request, content, _TEXT_FIELDS, "there is no text in the message to edit")


@method("editMessageCaption")
async def edit_message_caption(request: Request) -> object:
    """Another caption; without a reply_markup the buttons go."""
    content = read_caption(request.parameters)
    return _edit(request, content, _CAPTION_FIELDS, "there is no caption in the message to edit")


@method("editMessageReplyMarkup")
async def edit_message_reply_markup(request: Request) -> object:
    """Other buttons, or none."""
    return _edit(request, {}, (), "")


def _edit(request: Request, content: Json, fields: tuple[str, ...], lacking: str) -> object:
    markup = read_markup(request.parameters, private=False, inline_only=True)
    message = _own_message(request, "message to edit")
    if fields and ("text" in message.body) != ("text" in fields):
        raise bad_request(lacking)
    body = {key: each for key, each in message.body.items() if key not in fields}
    body.pop(MARKUP_FIELD, None)
    body = body | content | ({MARKUP_FIELD: markup} if markup else {})
    if body == message.body:
        raise NOT_MODIFIED
    request.world.limits.take(request.bot.id, message.chat.id, request.now)
    message.versions.append(message.body)
    message.body = body | {"edit_date": int(request.now.timestamp())}
    request.world.changed.ring()
    return message.as_json()


def _own_message(request: Request, what: str) -> StoredMessage:
    chat = request.chat_to_write()
    if not request.parameters.integer("message_id"):
        raise bad_request("message identifier is not specified")
    message = chat.find_message(request.parameters.integer("message_id"))
    if message is None:
        raise bad_request(f"{what} not found")
    if message.sender_id != request.bot.id:
        raise CANNOT_EDIT
    if message.markup and "inline_keyboard" not in message.markup:
        raise CANNOT_EDIT
    limit = request.world.rules.editable_for
    if limit is not None and request.now - message.at > timedelta(seconds=limit):
        raise CANNOT_EDIT
    return message


@method("deleteMessage")
async def delete_message(request: Request) -> object:
    """Take a message away: its own anywhere, a person's in a private chat."""
    chat = request.chat_to_write()
    message = chat.find_message(request.parameters.integer("message_id"))
    if message is None:
        raise bad_request("message to delete not found")
    if message.sender_id != request.bot.id and not chat.person:
        raise bad_request("message can't be deleted")
    if request.now - message.at > timedelta(seconds=request.world.rules.deletable_for):
        raise bad_request("message can't be deleted for everyone")
    message.deleted = True
    request.world.changed.ring()
    return True


@method("answerCallbackQuery")
async def answer_callback_query(request: Request) -> object:
    """End the waiting after a press, with a notice or an alert if there is a text."""
    parameters = request.parameters
    query = request.world.queries.get(parameters.text("callback_query_id"))
    late = timedelta(seconds=request.world.rules.callback_answer_within)
    if query is None or query.bot is not request.bot or query.answer is not None:
        raise QUERY_TOO_OLD
    if request.now - query.at > late:
        raise QUERY_TOO_OLD
    if len(parameters.text("text")) > _ANSWER_LENGTH:
        raise bad_request("MESSAGE_TOO_LONG")
    query.answer = {
        "text": parameters.text("text"),
        "show_alert": parameters.flag("show_alert"),
        "url": parameters.text("url"),
    }
    request.world.changed.ring()
    return True
