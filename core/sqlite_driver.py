"""
SQLite for SQLAlchemy's async engine, with as few changes of thread as the work allows.

aiosqlite hands every step of every statement (open a cursor, execute, fetch,
close) to its thread and waits: for statements that take microseconds the
hand-overs are most of the time. Here a writing connection runs its statements
where it stands, and leaves only COMMIT (waits for the disk) and a BEGIN that
finds the file locked by another process to a thread; a reading connection
hands over once a statement, because a long list must not hold up everybody
else. Transactions begin with their first statement.

The classes have the shape of aiosqlite's, which SQLAlchemy's dialect expects.
"""

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Self, TypeVar

_T = TypeVar("_T")
_STATEMENTS = 256
"""Compiled statements that a connection keeps."""
_LOCK_MILLISECONDS = 5000
"""How long a writer waits for another process."""
_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "secure_delete=ON",
)


class DirectConnection:
    """One connection; `writing` says where its statements run."""

    def __init__(self, path: str, *, writing: bool, uri: bool = False) -> None:
        self.writing = writing
        self._connection: sqlite3.Connection | None = sqlite3.connect(
            path,
            uri=uri,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=_STATEMENTS,
            timeout=_LOCK_MILLISECONDS / 1000,
        )
        for pragma in _PRAGMAS if writing else (*_PRAGMAS, "query_only=ON"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sqlite")

    @property
    def plain(self) -> sqlite3.Connection:
        """The connection itself; raises `ValueError` when it is closed, as aiosqlite does."""
        if self._connection is None:
            raise ValueError("no active connection")
        return self._connection

    @property
    def is_open(self) -> bool:
        """Whether it may still be used."""
        return self._connection is not None

    @property
    def isolation_level(self) -> str | None:
        """Always None: transactions are begun by hand."""
        return self.plain.isolation_level

    def cursor(self) -> "DirectCursor":
        """A cursor for one statement."""
        return DirectCursor(self)

    async def in_thread(self, work: Callable[[], _T]) -> _T:
        """
        Do something that may wait, elsewhere.

        Whoever is cancelled meanwhile still waits for the end, because nobody
        else may touch the connection before. However often: a web server's
        task group repeats its cancellation at every turn of the loop, and a
        connection that is closed under a running statement ends the process.
        """
        future = asyncio.get_running_loop().run_in_executor(self._thread, work)
        try:
            return await asyncio.shield(future)
        except asyncio.CancelledError:
            while not future.done():
                with contextlib.suppress(asyncio.CancelledError):
                    await asyncio.wait({future})
            future.exception()
            raise

    async def begin(self) -> None:
        """Begin a transaction unless one is open; a writer takes the lock at once."""
        if self.plain.in_transaction:
            return
        if not self.writing:
            self.plain.execute("BEGIN")
        elif not self._begin_writing():
            await self.in_thread(self._wait_and_begin)

    async def commit(self) -> None:
        """Wait until the disk has it; without a transaction there is nothing to wait for."""
        if self.plain.in_transaction:
            await self.in_thread(self.plain.commit)

    async def rollback(self) -> None:
        """Forget the transaction; that touches no disk."""
        self.plain.rollback()

    async def close(self) -> None:
        """Close for good."""
        self.stop()

    def stop(self) -> None:
        """Close without waiting for anybody."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self._thread.shutdown(wait=False)

    def _begin_writing(self) -> bool:
        """Take the lock if it is free."""
        self.plain.execute("PRAGMA busy_timeout=0")
        try:
            self.plain.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            return False
        finally:
            self.plain.execute(f"PRAGMA busy_timeout={_LOCK_MILLISECONDS}")
        return True

    def _wait_and_begin(self) -> None:
        self.plain.execute("BEGIN IMMEDIATE")

    async def create_function(self, *arguments: Any, **more: Any) -> None:
        """Add an SQL function; SQLAlchemy does so for REGEXP."""
        self.plain.create_function(*arguments, **more)


class DirectCursor:
    """One statement and its rows."""

    def __init__(self, connection: DirectConnection) -> None:
        self._connection = connection
        self._cursor = connection.plain.cursor()
        self._rows: list[Any] = []

    async def __aenter__(self) -> Self:
        return self

    @property
    def description(self) -> Any:
        """The columns, or None for what gives no rows."""
        return self._cursor.description

    @property
    def rowcount(self) -> int:
        """How many rows were changed."""
        return self._cursor.rowcount

    @property
    def lastrowid(self) -> int | None:
        """The key of the last inserted row."""
        return self._cursor.lastrowid

    @property
    def arraysize(self) -> int:
        """How many rows `fetchmany` gives."""
        return self._cursor.arraysize

    @arraysize.setter
    def arraysize(self, size: int) -> None:
        self._cursor.arraysize = size

    async def execute(self, statement: str, parameters: Sequence[Any] = ()) -> None:
        """Run one statement and take its rows."""

        def work() -> None:
            self._cursor.execute(statement, parameters)
            self._rows = self._cursor.fetchall() if self._cursor.description else []

        await self._run(work)

    async def executemany(self, statement: str, parameters: Iterable[Sequence[Any]]) -> None:
        """Run one statement for many rows."""

        def work() -> None:
            self._cursor.executemany(statement, parameters)

        await self._run(work)

    async def fetchall(self) -> list[Any]:
        """The rows that are left."""
        rows, self._rows = self._rows, []
        return rows

    async def fetchmany(self, size: int | None = None) -> list[Any]:
        """The next rows."""
        count = size or self.arraysize
        rows, self._rows = self._rows[:count], self._rows[count:]
        return rows

    async def fetchone(self) -> Any | None:
        """The next row."""
        rows = await self.fetchmany(1)
        return rows[0] if rows else None

    async def close(self) -> None:
        """Let go of the statement."""
        self._cursor.close()

    async def _run(self, work: Callable[[], None]) -> None:
        await self._connection.begin()
        if self._connection.writing:
            work()
        else:
            await self._connection.in_thread(work)
