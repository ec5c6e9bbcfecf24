"""The queue: what stands in it, for whom, in which order."""

import re
from datetime import timedelta

import pytest

from tests.integration.console.pages import DOOR, NAME, PHONE, numbers_in
from tests.integration.office import (
    a_ticket,
)


async def test_the_queue_shows_the_most_urgent_first(database, office, operator, now):
    calm = await a_ticket(database, office, now, urgency="P3", description="老年卡在哪里办")
    late = await a_ticket(database, office, now - timedelta(days=9), urgency="P2")
    danger = await a_ticket(database, office, now, urgency="P0", description="楼道冒烟")
    page = await operator.get("/console")
    assert numbers_in(page) == [danger, late, calm]
    assert "超 " in page.text


async def test_the_queue_shows_no_personal_data(database, office, operator, now):
    await a_ticket(
        database, office, now, description=f"我是{NAME}，电话{PHONE}，住{DOOR}，想有人送饭"
    )
    page = await operator.get("/console")
    assert "想有人送饭" in page.text
    assert PHONE not in page.text
    assert "701" not in page.text


async def test_views_count_what_stands_in_them(database, office, operator, dispatcher, now):
    first = await a_ticket(database, office, now)
    await a_ticket(database, office, now)
    await dispatcher.act(first, "dispatch", unit="elder_service")
    page = await operator.get("/console?view=open")
    counts = dict(
        re.findall(r'data-view="(\w+)"><span>[^<]*</span> <span class="num">(\d+)', page.text)
    )
    assert counts["to_dispatch"] == "1"
    assert counts["open"] == "2"


@pytest.mark.parametrize(
    ("asked", "found"),
    [("0001", True), ("和平里", True), ("和平社区", True), ("助餐", True), ("中山", False)],
)
async def test_search_finds_by_number_place_community_and_matter(
    database, office, operator, now, asked, found
):
    number = await a_ticket(database, office, now)
    page = await operator.get("/console", params={"q": asked})
    assert numbers_in(page) == ([number] if found else [])


async def test_filters_narrow_the_view(database, office, operator, now):
    here = await a_ticket(database, office, now, community="c05")
    await a_ticket(database, office, now, community="c06", place="建设二路")
    page = await operator.get("/console?view=to_dispatch&community=c05")
    assert numbers_in(page) == [here]


async def test_an_empty_view_says_what_belongs_there(operator):
    assert "没有退单" in (await operator.get("/console?view=returns")).text


async def test_new_tickets_are_counted_and_push_nothing(database, office, operator, clock):
    await a_ticket(database, office, clock.now())
    page = await operator.get("/console")
    newer = re.search(r'data-newer="([^"]+)"', page.text)[1].replace("&amp;", "&")
    assert (await operator.get(newer)).json() == {"count": 0}
    await a_ticket(database, office, clock.move(minutes=1))
    assert (await operator.get(newer)).json() == {"count": 1}


async def test_a_member_of_one_department_sees_only_its_tickets(
    database, office, dispatcher, handler, now
):
    mine = await a_ticket(database, office, now)
    other = await a_ticket(database, office, now)
    await dispatcher.act(mine, "dispatch", unit="elder_service")
    await dispatcher.act(other, "dispatch", unit="housing_office")
    assert numbers_in(await handler.get("/console?view=open")) == [mine]
    assert (await handler.get(f"/console/tickets/{mine}")).status_code == 200


async def test_what_cannot_be_seen_looks_like_what_does_not_exist(database, office, handler, now):
    hidden = await a_ticket(database, office, now)
    invisible = await handler.get(f"/console/tickets/{hidden}")
    unknown = await handler.get("/console/tickets/BJM-20260101-9999")
    assert invisible.status_code == unknown.status_code == 404
    plain = re.compile(r"BJM-\d+-\d+|value=\"[^\"]*\"")
    assert plain.sub("", invisible.text) == plain.sub("", unknown.text)


@pytest.mark.parametrize("since", ["bogus", "2026-01-01", "", "2026-01-01T00:00:00"])
async def test_an_instant_that_is_none_is_refused_and_breaks_nothing(operator, since):
    assert (await operator.get("/console/newer", params={"since": since})).status_code == 422
