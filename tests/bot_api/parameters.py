"""What a request carries, whatever way it was encoded: query, form, multipart or JSON."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from tests.bot_api.refusals import bad_request


@dataclass(frozen=True)
class UploadedFile:
    """A file in a multipart request."""

    name: str
    content: bytes
    content_type: str


class Parameters:
    """
    Named values of one call, read as Telegram reads them.

    Everything is text there, numbers that are none count as 0, and nested
    objects are JSON within the text.
    """

    def __init__(self, values: Mapping[str, object]) -> None:
        self._files = {key: each for key, each in values.items() if isinstance(each, UploadedFile)}
        self._values = {key: each for key, each in values.items() if key not in self._files}

    def __contains__(self, name: str) -> bool:
        return name in self._values or name in self._files

    def text(self, name: str) -> str:
        """The value as text, empty if it is absent."""
        value = self._values.get(name)
        if value is None:
            return ""
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

    def integer(self, name: str, default: int = 0) -> int:
        """The value as a number."""
        if not self.text(name):
            return default
        try:
            return int(self.text(name))
        except ValueError:
            return 0

    def flag(self, name: str) -> bool:
        """Whether the value says yes."""
        return self.text(name).strip().lower() in {"true", "yes", "1"}

    def nested(self, name: str, what: str) -> Any:
        """The JSON in the value, None if it is absent; `what` names it in the refusal."""
        value = self._values.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise bad_request(f"can't parse {what} JSON object") from None

    def file(self, name: str) -> UploadedFile | None:
        """The file sent under this name."""
        return self._files.get(name)

    def as_json(self) -> dict[str, object]:
        """For the log: everything, files by name and size."""
        files = {
            key: f"{each.name} ({len(each.content)} bytes)" for key, each in self._files.items()
        }
        return dict(self._values) | files


async def read_parameters(request: web.Request) -> Parameters:
    """Query first, then the body in whatever encoding."""
    values: dict[str, object] = dict(request.query)
    if request.content_type == "application/json":
        values |= await _read_json(request)
    elif request.method == "POST":
        for name, value in (await request.post()).items():
            values[name] = _uploaded(value) if isinstance(value, web.FileField) else value
    return Parameters(values)


async def _read_json(request: web.Request) -> dict[str, object]:
    body = await request.text()
    try:
        value = json.loads(body or "{}")
    except ValueError:
        raise bad_request("can't parse request body as JSON") from None
    if not isinstance(value, dict):
        raise bad_request("can't parse request body as JSON object")
    return {key: each for key, each in value.items() if each is not None}


def _uploaded(field: web.FileField) -> UploadedFile:
    return UploadedFile(field.filename, field.file.read(), field.content_type)
