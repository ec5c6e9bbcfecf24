"""What an address answers whoever asks for its headers only, or asks under a foreign name."""

import asyncio
import re
from collections.abc import AsyncIterator

import httpx
import pytest

from app.website import build_website
from app.wiring import House
from people.tokens import create_token

REST = "/webhooks/rest/webhook"
HELLO = {"sender": "a", "message": "你好"}


@pytest.fixture(params=["sqlite"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Nothing here depends on the database."""
    url: str = request.getfixturevalue("sqlite_url")
    return url


@pytest.fixture
async def visitor(house: House) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(build_website(house))
    async with httpx.AsyncClient(transport=transport, base_url=house.public_url) as client:
        yield client


@pytest.mark.parametrize(
    "path", ["/", "/healthz", "/readyz", "/metrics", "/console/sign-in", "/console", "/nowhere"]
)
async def test_head_answers_as_get_does_without_a_body(visitor, path):
    shown, asked = await visitor.get(path), await visitor.head(path)
    assert asked.status_code == shown.status_code
    assert asked.content == b""
    changing = {"content-length", "set-cookie"}
    names = [{*answer.headers} - changing for answer in (shown, asked)]
    assert names[0] == names[1]
    assert asked.headers["x-frame-options"] == "DENY"


async def test_head_of_a_static_file_says_how_long_it_is(visitor):
    found = re.search(r'href="(/static/[^"]+\.css)"', (await visitor.get("/")).text)
    assert found
    shown, asked = await visitor.get(found[1]), await visitor.head(found[1])
    assert asked.headers["content-length"] == str(len(shown.content))
    assert asked.content == b""


async def test_head_of_an_event_stream_ends_at_its_headers(visitor):
    await visitor.get("/")
    async with asyncio.timeout(20):
        asked = await visitor.head("/chat/stream")
    assert asked.status_code == 200
    assert asked.headers["content-type"].startswith("text/event-stream")


async def test_head_of_an_address_for_forms_is_no_way_in(visitor):
    assert (await visitor.head("/chat/messages")).status_code == 405


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "LOCALHOST", "[::1]:8000"])
async def test_a_program_on_this_machine_needs_no_token(visitor, host):
    answer = await visitor.post(REST, json=HELLO, headers={"host": host})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example:8000", "localhost.evil.example", "[::1", ""]
)
async def test_a_page_whose_name_was_made_to_point_here_is_asked_for_a_token(visitor, host):
    answer = await visitor.post(REST, json=HELLO, headers={"host": host})
    assert answer.status_code == 401
    assert "token" in answer.json()["detail"]


async def test_a_program_with_a_token_may_come_under_any_name(house, visitor, staff, now):
    async with house.database.transaction() as session:
        secret = await create_token(session, name="kiosk", staff_id=staff["limei"].id, now=now)
    headers = {"host": "evil.example", "authorization": f"Bearer {secret}"}
    assert (await visitor.post(REST, json=HELLO, headers=headers)).status_code == 200
