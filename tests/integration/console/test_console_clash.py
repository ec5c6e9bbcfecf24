"""Nothing typed is lost: refused forms, drafts, and two who change one ticket."""

import re

from core.actors import Actor, ActorKind
from tests.integration.console.pages import shown_revision
from tests.integration.office import (
    a_ticket,
    read_ticket,
)


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
    shown = shown_revision(page.text)
    await dispatcher.act(number, "dispatch", unit="elder_service")
    late = await lead.send(
        f"/console/tickets/{number}/dispatch",
        unit="housing_office",
        note="给住房岗",
        revision=shown,
    )
    assert late.status_code == 409
    assert f"{office.dispatcher.name}刚改过" in late.text
    assert (await read_ticket(database, number)).unit == "elder_service"
    theirs, mine = late.text.split('class="clash"')[1].split("</section>")[0].split("您刚填的")
    assert "养老" in theirs
    assert "给住房岗" in mine
    assert "住房" in mine


async def test_who_came_second_may_still_have_it_their_way(
    house, database, office, dispatcher, now
):
    number = await a_ticket(database, office, now)
    lead = await house.sign_in(office.lead)
    page = await lead.get(f"/console/tickets/{number}")
    await dispatcher.act(number, "dispatch", unit="elder_service")
    late = await lead.send(
        f"/console/tickets/{number}/dispatch",
        unit="housing_office",
        note="给住房岗",
        revision=shown_revision(page.text),
    )
    clash = late.text.split('class="clash"')[1].split("</section>")[0]
    mine = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', clash))
    answer = await lead.send(f"/console/tickets/{number}/dispatch", **mine)
    assert answer.status_code == 303
    assert (await read_ticket(database, number)).unit == "housing_office"


async def test_what_came_too_late_can_be_kept_as_a_note(house, database, office, dispatcher, now):
    number = await a_ticket(database, office, now)
    lead = await house.sign_in(office.lead)
    page = await lead.get(f"/console/tickets/{number}")
    await dispatcher.act(number, "dispatch", unit="elder_service")
    late = await lead.send(
        f"/console/tickets/{number}/answer",
        words="明天上午有人上门看",
        revision=shown_revision(page.text),
    )
    assert late.status_code == 409
    clash = late.text.split('class="clash"')[1].split("</section>")[0]
    assert f'action="/console/tickets/{number}/answer"' not in clash
    assert "记成内部记录" in clash
    assert "明天上午有人上门看" in clash


async def test_words_that_come_meanwhile_do_not_spoil_an_open_form(
    house, database, office, dispatcher, now
):
    number = await a_ticket(database, office, now)
    lead = await house.sign_in(office.lead)
    page = await lead.get(f"/console/tickets/{number}")
    async with database.transaction() as session:
        ticket = await office.desk.get_ticket(session, number, by=office.dispatcher)
        resident = Actor(ActorKind.RESIDENT)
        await office.desk.tickets.add_words(session, ticket, "我妈还怕辣", by=resident, now=now)
    await dispatcher.act(number, "write", kind="note", words="子女晚上才有空")
    answer = await lead.send(
        f"/console/tickets/{number}/dispatch",
        unit="elder_service",
        revision=shown_revision(page.text),
    )
    assert answer.status_code == 303
    assert (await read_ticket(database, number)).unit == "elder_service"


async def test_what_was_chosen_comes_back_with_the_reason_for_refusing(
    database, office, dispatcher, handler, now
):
    number = await a_ticket(database, office, now)
    await dispatcher.act(number, "dispatch", unit="elder_service")
    await handler.act(number, "accept")
    await handler.act(number, "contact", how="call", words="说好了")
    await handler.act(number, "start")
    answer = await handler.act(number, "park", reason="funds", words="等钱", review_on="")
    assert answer.status_code == 422
    dialog = answer.text.split('<dialog id="park"')[1].split("</dialog>")[0]
    assert "等钱" in dialog
    assert '<option value="funds" selected>' in dialog


async def test_a_draft_comes_back_and_goes_when_it_is_sent(database, office, operator, now):
    number = await a_ticket(database, office, now)
    body = '{"kind": "reply", "words": "写了一半的话"}'
    kept = await operator.send("/console/drafts", place=f"write:{number}", body=body)
    assert kept.status_code == 204
    assert "写了一半的话" in (await operator.get(f"/console/tickets/{number}")).text
    await operator.act(number, "write", kind="note", words="写了一半的话")
    page = await operator.get(f"/console/tickets/{number}")
    assert "写了一半的话</textarea>" not in page.text


async def test_a_number_that_does_not_exist_is_said_so_and_the_words_stay(
    database, office, dispatcher, now
):
    number = await a_ticket(database, office, now)
    answer = await dispatcher.act(number, "merge", into="BJM-1", words="同一个楼道")
    assert answer.status_code == 422
    assert "没有这个编号" in answer.text
    assert "同一个楼道" in answer.text
