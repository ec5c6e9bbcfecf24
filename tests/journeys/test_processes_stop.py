"""SIGTERM: what is begun is finished, nothing is half done, and it is over within ten seconds."""

import asyncio
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from conversations.models import Conversation, InboxMessage
from core.database import Database
from tests.running import RunningHouse
from tickets.models import Ticket

WITHIN_SECONDS = 10


def words(sender: int) -> str:
    return f"楼道灯坏了三天没人修，长虹里3栋，电话1380000{2000 + sender}"


async def write(client: httpx.AsyncClient, house: RunningHouse, sender: int) -> bool:
    body = {"sender": f"s{sender}", "message": words(sender), "message_id": f"m{sender}"}
    try:
        answer = await client.post(f"{house.url}/webhooks/rest/webhook", json=body)
    except httpx.HTTPError:
        return False
    return answer.status_code == 200


@pytest.mark.timeout(240)
async def test_it_finishes_what_it_has_begun_with_a_reader_on_the_line(
    migrated_url: str, model_folder: Path, tmp_path: Path
):
    house = RunningHouse(tmp_path, migrated_url, model_folder)
    house.start()
    try:
        await house.answers()
        heard = await stop_under_load(house)
        status = await asyncio.to_thread(house.wait_seconds, WITHIN_SECONDS)
    finally:
        house.kill()
    assert status == 0, house.log()
    assert "Traceback" not in house.log()
    await everything_answered_is_whole(migrated_url, heard)


async def stop_under_load(house: RunningHouse) -> set[str]:
    """Send SIGTERM while messages are under way and a page listens to its stream."""
    async with (
        httpx.AsyncClient(timeout=30) as client,
        client.stream("GET", f"{house.url}/chat/stream", headers=house.visitor(7)) as stream,
    ):
        assert stream.status_code == 200
        assert await write(client, house, 0)
        writing = [asyncio.create_task(write(client, house, sender)) for sender in range(1, 25)]
        await asyncio.wait(writing, return_when=asyncio.FIRST_COMPLETED)
        house.terminate()
        answered = await asyncio.gather(*writing)
    assert any(answered)
    return {"s0"} | {f"s{n}" for n, was in enumerate(answered, 1) if was}


async def everything_answered_is_whole(url: str, heard: set[str]) -> None:
    database = Database(url)
    async with database.reading() as session:
        inbox = await session.execute(
            select(Conversation.peer)
            .join(InboxMessage, InboxMessage.conversation_id == Conversation.id)
            .where(InboxMessage.status == "done")
        )
        tickets = list(await session.scalars(select(Ticket)))
        done = set(inbox.scalars())
    await database.close()
    assert heard <= done
    assert len(tickets) == len(done)
