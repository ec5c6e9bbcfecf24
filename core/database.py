"""
The database: one way to write, one way to read, on SQLite and on PostgreSQL.

SQLite has one writer at a time. Instead of letting connections fight for the
lock (its busy handler sleeps), writers queue here in the process; every write
transaction begins with BEGIN IMMEDIATE so that none can fail half-way.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from sqlalchemy import JSON, BigInteger, DateTime, Integer, MetaData, event, make_url, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError, DisconnectionError, InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import (
    AsyncConnection,
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

from core.errors import DatabaseUnavailable, TextNotStorable
from core.sqlite_driver import DirectConnection
from core.statements import DIRECT, Prepared

_NAMES = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The root of every table of ours."""

    metadata = MetaData(naming_convention=_NAMES)


class Instant(TypeDecorator[datetime]):
    """An aware instant. SQLite knows no zones: there it is kept as UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive instants; they are somebody's mistake."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC).replace(tzinfo=None if dialect.name == "sqlite" else UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back an aware instant in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Document = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
"""A JSON column; None is NULL, not the JSON word null."""

Counting = BigInteger().with_variant(Integer(), "sqlite")
"""A growing integer key; SQLite only counts INTEGER PRIMARY KEY by itself."""


class Database:
    """Opens transactions. Only the edges (worker, page, route, sender) do that."""

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        self._url = make_url(_with_driver(url))
        self.is_sqlite = self._url.get_backend_name() == "sqlite"
        self._path = self._url.database or ":memory:"
        self._turn: AbstractAsyncContextManager[Any] = nullcontext()
        self._direct: DirectConnection | None = None
        self._glance: DirectConnection | None = None
        if self.is_sqlite:
            self._turn = asyncio.Lock()
            self._writing = self._sqlite_engine(writing=True)
            self._reading = self._sqlite_engine(writing=False)
        else:
            self._writing = self._reading = create_async_engine(
                self._url, pool_size=pool_size, max_overflow=pool_size
            )
            event.listen(self._writing.sync_engine, "checkout", _refuse_dead_connection)
            self._looking = self._writing.execution_options(isolation_level="AUTOCOMMIT")
        self._writers = async_sessionmaker(self._writing, expire_on_commit=False)
        self._readers = async_sessionmaker(self._reading, expire_on_commit=False)

    @property
    def engine(self) -> AsyncEngine:
        """The engine that writes, for migrations and backups."""
        return self._writing

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """
        One transaction: commits at the end of the block, rolls back when it raises.

        Inside the block await nothing but the database. Lost connections and
        a read-only or locked file raise `DatabaseUnavailable`.
        """
        async with self._turn:
            with _unavailable():
                async with self._sqlite_begin() if self.is_sqlite else self._writers.begin() as it:
                    yield it

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A consistent view for reading; writing in it fails on SQLite."""
        with _unavailable():
            async with self._readers() as session:
                yield session

    async def look_up(self, statement: Prepared, values: Mapping[str, Any]) -> list[Any]:
        """
        The rows of one prepared SELECT, for which no transaction is opened.

        On SQLite it runs where it stands: ask by a unique key, not for lists.
        """
        with _unavailable():
            if self.is_sqlite:
                return statement.run_directly(self._sqlite_glance(), values)
            async with self._looking.connect() as connection:
                return await connection.run_sync(statement.run_on, values)

    @asynccontextmanager
    async def changing_schema(self) -> AsyncIterator[AsyncConnection]:
        """A transaction for migrations; raises `DatabaseUnavailable` like every other."""
        async with self._turn:
            with _unavailable():
                async with self._writing.begin() as connection:
                    yield connection

    async def ping(self) -> None:
        """Raise `DatabaseUnavailable` unless the database answers."""
        async with self.reading() as session:
            await session.execute(text("SELECT 1"))

    async def close(self) -> None:
        """Give every connection back."""
        if self._glance is not None:
            self._glance.stop()
        await self._writing.dispose()
        if self._reading is not self._writing:
            await self._reading.dispose()

    @asynccontextmanager
    async def _sqlite_begin(self) -> AsyncIterator[AsyncSession]:
        """
        A transaction that prepared statements and the session share.

        Both use the writer's one connection. A session that was never needed
        costs nothing.
        """
        direct = await self._sqlite_writer()
        session = self._writers(info={DIRECT: direct})
        try:
            yield session
            if session.in_transaction():
                await session.commit()
            await direct.commit()
        finally:
            if session.in_transaction():
                await session.close()
            if direct.is_open:
                await direct.rollback()

    async def _sqlite_writer(self) -> DirectConnection:
        """The connection that the engine for writing keeps."""
        if self._direct is None or not self._direct.is_open:
            async with self._writing.connect() as connection:
                found = (await connection.get_raw_connection()).driver_connection
            self._direct = cast(DirectConnection, found)
        return self._direct

    def _sqlite_glance(self) -> DirectConnection:
        """A connection for single rows, outside any transaction."""
        if self._glance is None or not self._glance.is_open:
            self._glance = DirectConnection(self._path, writing=False)
        return self._glance

    def _sqlite_engine(self, *, writing: bool) -> AsyncEngine:
        if self._url.database and self._url.database != ":memory:":
            Path(self._url.database).parent.mkdir(parents=True, exist_ok=True)
        size = 1 if writing else 4

        async def connect() -> DirectConnection:
            return DirectConnection(self._path, writing=writing)

        return create_async_engine(
            self._url,
            async_creator=connect,
            pool_size=size,
            max_overflow=0 if writing else 12,
        )


def _refuse_dead_connection(connection: Any, _record: object, _proxy: object) -> None:
    """
    Let the pool replace a connection that the server has closed meanwhile.

    The driver notices that by itself; asking the server (pre-ping) would cost
    every transaction three more messages.
    """
    if connection.driver_connection.is_closed():
        raise DisconnectionError


_UNSTORABLE = frozenset({"22021", "22P05"})
"""PostgreSQL's states for characters that a text, or a text within JSON, cannot hold."""
_LOST = (OperationalError, InterfaceError, OSError, sqlite3.OperationalError)


class _unavailable:  # noqa: N801 - reads as a statement: with _unavailable()
    """Turns a driver's loss of the database, and text that it refuses, into our own errors."""

    def __enter__(self) -> None: ...

    def __exit__(self, _type: object, error: BaseException | None, _trace: object) -> None:
        lost = isinstance(error, _LOST) or (
            isinstance(error, DBAPIError) and error.connection_invalidated
        )
        if lost:
            raise DatabaseUnavailable(type(error).__name__) from error
        if isinstance(error, DBAPIError) and _state(error) in _UNSTORABLE:
            raise TextNotStorable(type(error).__name__) from error


def _state(error: DBAPIError) -> str | None:
    state: str | None = getattr(error.orig, "sqlstate", None)
    return state


def _with_driver(url: str) -> str:
    for plain, driven in (
        ("sqlite://", "sqlite+aiosqlite://"),
        ("postgresql://", "postgresql+asyncpg://"),
        ("postgres://", "postgresql+asyncpg://"),
    ):
        if url.startswith(plain):
            return driven + url[len(plain) :]
    return url
