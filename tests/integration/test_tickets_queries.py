"""Lists and single tickets as staff and programs read them, on both databases."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from core.actors import Actor
from core.database import Database
from core.errors import InvalidInput, NotFound
from handlers.staff.accept import accept
from handlers.staff.decline import decline
from handlers.staff.dispatch import dispatch
from handlers.staff.note import note
from people.permissions import StaffMember
from tests.integration.office import Office, a_ticket
from tickets.alerts import AlertKind
from tickets.lookups import get_ticket_by_number
from tickets.queries import Filters, QueueRow, View, count_views, list_queue
from tickets.reading import get_ticket_page


async def rows(
    database: Database,
    view: View,
    member: StaffMember,
    now: datetime,
    **filters: Any,
) -> list[QueueRow]:
    async with database.reading() as session:
        page = await list_queue(session, view, member=member, filters=Filters(**filters), now=now)
    return list(page.rows)


async def do(
    database: Database,
    office: Office,
    number: str,
    verb: Any,
    by: StaffMember,
    now: datetime,
    *a: Any,
    **more: Any,
) -> None:
    async with database.transaction() as session:
        ticket = await office.desk.get_ticket(session, number, by=by)
        await verb(session, office.desk, ticket, *a, by=by, now=now, **more)


async def test_the_most_urgent_and_the_soonest_due_come_first(
    database: Database, office: Office, now: datetime
) -> None:
    calm = await a_ticket(database, office, now, urgency="P3", request_type="consult")
    late = await a_ticket(database, office, now - timedelta(days=3))
    normal = await a_ticket(database, office, now)
    danger = await a_ticket(database, office, now, urgency="P0")
    listed = await rows(database, View.TO_DISPATCH, office.dispatcher, now)
    assert [row.number for row in listed] == [danger, late, normal, calm]
    assert [row.is_late for row in listed] == [False, True, False, False]


async def test_pages_follow_each_other_without_gap_or_repetition(
    database: Database, office: Office, now: datetime
) -> None:
    numbers = {await a_ticket(database, office, now + timedelta(minutes=n % 3)) for n in range(7)}
    seen: list[str] = []
    after: str | None = None
    async with database.reading() as session:
        while True:
            page = await list_queue(
                session, View.ALL, member=office.operator, now=now, limit=3, after=after
            )
            seen += [row.number for row in page.rows]
            after = page.next_after
            if after is None:
                break
    assert len(seen) == 7
    assert set(seen) == numbers


@pytest.mark.parametrize("cursor", ["", "P2", "P2~soon~BJM", "P2~2026-11-23T00:00:00~BJM"])
async def test_a_broken_cursor_is_refused(
    database: Database, office: Office, now: datetime, cursor: str
) -> None:
    async with database.reading() as session:
        with pytest.raises(InvalidInput):
            await list_queue(session, View.ALL, member=office.operator, now=now, after=cursor)


async def test_each_view_holds_what_its_name_says_and_counts_it(
    database: Database, office: Office, now: datetime
) -> None:
    waiting = await a_ticket(database, office, now)
    mine = await a_ticket(database, office, now)
    await do(database, office, mine, dispatch, office.dispatcher, now, "elder_service")
    await do(database, office, mine, accept, office.handler, now)
    await do(database, office, waiting, decline, office.operator, now, reason="OUT", words="去那边")
    async with database.reading() as session:
        counts = await count_views(session, member=office.handler, now=now)
        leads = await count_views(session, member=office.lead, now=now + timedelta(hours=3.5))
        later = await count_views(session, member=office.lead, now=now + timedelta(days=2))
    assert (counts[View.MINE], counts[View.TO_DISPATCH], counts[View.ALL]) == (1, 0, 1)
    assert (leads[View.APPROVALS], leads[View.TO_DISPATCH], leads[View.OPEN]) == (1, 1, 2)
    assert (leads[View.DUE_SOON], leads[View.OVERDUE]) == (1, 0)
    assert later[View.OVERDUE] == 2
    assert [row.number for row in await rows(database, View.MINE, office.handler, now)] == [mine]
    assert await rows(database, View.APPROVALS, office.operator, now) == []


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, 3),
        ({"matter": "elder_care/meal"}, 2),
        ({"matter": "elder_care"}, 2),
        ({"matter": "elder"}, 0),
        ({"community": "c06"}, 1),
        ({"urgency": "P1"}, 1),
        ({"status": ["to_dispatch"]}, 3),
        ({"status": ["closed"]}, 0),
        ({"channel": "web"}, 3),
        ({"overdue": True}, 1),
        ({"overdue": False}, 2),
        ({"q": "胜利"}, 1),
        ({"q": "送饭"}, 3),
        ({"q": "100%"}, 0),
    ],
)
async def test_lists_are_narrowed_down(
    database: Database, office: Office, now: datetime, filters: dict[str, Any], found: int
) -> None:
    await a_ticket(database, office, now, community="c06")
    await a_ticket(database, office, now, matter="environment/noise", place="胜利街")
    await a_ticket(database, office, now, urgency="P1")
    at = now + timedelta(hours=1)
    assert len(await rows(database, View.ALL, office.operator, at, **filters)) == found


async def test_a_community_sees_its_own_and_what_has_no_place_yet(
    database: Database, office: Office, now: datetime
) -> None:
    here = await a_ticket(database, office, now, community="c05")
    nowhere = await a_ticket(database, office, now, community=None)
    there = await a_ticket(database, office, now, community="c06")
    member = StaffMember(office.operator.id, "李梅", "00", ("operator",), communities=("c05",))
    assert {row.number for row in await rows(database, View.ALL, member, now)} == {here, nowhere}
    async with database.reading() as session:
        with pytest.raises(NotFound):
            await get_ticket_page(session, there, member=member, vault=office.desk.vault)


async def test_a_ringing_ticket_says_so(database: Database, office: Office, now: datetime) -> None:
    number = await a_ticket(database, office, now, urgency="P0")
    async with database.transaction() as session:
        ticket = await get_ticket_by_number(session, number)
        await office.tickets.ring(session, ticket, AlertKind.EMERGENCY, now=now)
    (row,) = await rows(database, View.ALL, office.operator, now)
    assert row.is_ringing


async def test_one_ticket_is_read_masked(database: Database, office: Office, now: datetime) -> None:
    words = "我妈住和平里3栋2单元701，电话13912345521，想有人送饭"
    number = await a_ticket(database, office, now, description=words)
    await do(database, office, number, note, office.operator, now, "回电13912345521")
    async with database.reading() as session:
        page = await get_ticket_page(
            session, number, member=office.operator, vault=office.desk.vault
        )
    assert (page.requester, page.phone, page.address) == (
        "周**",
        "139****5521",
        "和平里**栋**单元**",
    )
    assert page.internal_note == "回电***"
    assert page.is_open
    assert page.deadlines.contact_at == now + timedelta(hours=24)
    for secret in ("13912345521", "周小明", "701"):
        assert secret not in repr(page)


async def test_the_handling_unit_reads_a_complaint_without_the_complainer(
    database: Database, office: Office, now: datetime
) -> None:
    number = await a_ticket(database, office, now, request_type="complaint")
    await do(database, office, number, dispatch, office.dispatcher, now, "elder_service")
    async with database.transaction() as session:
        ticket = await get_ticket_by_number(session, number)
        await office.tickets.chase(
            session, ticket, by=Actor.resident(), now=now, words="我就住他楼上"
        )
    async with database.reading() as session:
        page = await get_ticket_page(
            session, number, member=office.handler, vault=office.desk.vault
        )
    assert (page.requester, page.phone) == (None, None)
    assert "楼上" not in repr(page)
