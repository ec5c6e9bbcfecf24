"""Reports that the law demands: put down by themselves, made by staff, lifted by a supervisor only."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from core.errors import InvalidInput, NotFound, NotPermitted
from handlers.clock.watch_reports import watch_reports
from handlers.staff.correct_matter import correct_matter
from handlers.staff.involve import involve
from handlers.staff.report import lift_report, make_report
from handlers.staff.take_call import CallForm, register_call, save_call
from tests.integration.office import read_ticket
from tests.integration.walk import Walk
from tickets.models import Alert
from tickets.queries import View, count_views
from tickets.report_models import ReportDuty
from tickets.reports import ReportSettledBefore

CHILD = "child_women/child_protection"
VIOLENCE = "child_women/domestic_violence"
MADE = {"to": "police", "words": "派出所王警官，回执 2026-118"}


async def duties(walk: Walk) -> list[ReportDuty]:
    async with walk.database.reading() as session:
        return list(await session.scalars(select(ReportDuty).order_by(ReportDuty.kind)))


async def to_report(walk: Walk) -> int:
    async with walk.database.reading() as session:
        member = walk.office.operator
        return (await count_views(session, member=member, now=walk.now))[View.REPORTS]


@pytest.mark.parametrize(
    ("facts", "kinds"),
    [
        ({"matter": CHILD}, ["child"]),
        ({"matter": "elder_care/meal", "trigger": "violence"}, ["violence"]),
        ({"matter": CHILD, "trigger": "violence"}, ["child", "violence"]),
        ({"matter": "safety_law/legal_aid", "secondary_matters": [VIOLENCE]}, ["violence"]),
        ({"matter": "elder_care/meal", "trigger": "self_harm"}, []),
    ],
)
async def test_what_the_law_wants_reported_puts_a_duty_down(walk: Walk, facts, kinds) -> None:
    await walk.begin(**facts)
    owed = await duties(walk)
    assert [each.kind for each in owed] == kinds
    assert all(each.due_at == walk.now + timedelta(minutes=60) for each in owed)
    assert await to_report(walk) == bool(kinds)


async def test_another_matter_does_not_undo_a_duty_and_may_add_one(walk: Walk) -> None:
    await walk.begin(matter=VIOLENCE)
    await walk.do(correct_matter, CHILD, by=walk.office.operator)
    await walk.do(correct_matter, "elder_care/meal", by=walk.office.operator)
    await walk.do(correct_matter, CHILD, by=walk.office.operator)
    assert [each.kind for each in await duties(walk)] == ["child", "violence"]


async def test_a_half_typed_call_owes_nothing_until_it_is_registered(walk: Walk) -> None:
    form = CallForm(words="隔壁孩子天天被打得哭", danger="no", matter=CHILD)
    by, desk = walk.office.operator, walk.office.desk
    async with walk.database.transaction() as session:
        draft = await save_call(session, desk, form, by=by, now=walk.now)
    assert await duties(walk) == []
    async with walk.database.transaction() as session:
        await register_call(session, desk, form, draft_id=draft.id, by=by, now=walk.now)
    assert [each.kind for each in await duties(walk)] == ["child"]


async def test_a_unit_that_helps_owes_no_report_of_its_own(walk: Walk) -> None:
    await (await walk.begin(matter=VIOLENCE)).in_progress()
    await walk.do(involve, "housing_office", part="看看房子", by=walk.office.handler)
    assert len(await duties(walk)) == 1


async def test_a_report_is_made_once_and_stands_in_the_history(walk: Walk) -> None:
    await walk.begin(matter=CHILD)
    (duty,) = await duties(walk)
    await walk.do(make_report, duty.id, **MADE, by=walk.office.operator)
    event = (await walk.events())[-1]
    assert (event.kind, event.note, event.data["to"]) == ("report_made", MADE["words"], "police")
    assert await to_report(walk) == 0
    with pytest.raises(ReportSettledBefore):
        await walk.do(make_report, duty.id, **MADE, by=walk.office.dispatcher)


async def test_a_report_says_to_whom_and_with_which_receipt(walk: Walk) -> None:
    await walk.begin(matter=CHILD)
    (duty,) = await duties(walk)
    for wrong in ({"to": "neighbours", "words": "说了"}, {"to": "police", "words": " "}):
        with pytest.raises(InvalidInput):
            await walk.do(make_report, duty.id, **wrong, by=walk.office.operator)
    walk_elsewhere = await Walk(walk.database, walk.office, walk.now).begin()
    with pytest.raises(NotFound):
        await walk_elsewhere.do(make_report, duty.id, **MADE, by=walk.office.operator)


async def test_only_a_supervisor_lifts_it_and_says_why(walk: Walk) -> None:
    await walk.begin(matter=VIOLENCE)
    (duty,) = await duties(walk)
    for by in (walk.office.operator, walk.office.reviewer, walk.office.lead):
        with pytest.raises(NotPermitted):
            await walk.do(lift_report, duty.id, words="是电视剧里的事", by=by)
    with pytest.raises(InvalidInput):
        await walk.do(lift_report, duty.id, words="", by=walk.office.supervisor)
    await walk.do(lift_report, duty.id, words="是电视剧里的事", by=walk.office.supervisor)
    event = (await walk.events())[-1]
    assert (event.kind, event.note) == ("report_lifted", "是电视剧里的事")


async def test_an_overdue_report_rings_climbs_and_comes_back_until_it_is_made(walk: Walk) -> None:
    await walk.begin(matter=CHILD)
    (duty,) = await duties(walk)

    async def look(minutes: float) -> int:
        async with walk.database.transaction() as session:
            now = duty.due_at + timedelta(minutes=minutes)
            return len(await watch_reports(session, walk.office.desk, now=now))

    assert await look(-1) == 0
    assert (await look(0), await look(0)) == (1, 0)
    async with walk.database.reading() as session:
        alert = (await session.scalars(select(Alert).where(Alert.kind == "report"))).one()
    assert alert.next_step_at == duty.due_at + timedelta(seconds=60)
    assert await look(61) == 1
    await walk.do(make_report, duty.id, **MADE, by=walk.office.operator)
    assert await look(200) == 0


async def test_the_duty_outlives_the_ticket(walk: Walk) -> None:
    await walk.begin(matter=VIOLENCE)
    await walk.closed()
    assert (await read_ticket(walk.database, walk.number)).status == "closed"
    assert await to_report(walk) == 1
