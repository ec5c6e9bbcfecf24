"""A stranger registers on a telephone, staff vet them at the desk, and they take a task."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest
from playwright.async_api import Page, expect

from app.demo import PASSWORD
from app.wiring import House
from tests.browser.conftest import OpenPage
from tests.browser.server import StreetServer
from tests.browser.tasks import publish, sign_in, the_house
from tests.browser.visitor import SIZES, Watch, sideways, too_small, violations

OWN = "zhou-shifu-1961"


@pytest.fixture(scope="module")
async def house(server: StreetServer, model_folder: Path) -> AsyncIterator[House]:
    async with the_house(server, model_folder) as house:
        yield house


@pytest.fixture
async def task_id(house: House) -> UUID:
    return await publish(house, kind="读报写信", title="读报写信")


async def fill(page: Page, login: str) -> None:
    await page.get_by_label("姓名", exact=True).fill("周师傅")
    await page.get_by_label("手机号", exact=True).fill("13912345521")
    await page.get_by_label("哪一年生的").fill("1961")
    await page.get_by_label("登录名").fill(login)
    await page.get_by_label("密码").fill(OWN)
    await page.get_by_label("读报写信").check()
    await page.get_by_label("住在哪个社区").select_option("c05")
    await page.get_by_role("group", name="周二").get_by_label("上午").check()


@pytest.mark.parametrize("script", [True, False])
async def test_from_registration_over_vetting_to_the_first_claim(
    open_page: OpenPage, task_id: UUID, script: bool, watch: Watch
) -> None:
    watch.forgives.append("422")
    page = await open_page("/volunteer/sign-in", script=script)
    await page.get_by_role("link", name="还没登记").click()
    login = f"周师傅{script}"
    await fill(page, login)
    await page.get_by_role("button", name="登记").click()
    await expect(page.locator(".error-summary")).to_contain_text("守则")
    await expect(page.get_by_label("姓名", exact=True)).to_have_value("周师傅")
    await page.get_by_label("密码").fill(OWN)
    await page.get_by_label("守则看过了").check()
    await page.get_by_role("button", name="登记").click()
    await expect(page.locator("main")).to_contain_text("登记好了")
    await page.goto(f"/volunteer/tasks/{task_id}")
    await expect(page.locator("main")).to_contain_text("您的报名街道还在看")
    await expect(page.get_by_role("button", name="我来接")).to_have_count(0)
    desk = await open_page("/console/sign-in", width=1280, script=script)
    await desk.fill("#login", "chenjing")
    await desk.fill("#password", PASSWORD)
    await desk.click("main button")
    await desk.wait_for_url("**/console")
    await desk.goto("/console/volunteers")
    await desk.get_by_role("link", name="周师傅").first.click()
    await desk.get_by_label("身份核过了").check()
    await desk.get_by_label("面谈过了").check()
    await desk.get_by_role("button", name="同意他来").click()
    await expect(desk.locator("h1")).to_contain_text("已同意")
    await page.goto("/volunteer")
    await page.locator(f"#tasks a[href*='{task_id}']").click()
    await expect(page.locator("main")).to_contain_text("您会读报写信")
    await page.get_by_role("button", name="我来接").click()
    await expect(page.locator(".after-claim")).to_contain_text("王婆婆")


@pytest.mark.parametrize("size", SIZES)
async def test_the_registration_fits_a_telephone_in_every_text_size(
    open_page: OpenPage, size: str
) -> None:
    page = await open_page("/volunteer/register", width=320, size=size)
    await page.locator("summary", has_text="只想去几个社区").click()
    await page.locator("summary", has_text="未满 18 岁").click()
    assert await sideways(page) <= 0
    assert await too_small(page, size) == []
    assert await violations(page) == []


@pytest.mark.parametrize(
    "path", ["/volunteer/me", "/volunteer/me/edit", "/volunteer/me/pause", "/volunteer/notices"]
)
async def test_the_own_pages_fit_and_can_be_read_by_everybody(
    open_page: OpenPage, path: str
) -> None:
    page = await open_page(None, width=320, size="largest")
    await sign_in(page, "wubo", then=path)
    assert await sideways(page) <= 0
    assert await too_small(page, "largest") == []
    assert await violations(page) == []


async def test_the_desks_files_can_be_read_by_everybody(open_page: OpenPage) -> None:
    desk = await open_page("/console/sign-in", width=1280)
    await desk.fill("#login", "chenjing")
    await desk.fill("#password", PASSWORD)
    await desk.click("main button")
    await desk.wait_for_url("**/console")
    await desk.goto("/console/volunteers")
    await expect(desk.locator("main")).to_contain_text("30 天内到期的")
    assert await violations(desk) == []
    await desk.get_by_role("link", name="吴波").last.click()
    await expect(desk.locator("h1")).to_contain_text("吴波")
    assert await violations(desk) == []
