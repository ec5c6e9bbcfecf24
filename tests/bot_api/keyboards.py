"""Reply markup: read and checked as Client.cpp and ReplyMarkup.cpp do."""

from typing import Any
from urllib.parse import urlsplit

from tests.bot_api.parameters import Parameters
from tests.bot_api.refusals import Json, Refused, bad_request

LONGEST_DATA = 64
"""Bytes of callback_data."""
MOST_BUTTONS = 100
MOST_IN_A_ROW = 8
LONGEST_MARKUP = 10_000
"""Bytes. These three are unpublished; they are what people have measured."""
MOST_CHOICES = 300
MOST_CHOICES_IN_A_ROW = 12
"""Of a reply keyboard; Telegram leaves out what is beyond without a word (ReplyMarkup.cpp)."""

BUTTON_DATA_INVALID = Refused(400, "Bad Request: BUTTON_DATA_INVALID")
TOO_LONG = bad_request("reply markup is too long")
_KINDS = (
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "callback_game",
    "pay",
    "login_url",
    "web_app",
    "copy_text",
)
_PRIVATE_ONLY = {
    "request_contact": "phone number can be requested in private chats only",
    "request_location": "location can be requested in private chats only",
}


def read_markup(parameters: Parameters, *, private: bool, inline_only: bool = False) -> Json:
    """The markup of a message to send, empty if there is none; raises `Refused`."""
    value = parameters.nested("reply_markup", "reply keyboard markup")
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise bad_request("object expected as reply markup")
    markup = _one_kind(value)
    if inline_only and markup and "inline_keyboard" not in markup:
        raise bad_request("inline keyboard expected")
    if "inline_keyboard" in markup:
        return _inline(markup["inline_keyboard"])
    if "keyboard" in markup:
        return _choices(markup, private=private)
    return markup


def _inline(rows: list[list[Any]]) -> Json:
    found = [[_inline_button(each) for each in row] for row in rows]
    kept = [[each for each in row if each["text"]] for row in found]
    _check_size(kept)
    kept = [row for row in kept if row]
    return {"inline_keyboard": kept} if kept else {}


def _choices(markup: Json, *, private: bool) -> Json:
    kept: list[list[Json]] = []
    left = MOST_CHOICES
    for row in markup["keyboard"]:
        found = [_reply_button(each, private=private) for each in row]
        row = [each for each in found if each["text"]][: min(MOST_CHOICES_IN_A_ROW, left)]
        left -= len(row)
        kept += [row] if row else []
    return markup | {"keyboard": kept} if kept else {}


def _one_kind(value: Json) -> Json:
    """The first kind that is really there, as Telegram takes it."""
    for name in ("keyboard", "inline_keyboard"):
        rows = value.get(name)
        if rows is not None:
            _check_rows(name, rows)
        if rows:
            return {name: rows} if name == "inline_keyboard" else dict(value)
    for name in ("remove_keyboard", "force_reply"):
        if value.get(name):
            return {name: True}
    return {}


def _check_rows(name: str, rows: object) -> None:
    owner = " of the InlineKeyboardMarkup" if name == "inline_keyboard" else ""
    if not isinstance(rows, list):
        raise bad_request(f'field "{name}" must be of type Array')
    if not all(isinstance(each, list) for each in rows):
        raise bad_request(f'field "{name}"{owner} must be an Array of Arrays')


def _reply_button(button: Any, *, private: bool) -> Json:
    if isinstance(button, str):
        button = {"text": button}
    if not isinstance(button, dict):
        raise bad_request(
            "can't parse keyboard button: KeyboardButton must be a String or an Object"
        )
    _check_text(button, "keyboard button")
    for name, refusal in _PRIVATE_ONLY.items():
        if button.get(name) and not private:
            raise bad_request(refusal)
    return button


def _inline_button(button: Any) -> Json:
    what = "inline keyboard button"
    if not isinstance(button, dict):
        raise bad_request(f"can't parse {what}: InlineKeyboardButton must be an Object")
    _check_text(button, what)
    if url := button.get("url"):
        _check_url(url)
    elif data := button.get("callback_data"):
        if not isinstance(data, str):
            raise bad_request(f'can\'t parse {what}: Field "callback_data" must be of type String')
        if len(data.encode()) > LONGEST_DATA:
            raise BUTTON_DATA_INVALID
    elif not any(each in button for each in _KINDS):
        raise bad_request(f"can't parse {what}: Text buttons are unallowed in the inline keyboard")
    return button


def _check_text(button: Json, what: str) -> None:
    if "text" not in button:
        raise bad_request(f"can't parse {what}: Can't find field \"text\"")
    if not isinstance(button["text"], str):
        raise bad_request(f'can\'t parse {what}: Field "text" must be of type String')


def _check_url(url: object) -> None:
    parts = urlsplit(str(url))
    if parts.scheme not in {"http", "https", "tg", "ton", "tonsite"} or not parts.netloc:
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")


def _check_size(rows: list[list[Json]]) -> None:
    buttons = [each for row in rows for each in row]
    if len(buttons) > MOST_BUTTONS or any(len(row) > MOST_IN_A_ROW for row in rows):
        raise TOO_LONG
    if sum(len(str(each).encode()) for each in buttons) > LONGEST_MARKUP:
        raise TOO_LONG
