"""What becomes of a claim, on a telephone: late, words, hours and the check of a certificate."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import expect

from app.wiring import House
from tests.browser.conftest import OpenPage
from tests.browser.server import StreetServer
from tests.browser.tasks import publish, sign_in, the_house
from tests.browser.visitor import SIZES, sideways, too_small, violations


@pytest.fixture(scope="module")
async def house(server: StreetServer, model_folder: Path) -> AsyncIterator[House]:
    async with the_house(server, model_folder) as house:
        yield house


@pytest.mark.parametrize("script", [True, False])
async def test_a_volunteer_says_so_runs_late_writes_and_hands_in_a_photo(
    open_page: OpenPage, house: House, tmp_path: Path, script: bool
):
    from PIL import Image

    photo = tmp_path / "photo.png"
    Image.new("RGB", (40, 30), "green").save(photo)
    task_id = await publish(house, title=f"陪去医院{'' if script else '复查'}")
    page = await open_page(None, script=script)
    await sign_in(page, "helin", then=f"/volunteer/tasks/{task_id}")
    await page.get_by_role("button", name="我来接").click()
    await page.get_by_role("button", name="我会去").click()
    await expect(page.locator("main")).to_contain_text("您说了会去")
    await page.locator("summary", has_text="要晚到").click()
    await page.get_by_role("button", name="晚 10 分钟").click()
    await expect(page.locator("main")).to_contain_text("左右到，那边知道了")
    await page.get_by_label("写给").fill("我快到了，电话13912345678")
    await page.get_by_role("button", name="发过去").click()
    await expect(page.locator("#talk")).to_contain_text("我快到了，电话***")
    await page.get_by_role("button", name="我到了").click()
    await page.locator("summary", has_text="想说一句").click()
    await page.get_by_label("拍一张").set_input_files(photo)
    await page.get_by_role("button", name="办好了").click()
    await expect(page.locator("main")).to_contain_text("谢谢您跑这一趟")
    await page.goto("/volunteer/hours")
    await expect(page.locator("main")).to_contain_text("街道还没核")


@pytest.mark.parametrize("size", SIZES)
async def test_the_pages_fit_a_telephone_in_every_text_size_and_axe_finds_nothing(
    open_page: OpenPage, house: House, size: str
):
    # far from what the other stories' tasks take of the same volunteer's time
    starts_at = house.clock.now() + timedelta(days=20, hours=3 * SIZES.index(size))
    ends_at = starts_at + timedelta(hours=1)
    task_id = await publish(house, title="陪着复查", places=2, starts_at=starts_at, ends_at=ends_at)
    page = await open_page(None, width=320, size=size)
    await sign_in(page, "helin", then=f"/volunteer/tasks/{task_id}")
    await page.get_by_role("button", name="我来接").click()
    for path in (f"/volunteer/tasks/{task_id}", "/volunteer/hours", "/verify"):
        await page.goto(path)
        await page.evaluate(
            "document.querySelectorAll('details').forEach(each => each.open = true)"
        )
        assert await sideways(page) == 0, path
        assert await too_small(page, size) == [], path
        assert await violations(page) == [], path
