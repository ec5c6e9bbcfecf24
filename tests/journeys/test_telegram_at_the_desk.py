"""What staff see of a chat in Telegram: files by a recorded look, places, and who hears nothing."""

import re
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import httpx
import pytest

from app.demo import STAFF
from app.website import build_website
from people.accounts import add_staff
from people.sessions import find_signed_in, open_session
from people.view_log import list_views
from tests.talking import Talk

LAMP = "楼道灯坏了三天没人修，长虹里3栋，电话13800001234"
PICTURE = b"not really a picture"
_FILE = re.compile(r'href="(/console/tickets/[^"]+/files/[^"]+)"')


@pytest.fixture
async def desk(talk: Talk) -> AsyncIterator[Callable[[str], httpx.AsyncClient]]:
    """A browser at the desk for each of the sample street's staff."""
    clients = {}
    now = talk.clock.now()
    async with talk.house.database.transaction() as session:
        for person in STAFF:
            member = await add_staff(
                session,
                login=person.login,
                name=person.name,
                number=person.number,
                roles=person.roles,
                units=person.units,
                password_hash=None,
                now=now,
            )
            opened = await open_session(
                session,
                staff_id=member.id,
                volunteer_id=None,
                lifetime=timedelta(hours=9),
                now=now,
            )
            clients[person.roles[0]] = httpx.AsyncClient(
                transport=httpx.ASGITransport(build_website(talk.house)),
                base_url=talk.house.public_url,
                cookies={"staff": opened.secret},
            )
    yield clients.__getitem__
    for client in clients.values():
        await client.aclose()


async def token_of(talk: Talk, client: httpx.AsyncClient) -> str:
    async with talk.house.database.reading() as session:
        signed_in = await find_signed_in(
            session,
            client.cookies["staff"],
            idle=timedelta(hours=1),
            now=talk.clock.now(),
        )
    return signed_in.csrf_token


async def test_a_photo_is_opened_by_a_look_that_is_recorded(talk: Talk, desk):
    talk.person.sends_photo(PICTURE, caption=LAMP)
    await talk.settle()
    (ticket,) = await talk.tickets()
    page = f"/console/tickets/{ticket.number}"
    assert "正在取" in (await desk("operator").get(page)).text
    await talk.house.fetcher.fetch_due()
    (link,) = _FILE.findall((await desk("operator").get(page)).text)
    shown = await desk("operator").get(link)
    assert shown.content == PICTURE
    assert shown.headers["content-type"] == "image/jpeg"
    assert "sandbox" in shown.headers["content-security-policy"]
    async with talk.house.database.reading() as session:
        views = await list_views(session, subject_kind="ticket", subject_id=ticket.id)
    assert ("photo",) in [view.fields for view in views]


async def test_a_file_that_a_browser_could_run_is_only_saved(talk: Talk, desk):
    talk.person.sends_document(b"<script>", name="看.html", mime_type="text/html", caption=LAMP)
    await talk.settle()
    await talk.house.fetcher.fetch_due()
    (ticket,) = await talk.tickets()
    page = await desk("operator").get(f"/console/tickets/{ticket.number}")
    (link,) = _FILE.findall(page.text)
    saved = await desk("operator").get(link)
    assert saved.headers["content-type"] == "application/octet-stream"
    assert saved.headers["content-disposition"].startswith("attachment")


async def test_a_file_of_another_conversation_cannot_be_had_by_a_tickets_number(
    talk: Talk, desk, api, bot
):
    talk.person.sends_photo(PICTURE, caption=LAMP)
    await talk.settle()
    await talk.house.fetcher.fetch_due()
    neighbour = api.chat(bot, api.create_person("李四"))
    neighbour.says("垃圾桶三天没人清，和平里13栋，电话13800001235")
    talk.clock.move(minutes=1)
    await talk.settle()
    first, second = await talk.tickets()
    page = await desk("operator").get(f"/console/tickets/{first.number}")
    (link,) = _FILE.findall(page.text)
    elsewhere = await desk("operator").get(link.replace(first.number, second.number))
    assert elsewhere.status_code == 404


async def test_a_closed_chat_stands_on_the_ticket_page(talk: Talk, desk):
    await talk.says(LAMP)
    talk.person.blocks()
    await talk.settle()
    (ticket,) = await talk.tickets()
    page = (await desk("operator").get(f"/console/tickets/{ticket.number}")).text
    assert "送不到" in page
    assert "居民关了这个聊天" in page


async def test_a_place_is_covered_until_somebody_says_why(talk: Talk, desk):
    await talk.says(LAMP)
    talk.person.sends_location(30.59, 114.31)
    await talk.settle()
    (ticket,) = await talk.tickets()
    operator = desk("operator")
    page = (await operator.get(f"/console/tickets/{ticket.number}")).text
    assert "有定位" in page
    assert "30.59" not in page
    opened = await operator.post(
        f"/console/tickets/{ticket.number}/reveal",
        data={
            "_token": await token_of(talk, operator),
            "field": "coordinates",
            "reason": "contact",
            "words": "上门前看地方",
        },
        headers={"origin": talk.house.public_url, "hx-request": "true"},
    )
    assert 'href="geo:30.590000,114.310000"' in opened.text


async def test_a_correction_says_so_in_the_history(talk: Talk, desk):
    said = talk.person.says(LAMP)
    await talk.settle()
    talk.person.edits(said, LAMP + "，是二单元的")
    await talk.settle()
    (ticket,) = await talk.tickets()
    page = (await desk("operator").get(f"/console/tickets/{ticket.number}")).text
    assert "改了前面的话" in page
    assert "改成：" in page
