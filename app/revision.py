"""
Which schema the database has, and which the program needs.

Asked at every start and by every `/readyz`, therefore without Alembic: its
import alone takes longer than the answer.
"""

from sqlalchemy import Connection, inspect, text

from app.configuration import ROOT
from core.database import Database

_MIGRATIONS = ROOT / "migrations" / "versions"
_TABLE = "alembic_version"


def newest_revision() -> str:
    """The last of the numbered migration files, `0002` for `0002_words.py`."""
    return max(path.name.split("_")[0] for path in _MIGRATIONS.glob("[0-9]*_*.py"))


async def is_current(database: Database) -> bool:
    """Whether no migration is outstanding."""
    async with database.reading() as session:
        connection = await session.connection()
        return await connection.run_sync(_present) == [newest_revision()]


def _present(connection: Connection) -> list[str]:
    if not inspect(connection).has_table(_TABLE):
        return []
    return list(connection.execute(text(f"SELECT version_num FROM {_TABLE}")).scalars())  # noqa: S608
