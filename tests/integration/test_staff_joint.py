"""Joint handling: one unit leads, others help, the resident hears from one."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from core.database import Database
from core.errors import InvalidInput, NotPermitted
from handlers.staff.accept import accept
from handlers.staff.contact import contact
from handlers.staff.involve import involve
from handlers.staff.reply import reply
from handlers.staff.resolve import resolve
from handlers.staff.review import review
from handlers.staff.start import start
from handlers.staff.withdraw import withdraw
from tests.integration.office import Office, read_ticket
from tests.integration.walk import Walk
from tickets.joint import ChildrenUnfinished, LeadOnly
from tickets.lookups import list_nearby
from tickets.models import Ticket
from tickets.rates import get_rates
from tickets.status import StatusChangeNotAllowed

PART = "去看看楼道灯的线路，晚上修好"


async def the_child(database: Database) -> Ticket:
    async with database.reading() as session:
        return (await session.scalars(select(Ticket).where(Ticket.parent_id.is_not(None)))).one()


async def joint(walk: Walk) -> Walk:
    """A ticket in progress at the lead, and a walk over the part of a unit that helps."""
    await walk.begin(phone="13912345521", requester="周小明", address="3栋2单元701")
    await walk.in_progress()
    await walk.do(involve, "housing_office", part=PART, by=walk.office.handler)
    helping = Walk(walk.database, walk.office, walk.now)
    helping.number = (await the_child(walk.database)).number
    return helping


async def give_part(helping: Walk) -> None:
    """The unit that helps does its part."""
    lead = helping.office.lead
    await helping.do(accept, by=lead)
    await helping.do(start, by=lead)
    result: dict[str, Any] = {"result": "线路换好了", "internal_note": "换了一根线"}
    await helping.do(resolve, **result, evidence=["照片一张"], by=lead)


async def test_a_part_is_not_shown_as_another_request_like_it(walk: Walk) -> None:
    await joint(walk)
    lead = await walk.ticket()
    assert lead.matter is not None
    async with walk.database.reading() as session:
        near = await list_nearby(
            session, matter=lead.matter, community=lead.community, now=walk.now
        )
    assert [each.number for each in near] == [lead.number]


async def test_a_unit_that_helps_gets_its_part_and_not_who_asked(walk: Walk) -> None:
    helping = await joint(walk)
    lead, child = await walk.ticket(), await helping.ticket()
    assert (child.status, child.unit) == ("dispatched", "housing_office")
    assert child.parent_id == lead.id
    assert (child.conversation_id, child.phone_sealed, child.requester_sealed) == (None,) * 3
    assert child.finish_due_at == lead.finish_due_at
    assert child.address_sealed is not None


async def test_the_resident_is_told_once_and_hears_from_the_lead_only(walk: Walk) -> None:
    helping = await joint(walk)
    said = await walk.said()
    assert "还请了" in said[-1]
    await give_part(helping)
    assert await walk.said() == said
    with pytest.raises(LeadOnly):
        await helping.do(reply, "您好", by=walk.office.lead)
    with pytest.raises(LeadOnly):
        await helping.do(contact, how="call", words="说好了", by=walk.office.lead)


async def test_the_lead_waits_for_everybody_who_helps(walk: Walk) -> None:
    helping = await joint(walk)
    done = {"result": "灯亮了", "internal_note": "两家一起办的", "by": walk.office.handler}
    with pytest.raises(ChildrenUnfinished) as refused:
        await walk.do(resolve, **done)
    assert helping.number in refused.value.numbers
    await give_part(helping)
    events = await walk.events()
    assert (events[-1].kind, events[-1].note) == ("part_resolved", "线路换好了")
    await walk.do(resolve, **done)
    assert (await walk.ticket()).status == "resolved"


async def test_a_reviewed_part_is_closed_without_a_call(walk: Walk) -> None:
    helping = await joint(walk)
    await give_part(helping)
    await helping.do(review, passed=True, by=walk.office.reviewer)
    assert (await helping.ticket()).status == "closed"


async def test_a_part_that_has_to_be_done_again_holds_the_lead_back(walk: Walk) -> None:
    helping = await joint(walk)
    await give_part(helping)
    await walk.do(resolve, result="灯亮了", internal_note="办了", by=walk.office.handler)
    await helping.do(review, passed=False, note="又灭了", by=walk.office.reviewer)
    with pytest.raises(ChildrenUnfinished):
        await walk.do(review, passed=True, by=walk.office.reviewer)


async def test_what_the_lead_no_longer_needs_is_called_off(walk: Walk) -> None:
    helping = await joint(walk)
    await walk.do(withdraw, note="不用了", by=walk.office.operator)
    assert (await helping.ticket()).status == "withdrawn"


async def test_one_unit_helps_once_and_never_itself(walk: Walk) -> None:
    helping = await joint(walk)
    for unit in ("housing_office", "elder_service", "nobody"):
        with pytest.raises(InvalidInput):
            await walk.do(involve, unit, part=PART, by=walk.office.lead)
    with pytest.raises(LeadOnly):
        await helping.do(involve, "civil_affairs", part=PART, by=walk.office.lead)


async def test_before_a_unit_leads_nobody_can_help(walk: Walk, office: Office) -> None:
    await walk.begin()
    with pytest.raises(StatusChangeNotAllowed):
        await walk.do(involve, "housing_office", part=PART, by=office.dispatcher)
    with pytest.raises(NotPermitted):
        await walk.do(involve, "housing_office", part=PART, by=office.operator)


async def test_a_request_counts_once_however_many_units_help(walk: Walk, office: Office) -> None:
    await joint(walk)
    async with walk.database.reading() as session:
        rates = await get_rates(
            session,
            member=office.supervisor,
            from_at=walk.now - timedelta(days=1),
            to_at=walk.now + timedelta(days=1),
            now=walk.now,
        )
    assert rates.received == 1
    assert (await read_ticket(walk.database, walk.number)).parent_id is None
