"""An article from the first word to its take-down, by three people, while a resident asks."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.browser.talk import Talk
from tests.browser.test_the_whole_story import shoot, sign_in
from tests.browser.visitor import SIZES, sideways, too_small, violations

ARTICLE = "/console/knowledge/veterans.card_record.apply"
QUESTION = "军人优待证怎么办"
NEW = "优待证现在社区也能代收材料，您带身份证去就行。走不动的，先问能不能上门。"


async def step(page: Page, action: str, words: str = "") -> None:
    """Press a step of the article's page."""
    form = page.locator(f'form[action$="/{action}"]').first
    summary = page.locator("details", has=form).locator("summary")
    if await summary.count() and not await form.is_visible():
        await summary.click()
    if words:
        await form.locator('[name="words"]').fill(words)
    async with page.expect_navigation():
        await form.locator("button").click()


async def asks(open_page, until: re.Pattern[str], *, present: bool = True) -> str:
    """Fresh residents ask until they hear it, or hear it no more; at most some seconds."""
    answer = ""
    for _ in range(8):
        talk = Talk(await open_page("/"))
        answer = await talk.says(QUESTION)
        if bool(until.search(answer)) is present:
            return answer
        await talk.page.wait_for_timeout(1000)
    raise AssertionError(answer)


@pytest.mark.parametrize("width", [1280, 360])
async def test_every_page_is_readable_by_everybody_and_none_scrolls_sideways(open_page, width):
    editor = await sign_in(await open_page(None, width=width), "/console", "zhouting")
    for path in ("/console/knowledge", ARTICLE, f"{ARTICLE}/edit", "/console/knowledge/new"):
        await editor.goto(path)
        assert await violations(editor) == [], path
        assert await sideways(editor) <= 0, path
        await shoot(editor, f"articles-{path.rsplit('/', 1)[1]}-{width}")


async def test_write_review_publish_and_take_down_change_the_answer_without_a_restart(open_page):
    desk = {"width": 1280, "height": 900}
    before = await asks(open_page, re.compile("优待证"))
    assert "社区也能代收" not in before

    editor = await sign_in(await open_page(None, **desk), "/console", "zhouting")
    await editor.goto("/console/knowledge")
    await editor.fill("#knowledge-q", "优待证")
    await editor.keyboard.press("Enter")
    await editor.click(f'a[href="{ARTICLE}"]')
    await editor.click("a.main-button")
    await editor.fill("#short_answer", NEW)
    await editor.fill("#words", "社区开始代收材料")
    await editor.click('button[value="preview"]')
    await expect(editor.locator(".preview")).to_contain_text("社区也能代收")
    await shoot(editor, "articles-preview")
    async with editor.expect_navigation():
        await editor.click('button[value="save"]')
    await expect(editor.locator(".banner.ok")).to_contain_text("居民听到的还没变")
    await step(editor, "send")
    await expect(editor.locator("main")).to_contain_text("要请别人看")

    reviewer = await sign_in(await open_page(None, **desk), "/console", "zhaomin")
    await reviewer.goto("/console/knowledge?show=in_review")
    await reviewer.click(f'a[href="{ARTICLE}"]')
    await reviewer.click("text=看改了哪里")
    await expect(reviewer.locator(".differences ins").first).to_be_visible()
    assert await violations(reviewer) == []
    await shoot(reviewer, "articles-differences")
    await reviewer.go_back()
    await step(reviewer, "right")
    await editor.reload()
    await step(editor, "publish")
    await asks(open_page, re.compile("社区也能代收"))

    supervisor = await sign_in(await open_page(None, **desk), "/console", "sunlei")
    await supervisor.goto(ARTICLE)
    await step(supervisor, "withdraw", "社区还没开始收")
    await expect(supervisor.locator("main")).to_contain_text("现在不对居民说")
    await asks(open_page, re.compile("社区也能代收"), present=False)


@pytest.mark.parametrize("size", SIZES)
async def test_the_small_button_under_an_answer_is_large_enough(open_page, size):
    talk = Talk(await open_page("/", size=size))
    await talk.says("公租房怎么申请")
    await expect(talk.last.get_by_role("button", name="有错")).to_be_visible()
    assert await too_small(talk.page, size) == []
    assert await violations(talk.page) == []
    await shoot(talk.page, f"articles-wrong-{size}")


async def test_a_resident_says_with_one_tap_that_an_answer_is_wrong(open_page):
    talk = Talk(await open_page("/"))
    await talk.says("公租房怎么申请")
    assert "三个工作日" in await talk.presses("有错")
    editor = await sign_in(await open_page(None, width=1280), "/console", "zhouting")
    await editor.goto("/console/knowledge?show=reported")
    await editor.click('a[href^="/console/knowledge/housing.public_rental"]')
    await expect(editor.locator("#reports + ul")).to_contain_text("没写哪里")
    await step(editor, "settle", "核对过，没有错")
    await expect(editor.locator("#reports + ul")).to_contain_text("核对过")
