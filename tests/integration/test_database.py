"""One way to write, one way to read, the same on both databases."""

import asyncio

import pytest
from sqlalchemy import insert, select, update

from core.database import Database
from core.errors import DatabaseUnavailable
from tickets.models import ReferenceCounter


async def _last(database: Database) -> int | None:
    async with database.reading() as session:
        return await session.scalar(select(ReferenceCounter.last))


async def test_a_block_that_raises_leaves_nothing_behind(database):
    async def fail_half_way() -> None:
        async with database.transaction() as session:
            await session.execute(insert(ReferenceCounter).values(day="20261122", last=1))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail_half_way()
    assert await _last(database) is None


async def test_writers_at_the_same_time_wait_for_each_other_and_lose_nothing(database):
    async with database.transaction() as session:
        await session.execute(insert(ReferenceCounter).values(day="20261122", last=0))

    async def count() -> None:
        async with database.transaction() as session:
            await session.execute(update(ReferenceCounter).values(last=ReferenceCounter.last + 1))

    await asyncio.gather(*(count() for _ in range(50)))
    assert await _last(database) == 50


async def test_readers_see_only_what_is_committed(database):
    async with database.transaction() as session:
        await session.execute(insert(ReferenceCounter).values(day="20261122", last=1))
        assert await _last(database) is None
    assert await _last(database) == 1


async def test_a_database_that_is_not_there_is_called_unavailable():
    database = Database("postgresql://nobody@127.0.0.1:9/none")
    with pytest.raises(DatabaseUnavailable):
        await database.ping()
    await database.close()
