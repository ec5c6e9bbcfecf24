"""The server is killed in mid-sentence again and again; every message becomes exactly one ticket."""

import asyncio
import json
import random
import re
from collections import Counter
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select

from conversations.models import Conversation, InboxMessage
from core.database import Database
from notifications.models import OutboxMessage
from notifications.outbox import PURPOSE, decode_reply
from tests.running import RunningHouse
from tickets.models import Ticket

MESSAGES = 100
"""On each of the two channels."""
KILLS = 4
AT_ONCE = 12
SEED = 20261123
NUMBER = re.compile(r"BJM-\d{8}-\d{4,}")


def words(sender: int) -> str:
    return f"楼道灯坏了三天没人修，长虹里3栋，电话1380000{1000 + sender}"


class Residents:
    """Two hundred people who try again until they have been heard."""

    def __init__(self, house: RunningHouse) -> None:
        self._house = house
        self.receipts: dict[int, list[dict[str, object]]] = {}
        self.heard = 0
        self.retries = 0
        self._news = asyncio.Event()

    async def somebody_is_heard(self) -> None:
        """Wait for the next answer."""
        self._news.clear()
        await self._news.wait()

    async def write_rest(self, client: httpx.AsyncClient, sender: int) -> None:
        """`POST /webhooks/rest/webhook` until it answers 200."""
        body = {"sender": f"s{sender}", "message": words(sender), "message_id": f"m{sender}"}
        answer = await self._insist(client, "/webhooks/rest/webhook", json=body)
        self.receipts[sender] = answer.json()

    async def write_chat(self, client: httpx.AsyncClient, sender: int) -> None:
        """`POST /chat/messages`, as the page's script does, until it says that it is kept."""
        form = {"text": words(sender), "client_id": f"c{sender}"}
        await self._insist(client, "/chat/messages", data=form, headers=self._house.visitor(sender))

    async def _insist(self, client: httpx.AsyncClient, path: str, **request: object):
        while True:
            try:
                answer = await client.post(f"{self._house.url}{path}", **request)
                if answer.status_code in (200, 204):
                    self.heard += 1
                    self._news.set()
                    return answer
                assert answer.status_code in (500, 503), (answer.status_code, answer.text)
            except httpx.HTTPError:
                self.retries += 1
            await asyncio.sleep(0.05)


async def everybody_writes(residents: Residents) -> None:
    limit = asyncio.Semaphore(AT_ONCE)
    async with httpx.AsyncClient(timeout=30) as client:

        async def one(sender: int) -> None:
            async with limit:
                await residents.write_rest(client, sender)
                await residents.write_chat(client, sender + MESSAGES)

        await asyncio.gather(*(one(sender) for sender in range(MESSAGES)))


async def kill_at_random(house: RunningHouse, residents: Residents) -> None:
    """Kill after a random number of heard messages and a few milliseconds of the next."""
    chance = random.Random(SEED)
    points = sorted(chance.sample(range(5, 2 * MESSAGES - 20), KILLS))
    for point in points:
        while residents.heard < point:
            await residents.somebody_is_heard()
        await asyncio.sleep(chance.random() * 0.03)
        house.kill()
        house.start()
        await house.answers()


async def all_is_handled(database: Database) -> None:
    while True:
        async with database.reading() as session:
            waiting = await session.scalar(
                select(func.count()).select_from(InboxMessage).where(InboxMessage.status == "new")
            )
        if not waiting:
            return
        await asyncio.sleep(0.2)


@pytest.mark.timeout(480)
async def test_killed_at_any_moment_each_message_is_one_ticket_with_one_receipt(
    migrated_url: str, model_folder: Path, tmp_path: Path, open_vault
):
    house = RunningHouse(tmp_path, migrated_url, model_folder)
    database = Database(migrated_url)
    residents = Residents(house)
    house.start()
    try:
        await house.answers()
        await asyncio.gather(everybody_writes(residents), kill_at_random(house, residents))
        await all_is_handled(database)
        again = await ask_again(house)
    finally:
        house.kill()

    assert residents.receipts == again
    await check_books(database, open_vault(tmp_path), residents)
    await database.close()


async def ask_again(house: RunningHouse) -> dict[int, list[dict[str, object]]]:
    """A second delivery of every REST message: nothing changes, the answer is the same."""
    second = Residents(house)
    async with httpx.AsyncClient(timeout=30) as client:
        for sender in range(MESSAGES):
            await second.write_rest(client, sender)
    return second.receipts


async def check_books(database: Database, vault, residents: Residents) -> None:
    async with database.reading() as session:
        tickets = list(await session.scalars(select(Ticket)))
        inbox = list(await session.scalars(select(InboxMessage)))
        outbox = list(await session.scalars(select(OutboxMessage)))
        conversations = await session.scalar(select(func.count()).select_from(Conversation))
    assert (len(inbox), {row.status for row in inbox}) == (2 * MESSAGES, {"done"})
    assert conversations == 2 * MESSAGES
    assert len(tickets) == 2 * MESSAGES
    phones = {vault.open(each.phone_sealed, purpose="ticket.phone") for each in tickets}
    assert len(phones) == 2 * MESSAGES

    receipts: Counter[tuple[int, str]] = Counter()
    for row in outbox:
        text = decode_reply(vault.open(row.body_sealed, purpose=PURPOSE)).text
        receipts.update((row.inbox_id, number) for number in set(NUMBER.findall(text)))
    assert set(receipts.values()) == {1}
    assert {inbox_id for inbox_id, _ in receipts} == {row.id for row in inbox}
    assert {number for _, number in receipts} == {each.number for each in tickets}

    told = {sender: NUMBER.findall(json.dumps(said)) for sender, said in residents.receipts.items()}
    assert all(len(set(numbers)) == 1 for numbers in told.values())
    assert len({numbers[0] for numbers in told.values()}) == MESSAGES
