"""The volunteers' pages without a browser: what each shows, to whom, and every step's redirect."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from handlers.staff.acknowledge import acknowledge
from handlers.staff.withdraw import withdraw
from people.models import ViewRecord
from tests.integration.office import a_ticket
from tests.volunteer_visitors import ORIGIN, Visitor
from tickets.models import Alert, Claim

SECRETS = ("王婆婆", "和平里3栋2单元701", "3栋", "单元701")
"""Not the bare 701: an id may hold these three digits."""


async def test_an_open_task_shows_kind_place_time_and_no_person(person, publish):
    task_id = await publish()
    wubo = await person()
    for page in (
        await wubo.sees("/volunteer"),
        await wubo.sees(f"/volunteer/tasks/{task_id}"),
    ):
        assert "陪去医院取药" in page
        assert "和平里一带" in page
        assert "今天 14:00–15:00，约 1 小时" in page.replace("\u2060", "")
        assert "还差 1 人" in page
        assert not any(secret in page for secret in SECRETS)


async def test_one_tap_claims_and_only_then_the_door_is_seen_and_the_look_recorded(
    person, publish, database
):
    task_id = await publish()
    wubo = await person()
    page = await wubo.presses_and_reads(f"/volunteer/tasks/{task_id}/claim")
    assert "王婆婆" in page
    assert "和平里3栋2单元701" in page
    assert "我接的 1" in page
    async with database.reading() as session:
        looks = (await session.scalars(select(ViewRecord))).all()
    assert {(look.viewer_id, look.action) for look in looks} == {(wubo.member.id, "claim")}


async def test_of_two_who_press_together_one_wins_and_the_other_reads_so_kindly(person, publish):
    task_id, other_id = await publish(), await publish(title="教用手机交水费")
    people = [await person("吴波"), await person("何琳")]
    answers = await asyncio.gather(
        *(each.presses(f"/volunteer/tasks/{task_id}/claim") for each in people)
    )
    places = [answer.headers["location"] for answer in answers]
    assert sorted(places) == sorted([f"/volunteer/tasks/{task_id}", "/volunteer?taken=1"])
    loser = people[places.index("/volunteer?taken=1")]
    page = await loser.sees("/volunteer?taken=1")
    assert "刚被别人接走了，谢谢您愿意来。这几件还缺人：" in page
    assert str(other_id) in page
    assert str(task_id) not in page
    assert "danger" not in page.split("刚被别人接走了")[0].rsplit("<div", 1)[1]


async def test_a_lost_race_with_nothing_else_open_says_so(person):
    wubo = await person()
    assert "现在别的都有人了" in await wubo.sees("/volunteer?taken=1")


async def test_a_double_submit_of_any_step_changes_nothing_more(person, publish, database, clock):
    task_id = await publish()
    wubo = await person()
    for step, words in (
        ("claim", "王婆婆"),
        ("check-in", "10:00 到的"),
        ("complete", "记了 1 分钟"),
    ):
        first = await wubo.presses_and_reads(f"/volunteer/tasks/{task_id}/{step}")
        second = await wubo.presses_and_reads(f"/volunteer/tasks/{task_id}/{step}")
        assert words in first
        assert words in second
    async with database.reading() as session:
        assert [each.status for each in await session.scalars(select(Claim))] == ["completed"]


async def test_going_there_and_back_is_noted_to_the_minute_and_the_door_closes_again(
    person, publish, clock
):
    task_id = await publish()
    wubo = await person()
    await wubo.presses(f"/volunteer/tasks/{task_id}/claim")
    clock.move(minutes=20)
    await wubo.presses(f"/volunteer/tasks/{task_id}/check-in")
    clock.move(minutes=8)
    page = await wubo.presses_and_reads(f"/volunteer/tasks/{task_id}/complete", words="带老花镜")
    assert "记了 8 分钟" in page
    assert not any(secret in page for secret in SECRETS)
    assert "1 次，一共 0 小时 8 分钟" in await wubo.sees("/volunteer/me")
    assert "办好了，记了 8 分钟" in await wubo.sees("/volunteer/mine")


async def test_giving_a_task_back_is_easy_and_opens_it_again(person, publish):
    task_id = await publish()
    wubo, helin = await person("吴波"), await person("何琳")
    await wubo.presses(f"/volunteer/tasks/{task_id}/claim")
    assert "退回了" in await wubo.presses_and_reads(f"/volunteer/tasks/{task_id}/release")
    assert str(task_id) in await helin.sees("/volunteer")
    assert "王婆婆" not in await wubo.sees(f"/volunteer/tasks/{task_id}")
    assert "王婆婆" in await helin.presses_and_reads(f"/volunteer/tasks/{task_id}/claim")
    assert "退回了" in await wubo.sees(f"/volunteer/tasks/{task_id}")


async def test_a_step_pressed_on_an_old_page_is_answered_with_how_it_stands_now(person, publish):
    task_id = await publish()
    wubo = await person()
    await wubo.presses(f"/volunteer/tasks/{task_id}/claim")
    page = await wubo.presses_and_reads(f"/volunteer/tasks/{task_id}/complete")
    assert "这一步刚才变了" in page
    assert "我到了" in page


@pytest.mark.parametrize("step", ["check-in", "complete", "release", "help"])
async def test_nobody_touches_the_task_of_somebody_else(person, publish, database, step):
    task_id = await publish()
    wubo, helin = await person("吴波"), await person("何琳")
    await wubo.presses(f"/volunteer/tasks/{task_id}/claim")
    assert (await helin.presses(f"/volunteer/tasks/{task_id}/{step}")).status_code == 404
    page = await helin.sees(f"/volunteer/tasks/{task_id}", status=404)
    assert "刚被别人接走了" in page
    assert not any(secret in page for secret in SECRETS)
    async with database.reading() as session:
        assert [each.status for each in await session.scalars(select(Claim))] == ["claimed"]


async def test_an_unknown_task_and_a_bent_address_are_not_found(person):
    wubo = await person()
    for task_id in (uuid4(), "1", "..%2Fme"):
        await wubo.sees(f"/volunteer/tasks/{task_id}", status=404)
        assert (await wubo.presses(f"/volunteer/tasks/{task_id}/claim")).status_code == 404


async def test_a_press_without_the_form_of_this_sign_in_is_refused(person, publish):
    task_id = await publish()
    wubo, helin = await person("吴波"), await person("何琳")
    helin.token = wubo.token
    refused = await helin.presses(f"/volunteer/tasks/{task_id}/claim")
    assert refused.status_code == 403
    assert "王婆婆" not in refused.text


async def test_who_is_not_signed_in_is_asked_to_and_comes_back(website):
    transport = httpx.ASGITransport(website)
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
        for path in ("", "/mine", "/me", "/help", f"/tasks/{uuid4()}", "/stream"):
            away = await client.get(f"/volunteer{path}")
            assert away.status_code == 303
            assert away.headers["location"].startswith("/volunteer/sign-in")


async def test_filters_are_links_by_place_kind_day_and_home(person, publish, now):
    here = await publish()
    away = await publish(
        community="c01", kind="代购", title="买米", starts_at=now + timedelta(days=1),
        ends_at=now + timedelta(days=1, hours=1),
    )  # fmt: skip
    inside = await publish(in_home=True, places=2, title="理发")
    wubo = await person(home_visits=True)
    for query, shown in (
        ("", {here, away, inside}),
        ("?community=c01", {away}),
        ("?kind=代购", {away}),
        ("?today=1", {here, inside}),
        ("?no_home=1", {here, away}),
        ("?today=1&no_home=1&community=c05", {here}),
        ("?community=nowhere&today=yes", {here, away, inside}),
    ):
        page = await wubo.sees(f"/volunteer{query}")
        assert {each for each in (here, away, inside) if f"/tasks/{each}" in page} == shown, query
    page = await wubo.sees("/volunteer?community=c01&today=1")
    assert "照这样挑，现在没有缺人的事" in page
    assert 'href="/volunteer?today=1"' in page


async def test_what_asks_for_a_skill_or_training_is_named_with_what_is_lacking(person, publish):
    haircut = await publish(kind="理发", title="上门理发", skill="理发", in_home=True, places=2)
    far = await publish(community="c01", title="远处的事")
    wubo = await person(communities=("c05",))
    page = await wubo.sees("/volunteer")
    assert "上门理发" in page
    assert "您还没有上门培训" in page
    assert "远处的事" not in page
    assert f"/tasks/{haircut}" not in page
    card = await wubo.presses_and_reads(f"/volunteer/tasks/{haircut}/claim")
    assert "您还没有上门培训" in card
    assert "我来接" not in card
    assert "不在您愿意去的地方" in await wubo.sees(f"/volunteer/tasks/{far}")


async def test_a_task_that_was_called_off_says_that_nobody_need_go(
    person, publish, database, office, now
):
    number = await a_ticket(database, office, now, matter="elder_care/companion_help")
    task_id = await publish(number)
    wubo = await person()
    await wubo.presses(f"/volunteer/tasks/{task_id}/claim")
    async with database.transaction() as session:
        ticket = await office.desk.get_ticket(session, number, by=office.operator)
        await withdraw(session, office.desk, ticket, by=office.operator, note="不用了", now=now)
    page = await wubo.sees(f"/volunteer/tasks/{task_id}")
    assert "这件不用去了" in page
    assert not any(secret in page for secret in SECRETS)
    assert "不用去了" in await wubo.sees("/volunteer/mine")


async def test_help_rings_at_the_desk_and_the_page_tells_who_answered(
    person, publish, database, office, now
):
    number = await a_ticket(database, office, now, matter="elder_care/companion_help")
    task_id = await publish(number)
    wubo, helin = await person("吴波"), await person("何琳")
    assert "您手上没有正在办的事" in await wubo.sees("/volunteer/help")
    await wubo.presses(f"/volunteer/tasks/{task_id}/claim")
    assert "叫值班的人" in await wubo.sees("/volunteer/help")
    called = await wubo.presses("/volunteer/help", task_id=str(task_id), words="摔了")
    again = await wubo.presses("/volunteer/help", task_id=str(task_id), words="摔了")
    where = called.headers["location"]
    assert again.headers["location"] == where
    assert "现在还没有人接" in await wubo.sees(where)
    await helin.sees(where, status=404)
    async with database.transaction() as session:
        ticket = await office.desk.get_ticket(session, number, by=office.operator)
        alert = (await session.scalars(select(Alert))).one()
        await acknowledge(session, office.desk, ticket, alert.id, by=office.operator, now=now)
    assert "李梅接了，马上联系您" in await wubo.sees(where)


async def test_an_open_list_hears_what_came_and_what_went(
    person, publish, website, signals, database
):
    first = await publish()
    wubo = await person()
    lines = _stream(website, wubo, "/volunteer/stream")
    assert await _ids(lines) == [str(first)]
    second = await publish(title="教用手机交水费")
    await signals.publish("tasks", "ticket")
    assert await _ids(lines) == [str(first), str(second)]
    helin = await person("何琳")
    await helin.presses(f"/volunteer/tasks/{first}/claim")
    assert await _ids(lines) == [str(second)]
    await wubo.presses("/volunteer/sign-out")
    await signals.publish("tasks", "ticket")
    assert await anext(lines) == ("signed-out", "{}")
    assert await anext(lines, None) is None


async def _ids(lines: AsyncIterator[tuple[str, str]]) -> list[str]:
    name, data = await anext(lines)
    assert name == "tasks"
    ids: list[str] = json.loads(data)["open"]
    return ids


async def _stream(app: FastAPI, who: Visitor, path: str) -> AsyncIterator[tuple[str, str]]:
    """Named events of a stream, read straight from the application; beats are left out."""
    chunks: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    gone = asyncio.Event()
    scope = {
        "type": "http", "method": "GET", "path": path, "raw_path": path.encode(),
        "query_string": b"", "scheme": "http", "http_version": "1.1", "root_path": "",
        "server": ("127.0.0.1", 8000), "client": ("127.0.0.1", 1),
        "headers": [(b"cookie", f"volunteer={who.client.cookies['volunteer']}".encode())],
    }  # fmt: skip

    async def receive() -> dict[str, Any]:
        await gone.wait()
        return {"type": "http.disconnect"}

    running = asyncio.create_task(app(scope, receive, chunks.put))
    try:
        more = True
        while more:
            message = await chunks.get()
            more = message.get("more_body", message["type"] == "http.response.start")
            for event in message.get("body", b"").decode().split("\n\n"):
                fields = dict(line.split(": ", 1) for line in event.split("\n") if ": " in line)
                if fields.get("event", "beat") != "beat":
                    yield fields["event"], fields["data"]
    finally:
        gone.set()
        await running


@pytest.mark.parametrize(
    ("step", "most", "sentence"),
    [
        ("complete", 4000, "最多 4000 个字，现在 4001 个"),
        ("release", 4000, "最多 4000 个字，现在 4001 个"),
        ("say", 500, "五百"),
    ],
)
async def test_long_words_are_refused_in_words_and_come_back(person, publish, step, most, sentence):
    task_id = await publish()
    wubo = await person()
    await wubo.presses(f"/volunteer/tasks/{task_id}/claim")
    await wubo.presses(f"/volunteer/tasks/{task_id}/check-in")
    long = "长" * (most + 1)
    answer = await wubo.presses(f"/volunteer/tasks/{task_id}/{step}", words=long)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert long in answer.text
    assert "王婆婆" in await wubo.sees(f"/volunteer/tasks/{task_id}")


async def test_a_call_for_help_is_not_refused_for_its_length(person, publish):
    task_id = await publish()
    wubo = await person()
    await wubo.presses(f"/volunteer/tasks/{task_id}/claim")
    await wubo.presses(f"/volunteer/tasks/{task_id}/check-in")
    page = await wubo.presses_and_reads("/volunteer/help", task_id=str(task_id), words="急" * 5000)
    assert "已经在叫值班的人" in page
