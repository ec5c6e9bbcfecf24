"""Every role in a process of its own, on PostgreSQL and Redis; then without the Redis."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from app.schema import upgrade
from conversations.models import Conversation, InboxMessage
from core.database import Database
from notifications.models import OutboxMessage
from tests.running import RunningHouse
from tests.servers import redis_server
from tickets.models import Ticket

ROLES = ("web", "worker", "worker", "sender", "clock")
"""Two workers, so that they meet."""
NUMBER = re.compile(r"BJM-\d{8}-\d{4,}")


def words(sender: int) -> str:
    return f"楼道灯坏了三天没人修，长虹里3栋，电话1380000{3000 + sender}"


class Street:
    """Residents at the web chat of a house whose roles are apart."""

    def __init__(self, client: httpx.AsyncClient, house: RunningHouse) -> None:
        self._client = client
        self._house = house

    async def write(self, sender: int, text: str, message: str) -> None:
        url, headers = f"{self._house.url}/chat/messages", self._house.visitor(sender)
        form = {"text": text, "client_id": message}
        answer = await self._client.post(url, data=form, headers=headers)
        assert answer.status_code == 204, answer.text

    async def number(self, sender: int) -> str:
        """Look at the page until a ticket's number stands on it."""
        while True:
            page = await self._client.get(self._house.url, headers=self._house.visitor(sender))
            if found := NUMBER.search(page.text):
                return found.group()
            await asyncio.sleep(0.2)


@contextlib.asynccontextmanager
async def running(
    folder: Path, url: str, model_folder: Path, redis_url: str
) -> AsyncIterator[list[RunningHouse]]:
    houses = [
        RunningHouse(folder, url, model_folder, BAIJIAMEN_REDIS__URL=redis_url) for _ in ROLES
    ]
    try:
        for house, role in zip(houses, ROLES, strict=True):
            house.start("--roles", role)
        await houses[0].answers()
        yield houses
    finally:
        for house in houses:
            house.kill()


@pytest.mark.timeout(240)
async def test_roles_apart_tell_one_story_and_go_on_without_redis(
    own_postgres_url: str, model_folder: Path, tmp_path: Path
):
    database = Database(own_postgres_url)
    await upgrade(database)
    with contextlib.ExitStack() as redis:
        redis_url = redis.enter_context(redis_server())
        async with (
            running(tmp_path, own_postgres_url, model_folder, redis_url) as houses,
            httpx.AsyncClient(timeout=30) as client,
        ):
            street = Street(client, houses[0])
            await asyncio.gather(*(street.write(n, words(n), "m1") for n in range(8)))
            first = await asyncio.gather(*(street.number(n) for n in range(8)))

            redis.close()
            await asyncio.gather(*(street.write(n, words(n), "m1") for n in range(8, 12)))
            second = await asyncio.gather(*(street.number(n) for n in range(8, 12)))
            ready = (await client.get(f"{houses[0].url}/readyz")).json()

            assert [house.runs for house in houses] == [True] * len(ROLES), houses[0].log()
            for house in houses:
                house.terminate()
            statuses = [await asyncio.to_thread(house.wait_seconds, 10) for house in houses]
    assert len({*first, *second}) == 12
    assert (ready["ready"], ready["signals"]) == (True, "local only")
    assert statuses == [0] * len(ROLES), houses[0].log()
    await each_message_was_handled_once(database)
    await database.close()


async def each_message_was_handled_once(database: Database) -> None:
    async with database.reading() as session:
        inbox = list(await session.scalars(select(InboxMessage.status)))
        tickets = list(await session.scalars(select(Ticket.conversation_id)))
        conversations = list(await session.scalars(select(Conversation.id)))
        causes = list(await session.scalars(select(OutboxMessage.inbox_id).distinct()))
    assert inbox == ["done"] * 12
    assert sorted(tickets) == sorted(conversations)
    assert len(causes) == 12
