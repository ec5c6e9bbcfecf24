"""A publication in one process changes what the worker of another tells, without a restart."""

import asyncio
import contextlib
from dataclasses import replace
from itertools import count
from pathlib import Path

import httpx
import pytest

from app.schema import upgrade
from app.wiring import Mind, build_house
from core.dates import today_in_china
from core.settings import DatabaseSettings, IntentsSettings, Settings
from handlers.staff.publish_article import publish_article
from handlers.staff.review_article import review_article
from handlers.staff.send_article import send_article
from handlers.staff.withdraw_article import withdraw_article
from handlers.staff.write_article import write_article
from tests.conftest import sample_staff
from tests.journeys.test_processes_roles import running
from tests.running import RunningHouse
from tests.servers import redis_server

QUESTION = "高龄津贴怎么领"
ID = "elder_care.age_allowance.claim"
NEW = "高龄津贴现在免申请，到了年纪自动发到卡上。"


class Asking:
    """Fresh residents ask the same question until they hear what is expected."""

    def __init__(self, client: httpx.AsyncClient, house: RunningHouse) -> None:
        self._client, self._url, self._visitor = client, house.url, house.visitor
        self._senders = count(1)

    async def hears(self) -> str:
        headers = self._visitor(next(self._senders))
        form = {"text": QUESTION, "client_id": "1"}
        await self._client.post(f"{self._url}/chat/messages", data=form, headers=headers)
        while True:
            page = (await self._client.get(self._url, headers=headers)).text
            if "更新于" in page or "请人来答" in page:
                return page
            await asyncio.sleep(0.2)

    async def until(self, words: str, *, there: bool) -> None:
        while (words in await self.hears()) is not there:  # noqa: ASYNC110 - a page is asked
            await asyncio.sleep(0.5)


@pytest.mark.timeout(240)
async def test_every_process_tells_what_was_published_elsewhere(
    own_postgres_url: str, model_folder: Path, mind: Mind, tmp_path: Path
):
    settings = Settings(
        data_folder=tmp_path,
        database=DatabaseSettings(url=own_postgres_url),
        intents=IntentsSettings(model_folder=model_folder),
    )
    office = build_house(settings, mind=mind)
    await upgrade(office.database)
    with contextlib.ExitStack() as redis:
        redis_url = redis.enter_context(redis_server())
        async with (
            running(tmp_path, own_postgres_url, model_folder, redis_url) as houses,
            httpx.AsyncClient(timeout=30) as client,
        ):
            asking = Asking(client, houses[0])
            await asking.until("高龄津贴", there=True)
            staff = await sample_staff(office)
            await office.articles.look()
            article = office.articles.find_article(ID)
            assert article is not None
            now = office.clock.now()
            anew = replace(article, short_answer=NEW, valid_from=today_in_china(now))
            desk, beside = office.staff_desk, office.articles.articles
            by, second = staff["zhouting"], staff["zhaomin"]
            async with office.database.transaction() as session:
                await write_article(session, desk, anew, seen=1, words="改", by=by, now=now)
                await send_article(session, desk, ID, 2, beside=beside, by=by, now=now)
                await review_article(session, ID, 2, right=True, words="", by=second, now=now)
                await publish_article(session, desk, ID, 2, beside=beside, by=by, now=now)
            await asking.until("免申请", there=True)
            async with office.database.transaction() as session:
                await withdraw_article(session, ID, words="停", by=staff["sunlei"], now=now)
            await asking.until("免申请", there=False)
    await office.close()
