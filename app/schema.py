"""Brings a database to the newest schema. Importing it imports Alembic: do so where it is used."""

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from app.configuration import ROOT
from app.tables import all_tables
from core.database import Database


def alembic_config() -> Config:
    """Alembic's configuration without a file: there is nothing in it to set."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    return config


async def upgrade(database: Database) -> None:
    """Run every migration that this database has not seen."""
    async with database.changing_schema() as connection:
        await connection.run_sync(_upgrade)


async def differences(database: Database) -> list[object]:
    """What the models say and the database does not; empty when they agree."""
    async with database.changing_schema() as connection:
        return await connection.run_sync(_differences)


def heads() -> tuple[str, ...]:
    """The newest revisions; a test sees to it that there is one."""
    return tuple(ScriptDirectory.from_config(alembic_config()).get_heads())


def _upgrade(connection: Connection) -> None:
    config = alembic_config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, all_tables()))
