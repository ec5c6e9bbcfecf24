"""The desk in a real Chromium: keys, drafts, live hints, dialogs, access, narrow windows."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import uvicorn
from playwright.async_api import Browser, Page, expect

from bot.decoding import encode_text
from conversations.models import Conversation
from core.database import Database
from core.messages import Address, Channel, RawInbound
from people.permissions import StaffMember
from tests.browser.visitor import Watch, sideways, violations, watched_page
from tests.console_house import ConsoleHouse, a_console
from tests.integration.office import Office, a_desk, a_ticket, an_office, read_ticket
from tests.servers import free_port
from tickets.alerts import AlertKind


@dataclass
class DeskBench:
    """The desk's pages on a free port, and browsers of its staff."""

    house: ConsoleHouse
    office: Office
    database: Database
    browser: Browser
    watch: Watch

    async def open(
        self,
        member: StaffMember,
        path: str = "/console",
        *,
        width: int = 1280,
        height: int = 800,
        script: bool = True,
    ) -> Page:
        """A page of somebody who is signed in."""
        colleague = await self.house.sign_in(member)
        context = await self.browser.new_context(
            base_url=self.house.url,
            viewport={"width": width, "height": height},
            java_script_enabled=script,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
        )
        context.set_default_timeout(15_000)
        secret = colleague.client.cookies["staff"]
        await context.add_cookies([{"name": "staff", "value": secret, "url": self.house.url}])
        page = await watched_page(context, self.watch)
        await page.goto(path)
        return page

    async def ticket(self, **facts) -> str:
        """A ticket, as if a resident had just written."""
        number = await a_ticket(self.database, self.office, self.house.deps.clock.now(), **facts)
        await self.house.deps.signals.publish("console", "ticket")
        return number


@pytest.fixture
async def bench(
    sqlite_url, vault, taxonomy, street, texts, clock, browser: Browser
) -> AsyncIterator[DeskBench]:
    database = Database(sqlite_url)
    desk = a_desk(vault, taxonomy, street, texts)
    port = free_port()
    house = a_console(
        database,
        desk,
        vault=vault,
        taxonomy=taxonomy,
        street=street,
        texts=texts,
        clock=clock,
        url=f"http://127.0.0.1:{port}",
    )
    config = uvicorn.Config(
        house.app, port=port, log_level="error", timeout_graceful_shutdown=1, lifespan="off"
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.02)
    watch = Watch(house.url)
    office = await an_office(database, desk, clock.now())
    yield DeskBench(house, office, database, browser, watch)
    for context in browser.contexts:
        await context.close()
    server.should_exit = True
    await serving
    await database.close()
    assert not watch.problems()


async def focused_row(page: Page) -> str | None:
    return await page.locator(".queue tr.here").get_attribute("data-number")


async def test_from_call_to_dispatched_ticket_without_a_mouse(bench):
    page = await bench.open(bench.office.dispatcher)
    await page.keyboard.press("Alt+KeyN")
    await page.wait_for_url(re.compile(r"/console/calls/BJM-"))
    await expect(page.locator("#phone")).to_be_focused()
    await page.keyboard.type("13912345521")
    for _ in range(3):
        await page.keyboard.press("Tab")
        if await page.locator("input[name=danger]:focus").count():
            break
    await page.keyboard.press("Space")
    await page.keyboard.press("Tab")
    await expect(page.locator("#words")).to_be_focused()
    await page.keyboard.type("想请人给我妈送饭")
    await expect(page.locator("#likely")).to_contain_text("养老")
    await page.keyboard.press("Alt+Digit1")
    await page.keyboard.press("Control+Enter")
    await page.wait_for_url(re.compile(r"/console/tickets/BJM-"))
    number = page.url.split("/")[-1].split("?")[0]
    assert (await read_ticket(bench.database, number)).matter == "elder_care/meal"
    await page.locator("#history").focus()
    await page.keyboard.press("KeyD")
    await expect(page.locator("dialog#dispatch")).to_be_visible()
    await page.keyboard.press("Enter")
    await expect(page.locator(".banner.ok")).to_contain_text("派出去了")
    assert (await read_ticket(bench.database, number)).unit == "elder_service"


async def test_j_and_k_walk_the_list_and_enter_opens(bench):
    numbers = [await bench.ticket() for _ in range(3)]
    page = await bench.open(bench.office.operator)
    assert await focused_row(page) == numbers[0]
    await page.keyboard.press("KeyJ")
    await page.keyboard.press("KeyJ")
    assert await focused_row(page) == numbers[2]
    await page.keyboard.press("KeyK")
    await page.keyboard.press("Enter")
    await page.wait_for_url(re.compile(numbers[1]))
    await page.keyboard.press("Alt+KeyJ")
    await page.wait_for_url(re.compile(numbers[2]))


async def test_letters_are_letters_while_typing_and_while_composing(bench):
    first, _ = await bench.ticket(), await bench.ticket()
    page = await bench.open(bench.office.operator)
    await page.keyboard.press("Slash")
    await page.keyboard.type("jxd")
    assert await page.locator("#search").input_value() == "jxd"
    assert await focused_row(page) == first
    await page.locator(".queue tr.here a").focus()
    await page.evaluate(
        "document.activeElement.dispatchEvent(new KeyboardEvent('keydown',"
        " {code: 'KeyJ', key: 'j', bubbles: true, isComposing: true}))"
    )
    assert await focused_row(page) == first


async def test_single_letters_can_be_turned_off(bench):
    first, _ = await bench.ticket(), await bench.ticket()
    page = await bench.open(bench.office.operator)
    await page.keyboard.press("?")
    await page.get_by_role("button", name="关掉单个字母的按键").click()
    await page.wait_for_load_state()
    await page.locator(".queue tr.here a").focus()
    await page.keyboard.press("KeyJ")
    assert await focused_row(page) == first


async def test_new_tickets_are_announced_and_move_no_row(bench, clock):
    await bench.ticket()
    page = await bench.open(bench.office.operator)
    rows = page.locator(".queue tbody tr")
    await page.wait_for_timeout(500)
    clock.move(seconds=5)
    await bench.ticket(urgency="P1")
    await expect(page.locator("#new-bar")).to_be_visible()
    await expect(page.locator("#new-count")).to_have_text("1")
    await expect(page).to_have_title(re.compile(r"^\(1\)"))
    assert await rows.count() == 1
    await page.locator("#new-show").click()
    await expect(rows).to_have_count(2)


async def test_a_slow_answer_from_before_a_new_ticket_does_not_hide_it_again(bench, clock):
    page = await bench.open(bench.office.operator)
    asked, fetched, go_on, answered = (asyncio.Event() for _ in range(4))

    async def hold_back(route):
        is_first = not asked.is_set()
        asked.set()
        answer = await route.fetch()
        if is_first:
            fetched.set()
            await go_on.wait()
        await route.fulfill(response=answer)
        if is_first:
            answered.set()

    await page.route("**/console/newer*", hold_back)
    await page.evaluate("document.dispatchEvent(new Event('hint'))")
    await fetched.wait()
    clock.move(seconds=5)
    await bench.ticket()
    await page.evaluate("document.dispatchEvent(new Event('hint'))")
    await page.wait_for_timeout(500)
    go_on.set()
    await answered.wait()
    await page.wait_for_timeout(1000)  # less than the look that makes up for lost hints
    assert await page.locator("#new-bar").is_visible()


async def test_what_is_typed_is_saved_and_there_after_a_reload(bench):
    number = await bench.ticket()
    page = await bench.open(bench.office.operator, f"/console/tickets/{number}")
    await page.locator("#words").fill("写到一半，电话响了")
    await expect(page.locator("#status-line")).to_contain_text("已自动保存")
    await page.reload()
    assert await page.locator("#words").input_value() == "写到一半，电话响了"


async def test_what_is_typed_is_saved_on_leaving_at_once(bench):
    number = await bench.ticket()
    page = await bench.open(bench.office.operator, f"/console/tickets/{number}")
    await page.locator("#words").fill("马上走开")
    await page.goto("/console")
    await page.goto(f"/console/tickets/{number}")
    assert await page.locator("#words").input_value() == "马上走开"


async def test_revealed_fields_are_covered_again_after_a_minute(bench):
    bench.watch.forgives.append("422")
    number = await bench.ticket()
    page = await bench.open(bench.office.operator, f"/console/tickets/{number}")
    await page.clock.install()
    await page.get_by_text("点开要写理由").click()
    dialog = page.locator("dialog#reveal")
    await dialog.get_by_role("button", name="点开一分钟").click()
    await expect(dialog.get_by_role("alert")).to_contain_text("请选一个理由")
    await dialog.locator("select").select_option("contact")
    await dialog.locator("#reveal-words").fill("约送餐时间")
    await dialog.get_by_role("button", name="点开一分钟").click()
    await expect(dialog).to_be_hidden()
    await expect(page.locator("#revealed")).to_contain_text("13912345521")
    await page.clock.fast_forward(61_000)
    await expect(page.locator("#revealed")).not_to_contain_text("13912345521")
    assert "13912345521" not in await page.content()


async def test_a_dialog_gives_the_focus_back(bench):
    number = await bench.ticket()
    page = await bench.open(bench.office.dispatcher, f"/console/tickets/{number}")
    button = page.locator("a[data-dialog=merge]")
    await button.focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("dialog#merge")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(button).to_be_focused()


async def test_what_the_resident_writes_appears_while_the_reply_is_being_typed(bench):
    number = await bench.ticket()
    page = await bench.open(bench.office.operator, f"/console/tickets/{number}")
    await page.wait_for_timeout(500)
    await page.locator("#words").fill("我正在写")
    ticket = await read_ticket(bench.database, number)
    now = bench.house.deps.clock.now()
    async with bench.database.transaction() as session:
        talk = await session.get_one(Conversation, ticket.conversation_id)
        raw = RawInbound(Address(Channel.WEB, "", talk.peer), "m9", encode_text("还有一件事"), now)
        await bench.office.desk.inbox.store(session, talk.id, raw, done=True)
    await bench.house.deps.signals.publish("console", "ticket")
    await expect(page.locator("#history")).to_contain_text("还有一件事")
    await expect(page.locator("#words")).to_be_focused()
    assert await page.locator("#words").input_value() == "我正在写"


async def test_an_emergency_rings_on_an_open_page_until_it_is_taken(bench):
    page = await bench.open(bench.office.operator)
    await page.wait_for_timeout(500)
    number = await a_ticket(
        bench.database, bench.office, bench.house.deps.clock.now(), urgency="P0"
    )
    async with bench.database.transaction() as session:
        ticket = await bench.office.desk.get_ticket(session, number, by=bench.office.operator)
        await bench.office.tickets.ring(
            session, ticket, AlertKind.EMERGENCY, now=bench.house.deps.clock.now()
        )
    await bench.house.deps.signals.publish("console", "ring")
    bench.watch.forgives.append("AudioContext")
    bell = page.locator("[data-rings]")
    await expect(bell).to_be_visible()
    await bell.get_by_role("button", name="我来接").click()
    await expect(page.locator(".banner.ok")).to_contain_text("您接了这个铃")
    await expect(bell).to_have_count(0)


async def test_a_department_is_found_by_its_initials(bench):
    number = await bench.ticket()
    page = await bench.open(bench.office.dispatcher, f"/console/tickets/{number}?open=dispatch")
    await expect(page.locator("dialog#dispatch")).to_be_visible()
    box = page.locator("dialog#dispatch input.autocomplete__input")
    await box.fill("zfbz")
    await page.locator(".autocomplete__option", has_text="住房保障岗").click()
    await page.locator("dialog#dispatch .main-button").click()
    await expect(page.locator(".banner.ok")).to_be_visible()
    assert (await read_ticket(bench.database, number)).unit == "housing_office"


async def test_without_script_a_ticket_is_dispatched_all_the_same(bench):
    number = await bench.ticket()
    page = await bench.open(bench.office.dispatcher, f"/console/tickets/{number}", script=False)
    await page.locator("a[data-dialog=dispatch]").click()
    await page.locator("dialog#dispatch select[name=unit]").select_option("elder_service")
    await page.locator("dialog#dispatch .main-button").click()
    assert (await read_ticket(bench.database, number)).status == "dispatched"


PAGES = ["/console", "/console?view=waiting_for_person", "/console?view=returns", "ticket",
         "dispatch", "failed", "call", "/console/calls/new", "/console/call-backs",
         "/console/people", "views"]  # fmt: skip


async def go(bench: DeskBench, page: Page, which: str) -> None:
    """Open one of the desk's pages in the state that the name says."""
    number = await bench.ticket()
    addresses = {
        "ticket": f"/console/tickets/{number}",
        "dispatch": f"/console/tickets/{number}?open=dispatch",
        "views": f"/console/tickets/{number}/views",
    }
    if which == "call":
        await page.locator("[data-key=new-call]").click()
        await page.locator("#words").fill("楼道冒烟")
        await expect(page.locator(".danger-line")).to_be_visible()
    elif which == "failed":
        await page.goto(f"/console/tickets/{number}?open=merge")
        await page.locator("dialog#merge .main-button").click()
        await expect(page.locator("dialog#merge .field-error")).to_be_visible()
    else:
        await page.goto(addresses.get(which, which))


@pytest.mark.parametrize("which", PAGES)
async def test_axe_finds_nothing(bench, which):
    bench.watch.forgives += ["404", "422"]
    page = await bench.open(bench.office.lead)
    await go(bench, page, which)
    assert await violations(page) == []


@pytest.mark.parametrize("width", [1280, 1024, 640, 360])
async def test_no_page_scrolls_sideways(bench, width):
    page = await bench.open(bench.office.lead, width=width)
    for which in ("/console", "ticket", "call", "/console/people"):
        await go(bench, page, which)
        assert await sideways(page) <= 0, which


async def test_controls_are_large_enough_to_hit(bench):
    page = await bench.open(bench.office.lead)
    await go(bench, page, "ticket")
    small = await page.evaluate(
        """() => [...document.querySelectorAll("button, .button, select, input:not([type=hidden])")]
          .filter((each) => each.checkVisibility() && !each.matches("label input, .skip"))
          .map((each) => [each.outerHTML.slice(0, 80), each.getBoundingClientRect().height])
          .filter(([, height]) => height < 31.5)"""
    )
    assert small == []


async def test_a_dead_line_is_noticed_and_comes_back(bench):
    bench.watch.forgives += ["ERR_FAILED", "Failed to fetch"]
    page = await bench.open(bench.office.operator)
    await page.wait_for_timeout(500)
    await page.route("**/console/stream", lambda route: route.abort())
    await page.clock.install()
    await page.clock.fast_forward(50_000)
    await expect(page.locator("#offline")).to_be_visible()
    await expect(page.locator("#offline")).to_contain_text("120")
    await page.unroute("**/console/stream")
    await page.clock.fast_forward(50_000)
    await expect(page.locator("#offline")).to_be_hidden()


async def test_on_paper_the_furniture_is_gone(bench):
    number = await bench.ticket()
    page = await bench.open(bench.office.operator, f"/console/tickets/{number}/print")
    await page.emulate_media(media="print")
    await expect(page.locator(".desk-top")).to_be_hidden()
    await expect(page.locator(".views")).to_be_hidden()
    await expect(page.locator(".watermark")).to_be_visible()
    await expect(page.locator("main")).to_contain_text(number)
