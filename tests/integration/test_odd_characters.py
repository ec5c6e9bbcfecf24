"""Characters that PostgreSQL cannot keep get a clear sentence on either database, no failure."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest

from app.website import build_website
from app.wiring import House

NUL = "a\x00b"
REST = "/webhooks/rest/webhook"


@pytest.fixture
async def visitor(house: House) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(build_website(house), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=house.public_url) as client:
        yield client


async def token(visitor: httpx.AsyncClient) -> str:
    page = await visitor.get("/console/sign-in")
    found = re.search(r'name="_token" value="([^"]+)"', page.text)
    assert found
    return found[1]


async def test_a_sender_with_nul_is_refused_and_a_message_with_it_is_handled(visitor):
    refused = await visitor.post(REST, json={"sender": NUL, "message": "你好"})
    assert refused.status_code == 422
    body = {"sender": "a", "message": f"你好{NUL}", "message_id": NUL}
    assert (await visitor.post(REST, json=body)).status_code == 200


async def test_a_login_with_nul_signs_nobody_in_and_breaks_nothing(visitor):
    form = {"login": NUL, "password": NUL, "_token": await token(visitor)}
    answer = await visitor.post("/console/sign-in", data=form)
    assert answer.status_code == 422
    assert "我们的问题" not in answer.text


async def test_a_chat_message_under_an_id_with_nul_is_kept_or_refused_with_a_sentence(visitor):
    form = {"text": "你好", "client_id": NUL, "_token": await token(visitor)}
    answer = await visitor.post("/chat/messages", data=form)
    assert answer.status_code in (303, 422)
    assert "我们的问题" not in answer.text


async def test_names_that_run_into_each_other_are_two_senders_and_two_messages(visitor):
    lamp = "楼道灯坏了三天没人修，长虹里3栋，电话13800001234"
    one = {"sender": "a:b", "message": lamp, "message_id": "c"}
    other = {"sender": "a", "message": "高龄津贴怎么领", "message_id": "b:c"}
    first = (await visitor.post(REST, json=one)).json()
    second = (await visitor.post(REST, json=other)).json()
    assert "BJM-" in str(first)
    assert "高龄津贴" in str(second)


async def test_long_ids_that_differ_only_at_the_end_are_two_messages(visitor):
    sender, long = "s" * 128, "m" * 127
    said = [
        await visitor.post(REST, json={"sender": sender, "message": text, "message_id": long + end})
        for text, end in (("你好", "1"), ("高龄津贴怎么领", "2"))
    ]
    assert "高龄津贴" in said[1].text
