"""
Durable messages a second, beside the same rows committed by the layers below.

All in one run and in turns, so that a busy moment of the machine strikes
everybody alike; fsync is on everywhere.
"""

import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import asyncpg  # type: ignore[import-untyped]
from sqlalchemy import Table, insert, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import asyncpg as postgresql
from sqlalchemy.engine import Dialect

from app.configuration import load_settings
from app.schema import upgrade
from app.wiring import House, build_house
from bench.http import Connection
from bench.measure import Line, Numbers, Once, middle, per_second
from bench.rows import COUNTER, Replay, Rows, raw_message, rows_of_one_message, words
from core.database import Database
from core.settings import DatabaseSettings
from tests.running import RunningHouse

ROUNDS = 5
SECONDS = 1.2
AT_ONCE = (1, 16)
RAISE_COUNTER = f"UPDATE {COUNTER} SET last = last + 1"

Makers = Mapping[str, Callable[[], Awaitable[Once]]]


async def measure(kind: str, new_url: Callable[[str], Awaitable[str]], folder: Path) -> list[Line]:
    """Every layer on one kind of database; `new_url` makes an empty one."""
    async with AsyncExitStack() as stack:
        url = await new_url("rows")
        house = await stack.enter_async_context(_house(url, folder))
        rows = await rows_of_one_message(house)
        layers: dict[str, Once] = {}
        served = await stack.enter_async_context(_served(await new_url("http"), folder))
        layers["over HTTP"] = served
        inner = await stack.enter_async_context(_house(await new_url("inner"), folder))
        layers["in process"] = _in_process(inner)
        core_url, raw_url = await new_url("core"), await new_url("raw")
        layers["SQLAlchemy Core"] = await stack.enter_async_context(_core(core_url, rows))
        raw = _raw_sqlite if kind == "SQLite" else _raw_postgres
        layers["raw driver"] = await stack.enter_async_context(raw(raw_url, rows))
        speeds = await _in_turns(layers)
    return _lines(kind, speeds, rows)


async def _in_turns(layers: Mapping[str, Once]) -> dict[tuple[str, int], float]:
    found: dict[tuple[str, int], list[float]] = {}
    numbers = {name: Numbers() for name in layers}
    for _ in range(ROUNDS):
        for at_once in AT_ONCE:
            for name, once in layers.items():
                speed = await per_second(once, numbers[name], at_once=at_once, seconds=SECONDS)
                found.setdefault((name, at_once), []).append(speed)
    return {key: middle(values) for key, values in found.items()}


def _lines(kind: str, speeds: Mapping[tuple[str, int], float], rows: Rows) -> list[Line]:
    lines = []
    counts = {str(table.name): len(found) for table, found in rows}
    for (name, at_once), speed in speeds.items():
        core, raw = speeds["SQLAlchemy Core", at_once], speeds["raw driver", at_once]
        line = Line(
            what=f"{kind}, {at_once} at once: {name}",
            value=speed,
            unit="messages/s" if name in ("over HTTP", "in process") else "commits/s",
            ratio=f"{speed / core:.2f} of Core, {speed / raw:.2f} of raw",
            facts={"core_ratio": speed / core, "raw_ratio": speed / raw, "rows": counts},
        )
        if name == "over HTTP":
            met = speed / core >= 0.8 and speed / raw >= 0.25
            line = replace(line, aim="0.80 of Core, 0.25 of raw", met=met)
        lines.append(line)
    return lines


@asynccontextmanager
async def _house(url: str, folder: Path) -> AsyncIterator[House]:
    settings = load_settings().model_copy(
        update={"database": DatabaseSettings(url=url, pool_size=20), "data_folder": folder}
    )
    house = build_house(settings)
    await upgrade(house.database)
    yield house
    await house.close()


def _in_process(house: House) -> Once:
    async def once(number: int) -> None:
        await house.front_door.answer_at_once(raw_message(house, f"s{number}", number))

    return once


@asynccontextmanager
async def _served(url: str, folder: Path) -> AsyncIterator[Once]:
    server = RunningHouse(
        folder, url, load_settings().intents.model_folder, BAIJIAMEN_DATABASE__POOL_SIZE="20"
    )
    server.start("--local")
    free: list[Connection] = []
    try:
        await server.answers()

        async def once(number: int) -> None:
            connection = free.pop() if free else Connection(server.port)
            answer = await connection.rest(f"s{number}", number, words(number))
            if b"BJM-" not in answer:
                raise RuntimeError(f"no ticket in {answer!r}")
            free.append(connection)

        yield once
    finally:
        for connection in free:
            connection.close()
        server.terminate()
        server.wait()


@asynccontextmanager
async def _core(url: str, rows: Rows) -> AsyncIterator[Once]:
    """The same rows as Core INSERTs in one transaction, on the engine that we use ourselves."""
    database, replay = Database(url, pool_size=20), Replay(rows)
    await upgrade(database)
    async with database.transaction() as session:
        await _first_counter(session.execute, rows)
    raise_counter, inserts = text(RAISE_COUNTER), {table: insert(table) for table, _ in rows}

    async def once(_number: int) -> None:
        async with database.changing_schema() as connection:
            await connection.execute(raise_counter)
            for table, values in replay.next():
                await connection.execute(inserts[table], values if values[1:] else values[0])

    yield once
    await database.close()


async def _first_counter(execute: Callable[..., Awaitable[Any]], rows: Rows) -> None:
    for table, values in rows:
        if table.name == COUNTER:
            await execute(insert(table), values)


@asynccontextmanager
async def _raw_sqlite(url: str, rows: Rows) -> AsyncIterator[Once]:
    """sqlite3 itself with the statements written out; one connection, no thread in between."""
    replay = await _prepare(url, rows)
    bind = _binder(sqlite.dialect(paramstyle="qmark"), rows)
    connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")

    async def once(_number: int) -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(RAISE_COUNTER)
        for sql, values in bind(replay.next()):
            connection.executemany(sql, values)
        connection.execute("COMMIT")

    yield once
    connection.close()


@asynccontextmanager
async def _raw_postgres(url: str, rows: Rows) -> AsyncIterator[Once]:
    """asyncpg with the statements written out, prepared and pooled; nothing else is sent."""
    replay = await _prepare(url, rows)
    bind = _binder(postgresql.dialect(), rows)  # type: ignore[no-untyped-call]

    async def as_it_is(_connection: object) -> None:
        """Connections go back without the pool's RESET ALL, as SQLAlchemy's do."""

    plain = url.replace("+asyncpg", "")
    pool = await asyncpg.create_pool(plain, min_size=16, max_size=16, reset=as_it_is)

    async def once(_number: int) -> None:
        statements = list(bind(replay.next()))
        async with pool.acquire() as connection, connection.transaction():
            await connection.execute(RAISE_COUNTER)
            for sql, values in statements:
                await connection.executemany(sql, values)

    yield once
    await pool.close()


async def _prepare(url: str, rows: Rows) -> Replay:
    database = Database(url)
    await upgrade(database)
    async with database.transaction() as session:
        await _first_counter(session.execute, rows)
    await database.close()
    return Replay(rows)


def _binder(dialect: Dialect, rows: Rows) -> Callable[[Rows], list[tuple[str, list[Any]]]]:
    """Turns rows into written-out statements with values as the driver takes them."""
    known = {table.name: _statement(dialect, table, values[0]) for table, values in rows}

    def bind(fresh: Rows) -> list[tuple[str, list[Any]]]:
        bound = []
        for table, values in fresh:
            sql, writers = known[table.name]
            bound.append((sql, [_values(row, writers) for row in values]))
        return bound

    return bind


def _statement(dialect: Dialect, table: Table, row: Mapping[str, Any]) -> tuple[str, Any]:
    compiled = insert(table).values(row).compile(dialect=dialect)
    names = list(compiled.positiontup or ())
    writers = [(name, compiled._bind_processors.get(name)) for name in names]
    return str(compiled), writers


def _values(row: Mapping[str, Any], writers: list[tuple[str, Any]]) -> list[Any]:
    return [writer(row[name]) if writer else row[name] for name, writer in writers]
