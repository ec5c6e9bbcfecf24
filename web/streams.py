"""
Server-sent events: a plain streaming response, with a beat so that silence is noticed.

A page that hears nothing for forty seconds shows that it is offline and opens
the stream anew with `?after=<last id>`.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass

from fastapi import Request
from fastapi.responses import StreamingResponse

BEAT_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class StreamEvent:
    """
    One event.

    Without a name its data is HTML that htmx swaps in; with a name it becomes
    a DOM event of that name, whose data a script reads.
    """

    data: str
    id: str | None = None
    name: str | None = None

    def encode(self) -> bytes:
        """The event on the wire; line breaks in the data stay line breaks."""
        lines = [f"id: {self.id}"] if self.id is not None else []
        if self.name is not None:
            lines.append(f"event: {self.name}")
        lines.extend(f"data: {line}" for line in self.data.split("\n"))
        return ("\n".join(lines) + "\n\n").encode()


def last_event_id(request: Request) -> str | None:
    """Where a reconnecting page stands: the browser's header, or `?after=` from our script."""
    return request.headers.get("last-event-id") or request.query_params.get("after")


def named(name: str, **facts: object) -> StreamEvent:
    """A hint for a script: facts as JSON under a name."""
    return StreamEvent(json.dumps(facts, ensure_ascii=False), name=name)


def stream_response(
    events: AsyncIterator[StreamEvent], *, beat_seconds: float = BEAT_SECONDS
) -> StreamingResponse:
    """Send events as they come, and a beat whenever none came for a while."""
    return StreamingResponse(
        _with_beats(events, beat_seconds),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _with_beats(events: AsyncIterator[StreamEvent], seconds: float) -> AsyncIterator[bytes]:
    beat = StreamEvent("", name="beat").encode()
    yield b"retry: 1000\n\n" + beat
    coming = asyncio.ensure_future(anext(events, None))
    try:
        while True:
            done, _ = await asyncio.wait({coming}, timeout=seconds)
            if not done:
                yield beat
                continue
            event = coming.result()
            if event is None:
                return
            yield event.encode()
            coming = asyncio.ensure_future(anext(events, None))
    finally:
        coming.cancel()
        await asyncio.gather(coming, return_exceptions=True)
