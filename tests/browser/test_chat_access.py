"""The resident's pages for everybody: three text sizes, small screens, axe, help in reach."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.talk import Talk
from tests.browser.visitor import SIZES, Watch, sideways, too_small, violations

DANGER = "楼道电线冒火花，有股焦味"


async def expect_help_in_reach(page: Page) -> None:
    """110, 119 and 120 as one tap each, above everything, wherever the page is scrolled."""
    for number in ("110", "119", "120"):
        link = page.locator(f"header a[href='tel:{number}']")
        await expect(link).to_be_visible()
        await expect(link).to_be_in_viewport()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("width", [320, 360])
async def test_the_chat_fits_small_screens_in_every_text_size(
    open_page: OpenPage, width: int, size: str
):
    page = await open_page("/", width=width, size=size)
    assert await sideways(page) == 0
    assert await too_small(page, size) == []
    await expect_help_in_reach(page)
    talk = Talk(page)
    await talk.says("我妈八十三了一个人住，想有人送饭")
    await talk.says(DANGER)
    assert await sideways(page) == 0
    assert await too_small(page, size) == []
    await expect_help_in_reach(page)
    await expect(page.locator("header").get_by_role("button", name="找人工")).to_be_in_viewport()


@pytest.mark.parametrize("size", SIZES)
async def test_axe_finds_nothing_in_the_chat_at_its_start_and_in_danger(
    open_page: OpenPage, size: str
):
    page = await open_page("/", size=size)
    assert await violations(page) == []
    await Talk(page).says(DANGER)
    assert await violations(page) == []


async def test_axe_finds_nothing_when_a_message_is_refused(open_page: OpenPage, watch: Watch):
    watch.forgives.append("422")
    page = await open_page("/")
    await page.evaluate("document.querySelector('#composer form').submit()")
    await expect(page.get_by_role("alert")).to_contain_text("还没写字呢")
    assert await violations(page) == []


@pytest.mark.parametrize("path", ["/volunteer/sign-in", "/console/sign-in"])
@pytest.mark.parametrize("size", SIZES)
async def test_the_sign_in_pages_fit_and_axe_finds_nothing(
    open_page: OpenPage, path: str, size: str
):
    page = await open_page(path, width=320, size=size)
    assert await sideways(page) == 0
    assert await violations(page) == []
    await expect_help_in_reach(page)


async def test_with_wider_spacing_of_letters_and_lines_nothing_is_cut_off(open_page: OpenPage):
    page = await open_page("/", width=320)
    await Talk(page).says("我妈八十三了一个人住，想有人送饭")
    await page.evaluate(
        """() => document.querySelectorAll("body *").forEach((each) => {
            each.style.lineHeight = "1.5"; each.style.letterSpacing = "0.12em";
            each.style.wordSpacing = "0.16em"; })"""
    )
    assert await sideways(page) == 0


@pytest.mark.parametrize(("width", "size"), [(360, "standard"), (360, "large"), (320, "largest")])
async def test_in_english_the_chat_fits_as_well(open_page: OpenPage, width: int, size: str):
    page = await open_page("/", width=width, size=size)
    await page.get_by_role("button", name="English").click()
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    assert await sideways(page) == 0
    assert await too_small(page, size) == []
    assert await violations(page) == []


async def test_without_motion_forced_colours_and_more_contrast_the_chat_still_works(
    open_page: OpenPage,
):
    page = await open_page("/")
    await page.emulate_media(reduced_motion="reduce", forced_colors="active", contrast="more")
    await Talk(page).says("我妈八十三了一个人住，想有人送饭")
    assert await violations(page) == []


async def test_help_is_in_reach_on_an_error_page_too(open_page: OpenPage, watch: Watch):
    watch.forgives.append("404")
    page = await open_page("/nowhere")
    await expect_help_in_reach(page)
    assert await violations(page) == []


async def test_the_size_switch_goes_round_and_stays(page: Page):
    for size in ("large", "largest", "standard"):
        await page.locator("#size-switch button").click()
        await expect(page.locator("html")).to_have_attribute("data-size", size)
    await page.reload()
    await expect(page.locator("html")).to_have_attribute("data-size", "standard")
