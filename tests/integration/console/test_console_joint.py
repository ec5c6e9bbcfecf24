"""Joint handling by forms: the lead asks, the other unit gives its part, both see how it stands."""

import re

from sqlalchemy import select

from core.ids import new_id
from people.permissions import StaffMember
from tests.integration.console.pages import NAME
from tests.integration.office import a_ticket, add_staff, read_ticket
from tickets.models import Ticket


async def test_two_units_handle_one_request(house, database, office, dispatcher, handler, now):
    liuyang = StaffMember(new_id(), "刘洋二", "77", ("handler",), units=("housing_office",))
    await add_staff(database, [liuyang], now)
    helper = await house.sign_in(liuyang)
    number = await a_ticket(database, office, now, requester=NAME)
    await dispatcher.act(number, "dispatch", unit="elder_service")
    await handler.act(number, "accept")
    await handler.act(number, "contact", how="call", words="说好了")
    await handler.act(number, "start")
    asked = await handler.act(number, "involve", unit="housing_office", words="换一扇门")
    assert asked.status_code == 303, re.findall(r"error-summary.*?</div>", asked.text, re.S)
    async with database.reading() as session:
        part = (
            await session.scalars(select(Ticket.number).where(Ticket.parent_id.is_not(None)))
        ).one()

    page = await handler.get(f"/console/tickets/{number}")
    assert "协办" in page.text
    early = await handler.act(
        number, "resolve", result="好了", internal_note="办了", outcome="solved"
    )
    assert early.status_code == 409
    assert f"协办的还没交结果：{part}" in early.text

    page = await helper.get(f"/console/tickets/{part}")
    assert page.status_code == 200
    assert "主办" in page.text
    assert NAME not in page.text
    assert 'id="kind-reply"' not in page.text
    assert not re.search(r'<dialog id="(contact|involve|merge|publish)"', page.text)
    assert (await helper.get(f"/console/tickets/{number}")).status_code == 404
    await helper.act(part, "accept")
    await helper.act(part, "start")
    await helper.act(part, "resolve", result="门换好了", internal_note="换了", outcome="solved")
    assert (await read_ticket(database, part)).status == "resolved"
    assert "门换好了" in (await handler.get(f"/console/tickets/{number}")).text
    done = await handler.act(
        number, "resolve", result="好了", internal_note="办了", outcome="solved"
    )
    assert done.status_code == 303
