"""The residents' chat in a real browser: from the first words to a number, come what may."""

import pytest
from playwright.async_api import Page, Response, Route, expect

from tests.browser.conftest import OpenPage
from tests.browser.server import StreetServer
from tests.browser.talk import NUMBER, Talk, expect_each_once
from tests.browser.visitor import Watch

REQUEST = "我妈八十三了一个人住，想有人送饭"
DANGER = "楼道电线冒火花，有股焦味"
LOST_CONNECTION = ["Failed to load resource", "ERR_", "Connection"]


@pytest.mark.parametrize("width", [360, 1280])
async def test_a_resident_asks_answers_and_gets_a_number(open_page: OpenPage, width: int):
    talk = Talk(await open_page("/", width=width))
    number = await talk.gets_a_number(REQUEST)
    receipt = talk.page.locator(".receipt")
    await expect(receipt).to_contain_text(number)
    await expect(talk.page.locator(".from-me .delivery").first).to_have_text("已送到")
    assert NUMBER.fullmatch(number)


async def test_without_script_a_resident_asks_answers_gets_a_number_and_reads(
    open_page: OpenPage,
):
    talk = Talk(await open_page("/", script=False), script=False)
    number = await talk.gets_a_number(REQUEST)
    await expect(talk.page.locator("#log")).to_contain_text(number)
    await expect(talk.mine.first).to_have_text(REQUEST)
    await talk.page.get_by_role("button", name="找人工").first.click()
    await expect(talk.mine.last).to_have_text("找人工")


async def test_by_keyboard_only_a_resident_writes_and_presses_an_answer(page: Page):
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    await page.locator("#words").focus()
    await page.keyboard.type(REQUEST)
    await page.keyboard.press("Enter")
    talk = Talk(page)
    await expect(talk.last.get_by_role("button").first).to_be_visible()
    await expect(page.locator("#words")).to_be_focused()
    for _ in range(6):
        await page.keyboard.press("Shift+Tab")
        if await page.evaluate("document.activeElement.name === 'payload'"):
            break
    pressed = await page.evaluate("document.activeElement.textContent.trim().replace(/^\\d+ /, '')")
    outline = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    await page.keyboard.press("Enter")
    await expect(talk.mine.last).to_have_text(pressed)


async def test_the_enter_that_ends_a_composition_does_not_send(page: Page):
    await page.fill("#words", "送饭")
    await page.locator("#words").dispatch_event("keydown", {"key": "Enter", "isComposing": True})
    await page.locator("#words").dispatch_event("keydown", {"key": "Enter", "keyCode": 229})
    await expect(page.locator("#words")).to_have_value("送饭")
    await expect(Talk(page).mine).to_have_count(0)


async def test_what_looks_like_html_is_shown_as_it_was_written(page: Page):
    words = '<img src=x onerror="document.title=1"><script>document.title=2</script> & <b>急</b>'
    talk = Talk(page)
    await talk.says(words)
    await expect(talk.mine).to_have_text([words])
    await page.reload()
    await expect(talk.mine).to_have_text([words])
    assert await page.locator("#log img, #log script, #log b").count() == 0
    assert await page.title() not in ("1", "2")


async def test_a_second_tab_shows_the_same_conversation_and_hears_what_comes(
    page: Page, watch: Watch
):
    talk = Talk(page)
    await talk.says(REQUEST)
    second = await page.context.new_page()
    watch.over(second)
    await second.goto("/")
    other = Talk(second)
    await expect(other.mine).to_have_text([REQUEST])
    await other.says("和平里3栋")
    await expect(other.mine).to_have_text([REQUEST, "和平里3栋"])
    await expect(talk.mine).to_have_text([REQUEST, "和平里3栋"])
    assert await talk.bubbles.count() == await other.bubbles.count() + 1, "the greeting is not kept"
    await second.close()


async def test_danger_is_announced_with_a_number_to_tap_and_seen_first(page: Page):
    talk = Talk(page)
    await talk.says(DANGER)
    alarm = page.locator("#log [role=alert]").first
    await expect(alarm.get_by_role("link", name="打 119")).to_have_attribute("href", "tel:119")
    await expect(alarm).to_be_in_viewport(ratio=0.99)


async def test_a_server_that_dies_in_mid_conversation_loses_and_doubles_nothing(
    page: Page, server: StreetServer, watch: Watch
):
    watch.forgives += LOST_CONNECTION
    talk = Talk(page)
    await talk.says(REQUEST)
    server.kill()
    try:
        await page.fill("#words", "和平里3栋")
        await page.keyboard.press("Enter")
        await expect(page.locator("#offline")).to_be_visible()
        await expect(page.locator("#offline")).to_contain_text("110")
        await expect(talk.last).to_contain_text("先存着，连上就发")
        await page.fill("#words", "还没写完的话")
    finally:
        server.start()
    await expect(page.locator("#offline")).to_be_hidden(timeout=20_000)
    await expect_each_once(talk, [REQUEST, "和平里3栋"])
    await expect(talk.last).to_have_class("from-bot")
    await page.reload()
    await expect(page.locator("#words")).to_have_value("还没写完的话")
    await expect_each_once(talk, [REQUEST, "和平里3栋"])
    said = await page.locator("#log > li.from-bot").all_inner_texts()
    assert len(said) == len(set(said))


async def test_a_message_whose_answer_got_lost_stands_there_once(page: Page, watch: Watch):
    watch.forgives += LOST_CONNECTION
    delivered: list[str] = []

    async def deliver_and_hang_up(route: Route) -> None:
        await route.fetch()
        delivered.append(route.request.url)
        await route.abort("connectionreset")

    await page.route("**/chat/messages", deliver_and_hang_up, times=1)
    talk = Talk(page)
    await page.fill("#words", REQUEST)
    await page.keyboard.press("Enter")
    await expect(talk.last).to_have_class("from-bot", timeout=20_000)
    await expect(page.locator(".from-me .delivery")).to_have_text(["已送到"], timeout=20_000)
    assert delivered
    await page.reload()
    await expect_each_once(talk, [REQUEST])


async def test_what_an_earlier_page_left_unsent_is_sent_once_by_the_next(page: Page, watch: Watch):
    watch.forgives += LOST_CONNECTION
    await page.route("**/chat/messages", lambda route: route.abort("connectionreset"), times=1)
    talk = Talk(page)
    await page.fill("#words", REQUEST)
    await page.keyboard.press("Enter")
    await expect(talk.last).to_contain_text("先存着")
    await page.reload()
    await expect_each_once(talk, [REQUEST])
    await expect(talk.last).to_have_class("from-bot", timeout=20_000)
    await expect_each_once(talk, [REQUEST])


async def test_a_stream_that_is_refused_twice_comes_back_with_everything_once(
    page: Page, watch: Watch
):
    watch.forgives += LOST_CONNECTION
    talk = Talk(page)
    await talk.says(REQUEST)
    refusals: list[str] = []

    async def refuse(route: Route) -> None:
        refusals.append(route.request.url)
        await route.fulfill(status=503, body="")

    await page.route("**/chat/stream*", refuse, times=2)
    await page.evaluate("window.dispatchEvent(new Event('online'))")
    before = await talk.bubbles.count()
    await page.fill("#words", "和平里3栋")
    await page.keyboard.press("Enter")
    await expect(talk.last).to_have_class("from-bot", timeout=20_000)
    assert await talk.bubbles.count() > before + 1
    assert len(refusals) == 2
    await expect_each_once(talk, [REQUEST, "和平里3栋"])


async def test_a_line_that_falls_silent_is_opened_anew(open_page: OpenPage):
    page = await open_page(None)
    await page.clock.install()
    streams: list[str] = []
    page.on("request", lambda each: streams.append(each.url) if "stream" in each.url else None)
    await page.goto("/")
    await Talk(page).says(REQUEST)
    opened = len(streams)
    await page.clock.fast_forward(50_000)
    await expect(page.locator("#offline")).to_be_hidden()
    for _ in range(50):
        if len(streams) > opened:
            break
        await page.wait_for_timeout(100)
    assert len(streams) > opened
    assert "after=0" not in streams[-1]


async def test_the_page_weighs_at_most_a_hundred_kilobytes(open_page: OpenPage):
    page = await open_page(None)
    responses: list[Response] = []
    page.on("response", lambda each: responses.append(each))
    await page.goto("/", wait_until="load")
    weights = {
        each.url: len(await each.body()) for each in responses if "/chat/stream" not in each.url
    }
    assert any("chat.js" in address for address in weights)
    assert sum(weights.values()) <= 100_000, weights
