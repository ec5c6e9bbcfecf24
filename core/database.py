"""
The database: one way to write, one way to read, on SQLite and on PostgreSQL.

SQLite has one writer at a time. Instead of letting connections fight for the
lock (its busy handler sleeps), writers queue here in the process; every write
transaction begins with BEGIN IMMEDIATE so that none can fail half-way.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Integer, MetaData, event, make_url, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import (
    AsyncConnection,
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

from core.errors import DatabaseUnavailable
from core.sqlite_driver import DirectConnection

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
        self._turn: AbstractAsyncContextManager[Any] = nullcontext()
        if self.is_sqlite:
            self._turn = asyncio.Lock()
            self._writing = self._sqlite_engine(writing=True)
            self._reading = self._sqlite_engine(writing=False)
        else:
            self._writing = self._reading = create_async_engine(
                self._url, pool_size=pool_size, max_overflow=pool_size, pool_pre_ping=True
            )
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
                async with self._writers.begin() as session:
                    yield session

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A consistent view for reading; writing in it fails on SQLite."""
        with _unavailable():
            async with self._readers() as session:
                yield session

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
        await self._writing.dispose()
        if self._reading is not self._writing:
            await self._reading.dispose()

    def _sqlite_engine(self, *, writing: bool) -> AsyncEngine:
        if self._url.database and self._url.database != ":memory:":
            Path(self._url.database).parent.mkdir(parents=True, exist_ok=True)
        size = 1 if writing else 4
        path = self._url.database or ":memory:"

        async def connect() -> DirectConnection:
            return DirectConnection(path, writing=writing)

        engine = create_async_engine(
            self._url,
            async_creator=connect,
            pool_size=size,
            max_overflow=0 if writing else 12,
        )
        begin = "BEGIN IMMEDIATE" if writing else "BEGIN"

        @event.listens_for(engine.sync_engine, "connect")
        def on_connect(connection: Any, _record: Any) -> None:
            cursor = connection.cursor()
            for pragma in _PRAGMAS if writing else (*_PRAGMAS, "query_only=ON"):
                cursor.execute(f"PRAGMA {pragma}")
            cursor.close()

        @event.listens_for(engine.sync_engine, "begin")
        def on_begin(connection: Any) -> None:
            connection.exec_driver_sql(begin)

        return engine


_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "busy_timeout=5000",
    "secure_delete=ON",
)


class _unavailable:  # noqa: N801 - reads as a statement: with _unavailable()
    """Turns a driver's loss of the database into our own error."""

    def __enter__(self) -> None: ...

    def __exit__(self, _type: object, error: BaseException | None, _trace: object) -> None:
        lost = isinstance(error, (OperationalError, InterfaceError, OSError)) or (
            isinstance(error, DBAPIError) and error.connection_invalidated
        )
        if lost:
            raise DatabaseUnavailable(type(error).__name__) from error


def _with_driver(url: str) -> str:
    for plain, driven in (
        ("sqlite://", "sqlite+aiosqlite://"),
        ("postgresql://", "postgresql+asyncpg://"),
        ("postgres://", "postgresql+asyncpg://"),
    ):
        if url.startswith(plain):
            return driven + url[len(plain) :]
    return url
