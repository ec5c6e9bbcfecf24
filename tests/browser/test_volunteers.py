"""The volunteers' pages in a real browser: a telephone, a keyboard, no script, two at once."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest
from playwright.async_api import Page, expect

from app.wiring import House
from tests.browser.conftest import OpenPage
from tests.browser.server import StreetServer
from tests.browser.tasks import publish, sign_in, the_house
from tests.browser.visitor import SIZES, Watch, sideways, too_small, violations

FIRST, SECOND = "helin", "zhengli"
"""Both may go anywhere that the tests' tasks are."""


@pytest.fixture(scope="module")
async def house(server: StreetServer, model_folder: Path) -> AsyncIterator[House]:
    async with the_house(server, model_folder) as house:
        yield house


@pytest.fixture
async def task_id(house: House) -> UUID:
    return await publish(house)


def row(page: Page, task_id: UUID):
    return page.locator(f"#tasks a[href*='{task_id}']")


@pytest.mark.parametrize("script", [True, False])
async def test_a_volunteer_takes_a_task_goes_and_says_that_it_is_done(
    open_page: OpenPage, task_id: UUID, script: bool
):
    page = await open_page(None, script=script)
    await sign_in(page, FIRST)
    await row(page, task_id).click()
    await expect(page.locator("main")).to_contain_text("和平里一带")
    await expect(page.locator("body")).not_to_contain_text("王婆婆")
    await page.get_by_role("button", name="我来接").click()
    await expect(page.locator(".after-claim")).to_contain_text("王婆婆")
    await expect(page.locator(".after-claim")).to_contain_text("和平里3栋2单元701")
    await page.get_by_role("button", name="我到了").click()
    await page.locator("summary", has_text="想说一句").click()
    await page.get_by_label("想说一句").fill("下次带老花镜")
    await page.get_by_role("button", name="办好了").click()
    await expect(page.locator("main")).to_contain_text("记了 1 分钟，谢谢您跑这一趟")
    await expect(page.locator("body")).not_to_contain_text("王婆婆")


async def test_of_two_who_press_together_one_goes_and_the_other_is_told(
    open_page: OpenPage, house: House, task_id: UUID
):
    other_id = await publish(house, title="教用手机交水费")
    pages = [await open_page(None), await open_page(None)]
    for page, login in zip(pages, (FIRST, SECOND), strict=True):
        await sign_in(page, login, then=f"/volunteer/tasks/{task_id}")
    await asyncio.gather(*(page.get_by_role("button", name="我来接").click() for page in pages))
    winners = [page for page in pages if str(task_id) in page.url]
    losers = [page for page in pages if "taken" in page.url]
    assert (len(winners), len(losers)) == (1, 1)
    await expect(winners[0].locator(".after-claim")).to_contain_text("王婆婆")
    told = losers[0].get_by_role("status").filter(has_text="刚被别人接走了")
    await expect(told).to_have_text("刚被别人接走了，谢谢您愿意来。这几件还缺人：")
    await expect(row(losers[0], other_id)).to_be_visible()
    await expect(row(losers[0], task_id)).to_have_count(0)
    colour = await told.evaluate("each => getComputedStyle(each).borderLeftColor")
    assert colour == "rgb(11, 90, 107)", "no error colour"


async def test_an_open_list_marks_what_went_and_never_moves_a_row(
    open_page: OpenPage, house: House, task_id: UUID
):
    page = await open_page(None)
    await sign_in(page, FIRST)
    await page.goto("/volunteer")
    before = await row(page, task_id).bounding_box()
    fresh_id = await publish(house, title="代买米和油", kind="代购")
    other = await open_page(None)
    await sign_in(other, SECOND, then=f"/volunteer/tasks/{task_id}")
    await other.get_by_role("button", name="我来接").click()
    await expect(row(page, task_id)).to_contain_text("刚有人接了")
    bar = page.locator("#new-tasks")
    await expect(bar.get_by_role("link")).to_have_text("新到 1 件 看")
    after = await row(page, task_id).bounding_box()
    assert before is not None
    assert after is not None
    assert (after["x"], after["y"]) == (before["x"], before["y"])
    await expect(row(page, fresh_id)).to_have_count(0)
    await bar.get_by_role("link").click()
    await expect(row(page, fresh_id)).to_be_visible()
    await expect(row(page, task_id)).to_have_count(0)


async def test_by_keyboard_only_a_volunteer_takes_a_task_and_gives_it_back(
    open_page: OpenPage, task_id: UUID
):
    page = await open_page("/volunteer/sign-in")
    await page.locator("#login").focus()
    await page.keyboard.type(FIRST)
    await page.keyboard.press("Tab")
    await page.keyboard.type("hongyang-2026")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/volunteer")
    await _tab_to(page, f"document.activeElement.href?.includes('{task_id}')")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/tasks/**")
    await _tab_to(page, "document.activeElement.textContent.trim() === '我来接'")
    await page.keyboard.press("Enter")
    await expect(page.locator(".after-claim")).to_be_visible()
    await _tab_to(page, "document.activeElement.textContent.trim() === '去不了了'")
    await page.keyboard.press("Enter")
    await _tab_to(page, "document.activeElement.textContent.trim() === '退回这件'")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/volunteer/mine")
    await expect(page.locator("main")).to_contain_text("退回了")


async def test_somebody_elses_task_is_not_found(open_page: OpenPage, task_id: UUID, watch: Watch):
    watch.forgives.append("404")
    first, second = await open_page(None), await open_page(None)
    await sign_in(first, FIRST, then=f"/volunteer/tasks/{task_id}")
    await first.get_by_role("button", name="我来接").click()
    await sign_in(second, SECOND)
    answer = await second.goto(f"/volunteer/tasks/{task_id}")
    assert answer is not None
    assert answer.status == 404
    await expect(second.locator("body")).not_to_contain_text("王婆婆")


async def test_a_call_for_help_says_when_somebody_answered(
    open_page: OpenPage, house: House, task_id: UUID
):
    page = await open_page(None)
    await sign_in(page, FIRST, then=f"/volunteer/tasks/{task_id}")
    await page.get_by_role("button", name="我来接").click()
    await page.get_by_role("link", name="求助").click()
    await page.get_by_label("怎么了").fill("老人摔了")
    if await page.locator(f"input[value='{task_id}'][type=radio]").count():
        await page.locator(f"input[value='{task_id}']").check()
    await page.get_by_role("button", name="叫值班的人").click()
    await expect(page.locator("#called")).to_contain_text("现在还没有人接")
    await _answer(house, UUID(page.url.split("/")[-1]))
    await expect(page.locator("#called")).to_contain_text("李梅接了，马上联系您")


@pytest.mark.parametrize("size", SIZES)
async def test_every_page_fits_a_telephone_in_every_text_size_and_axe_finds_nothing(
    open_page: OpenPage, house: House, task_id: UUID, size: str
):
    await publish(house, title="上门理发", kind="理发", skill="理发", in_home=True, places=2)
    own_id = await publish(house, title="教用手机交水费")
    page = await open_page(None, width=320, size=size)
    await sign_in(page, FIRST, then=f"/volunteer/tasks/{own_id}")
    await page.get_by_role("button", name="我来接").click()
    for path in (
        "/volunteer",
        "/volunteer?taken=1&community=c05",
        f"/volunteer/tasks/{task_id}",
        f"/volunteer/tasks/{own_id}",
        "/volunteer/mine",
        "/volunteer/help",
        "/volunteer/me",
    ):
        await page.goto(path)
        await page.evaluate(
            "document.querySelectorAll('details').forEach(each => each.open = true)"
        )
        assert await sideways(page) == 0, path
        assert await too_small(page, size) == [], path
        assert await violations(page) == [], path
        for number in ("110", "119", "120"):
            await expect(page.locator(f"header a[href='tel:{number}']")).to_be_visible()


async def _tab_to(page: Page, found: str) -> None:
    for _ in range(40):
        await page.keyboard.press("Tab")
        if await page.evaluate(found):
            return
    raise AssertionError(f"forty tabs did not lead to {found}")


async def _answer(house: House, alert_id: UUID) -> None:
    from handlers.staff.acknowledge import acknowledge
    from people.accounts import find_staff_by_login
    from tickets.lookups import get_ticket
    from tickets.models import Alert

    async with house.database.transaction() as session:
        member = await find_staff_by_login(session, "limei")
        assert member is not None
        alert = await session.get_one(Alert, alert_id)
        ticket = await get_ticket(session, alert.ticket_id)
        await acknowledge(
            session, house.staff_desk, ticket, alert_id, by=member, now=house.clock.now()
        )
