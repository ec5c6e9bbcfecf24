"""A bot that speaks HTTP itself, and pictures for it to send."""

import io
from typing import Any

import httpx
from PIL import Image


class RawBot:
    """Calls methods and gives the answer's body."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """The whole body, `ok` or not."""
        body: dict[str, Any] = (await self.http.post(method, json=parameters)).json()
        return body

    async def result(self, method: str, **parameters: Any) -> Any:
        """What the method gives; it must not be refused."""
        body = await self.call(method, **parameters)
        assert body["ok"], body
        return body["result"]

    async def refusal(self, method: str, **parameters: Any) -> str:
        """Why the method is refused, as `400 Bad Request: …` without the repetition."""
        response = await self.http.post(method, json=parameters)
        body = response.json()
        assert not body["ok"], body
        assert body["error_code"] == response.status_code
        return f"{body['error_code']} {body['description'].partition(': ')[2]}"


def a_picture(width: int = 1000, height: int = 600) -> bytes:
    """A JPEG of one colour."""
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), "orange").save(buffer, "JPEG")
    return buffer.getvalue()
