"""One line of migrations, and the models say what it makes."""

from pathlib import Path

from app.revision import is_current, newest_revision
from app.schema import differences, heads, upgrade
from core.database import Database


def test_there_is_one_migration_head_and_its_file_has_the_last_number():
    assert heads() == (newest_revision(),)


async def test_on_sqlite_the_migrations_make_what_the_models_say(tmp_path: Path):
    await _agrees(f"sqlite:///{tmp_path / 'fresh.db'}")


async def test_on_postgresql_the_migrations_make_what_the_models_say(own_postgres_url: str):
    await _agrees(own_postgres_url)


async def test_a_second_upgrade_changes_nothing(tmp_path: Path):
    database = Database(f"sqlite:///{tmp_path / 'fresh.db'}")
    await upgrade(database)
    await upgrade(database)
    assert await is_current(database)
    await database.close()


async def test_a_database_without_our_tables_is_not_current(tmp_path: Path):
    database = Database(f"sqlite:///{tmp_path / 'fresh.db'}")
    assert not await is_current(database)
    await database.close()


async def _agrees(url: str) -> None:
    database = Database(url)
    await upgrade(database)
    found = await differences(database)
    await database.close()
    assert found == []
