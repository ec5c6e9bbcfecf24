"""The residents' page on an old telephone: forms that post and reload, and nothing else."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest
from sqlalchemy import select

from app.website import build_website
from app.wiring import House
from conversations.models import Conversation
from conversations.speech import Author
from core.actors import ActorKind
from core.messages import Choice, Reply
from handlers.residents.presses import NOT_SOLVED


class OldPhone:
    """A browser without script."""

    def __init__(self, house: House, client: httpx.AsyncClient) -> None:
        self._house, self._client = house, client
        self.page = ""

    async def opens(self, path: str = "/") -> str:
        self.page = (await self._client.get(path)).text
        return self.page

    async def writes(self, words: str) -> str:
        return await self._sends("/chat/messages", text=words)

    async def presses(self, title: str) -> str:
        found = re.search(rf'name="payload" value="([^"]+)"[^>]*>(?:\d )?{title}<', self.page)
        assert found, f"no button {title}"
        return await self._sends("/chat/press", payload=found[1])

    async def _sends(self, path: str, **fields: str) -> str:
        token = re.search(r'name="_token" value="([^"]+)"', self.page)
        assert token
        answer = await self._client.post(path, data={"_token": token[1], **fields})
        assert answer.status_code == 303
        await self._house.front_door.work_through()
        return await self.opens()


@pytest.fixture
async def phone(house: House) -> AsyncIterator[OldPhone]:
    transport = httpx.ASGITransport(build_website(house))
    async with httpx.AsyncClient(transport=transport, base_url=house.public_url) as client:
        yield OldPhone(house, client)


async def the_conversation(house: House) -> Conversation:
    async with house.database.reading() as session:
        return (await session.scalars(select(Conversation))).one()


async def test_a_person_is_one_press_away_before_anything_was_said(house, phone):
    await phone.opens()
    page = await phone.presses("找人工")
    assert (await the_conversation(house)).waiting_since_at is not None
    assert page.count("旧按钮") == 0


async def test_looking_at_an_address_calls_nobody(house, phone):
    await phone.opens()
    await phone.opens("/?person=1")
    async with house.database.reading() as session:
        assert list(await session.scalars(select(Conversation))) == []


async def test_a_person_is_one_press_away_where_there_is_no_page(house, phone):
    assert "没找到" in await phone.opens("/no-such-page")
    await phone.presses("找人工")
    assert (await the_conversation(house)).waiting_since_at is not None


async def test_a_button_of_the_greeting_is_shown_as_what_was_said(phone):
    await phone.opens()
    page = await phone.presses("养老的事")
    assert "旧按钮" not in page
    assert "高龄津贴" in page


async def test_a_button_under_a_notice_of_staff_is_shown_as_what_was_said(house, phone):
    await phone.opens()
    await phone.writes("楼道灯坏了三天没人修，长虹里3栋，电话13800001234")
    notice = Reply("说是修好了，您看行不行？", choices=(Choice("还没解决", NOT_SOLVED),))
    async with house.database.transaction() as session:
        await house.speech.say(
            session,
            (await the_conversation(house)).id,
            [notice],
            author=Author(ActorKind.STAFF, None, "李梅"),
            now=house.clock.now(),
        )
    await phone.opens()
    page = await phone.presses("还没解决")
    assert "旧按钮" not in page
