"""The staff's pages: what they show, what they hide, and what their buttons do."""

import asyncio
import re
from datetime import timedelta

import pytest
from fastapi.routing import APIRoute
from sqlalchemy import select

from bot.decoding import encode_text
from conversations.holding import ask_for_person
from core.actors import Actor
from core.database import Database
from core.ids import new_id
from core.messages import Address, Channel, RawInbound
from people.permissions import Permission, StaffMember
from people.view_log import list_views, verify_chain
from tests.console_house import a_console
from tests.integration.office import (
    a_desk,
    a_ticket,
    add_staff,
    an_office,
    read_ticket,
    what_was_said,
)
from tickets.alerts import AlertKind
from tickets.models import CallBack, Ticket
from tickets.opening import DESCRIPTION

PHONE, NAME, DOOR = "13912345521", "周小明", "3栋2单元701"


@pytest.fixture
async def database(sqlite_url):
    database = Database(sqlite_url)
    yield database
    await database.close()


@pytest.fixture
def desk(vault, taxonomy, street, texts):
    return a_desk(vault, taxonomy, street, texts)


@pytest.fixture
async def office(database, desk, now):
    return await an_office(database, desk, now)


@pytest.fixture
def house(database, desk, vault, taxonomy, street, texts, clock):
    return a_console(
        database, desk, vault=vault, taxonomy=taxonomy, street=street, texts=texts, clock=clock
    )


@pytest.fixture
async def operator(house, office):
    return await house.sign_in(office.operator)


@pytest.fixture
async def dispatcher(house, office):
    return await house.sign_in(office.dispatcher)


@pytest.fixture
async def handler(house, office):
    return await house.sign_in(office.handler)


def numbers_in(page) -> list[str]:
    return re.findall(r'<tr data-number="([^"]+)"', page.text)


def has_personal_data(html: str) -> bool:
    return any(secret in html for secret in (PHONE, "1234552", NAME, "2单元", "701"))


# ------------------------------------------------------------------ the queue


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


# ------------------------------------------------------------------ one ticket


async def test_a_ticket_page_is_masked_and_the_look_is_recorded(database, office, operator, now):
    number = await a_ticket(database, office, now)
    page = await operator.get(f"/console/tickets/{number}")
    assert "周**" in page.text
    assert "139****5521" in page.text
    assert not has_personal_data(page.text)
    ticket = await read_ticket(database, number)
    async with database.reading() as session:
        [look] = await list_views(session, subject_kind="ticket", subject_id=ticket.id)
    assert (look.action, look.viewer_id) == ("view", office.operator.id)


async def test_revealing_needs_a_reason_and_leaves_a_record(database, office, operator, now):
    number = await a_ticket(database, office, now)
    form = {"field": ["phone", "address"], "words": "约送餐时间"}
    refused = await operator.send(f"/console/tickets/{number}/reveal", part=True, **form)
    assert refused.status_code == 422
    assert "请选一个理由" in refused.text
    assert PHONE not in refused.text

    opened = await operator.send(
        f"/console/tickets/{number}/reveal", part=True, reason="contact", **form
    )
    assert PHONE in opened.text
    assert DOOR in opened.text
    assert NAME not in opened.text
    assert opened.headers["cache-control"] == "no-store"
    ticket = await read_ticket(database, number)
    async with database.reading() as session:
        looks = await list_views(session, subject_kind="ticket", subject_id=ticket.id)
        assert (await verify_chain(session)).broken_at_id is None
    assert looks[0].action == "reveal"
    assert looks[0].fields == ("address", "phone")
    assert "约送餐时间" in looks[0].reason


async def test_without_script_revealed_fields_go_away_by_themselves(
    database, office, operator, now
):
    number = await a_ticket(database, office, now)
    page = await operator.send(
        f"/console/tickets/{number}/reveal", field="phone", reason="contact", words="约时间"
    )
    assert PHONE in page.text
    assert f'content="60; url=/console/tickets/{number}"' in page.text


async def test_who_saw_this_is_answered_to_those_who_may_ask(
    house, database, office, operator, now
):
    number = await a_ticket(database, office, now)
    await operator.get(f"/console/tickets/{number}")
    assert (await operator.get(f"/console/tickets/{number}/views")).status_code == 403
    lead = await house.sign_in(office.lead)
    page = await lead.get(f"/console/tickets/{number}/views")
    assert office.operator.name in page.text
    assert "没有断" in page.text


async def test_the_unit_does_not_learn_who_complains(database, office, dispatcher, handler, now):
    number = await a_ticket(
        database,
        office,
        now,
        request_type="complaint",
        description=f"食堂不给我送饭，我电话{PHONE}",
    )
    await dispatcher.act(number, "dispatch", unit="elder_service")
    page = await handler.get(f"/console/tickets/{number}")
    assert "承办单位看不到是谁" in page.text
    assert "周**" not in page.text
    assert "5521" not in page.text
    assert "食堂不给我送饭" in page.text
    tried = await handler.send(
        f"/console/tickets/{number}/reveal", field="phone", reason="contact", words="想看看"
    )
    assert tried.status_code == 403


async def test_printing_is_masked_marked_and_recorded(database, office, operator, now):
    number = await a_ticket(database, office, now)
    page = await operator.get(f"/console/tickets/{number}/print")
    assert not has_personal_data(page.text)
    assert 'class="watermark"' in page.text
    ticket = await read_ticket(database, number)
    async with database.reading() as session:
        [look] = await list_views(session, subject_kind="ticket", subject_id=ticket.id)
    assert look.action == "print"


async def test_the_neighbours_in_the_list_are_one_key_away(database, office, operator, now):
    numbers = [await a_ticket(database, office, now) for _ in range(3)]
    page = await operator.get(f"/console/tickets/{numbers[1]}?view=to_dispatch")
    assert "第 2 件，共 3 件" in page.text
    assert f'data-key="before" aria-keyshortcuts="Alt+K" href="/console/tickets/{numbers[0]}' in (
        page.text
    )
    assert f'data-key="after" aria-keyshortcuts="Alt+J" href="/console/tickets/{numbers[2]}' in (
        page.text
    )


# ------------------------------------------------------------------ doing things


async def test_a_ticket_goes_its_whole_way_by_forms(house, database, office, vault, now):
    number = await a_ticket(database, office, now)
    at = {
        name: await house.sign_in(getattr(office, name))
        for name in ("dispatcher", "handler", "reviewer")
    }
    steps = [
        ("dispatcher", "dispatch", {"unit": "elder_service"}, "dispatched"),
        ("handler", "accept", {}, "accepted"),
        ("handler", "contact", {"how": "call", "words": "约了明天上门看"}, "contacted"),
        ("handler", "start", {}, "in_progress"),
        (
            "handler",
            "resolve",
            {"result": "每天十一点半送到", "internal_note": "走助餐点", "outcome": "solved"},
            "resolved",
        ),
        ("reviewer", "review", {"passed": "yes"}, "to_call_back"),
        ("reviewer", "call-back", {"contacted": "yes", "solved": "yes"}, "closed"),
    ]
    for who, act, form, status in steps:
        answer = await at[who].act(number, act, **form)
        assert answer.status_code == 303, (act, answer.text[:2000])
        assert (await read_ticket(database, number)).status == status
    said = await what_was_said(database, vault, number)
    assert any("每天十一点半送到" in line for line in said)
    assert not any("走助餐点" in line for line in said)


async def test_who_did_the_work_may_not_review_it_and_reads_why(house, database, office, now):
    both = StaffMember(new_id(), "钱多", "09", ("handler", "reviewer"), ("elder_service",))
    await add_staff(database, [both], now)
    number = await a_ticket(database, office, now)
    dispatcher, colleague = await house.sign_in(office.dispatcher), await house.sign_in(both)
    await dispatcher.act(number, "dispatch", unit="elder_service")
    for act, form in [
        ("accept", {}),
        ("contact", {"how": "call", "words": "说了"}),
        ("start", {}),
        ("resolve", {"result": "好了", "internal_note": "好了", "outcome": "solved"}),
    ]:
        assert (await colleague.act(number, act, **form)).status_code == 303
    refused = await colleague.act(number, "review", passed="yes")
    assert refused.status_code == 403
    assert "这一步要别人来做" in refused.text


async def test_a_refused_form_keeps_every_word_and_opens_again(
    database, office, handler, dispatcher, now
):
    number = await a_ticket(database, office, now)
    await dispatcher.act(number, "dispatch", unit="elder_service")
    for act, form in [("accept", {}), ("contact", {"how": "call", "words": "说了"}), ("start", {})]:
        await handler.act(number, act, **form)
    answer = await handler.act(
        number, "resolve", result="", internal_note="去了三趟，写了很长的一段", outcome="solved"
    )
    assert answer.status_code == 422
    assert "请写给居民看的结果" in answer.text
    assert "去了三趟，写了很长的一段" in answer.text
    assert re.search(r'<dialog id="resolve"[^>]* data-open', answer.text)
    assert "<title>有错：" in answer.text


async def test_of_two_who_change_a_ticket_the_second_is_told_who_was_faster(
    house, database, office, dispatcher, now
):
    number = await a_ticket(database, office, now)
    lead = await house.sign_in(office.lead)
    page = await lead.get(f"/console/tickets/{number}")
    shown = re.search(r'name="revision" value="(\d+)"', page.text)[1]
    await dispatcher.act(number, "dispatch", unit="elder_service")
    late = await lead.send(
        f"/console/tickets/{number}/dispatch",
        unit="housing_office",
        note="给住房岗",
        revision=shown,
    )
    assert late.status_code == 409
    assert f"{office.dispatcher.name}刚改过" in late.text
    assert "给住房岗" in late.text
    assert (await read_ticket(database, number)).unit == "elder_service"


async def test_picked_tickets_go_where_the_catalogue_says_and_the_rest_stays(
    database, office, dispatcher, now
):
    meal = await a_ticket(database, office, now)
    unsorted = await a_ticket(database, office, now, matter=None)
    answer = await dispatcher.send("/console/picked/dispatch", number=[meal, unsorted])
    page = await dispatcher.get(answer.headers["location"])
    assert "派出去 1 件。还有 1 件没派成" in page.text
    assert (await read_ticket(database, meal)).unit == "elder_service"
    assert (await read_ticket(database, unsorted)).status == "to_dispatch"


async def test_a_second_person_decides_and_the_first_cannot(
    house, database, office, dispatcher, handler, now
):
    number = await a_ticket(database, office, now)
    await dispatcher.act(number, "dispatch", unit="elder_service")
    asked = await handler.act(number, "return", reason="other_unit", words="归住房岗管")
    assert asked.status_code == 303
    page = await handler.get(f"/console/tickets/{number}")
    assert "退单等批" in page.text
    assert "要请另一个人来批" in page.text
    lead = await house.sign_in(office.lead)
    assert numbers_in(await lead.get("/console?view=approvals")) == [number]
    page = await lead.get(f"/console/tickets/{number}")
    approval = re.search(r'name="approval_id" value="([^"]+)"', page.text)[1]
    granted = await lead.act(number, "decide", approval_id=approval, granted="yes")
    assert granted.status_code == 303
    assert (await read_ticket(database, number)).status == "to_dispatch"


async def test_a_reply_reaches_the_resident_and_a_note_does_not(
    database, office, operator, vault, now
):
    number = await a_ticket(database, office, now)
    await operator.act(number, "write", kind="reply", words="明天上午给您打电话")
    await operator.act(number, "write", kind="note", words="子女在外地")
    said = await what_was_said(database, vault, number)
    assert "明天上午给您打电话" in said
    assert not any("子女在外地" in line for line in said)
    page = await operator.get(f"/console/tickets/{number}")
    assert re.search(r'class="internal"[^>]*>.*?子女在外地', page.text, re.S)
    assert page.text.count("明天上午给您打电话") == 1


async def test_a_draft_comes_back_and_goes_when_it_is_sent(database, office, operator, now):
    number = await a_ticket(database, office, now)
    body = '{"kind": "reply", "words": "写了一半的话"}'
    kept = await operator.send("/console/drafts", place=f"write:{number}", body=body)
    assert kept.status_code == 204
    assert "写了一半的话" in (await operator.get(f"/console/tickets/{number}")).text
    await operator.act(number, "write", kind="note", words="写了一半的话")
    page = await operator.get(f"/console/tickets/{number}")
    assert "写了一半的话</textarea>" not in page.text


async def test_a_matter_is_put_right_and_an_urgency_raised(database, office, operator, now):
    number = await a_ticket(database, office, now)
    await operator.act(number, "correct", matter="elder_care/home_care", request_type="help")
    await operator.act(number, "urgency", level="P1", reason="frail_person", words="一个人住")
    ticket = await read_ticket(database, number)
    assert (ticket.matter, ticket.urgency) == ("elder_care/home_care", "P1")
    lowered = await operator.act(number, "urgency", level="P3", reason="wrong_class", words="不急")
    assert lowered.status_code == 403


async def test_a_task_for_volunteers_is_published_from_the_ticket(
    database, office, house, operator, now
):
    number = await a_ticket(database, office, now)
    async with house.deps.signals.subscribe("tasks") as open_list:
        await operator.act(number, "write", kind="note", words="先问一下志愿者")
        assert open_list.drain() == []
        answer = await operator.act(
            number,
            "publish",
            kind="送餐",
            title="送午饭",
            rough_place="和平里一带",
            day="2026-11-25",
            **{"from": "11:30", "to": "12:00"},
            places="1",
            to_do="取饭，送到楼下",
            name="周婆婆",
        )
        assert answer.status_code == 303, answer.text[:3000]
        assert [hint.topic for hint in open_list.drain()] == ["tasks"]
    page = await operator.get(f"/console/tickets/{number}")
    assert "送午饭" in page.text
    assert "缺人" in page.text


async def test_two_tickets_are_merged_by_number(database, office, dispatcher, now):
    main, other = await a_ticket(database, office, now), await a_ticket(database, office, now)
    assert (await dispatcher.act(other, "merge", into=main)).status_code == 303
    assert (await read_ticket(database, other)).status == "merged"
    unknown = await dispatcher.act(main, "merge", into="BJM-20260101-0001")
    assert unknown.status_code == 404
    assert "<dialog" in unknown.text


async def test_buttons_are_those_that_role_and_status_allow(
    database, office, operator, dispatcher, now
):
    number = await a_ticket(database, office, now)

    def buttons(page) -> set[str]:
        return set(re.findall(r'<dialog id="([\w-]+)"', page.text)) - {"all-keys"}

    page = await operator.get(f"/console/tickets/{number}")
    assert "answer" in buttons(page)
    assert "dispatch" not in buttons(page)
    page = await dispatcher.get(f"/console/tickets/{number}")
    assert "dispatch" in buttons(page)
    assert "resolve" not in buttons(page)


async def test_a_role_that_may_not_is_stopped_at_the_door(database, office, operator, now):
    number = await a_ticket(database, office, now)
    refused = await operator.act(number, "dispatch", unit="elder_service")
    assert refused.status_code == 403
    assert (await read_ticket(database, number)).status == "to_dispatch"


async def test_colleagues_see_each_other_at_the_same_ticket(
    database, office, operator, dispatcher, now
):
    number = await a_ticket(database, office, now)
    await operator.get(f"/console/tickets/{number}")
    page = await dispatcher.get(f"/console/tickets/{number}")
    assert f"{office.operator.name}也在看这件" in page.text
    part = await operator.get(f"/console/tickets/{number}/presence")
    assert f"{office.dispatcher.name}也在看这件" in part.text


# ------------------------------------------------------------------ waiting for a person


@pytest.fixture
async def waiting(database, office, now):
    """Somebody without a ticket who asked for a person."""
    address = Address(Channel.WEB, "", "visitor")
    async with database.transaction() as session:
        standing = await office.desk.inbox.get_or_begin(session, address, now=now)
        raw = RawInbound(address, "m1", encode_text("我要找人"), now)
        await office.desk.inbox.store(session, standing.id, raw, done=True)
        await ask_for_person(session, standing.id, now=now)
    return standing.id


async def test_whoever_waits_is_taken_over_answered_and_handed_back(
    database, office, operator, waiting, clock
):
    clock.move(minutes=4)
    page = await operator.get("/console?view=waiting_for_person")
    assert "我要找人" in page.text
    assert "4 分" in page.text
    taken = await operator.send(f"/console/conversations/{waiting}/take-over")
    assert taken.status_code == 303
    await operator.send(f"/console/conversations/{waiting}/reply", words="您好，我是李梅")
    page = await operator.get(f"/console/conversations/{waiting}")
    assert "您好，我是李梅" in page.text
    empty = await operator.send(f"/console/conversations/{waiting}/reply", words=" ")
    assert "请写几个字" in empty.text
    back = await operator.send(f"/console/conversations/{waiting}/hand-back")
    assert back.status_code == 303


async def test_of_two_who_take_over_one_gets_it(operator, dispatcher, waiting):
    answers = await asyncio.gather(
        *(
            each.send(f"/console/conversations/{waiting}/take-over")
            for each in (operator, dispatcher)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    loser = next(answer for answer in answers if answer.status_code == 409)
    assert "别的同事正在和他说话" in loser.text


# ------------------------------------------------------------------ calls


async def begin(colleague, **form) -> str:
    answer = await colleague.send("/console/calls", **form)
    return answer.headers["location"].rsplit("/", 1)[1]


SHEET = {
    "words": "想请人给我妈送饭",
    "danger": "no",
    "phone": PHONE,
    "how": "this",
    "wish": "call",
    "community": "c05",
    "address": DOOR,
    "confidentiality": "open",
    "request_type": "help",
    "matter": "elder_care/meal",
}


async def test_a_call_becomes_a_ticket_by_one_form(database, office, operator, vault):
    number = await begin(operator)
    answer = await operator.send(f"/console/calls/{number}", end="register", **SHEET)
    assert answer.headers["location"] == f"/console/tickets/{number}?done=registered"
    ticket = await read_ticket(database, number)
    assert (ticket.status, ticket.matter, ticket.channel) == (
        "to_dispatch",
        "elder_care/meal",
        "phone",
    )
    assert vault.open(ticket.description_sealed, purpose=DESCRIPTION) == SHEET["words"]


async def test_a_half_typed_call_survives_and_is_found_again(operator):
    number = await begin(operator)
    saved = await operator.send(f"/console/calls/{number}/save", part=True, **SHEET)
    assert "已自动保存" in saved.text
    page = await operator.get(f"/console/calls/{number}")
    assert SHEET["words"] in page.text
    assert PHONE in page.text
    listed = await operator.get("/console/calls/new")
    assert f"/console/calls/{number}" in listed.text


async def test_an_empty_sheet_is_used_again_instead_of_piling_up(operator):
    assert await begin(operator) == await begin(operator)


async def test_somebody_elses_half_typed_call_does_not_exist(operator, dispatcher):
    number = await begin(operator)
    assert (await dispatcher.get(f"/console/calls/{number}")).status_code == 404
    assert (await dispatcher.get(f"/console/tickets/{number}")).status_code == 404


async def test_words_bring_up_danger_matters_and_earlier_tickets(
    database, office, operator, taxonomy, now
):
    earlier = await a_ticket(database, office, now)
    number = await begin(operator)
    beside = await operator.send(
        f"/console/calls/{number}/suggest", part=True, words="楼道冒烟，还没人送饭", phone=PHONE
    )
    assert taxonomy.triggers["fire"].name in beside.text
    assert 'role="alert"' in beside.text
    assert 'value="elder_care/meal"' in beside.text
    assert f'value="{earlier}"' in beside.text
    assert "第 2 次来电" in beside.text
    assert not has_personal_data(beside.text)


async def test_open_tickets_of_others_about_the_same_matter_show_while_notes_are_typed(
    database, office, operator, now
):
    other = await a_ticket(database, office, now)
    number = await begin(operator)
    beside = await operator.send(
        f"/console/calls/{number}/suggest", part=True, words="还没人送饭", phone=""
    )
    assert "别人也在说这件事" in beside.text
    assert other[-4:] in beside.text
    assert not has_personal_data(beside.text)


async def test_a_danger_that_the_operator_waves_aside_does_not_ring(database, operator):
    number = await begin(operator)
    sheet = SHEET | {"words": "楼上烧纸冒烟，已经灭了", "not_danger": "fire", "trigger": "fire"}
    del sheet["danger"]
    await operator.send(f"/console/calls/{number}", end="register", **sheet)
    assert (await read_ticket(database, number)).urgency == "P2"


async def test_danger_on_the_phone_rings_until_somebody_takes_it(database, operator, dispatcher):
    number = await begin(operator)
    await operator.send(f"/console/calls/{number}", end="register", **SHEET | {"danger": "yes"})
    page = await dispatcher.get("/console")
    assert "data-rings" in page.text
    alert = re.search(r'name="alert_id" value="([^"]+)"', page.text)[1]
    taken = await dispatcher.act(number, "acknowledge", alert_id=alert)
    assert taken.status_code == 303
    again = await operator.act(number, "acknowledge", alert_id=alert)
    assert again.status_code == 409
    assert "刚有人接了" in again.text
    assert "data-rings" not in (await dispatcher.get("/console/alerts/ringing")).text


async def test_only_a_p0_is_loud(database, office, operator, now):
    number = await a_ticket(database, office, now, urgency="P1")
    async with database.transaction() as session:
        ticket = (await session.scalars(select(Ticket).where(Ticket.number == number))).one()
        await office.tickets.ring(session, ticket, AlertKind.URGENT, now=now)
    page = await operator.get("/console")
    assert "我来接" in page.text
    assert "data-rings" not in page.text


async def test_a_complaint_by_phone_is_confidential_unless_the_caller_says_otherwise(
    database, operator
):
    number = await begin(operator)
    page = await operator.get(f"/console/calls/{number}")
    assert not re.search(r'name="confidentiality" value="\w+" checked', page.text)
    sheet = SHEET | {"request_type": "complaint", "confidentiality": ""}
    await operator.send(f"/console/calls/{number}", end="register", **sheet)
    assert (await read_ticket(database, number)).confidentiality == "confidential"


async def test_a_ticket_of_another_day_shows_its_day(database, office, operator, now):
    today = await a_ticket(database, office, now)
    before = await a_ticket(database, office, now - timedelta(days=1))
    page = await operator.get("/console")
    assert f">{today[-4:]}<" in page.text
    assert f">11-22 {before[-4:]}<" in page.text


async def test_a_call_about_an_earlier_ticket_counts_as_a_chase(database, office, operator, now):
    earlier = await a_ticket(database, office, now)
    number = await begin(operator)
    answer = await operator.send(f"/console/calls/{number}", this_one=earlier, **SHEET)
    assert answer.headers["location"] == f"/console/tickets/{earlier}"
    assert (await read_ticket(database, earlier)).chases == 1
    assert (await read_ticket(database, number)).outcome == "added"


@pytest.mark.parametrize("outcome", ["wrong_number", "no_answer", "empty_number", "cut_off"])
async def test_every_call_ends_with_an_outcome(database, operator, outcome):
    number = await begin(operator)
    answer = await operator.send(f"/console/calls/{number}", end=outcome, **SHEET)
    assert answer.status_code == 303
    assert (await read_ticket(database, number)).outcome == outcome


async def test_a_call_that_was_promised_stands_on_the_list(database, operator, now):
    number = await begin(operator)
    await operator.send(
        f"/console/calls/{number}",
        end="call_again",
        again_day="2026-11-24",
        again_time="09:30",
        **SHEET,
    )
    page = await operator.get("/console/call-backs")
    assert "说好的电话" in page.text
    assert not has_personal_data(page.text)
    async with database.reading() as session:
        [call] = await session.scalars(select(CallBack))
    done = await operator.send(
        f"/console/call-backs/{call.id}", number=number, answered="yes", words="说了"
    )
    assert done.status_code == 303
    assert "现在没有要打的电话" in (await operator.get("/console/call-backs")).text


async def test_a_sheet_without_words_says_what_is_missing_and_keeps_the_rest(operator):
    number = await begin(operator)
    answer = await operator.send(
        f"/console/calls/{number}", end="register", **SHEET | {"words": ""}
    )
    assert answer.status_code == 422
    assert "请写一下什么事" in answer.text
    assert DOOR in answer.text


async def test_a_call_answered_on_the_spot_keeps_the_answer(database, operator):
    number = await begin(operator)
    empty = await operator.send(f"/console/calls/{number}", end="answered", **SHEET)
    assert empty.status_code == 422
    await operator.send(
        f"/console/calls/{number}", end="answered", answer="带身份证到一楼窗口", **SHEET
    )
    assert (await read_ticket(database, number)).status == "answered"
    assert "带身份证到一楼窗口" in (await operator.get(f"/console/tickets/{number}")).text


# ------------------------------------------------------------------ people, stream, rules for all


async def test_an_administrator_adds_people_who_can_then_sign_in_but_sees_no_tickets(
    house, database, now
):
    root = StaffMember(new_id(), "管理员", "00", ("admin",))
    await add_staff(database, [root], now)
    admin = await house.sign_in(root)
    assert "不看办件" in (await admin.get("/console")).text
    short = await admin.send(
        "/console/people", name="新人", login="xin", password="123", role="operator"
    )
    assert short.status_code == 422
    assert "密码至少要 8 位" in short.text
    assert "新人" in short.text
    added = await admin.send(
        "/console/people", name="新人", login="xin", password="correct horse", role="operator"
    )
    assert added.status_code == 303
    assert "新人" in (await admin.get("/console/people")).text


async def test_a_shift_on_the_rota_names_who_is_on_duty(house, database, office, now):
    lead = await house.sign_in(office.lead)
    assert "还没有排班" in (await lead.get("/console/people")).text
    shift = {"kind": "desk", "weekday": "0", "starts": "08:30", "ends": "17:30"}
    await lead.send("/console/people/shifts", staff_id=str(office.operator.id), **shift)
    page = await lead.get("/console/people")
    assert f"值班：{office.operator.name}" in page.text
    shift_id = re.search(r"/shifts/([^/]+)/remove", page.text)[1]
    await lead.send(f"/console/people/shifts/{shift_id}/remove")
    assert "还没有排班" in (await lead.get("/console/people")).text


async def test_single_letter_keys_can_be_turned_off(operator):
    assert 'data-keys="on"' in (await operator.get("/console")).text
    await operator.send("/console/settings/keys", keys="off")
    assert 'data-keys="off"' in (await operator.get("/console")).text


def routes_of(router) -> list[APIRoute]:
    """All routes, also those of routers that were included."""
    found = []
    for route in router.routes:
        if isinstance(route, APIRoute):
            found.append(route)
        elif hasattr(route, "original_router"):
            found.extend(routes_of(route.original_router))
    return found


async def test_every_route_states_a_permission(house):
    known = {permission.value for permission in Permission} | {"anyone", "signed-in", "volunteer"}
    routes = [each for each in routes_of(house.app) if not each.path.startswith("/static")]
    assert len(routes) > 50
    for route in routes:
        stated = {getattr(each.call, "permission", None) for each in route.dependant.dependencies}
        assert stated & known, f"{route.path} states no permission"


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_no_page_of_the_desk_has_inline_style_or_script(
    house, database, office, now, language
):
    number = await a_ticket(database, office, now)
    lead = await house.sign_in(office.lead)
    lead.client.cookies.set("lang", language)
    call = await begin(lead)
    for path in (
        "/console",
        "/console?view=waiting_for_person",
        f"/console/tickets/{number}",
        f"/console/tickets/{number}/views",
        f"/console/tickets/{number}/print",
        "/console/calls/new",
        f"/console/calls/{call}",
        "/console/call-backs",
        "/console/people",
    ):
        page = await lead.get(path)
        assert page.status_code == 200, path
        assert " style=" not in page.text
        assert not re.search(r"<script(?![^>]*src=)", page.text)
        assert not re.search(r"\son\w+=", page.text)
        assert page.headers["cache-control"] == "no-store"


async def test_the_clock_is_not_taken_for_a_person(database, office, operator, now):
    number = await a_ticket(database, office, now)
    async with database.transaction() as session:
        ticket = (await session.scalars(select(Ticket).where(Ticket.number == number))).one()
        await office.tickets.chase(
            session, ticket, by=Actor.resident(), now=now, words="怎么还没来"
        )
    page = await operator.get(f"/console/tickets/{number}")
    assert "怎么还没来" in page.text
    assert "1 次" in page.text
