"""The whole server as a process: its second start, its memory, its live answers."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from app.configuration import load_settings
from bench.http import Connection, Stream
from bench.measure import Line, middle, percentile
from bench.rows import words
from tests.running import RunningHouse

STARTS = 5
STREAMS = 200
WRITERS = 4
LOAD = 300


async def measure(folder: Path) -> list[Line]:
    """SQLite, everything in one process, as `make run` starts it."""
    url = f"sqlite:///{folder / 'server.db'}"
    server = RunningHouse(folder, url, load_settings().intents.model_folder)
    starts = [await _start(server) for _ in range(STARTS + 1)][1:]
    async with _started(server):
        idle = _resident_megabytes(server.pid)
        await _some_load(server.port)
        async with _streams(server) as streams:
            latencies = await _latencies(server.port, streams)
            busy = _resident_megabytes(server.pid)
    second = middle(starts)
    return [
        Line(
            f"second start to the first answer, middle of {STARTS}",
            second,
            "s",
            aim="< 3",
            met=second < 3,
            facts={"starts": [round(seconds, 2) for seconds in starts]},
        ),
        Line("memory of the whole server, idle", idle, "MB", aim="< 200", met=idle < 200),
        Line(f"memory after load, {STREAMS} streams open", busy, "MB", aim="< 200", met=busy < 200),
        Line(f"web chat to {STREAMS} streams, p50", percentile(latencies, 0.5), "ms"),
        Line(f"web chat to {STREAMS} streams, p99", percentile(latencies, 0.99), "ms"),
    ]


async def _start(server: RunningHouse) -> float:
    """From the command to a receipt with a ticket's number."""
    began = time.perf_counter()
    async with _started(server):
        connection = Connection(server.port)
        number = time.time_ns() % 100_000_000
        await connection.rest(f"start{number}", number, words(number))
        connection.close()
        return time.perf_counter() - began


@asynccontextmanager
async def _started(server: RunningHouse) -> AsyncIterator[None]:
    server.start("--local")
    try:
        await server.answers()
        yield
    finally:
        server.terminate()
        await asyncio.to_thread(server.wait)


async def _some_load(port: int) -> None:
    connection = Connection(port)
    for number in range(LOAD):
        await connection.rest(f"load{number}", number, words(number))
    connection.close()


@asynccontextmanager
async def _streams(server: RunningHouse) -> AsyncIterator[list[Stream]]:
    """So many pages that listen."""
    streams = [Stream(server.port, server.visitor(number)) for number in range(STREAMS)]
    readers = [await stream.open() for stream in streams]
    try:
        yield streams
    finally:
        for reader in readers:
            reader.cancel()
        await asyncio.gather(*readers, return_exceptions=True)


async def _latencies(port: int, streams: Sequence[Stream]) -> list[float]:
    """From the moment that somebody presses "send" until the answer stands on the page."""
    limit = asyncio.Semaphore(WRITERS)

    async def one(stream: Stream, number: int) -> float:
        async with limit:
            connection = Connection(port)
            began = time.perf_counter()
            await connection.chat(stream.visitor, words(number))
            came = await stream.bubble()
            connection.close()
            return (came - began) * 1000

    return await asyncio.gather(*(one(stream, number) for number, stream in enumerate(streams)))


def _resident_megabytes(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("no VmRSS")
