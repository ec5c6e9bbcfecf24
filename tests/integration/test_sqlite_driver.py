"""What the direct SQLite driver promises to whoever is cancelled while a statement runs."""

import asyncio
import contextlib
import threading
from pathlib import Path

from sqlalchemy import text

from core.database import Database


async def test_however_often_a_reader_is_cancelled_the_statement_ends_before_its_connection(
    tmp_path: Path,
) -> None:
    database = Database(f"sqlite:///{tmp_path / 'cancelled.db'}")
    began, may_end, ended = threading.Event(), threading.Event(), threading.Event()

    def slow() -> int:
        began.set()
        may_end.wait(30)
        ended.set()
        return 1

    async def read() -> None:
        async with database.reading() as session:
            connection = await (await session.connection()).get_raw_connection()
            assert connection.driver_connection is not None
            connection.driver_connection.plain.create_function("slow", 0, slow)
            await session.execute(text("SELECT slow()"))

    reader = asyncio.create_task(read())
    await asyncio.to_thread(began.wait, 30)
    for _ in range(20):
        await asyncio.sleep(0.01)
        reader.cancel()
    assert not reader.done(), "it waits for the statement"
    may_end.set()
    with contextlib.suppress(asyncio.CancelledError):
        await reader
    assert ended.is_set()
    await database.close()
