"""A client that costs little, because it shares the machine with the server that it measures."""

import asyncio
import time
from collections.abc import Mapping
from urllib.parse import quote

import orjson

_KEPT_SECONDS = 2.0
"""A server hangs up on idle connections after a few seconds."""


class Connection:
    """One kept-alive HTTP/1.1 connection."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._last_at = 0.0

    async def rest(self, sender: str, number: int, text: str) -> bytes:
        """`POST /webhooks/rest/webhook`; gives the body of its 200."""
        body = orjson.dumps({"sender": sender, "message": text, "message_id": str(number)})
        return await self._post("/webhooks/rest/webhook", "application/json", body)

    async def chat(self, visitor: Mapping[str, str], text: str) -> bytes:
        """`POST /chat/messages`, as the page's script does, with a visitor's headers."""
        more = "".join(f"{name}: {value}\r\n" for name, value in visitor.items())
        body = f"text={quote(text)}".encode()
        return await self._post("/chat/messages", "application/x-www-form-urlencoded", body, more)

    async def _post(self, path: str, kind: str, body: bytes, more: str = "") -> bytes:
        if self._writer is None or time.monotonic() - self._last_at > _KEPT_SECONDS:
            self.close()
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        assert self._reader is not None
        head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\nContent-Type: {kind}\r\n"
        head += f"Content-Length: {len(body)}\r\n{more}\r\n"
        self._writer.write(head.encode() + body)
        status, headers = await read_head(self._reader)
        length = int(headers.get(b"content-length", b"0"))
        answer = await self._reader.readexactly(length) if length else b""
        self._last_at = time.monotonic()
        if status not in (200, 204):
            raise RuntimeError(f"{path} answered {status}: {answer[:200]!r}")
        return answer

    def close(self) -> None:
        """Hang up."""
        if self._writer is not None:
            self._writer.close()


async def read_head(reader: asyncio.StreamReader) -> tuple[int, dict[bytes, bytes]]:
    """Status and headers of an answer."""
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.split(b"\r\n")[:-2]
    pairs = (line.split(b":", 1) for line in lines)
    return int(first.split()[1]), {name.lower(): value.strip() for name, value in pairs}


class Stream:
    """A page that listens; knows when a bubble came."""

    def __init__(self, port: int, visitor: Mapping[str, str]) -> None:
        self._port = port
        self.visitor = visitor
        self._came = asyncio.Event()
        self.came_at = 0.0

    async def open(self) -> asyncio.Task[None]:
        """Connect; the task reads until it is cancelled."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        head = f"GET /chat/stream HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\n"
        writer.write(f"{head}Cookie: {self.visitor['cookie']}\r\n\r\n".encode())
        status, _ = await read_head(reader)
        if status != 200:
            raise RuntimeError(f"the stream answered {status}")
        return asyncio.create_task(self._read(reader, writer))

    async def bubble(self) -> float:
        """When the first bubble came."""
        await self._came.wait()
        return self.came_at

    async def _read(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                if line.startswith(b"event: bubble") and not self._came.is_set():
                    self.came_at = time.perf_counter()
                    self._came.set()
        finally:
            writer.close()
