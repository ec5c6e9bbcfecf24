"""
The few Bot API calls that the transport makes itself, over HTTP and without a library.

A token is part of every URL. So no error of this module carries a URL or
another library's text, and none is chained to one that does.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import httpx
import orjson

from bot.telegram_transport.endpoints import Endpoints
from bot.telegram_transport.raw_json import read_json
from core.errors import FrontDoorError

_SECONDS = 15.0
_CONNECT_SECONDS = 10.0
LARGEST_DOWNLOAD = 20 * 1024 * 1024
"""Bytes; what Telegram's cloud hands out (Bot API, getFile)."""


class ApiRefused(FrontDoorError):
    """The server answered with an error; `code` is its `error_code`."""

    def __init__(self, code: int, description: str, retry_after: timedelta | None = None) -> None:
        super().__init__(f"{code} {description}")
        self.code = code
        self.description = description
        self.retry_after = retry_after


class ApiUnreachable(FrontDoorError):
    """There was no answer, or none that the Bot API gives."""


class BotApi:
    """One bot's line to the Bot API."""

    def __init__(self, token: str, endpoints: Endpoints) -> None:
        self._token = token
        self._endpoints = endpoints
        self._client: httpx.AsyncClient | None = None

    async def call(
        self,
        method: str,
        parameters: Mapping[str, object] | None = None,
        *,
        seconds: float = _SECONDS,
    ) -> Any:
        """
        The `result` of a method. Raises `ApiRefused` or `ApiUnreachable`.

        `seconds` is how long the answer may take.
        """
        url = self._endpoints.method(self._token, method)
        given = {key: each for key, each in (parameters or {}).items() if each is not None}
        try:
            response = await self._http().post(
                url,
                content=orjson.dumps(given),
                headers={"Content-Type": "application/json"},
                timeout=httpx.Timeout(seconds, connect=_CONNECT_SECONDS),
            )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ApiUnreachable(type(error).__name__) from None
        return _result(response)

    async def download(self, file_id: str, *, most: int = LARGEST_DOWNLOAD) -> bytes:
        """
        A file's bytes, at most `most` of them.

        Raises `ApiRefused` (also for a file that is too large) or `ApiUnreachable`.
        """
        found = await self.call("getFile", {"file_id": file_id})
        path = found.get("file_path") if isinstance(found, dict) else None
        if not isinstance(path, str):
            raise ApiUnreachable("getFile without file_path")
        try:
            return await self._fetch(self._endpoints.file(self._token, path), most)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ApiUnreachable(type(error).__name__) from None

    async def close(self) -> None:
        """Let go of connections."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def _fetch(self, url: str, most: int) -> bytes:
        content = bytearray()
        async with self._http().stream("GET", url, timeout=_SECONDS) as response:
            if response.status_code != 200:
                raise ApiRefused(response.status_code, "the file is not handed out")
            async for part in response.aiter_bytes():
                content += part
                if len(content) > most:
                    raise ApiRefused(413, "the file is too large")
        return bytes(content)

    def _http(self) -> httpx.AsyncClient:
        if self._client is None:
            self._client = httpx.AsyncClient(proxy=self._endpoints.proxy or None)
        return self._client


def _result(response: httpx.Response) -> Any:
    try:
        document = read_json(response.content)
    except ValueError:
        raise ApiUnreachable(f"status {response.status_code} without JSON") from None
    if not isinstance(document, dict) or "ok" not in document:
        raise ApiUnreachable(f"status {response.status_code} of somebody else")
    if document["ok"]:
        return document.get("result")
    raise _refusal(document, response.status_code)


def _refusal(document: dict[str, Any], status: int) -> ApiRefused:
    parameters = document.get("parameters")
    seconds = parameters.get("retry_after") if isinstance(parameters, dict) else None
    return ApiRefused(
        int(document.get("error_code") or status),
        str(document.get("description", ""))[:200],
        timedelta(seconds=float(seconds)) if seconds is not None else None,
    )
