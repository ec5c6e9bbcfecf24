"""JSON as Telegram sends it, half emojis and all."""

import json
from typing import Any

import orjson


def read_json(body: bytes) -> Any:
    """
    JSON as Telegram sends it; raises `ValueError`.

    Half an emoji (a lone surrogate) is no reason to refuse the rest: Python's
    own reader takes what orjson does not.
    """
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return json.loads(body)


def write_json(value: Any) -> str:
    """JSON again; half an emoji is written as the escape that it came as."""
    try:
        return orjson.dumps(value).decode()
    except (orjson.JSONEncodeError, UnicodeError):
        return json.dumps(value)
