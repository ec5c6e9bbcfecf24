"""One request from the first word to the last, by everybody who has a part in it, in real pages."""

import os
import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from app.demo import PASSWORD

MEAL = "我妈八十三了一个人住，想有人送饭"
NUMBER = re.compile(r"BJM-\d{8}-\d{4}")


async def sign_in(page: Page, door: str, login: str) -> Page:
    await page.goto(f"{door}/sign-in")
    await page.fill('input[name="login"]', login)
    await page.fill('input[name="password"]', PASSWORD)
    await page.click("main button.main-button")
    await expect(page).not_to_have_url(re.compile("sign-in"))
    return page


async def do(page: Page, act: str, **fields: str) -> None:
    """Open an act's dialog on the ticket page, fill it in, send it."""
    await page.click(f'[data-dialog="{act}"]')
    dialog = page.locator(f"dialog#{act}")
    for name, value in fields.items():
        field = dialog.locator(f'[name="{name}"]').first
        if await field.get_attribute("type") == "radio":
            await dialog.locator(f'[name="{name}"][value="{value}"]').check()
        elif await field.evaluate("each => each.tagName") == "SELECT":
            await field.evaluate("(each, value) => { each.value = value; }", value)
        else:
            await field.fill(value)
    async with page.expect_navigation():
        await dialog.locator("button[data-submit]").click()


async def press(page: Page, act: str) -> None:
    """A button of the ticket page that needs no dialog."""
    async with page.expect_navigation():
        await page.click(f'form[action$="/{act}"] button')


async def shoot(page: Page, name: str) -> None:
    """Keep a picture where BAIJIAMEN_PICTURES says, for people to look at."""
    folder = os.environ.get("BAIJIAMEN_PICTURES")
    if folder:
        await page.screenshot(path=Path(folder) / f"{name}.png")


@pytest.mark.parametrize(("width", "height"), [(360, 740), (1280, 800)])
async def test_from_the_first_word_to_the_closed_ticket(open_page, width, height):
    size = {"width": width, "height": height}
    desk_size = {"width": 1280, "height": 860}

    operator = await sign_in(await open_page(None, **desk_size), "/console", "limei")
    resident = await open_page("/", **size)
    await resident.fill("#words", MEAL)
    await resident.keyboard.press("Enter")
    await expect(resident.locator("#log")).to_contain_text("老年助餐")
    await expect(resident.locator("#log")).to_contain_text("更新于")
    for answer, question in (("和平里3栋", "怎么找您"), ("13800001234", "收到了")):
        await resident.fill("#words", answer)
        await resident.keyboard.press("Enter")
        await expect(resident.locator("#log")).to_contain_text(question)
    found = NUMBER.search(await resident.locator("#log").inner_text())
    assert found
    number = found.group()
    await shoot(resident, f"story-1-resident-{width}")

    # the operator's queue says that something new came, without reloading
    await expect(operator.locator("#new-bar")).to_be_visible()
    await operator.click("#new-show")
    await expect(operator.locator("tbody").first).to_contain_text("想有人送饭")
    await shoot(operator, f"story-2-queue-{width}")
    await operator.goto(f"/console/tickets/{number}")
    await expect(operator.locator("#history")).to_contain_text(MEAL)
    assert "13800001234" not in await operator.content()

    # a person takes over and answers; the bot is silent until it is handed back
    await press(operator, "take-over")
    await expect(resident.locator("#holder")).to_contain_text("李梅")
    await operator.check("#kind-reply")
    await operator.fill("#words", "您好，我是李梅。老人有什么忌口吗？")
    await operator.click(".reply-box button[data-submit]")
    await expect(resident.locator("#log")).to_contain_text("有什么忌口吗")
    await resident.fill("#words", "不吃辣的")
    await resident.keyboard.press("Enter")
    await expect(operator.locator("#history")).to_contain_text("不吃辣的")
    await shoot(operator, f"story-3-ticket-{width}")
    await press(operator, "hand-back")
    await expect(operator.locator('form[action$="/take-over"]')).to_be_visible()

    # dispatch, accept, contact, start
    await do(operator, "dispatch", unit="elder_service", note="老人不吃辣")
    await expect(resident.locator("#log")).to_contain_text("养老服务专班")
    handler = await sign_in(await open_page(None, **desk_size), "/console", "chenjing")
    await handler.goto(f"/console/tickets/{number}")
    await press(handler, "accept")
    await do(handler, "contact", how="call", words="跟女儿通了话，约好明天中午开始送")
    await press(handler, "start")

    # a volunteer task: published, claimed by one, address only then
    await do(
        handler,
        "publish",
        kind="送餐",
        title="送午饭上门",
        rough_place="和平里一带",
        day="2030-01-07",
        **{"from": "11:00", "to": "12:00"},
        places="1",
        to_do="送到门口",
        name="王婆婆",
    )
    await expect(handler.locator(".side")).to_contain_text("送午饭上门")
    first = await sign_in(await open_page(None, **size), "/volunteer", "wubo")
    second = await sign_in(await open_page(None, **size), "/volunteer", "zhengli")
    await shoot(first, f"story-4-volunteer-list-{width}")
    for volunteer in (first, second):
        await volunteer.goto("/volunteer")
        await volunteer.click("text=送午饭上门")
        assert "3栋" not in await volunteer.content()
    await first.click("text=我来接")
    await expect(first.locator("main")).to_contain_text("3栋")
    await shoot(first, f"story-5-volunteer-claimed-{width}")
    await second.click("text=我来接")
    await expect(second.locator("main")).to_contain_text("被别人接走了")
    await shoot(second, f"story-6-volunteer-too-late-{width}")

    # resolved by the handler, reviewed and called back by somebody else
    await handler.goto(f"/console/tickets/{number}")
    await do(
        handler, "resolve", result="从明天起每天中午有人送饭，不放辣。", internal_note="已排班"
    )
    await expect(resident.locator("#log")).to_contain_text("从明天起每天中午有人送饭")
    assert await handler.locator('[data-dialog="call-back"]').count() == 0
    reviewer = await sign_in(await open_page(None, **desk_size), "/console", "zhaomin")
    await reviewer.goto(f"/console/tickets/{number}")
    await do(reviewer, "review", passed="yes", words="通话记录看过")

    # not solved: it is worked on again
    await resident.fill("#words", "没解决，今天没人来")
    await resident.keyboard.press("Enter")
    await expect(resident.locator("#log")).to_contain_text("重新办")
    await handler.reload()
    await press(handler, "start")
    await do(handler, "resolve", result="饭送到了，补送的也到了。", internal_note="换了人送")
    await reviewer.reload()
    await do(reviewer, "review", passed="yes", words="看过")
    await reviewer.reload()
    await do(reviewer, "call-back", contacted="yes", solved="yes", satisfied="yes")
    await expect(resident.locator("#log")).to_contain_text("结束")
    await shoot(resident, f"story-7-resident-end-{width}")
    await shoot(reviewer, f"story-8-closed-{width}")
