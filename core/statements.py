"""
Statements of every message: compiled once, then handed to the driver as they are.

SQLAlchemy looks a statement's compiled form up anew at every execution and
wraps each result; for statements that a database answers in microseconds that
is most of the time (docs/decisions/0012). Whatever runs once a click belongs
into an ordinary `session.execute`; this is for what runs several times a
message.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ClauseElement, Connection
from sqlalchemy.dialects.sqlite import aiosqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

from core.sqlite_driver import DirectConnection

DIRECT = "direct"
"""Where a session's `info` has the SQLite connection of its transaction."""

Values = Mapping[str, Any]
_SQLITE = aiosqlite.dialect()
_Convert = Callable[[Any], Any] | None


class Prepared:
    """
    One statement with named parameters, as it is compiled for each kind of database.

    A mapping gives it by the dialect's name, where the kinds need different
    ones. Parameters and columns are converted by their types, as SQLAlchemy
    does it. An INSERT or UPDATE writes the columns that the first run gives,
    and every later run has to give the same; defaults of the models are not
    filled in (`KeyError`).
    """

    def __init__(self, statement: ClauseElement | Mapping[str, ClauseElement]) -> None:
        self._statement = statement
        self._forms: dict[str, _Form] = {}

    async def run(self, session: AsyncSession, values: Values) -> list[Any]:
        """Run it in the session's transaction; gives the rows, named after their columns."""
        direct: DirectConnection | None = session.info.get(DIRECT)
        if direct is None:
            return await session.run_sync(self._run_in, values)
        await direct.begin()
        return self.run_directly(direct, values)

    async def run_all(self, session: AsyncSession, rows: Sequence[Values]) -> None:
        """Run it for each of several rows in one go; what they give back is lost."""
        direct: DirectConnection | None = session.info.get(DIRECT)
        if direct is None:
            await session.run_sync(self._run_all_in, rows)
            return
        await direct.begin()
        form = self._form(_SQLITE, rows[0])
        direct.plain.executemany(form.sql, [form.bound(values) for values in rows])

    def run_directly(self, direct: DirectConnection, values: Values) -> list[Any]:
        """Run it on SQLite where it stands."""
        form = self._form(_SQLITE, values)
        return form.rows(direct.plain.execute(form.sql, form.bound(values)).fetchall())

    def run_on(self, connection: Connection, values: Values) -> list[Any]:
        """Run it on a connection, within `run_sync`."""
        form = self._form(connection.dialect, values)
        with _cursor(connection) as cursor:
            cursor.execute(form.sql, form.bound(values))
            return form.rows(cursor.fetchall()) if form.columns else []

    def _run_in(self, session: Session, values: Values) -> list[Any]:
        return self.run_on(session.connection(), values)

    def _run_all_in(self, session: Session, rows: Sequence[Values]) -> None:
        connection = session.connection()
        form = self._form(connection.dialect, rows[0])
        with _cursor(connection) as cursor:
            cursor.executemany(form.sql, [form.bound(values) for values in rows])

    def _form(self, dialect: Dialect, values: Values) -> "_Form":
        form = self._forms.get(dialect.name)
        if form is None:
            statement = self._statement
            if isinstance(statement, Mapping):
                statement = statement[dialect.name]
            form = self._forms[dialect.name] = _compiled(statement, dialect, tuple(values))
        return form


@dataclass(frozen=True, slots=True)
class _Form:
    """A statement in one database's words."""

    sql: str
    parameters: tuple[tuple[str, _Convert], ...]
    constants: Values
    columns: tuple[_Convert, ...]
    row: Callable[..., Any]

    def bound(self, values: Values) -> tuple[Any, ...]:
        """The values in their order, as the driver takes them."""
        given = {**self.constants, **values} if self.constants else values
        return tuple(
            [
                given[name] if convert is None else convert(given[name])
                for name, convert in self.parameters
            ]
        )

    def rows(self, found: Iterable[Sequence[Any]]) -> list[Any]:
        """What the driver gave, converted back."""
        return [
            self.row(
                *(
                    value if convert is None else convert(value)
                    for convert, value in zip(self.columns, each, strict=True)
                )
            )
            for each in found
        ]


@contextmanager
def _cursor(connection: Connection) -> Iterator[Any]:
    cursor = connection.connection.cursor()
    try:
        yield cursor
    except connection.dialect.loaded_dbapi.Error as error:
        raise _wrapped(connection, error) from error
    finally:
        cursor.close()


def _wrapped(connection: Connection, error: Any) -> BaseException:
    """
    The error as SQLAlchemy itself would raise it.

    These statements expect their conflicts, so whatever fails is out of the
    ordinary, and the connection is not used again: it may be lost, or remember
    tables as they were before a migration.
    """
    dialect = connection.dialect
    lost = dialect.is_disconnect(error, None, None)
    connection.invalidate(error)
    wrapped: BaseException = DBAPIError.instance(
        None, None, error, dialect.loaded_dbapi.Error, connection_invalidated=lost, dialect=dialect
    )
    return wrapped


def _compiled(statement: ClauseElement, dialect: Dialect, names: Sequence[str]) -> _Form:
    compiled = statement.compile(dialect=dialect, column_keys=names)
    if not isinstance(compiled, SQLCompiler):
        raise TypeError(statement)
    order = compiled.positiontup or ()
    constants = {name: compiled.binds[name].effective_value for name in order}
    columns = tuple(getattr(statement, "exported_columns", ()))
    return _Form(
        sql=str(compiled),
        parameters=tuple((name, _writer(compiled.binds[name].type, dialect)) for name in order),
        constants={name: value for name, value in constants.items() if value is not None},
        columns=tuple(_reader(column.type, dialect) for column in columns),
        row=namedtuple("Row", [column.key for column in columns]),
    )


def _writer(kind: TypeEngine[Any], dialect: Dialect) -> _Convert:
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _reader(kind: TypeEngine[Any], dialect: Dialect) -> _Convert:
    return kind.dialect_impl(dialect).result_processor(dialect, None)
