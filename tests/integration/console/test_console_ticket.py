"""The page of one ticket: what it shows, what it hides, who looked."""

from people.view_log import list_views, verify_chain
from tests.integration.console.pages import DOOR, NAME, PHONE, has_personal_data
from tests.integration.office import (
    a_ticket,
    read_ticket,
)


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


async def test_a_history_fetched_without_its_page_is_a_look_too(database, office, operator, now):
    number = await a_ticket(database, office, now)
    ticket = await read_ticket(database, number)
    for _ in range(2):
        part = await operator.get(f"/console/tickets/{number}/history")
        assert part.status_code == 200
    async with database.reading() as session:
        [look] = await list_views(session, subject_kind="ticket", subject_id=ticket.id)
    assert look.viewer_id == office.operator.id


async def test_a_page_that_refreshes_itself_is_one_look(database, office, operator, now):
    number = await a_ticket(database, office, now)
    ticket = await read_ticket(database, number)
    await operator.get(f"/console/tickets/{number}")
    await operator.get(f"/console/tickets/{number}/history")
    async with database.reading() as session:
        assert len(await list_views(session, subject_kind="ticket", subject_id=ticket.id)) == 1


async def test_who_looks_at_a_ticket_is_told_only_to_those_who_may_see_it(
    database, office, operator, handler, now
):
    number = await a_ticket(database, office, now)
    await operator.get(f"/console/tickets/{number}")
    asked = await handler.get(f"/console/tickets/{number}/presence")
    assert asked.status_code == 404
    assert office.operator.name not in asked.text
