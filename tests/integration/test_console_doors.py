"""Signing in by the page, forms from elsewhere, headers, switches, errors in words."""

import re

import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI

from core.errors import InvalidInput, NotFound
from core.limits import WindowLimits
from core.settings import SecuritySettings
from people import accounts
from people.passwords import hash_password
from people.permissions import Permission
from web.application import add_pages
from web.gate import Gate
from web.pages import Pages
from web.stamps import Stamp

ORIGIN = "http://127.0.0.1:8000"


@pytest.fixture
async def limei(database, now):
    password_hash = await hash_password("correct horse")
    async with database.transaction() as session:
        return await accounts.add_staff(
            session,
            login="limei",
            name="李梅",
            roles=["operator"],
            password_hash=password_hash,
            now=now,
        )


def build(database, texts, clock, public_url=ORIGIN) -> FastAPI:
    stamp = Stamp("a key of the tests")
    pages = Pages(
        texts=texts, clock=clock, street_name="红阳街道", public_url=public_url, stamp=stamp
    )
    gate = Gate(
        database=database,
        clock=clock,
        security=SecuritySettings(),
        stamp=stamp,
        public_url=public_url,
    )
    app = FastAPI()
    add_pages(app, pages=pages, gate=gate, limits=WindowLimits(), clock=clock)
    app.include_router(_a_door(gate))
    return app


def _a_door(gate: Gate) -> APIRouter:
    router = APIRouter()

    @router.api_route("/console/desk", methods=["GET", "POST"])
    async def desk(signed_in=Depends(gate.needs(Permission.TICKET_SEE))):
        return {"name": signed_in.staff.name}

    @router.get("/console/money")
    async def money(signed_in=Depends(gate.needs(Permission.EXPORT))):
        return {}

    @router.get("/console/missing")
    async def missing():
        raise NotFound("ticket", 1)

    @router.get("/console/wrong")
    async def wrong():
        raise InvalidInput("phone", "web.error.phone_short")

    @router.get("/console/broken")
    async def broken():
        raise ZeroDivisionError

    return router


@pytest.fixture
async def browser(database, texts, clock):
    transport = httpx.ASGITransport(build(database, texts, clock), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
        yield client


def token_in(page: httpx.Response) -> str:
    found = re.search(r'name="_token" value="([^"]+)"', page.text)
    assert found
    return found[1]


async def sign_in(browser, password="correct horse", **more):
    page = await browser.get("/console/sign-in")
    form = {"login": "limei", "password": password, "_token": token_in(page), **more}
    return await browser.post("/console/sign-in", data=form, headers={"origin": ORIGIN})


async def test_whoever_signs_in_comes_back_to_where_they_were(browser, limei):
    away = await browser.get("/console/desk?view=mine")
    assert away.status_code == 303
    assert away.headers["location"] == "/console/sign-in?next=%2Fconsole%2Fdesk%3Fview%3Dmine"
    back = await sign_in(browser, next="/console/desk?view=mine")
    assert (back.status_code, back.headers["location"]) == (303, "/console/desk?view=mine")
    assert (await browser.get("/console/desk")).json() == {"name": "李梅"}


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(browser, limei):
    cookie = (await sign_in(browser)).headers["set-cookie"].lower()
    assert cookie.startswith("staff=")
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


async def test_over_https_cookies_travel_over_https_only(database, texts, clock, limei):
    app = build(database, texts, clock, public_url="https://hotline.example")
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="https://hotline.example") as client:
        page = await client.get("/console/sign-in")
        assert "secure" in page.headers["set-cookie"].lower()
        assert page.headers["strict-transport-security"]


async def test_a_wrong_password_and_an_unknown_login_read_the_same(browser, limei):
    wrong = await sign_in(browser, password="wrong")
    unknown = await sign_in(browser, login="nobody")
    plain = re.compile(r'value="[^"]*"')
    assert wrong.status_code == unknown.status_code == 422
    assert plain.sub("", wrong.text) == plain.sub("", unknown.text)
    assert "登录名或密码不对" in wrong.text


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example"]
)
async def test_nobody_is_sent_to_another_site_after_signing_in(browser, limei, elsewhere):
    assert (await sign_in(browser, next=elsewhere)).headers["location"] == "/console"


async def test_a_form_without_its_token_is_refused(browser, limei):
    await sign_in(browser)
    assert (await browser.post("/console/desk", headers={"origin": ORIGIN})).status_code == 403


async def test_a_form_from_another_site_is_refused_even_with_the_token(browser, limei, database):
    await sign_in(browser)
    token = await session_token(database)
    foreign = {"origin": "https://evil.example", "x-form-token": token}
    own = {"origin": ORIGIN, "x-form-token": token}
    assert (await browser.post("/console/desk", headers=foreign)).status_code == 403
    assert (await browser.post("/console/desk", headers=own)).status_code == 200


async def session_token(database) -> str:
    from sqlalchemy import select

    from people.models import Session

    async with database.reading() as session:
        return (await session.scalars(select(Session.csrf_secret))).one()


async def test_after_signing_out_the_old_cookie_is_worth_nothing(browser, limei, database):
    await sign_in(browser)
    secret = browser.cookies["staff"]
    token = await session_token(database)
    await browser.post("/console/sign-out", data={"_token": token}, headers={"origin": ORIGIN})
    browser.cookies.set("staff", secret)
    assert (await browser.get("/console/desk")).status_code == 303


async def test_after_a_long_rest_a_form_leads_to_sign_in_and_says_that_nothing_is_lost(
    browser, limei, clock
):
    await sign_in(browser)
    clock.move(minutes=31)
    away = await browser.post(
        "/console/desk", headers={"origin": ORIGIN, "referer": f"{ORIGIN}/console/desk?x=1"}
    )
    assert away.headers["location"].startswith("/console/sign-in?next=%2Fconsole%2Fdesk")
    page = await browser.get(away.headers["location"])
    assert "您写的还在" in page.text


async def test_looking_at_pages_keeps_a_session_alive(browser, limei, clock):
    await sign_in(browser)
    for _ in range(4):
        clock.move(minutes=20)
        assert (await browser.get("/console/desk")).status_code == 200


async def test_a_page_that_is_not_for_this_role_says_whom_to_ask(browser, limei):
    await sign_in(browser)
    page = await browser.get("/console/money")
    assert page.status_code == 403
    assert "要看请找值班长" in page.text


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/console/missing", 404, "没找到"),
        ("/console/nowhere", 404, "没找到"),
        ("/console/wrong", 422, "电话少了几位"),
        ("/console/broken", 500, "是我们的问题"),
    ],
)
async def test_errors_are_pages_in_plain_words(browser, path, status, words):
    page = await browser.get(path)
    assert page.status_code == status
    assert words in page.text
    assert "110" in page.text
    assert page.headers["content-security-policy"].startswith("default-src 'none'")


async def test_htmx_gets_the_sentence_alone(browser):
    part = await browser.get("/console/wrong", headers={"hx-request": "true"})
    assert "<html" not in part.text
    assert "电话少了几位" in part.text


async def test_pages_are_kept_nowhere_but_files_with_a_hash_for_a_year(browser, texts):
    page = await browser.get("/console/sign-in")
    assert page.headers["cache-control"] == "no-store"
    [address] = re.findall(r'href="(/static/[^"]+pages\.css)"', page.text)
    file = await browser.get(address)
    assert "immutable" in file.headers["cache-control"]
    assert file.headers["content-type"].startswith("text/css")
    stale = await browser.get("/static/0000000000/pages.css")
    assert stale.headers["cache-control"] == "no-cache"
    assert (await browser.get("/static/x/../../../people/models.py")).status_code == 404


async def test_no_page_has_inline_style_or_script(browser):
    for path in ("/console/sign-in", "/volunteer/sign-in", "/components", "/console/nowhere"):
        html = (await browser.get(path)).text
        assert " style=" not in html
        assert not re.search(r"<script(?![^>]*src=)", html)
        assert not re.search(r"\son\w+=", html)


async def test_text_size_and_language_are_in_the_first_html(browser):
    await browser.post("/settings/text-size", data={"size": "large", "next": "/console/sign-in"})
    await browser.post("/settings/language", data={"language": "en", "next": "/console/sign-in"})
    html = (await browser.get("/console/sign-in")).text
    assert 'data-size="large"' in html
    assert '<html lang="en"' in html
    assert "Staff sign-in" in html


async def test_the_page_of_all_components_exists_on_this_machine_only(
    database, texts, clock, browser
):
    assert (await browser.get("/components")).status_code == 200
    transport = httpx.ASGITransport(build(database, texts, clock, "https://hotline.example"))
    async with httpx.AsyncClient(transport=transport, base_url="https://hotline.example") as client:
        assert (await client.get("/components")).status_code == 404


def test_both_languages_have_every_sentence_of_the_pages(texts):
    for area in ("web.", "console."):
        chinese = {key for key in texts.keys("zh") if key.startswith(area)}
        english = {key for key in texts.keys("en") if key.startswith(area)}
        assert chinese == english
