"""A copy taken while the house is at work, and put back."""

import asyncio
import contextlib
import os
import stat
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from app.backups import BackupFailed, restore_backup, write_backup
from app.revision import is_current
from app.tables import all_tables
from core.database import Database
from tests.servers import ServerMissing, find_postgres
from tickets.models import ReferenceCounter


@pytest.fixture(autouse=True)
def tools_of_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """`pg_dump` has to be as new as its server, wherever the tests found that."""
    with contextlib.suppress(ServerMissing):
        monkeypatch.setenv("PATH", str(find_postgres()), prepend=os.pathsep)


async def add_day(database: Database, day: str) -> None:
    async with database.transaction() as session:
        session.add(ReferenceCounter(day=day, last=7))


async def days(database: Database) -> list[str]:
    async with database.reading() as session:
        return sorted(await session.scalars(select(ReferenceCounter.day)))


async def test_what_was_there_comes_back_and_what_came_later_does_not(
    migrated_url: str, tmp_path: Path
):
    database, file = Database(migrated_url), tmp_path / "copy"
    await add_day(database, "20261122")
    await write_backup(database, file)
    await add_day(database, "20261123")
    await restore_backup(database, file, replace=True)

    again = Database(migrated_url)
    assert await days(again) == ["20261122"]
    assert await is_current(again)
    await again.close()


async def test_a_copy_taken_while_others_write_is_whole(migrated_url: str, tmp_path: Path):
    database, file = Database(migrated_url), tmp_path / "copy"
    writing = asyncio.create_task(_write_pairs(database))
    await asyncio.sleep(0)
    await write_backup(database, file)
    await writing
    await restore_backup(database, file, replace=True)

    again = Database(migrated_url)
    kept = await days(again)
    await again.close()
    assert {day for day in kept if day.startswith("a")} == {
        day.replace("b", "a", 1) for day in kept if day.startswith("b")
    }


async def _write_pairs(database: Database) -> None:
    """Two rows in one transaction, over and over: a whole copy has both or neither."""
    for number in range(40):
        async with database.transaction() as session:
            session.add(ReferenceCounter(day=f"a{number:07}", last=1))
            await session.flush()
            session.add(ReferenceCounter(day=f"b{number:07}", last=1))


async def test_only_its_owner_may_read_a_copy(migrated_url: str, tmp_path: Path):
    database, file = Database(migrated_url), tmp_path / "copy"
    await write_backup(database, file)
    await database.close()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.stat().st_size > 0


async def test_a_copy_overwrites_no_file(migrated_url: str, tmp_path: Path):
    database, file = Database(migrated_url), tmp_path / "copy"
    file.write_text("precious", encoding="utf-8")
    with pytest.raises(BackupFailed, match="exists already"):
        await write_backup(database, file)
    await database.close()
    assert file.read_text(encoding="utf-8") == "precious"


async def test_a_database_that_is_not_empty_is_replaced_only_on_demand(
    migrated_url: str, tmp_path: Path
):
    database, file = Database(migrated_url), tmp_path / "copy"
    await write_backup(database, file)
    with pytest.raises(BackupFailed, match="--yes"):
        await restore_backup(database, file, replace=False)
    await database.close()


async def test_a_file_that_is_no_copy_is_refused_and_nothing_is_lost(
    migrated_url: str, tmp_path: Path
):
    database, file = Database(migrated_url), tmp_path / "letter.txt"
    await add_day(database, "20261122")
    file.write_text("dear office", encoding="utf-8")
    with pytest.raises(BackupFailed):
        await restore_backup(database, file, replace=True)
    again = Database(migrated_url)
    assert await days(again) == ["20261122"]
    await again.close()


async def test_every_table_is_in_the_copy(tmp_path: Path, migrated_url: str):
    database, file = Database(migrated_url), tmp_path / "copy"
    await write_backup(database, file)
    async with database.engine.begin() as connection:
        for table in reversed(all_tables().sorted_tables):
            await connection.execute(text(f"DROP TABLE {table.name}"))
    await restore_backup(database, file, replace=True)
    again = Database(migrated_url)
    async with again.reading() as session:
        for table in all_tables().sorted_tables:
            await session.scalar(select(func.count()).select_from(table))
    await again.close()
