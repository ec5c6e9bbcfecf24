"""What the buttons of the ticket page do."""

import re
from datetime import timedelta

from core.ids import new_id
from people.permissions import StaffMember
from tests.integration.console.pages import numbers_in
from tests.integration.office import (
    a_ticket,
    add_staff,
    read_ticket,
    what_was_said,
)


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


async def test_volunteers_lists_hear_that_a_finished_ticket_called_its_tasks_off(
    database, office, house, operator, now
):
    number = await a_ticket(database, office, now)
    async with house.deps.signals.subscribe("tasks") as open_list:
        answer = await operator.act(number, "withdraw", words="不用了")
        assert answer.status_code == 303
        assert [hint.topic for hint in open_list.drain()] == ["tasks"]


async def test_two_tickets_are_merged_by_number(database, office, dispatcher, now):
    main, other = await a_ticket(database, office, now), await a_ticket(database, office, now)
    assert (await dispatcher.act(other, "merge", into=main)).status_code == 303
    assert (await read_ticket(database, other)).status == "merged"
    unknown = await dispatcher.act(main, "merge", into="BJM-20260101-0001")
    assert unknown.status_code == 422
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


async def test_the_clock_stops_for_papers_and_runs_when_they_came(
    database, office, dispatcher, handler, now
):
    number = await a_ticket(database, office, now)
    await dispatcher.act(number, "dispatch", unit="elder_service")
    for act, form in (("accept", {}), ("contact", {"how": "call", "words": "说好"}), ("start", {})):
        await handler.act(number, act, **form)
    day = (now + timedelta(days=2)).date().isoformat()
    far = (now + timedelta(days=9)).date().isoformat()
    refused = await handler.act(number, "wait-papers", words="户口本", until=far)
    assert "最多等三天" in refused.text
    assert (await handler.act(number, "wait-papers", words="户口本", until=day)).status_code == 303
    page = await handler.get(f"/console/tickets/{number}")
    assert "停到" in page.text
    assert (await handler.act(number, "papers-came")).status_code == 303
    assert "停到" not in (await handler.get(f"/console/tickets/{number}")).text
