"""People at the doors of the whole site who have no business there."""

import re
import secrets
from collections.abc import AsyncIterator

import httpx
import pytest

from app.website import build_website
from app.wiring import House
from core.actors import BOT
from core.messages import Channel
from people.accounts import add_staff
from people.passwords import hash_password
from tests.people import Resident
from tickets.opening import NewTicket

PASSWORD = "correct horse battery"
MEAL = "我妈八十三了一个人住，想有人送饭"


@pytest.fixture
async def browser(house: House) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(build_website(house), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=house.public_url) as client:
        yield client


@pytest.fixture
async def limei(house: House) -> None:
    """An operator who works for one community only."""
    password_hash = await hash_password(PASSWORD)
    async with house.database.transaction() as session:
        await add_staff(
            session,
            login="limei",
            name="李梅",
            roles=["operator"],
            communities=["c05"],
            password_hash=password_hash,
            now=house.clock.now(),
        )


async def sign_in(browser: httpx.AsyncClient, password: str) -> httpx.Response:
    page = await browser.get("/console/sign-in")
    token = re.search(r'name="_token" value="([^"]+)"', page.text)
    assert token
    form = {"login": "limei", "password": password, "_token": token[1]}
    return await browser.post("/console/sign-in", data=form)


async def a_ticket_in(house: House, community: str) -> str:
    new = NewTicket(
        channel=Channel.REST.value,
        description=MEAL,
        request_type="help",
        matter="elder_care/meal",
        urgency="P2",
        community=community,
    )
    async with house.database.transaction() as session:
        ticket = await house.tickets.open_ticket(session, new, by=BOT, now=house.clock.now())
        return ticket.number


async def test_after_ten_wrong_passwords_even_the_right_one_opens_nothing(browser, limei):
    for number in range(10):
        refused = await sign_in(browser, f"guess {number}")
        assert refused.status_code == 422
    assert (await sign_in(browser, PASSWORD)).status_code == 422
    assert (await browser.get("/console")).status_code == 303


@pytest.mark.parametrize("cookie", ["", "x", "../../etc/passwd", "ä" * 40, "0" * 100_000])
async def test_a_forged_session_cookie_leads_to_the_sign_in_page(browser, limei, cookie):
    forged = cookie.encode() or secrets.token_urlsafe(32).encode()
    answer = await browser.get("/console", headers={"cookie": b"staff=" + forged})
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/console/sign-in")


async def test_a_volunteers_page_does_not_open_with_a_staff_session(browser, limei):
    await sign_in(browser, PASSWORD)
    session = browser.cookies["staff"]
    answer = await browser.get("/volunteer", headers={"cookie": f"volunteer={session}"})
    assert answer.status_code == 303


async def test_a_ticket_of_another_community_looks_like_one_that_does_not_exist(
    house, browser, limei
):
    await sign_in(browser, PASSWORD)
    own, foreign = await a_ticket_in(house, "c05"), await a_ticket_in(house, "c01")
    seen = await browser.get(f"/console/tickets/{own}")
    hidden = await browser.get(f"/console/tickets/{foreign}")
    missing = await browser.get("/console/tickets/BJM-20200101-0001")
    assert seen.status_code == 200
    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert MEAL not in hidden.text
    assert foreign not in (await browser.get("/console")).text


async def test_a_stranger_reads_no_chat_with_its_name_instead_of_its_secret(house, browser):
    resident = Resident(house)
    await resident.says(MEAL)
    page = await browser.get("/", headers={"cookie": f"chat={resident.address.peer:0>44}"})
    assert page.status_code == 200
    assert MEAL not in page.text


async def test_a_chat_cookie_that_somebody_made_up_opens_no_chat(house, browser):
    made_up = "z" * 44
    page = await browser.get("/", headers={"cookie": f"chat={made_up}"})
    given = page.cookies["chat"]
    assert given != made_up
    again = await browser.get("/", headers={"cookie": f"chat={given}"})
    assert again.cookies["chat"] == given


async def test_a_form_whose_token_we_never_gave_is_refused(house, browser):
    await browser.get("/")
    planted = "t" * 32
    answer = await browser.post(
        "/chat/messages",
        data={"text": MEAL, "_token": planted},
        headers={"cookie": f"form={planted}"},
    )
    assert answer.status_code == 403
