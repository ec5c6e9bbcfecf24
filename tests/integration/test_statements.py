"""Statements that are compiled once, inside the same transactions as everything else."""

import asyncio
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import bindparam, func, insert, select, text

from core.database import Database
from core.errors import DatabaseUnavailable
from core.ids import new_id
from core.statements import Prepared
from people.models import Resident

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
RESIDENTS = Resident.__table__
ADD = Prepared(insert(RESIDENTS))
FIND = Prepared(select(RESIDENTS).where(RESIDENTS.c.id == bindparam("of_id")))


def a_resident() -> dict[str, object]:
    return {"id": new_id(), "name_sealed": b"sealed", "language": "zh", "created_at": NOW}


async def count(database: Database) -> int:
    async with database.reading() as session:
        return await session.scalar(select(func.count()).select_from(Resident)) or 0


async def test_values_go_in_and_come_out_as_their_columns_say(database: Database) -> None:
    row = a_resident()
    async with database.transaction() as session:
        assert await ADD.run(session, row) == []
        (found,) = await FIND.run(session, {"of_id": row["id"]})
    assert (found.id, found.created_at, found.name_sealed) == (row["id"], NOW, b"sealed")
    assert isinstance(found.id, UUID)


async def test_several_rows_go_in_at_once(database: Database) -> None:
    async with database.transaction() as session:
        await ADD.run_all(session, [a_resident(), a_resident(), a_resident()])
    assert await count(database) == 3


async def test_a_column_that_is_not_given_is_an_error_and_not_a_default(
    database: Database,
) -> None:
    careless = Prepared(insert(RESIDENTS))
    async with database.transaction() as session:
        with pytest.raises(KeyError, match="language"):
            await careless.run(session, {"id": new_id(), "created_at": NOW})


async def test_objects_and_prepared_statements_share_one_transaction(database: Database) -> None:
    row = a_resident()
    async with database.transaction() as session:
        await ADD.run(session, row)
        known = await session.get(Resident, row["id"])
        assert known is not None
        known.language = "en"
        await session.flush()
        (found,) = await FIND.run(session, {"of_id": row["id"]})
        assert found.language == "en"
    (found,) = await database.look_up(FIND, {"of_id": row["id"]})
    assert found.language == "en"


@pytest.mark.parametrize("with_objects", [False, True])
async def test_a_block_that_raises_takes_both_back(database: Database, with_objects: bool) -> None:
    async def fail_half_way() -> None:
        async with database.transaction() as session:
            await ADD.run(session, a_resident())
            if with_objects:
                session.add(Resident(**a_resident()))
                await session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail_half_way()
    assert await count(database) == 0
    async with database.transaction() as session:
        await ADD.run(session, a_resident())
    assert await count(database) == 1


async def test_a_look_sees_only_what_is_committed(database: Database) -> None:
    row = a_resident()

    async def look() -> Sequence[object]:
        return await database.look_up(FIND, {"of_id": row["id"]})

    async with database.transaction() as session:
        await ADD.run(session, row)
        assert await look() == []
    assert len(await look()) == 1


async def test_a_row_that_may_not_be_there_is_refused_and_leaves_the_connection_usable(
    database: Database,
) -> None:
    row = a_resident()
    async with database.transaction() as session:
        await ADD.run(session, row)
    with pytest.raises(Exception, match=r"(?i)unique"):
        async with database.transaction() as session:
            await ADD.run(session, row)
    async with database.transaction() as session:
        await ADD.run(session, a_resident())
    assert await count(database) == 2


async def test_a_connection_that_the_server_closed_is_replaced(clean_postgres_url: str) -> None:
    database, other = Database(clean_postgres_url), Database(clean_postgres_url)
    try:
        async with database.transaction() as session:
            await ADD.run(session, a_resident())
        await _hang_up_on_others(other)
        for _ in range(2):
            async with database.transaction() as session:
                await ADD.run(session, a_resident())
        assert await count(database) == 3
    finally:
        await database.close()
        await other.close()


async def test_a_connection_lost_in_the_middle_is_called_unavailable(
    clean_postgres_url: str,
) -> None:
    database, other = Database(clean_postgres_url), Database(clean_postgres_url)

    async def lose_it_half_way() -> None:
        async with database.transaction() as session:
            await ADD.run(session, a_resident())
            await _hang_up_on_others(other)
            await ADD.run(session, a_resident())

    try:
        with pytest.raises(DatabaseUnavailable):
            await lose_it_half_way()
        assert await count(database) == 0
    finally:
        await database.close()
        await other.close()


async def test_a_writer_waits_for_another_process_without_stopping_the_rest(
    sqlite_url: str,
) -> None:
    database = Database(sqlite_url)
    other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    async def write() -> None:
        async with database.transaction() as session:
            await ADD.run(session, a_resident())

    waiting = asyncio.create_task(write())
    assert await count(database) == 0
    assert not waiting.done()
    other.execute("COMMIT")
    other.close()
    await waiting
    assert await count(database) == 1
    await database.close()


async def _hang_up_on_others(database: Database) -> None:
    others = "pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
    async with database.transaction() as session:
        await session.execute(text(f"SELECT pg_terminate_backend(pid) FROM {others}"))
        while await session.scalar(text(f"SELECT count(*) FROM {others}")):
            await session.execute(text("SELECT pg_stat_clear_snapshot()"))
    await asyncio.sleep(0.1)  # the driver hears of it through its socket
