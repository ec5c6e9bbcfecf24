"""Minutes count once staff approve them; certificates say what counts, and can be checked."""

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from core.errors import InvalidInput, NotPermitted
from core.settings import VolunteerSettings
from handlers.staff.approve_hours import approve_hours, decide_hours
from handlers.staff.certificates import (
    decline_certificate,
    issue_certificate,
    revoke_certificate,
)
from handlers.volunteers.ask_certificate import ask_certificate
from handlers.volunteers.ask_correction import ask_correction
from handlers.volunteers.certificate_paper import checked_id_number, draw_certificate
from people.models import Volunteer
from people.permissions import VolunteerMember
from tests.integration.visits import Visits
from tests.unit.test_paper import texts_of
from tickets.certificates import (
    CertificateStepNotAllowed,
    Content,
    NothingToCertify,
    Service,
    find_verified,
    get_certificate,
    list_certificates,
    mark_of,
    open_content,
    read_code,
)
from tickets.duties import OwnWork
from tickets.hours import (
    CorrectionPending,
    HoursNotOpen,
    list_corrections,
    list_unapproved,
    stars,
    sum_approved_minutes,
)

VISIT, MINUTES = timedelta(hours=28), timedelta(minutes=1)
NOVEMBER = {"from_day": date(2026, 11, 1), "to_day": date(2026, 11, 24)}
ID_NUMBER = "11010519491231002X"


async def a_visit(
    visits: Visits, by: VolunteerMember, minutes: int = 47, number: str | None = None
) -> tuple[UUID, UUID]:
    """One finished visit: the task and the claim."""
    task_id = await visits.publish(number)
    await visits.claim(task_id, by)
    begun = visits.now + VISIT
    await visits.arrive(task_id, by, begun)
    await visits.finish(task_id, by, begun + minutes * MINUTES)
    return task_id, (await visits.read_claim(task_id, by)).id


async def counted(visits: Visits, by: VolunteerMember) -> int:
    async with visits.database.reading() as session:
        return await sum_approved_minutes(session, by.id)


async def ask(visits: Visits, by: VolunteerMember, **days: Any) -> UUID:
    async with visits.database.transaction() as session:
        later = visits.now + VISIT + timedelta(hours=2)
        wish: UUID = await ask_certificate(session, **(NOVEMBER | days), by=by, now=later)
        return wish


async def approved(visits: Visits) -> tuple[VolunteerMember, UUID]:
    """A volunteer with one visit that counts, who has asked for a certificate."""
    (one,) = await visits.volunteers("何琳")
    _, claim_id = await a_visit(visits, one)
    await visits.do(approve_hours, claim_id, by=visits.office.handler, now=visits.now + VISIT)
    return one, await ask(visits, one)


async def issue(visits: Visits, certificate_id: UUID, **more: Any) -> Content:
    content: Content = await visits.do(
        issue_certificate,
        certificate_id,
        phone="027-88880000",
        by=visits.office.lead,
        now=visits.now + VISIT + timedelta(hours=3),
        **more,
    )
    return content


async def test_only_approved_minutes_count_and_once(visits: Visits):
    number = await visits.ticket()
    (one,) = await visits.volunteers("何琳")
    _, claim_id = await a_visit(visits, one, number=number)
    assert await counted(visits, one) == 0
    async with visits.database.reading() as session:
        (waiting,) = await list_unapproved(session)
    assert (waiting.volunteer, waiting.minutes, waiting.ticket_number) == ("何琳", 47, number)
    with pytest.raises(NotPermitted):
        await visits.do(approve_hours, claim_id, by=visits.office.operator, now=visits.now)
    at_once = await asyncio.gather(
        *(
            visits.do(approve_hours, claim_id, by=visits.office.handler, now=visits.now + VISIT)
            for _ in range(2)
        ),
        return_exceptions=True,
    )
    assert sum(isinstance(each, HoursNotOpen) for each in at_once) == 1
    assert await counted(visits, one) == 47
    assert "记的 47 分钟算数了" in (await visits.told(one))[0]
    assert (await visits.history(number))[-1].kind == "hours_approved"


async def test_other_minutes_need_a_reason_that_the_volunteer_reads(visits: Visits):
    (one,) = await visits.volunteers("何琳")
    _, claim_id = await a_visit(visits, one, minutes=540)
    verb = {"by": visits.office.lead, "now": visits.now + VISIT}
    with pytest.raises(InvalidInput):
        await visits.do(approve_hours, claim_id, minutes=60, **verb)
    await visits.do(approve_hours, claim_id, minutes=60, reason="忘了签退", **verb)
    assert await counted(visits, one) == 60
    assert "忘了签退" in (await visits.told(one))[0]


async def test_nobody_approves_a_visit_that_they_went_on(visits: Visits):
    one, two = await visits.volunteers("王强", "郑力")
    task_id = await visits.publish(places=2)
    for each in (one, two):
        await visits.claim(task_id, each)
        await visits.arrive(task_id, each, visits.now + VISIT)
        await visits.finish(task_id, each, visits.now + VISIT + 30 * MINUTES)
    async with visits.database.transaction() as session:
        (await session.get_one(Volunteer, one.id)).staff_id = visits.office.handler.id
    for each in (one, two):
        claim = await visits.read_claim(task_id, each)
        with pytest.raises(OwnWork):
            await visits.do(approve_hours, claim.id, by=visits.office.handler, now=visits.now)


@pytest.mark.parametrize(("granted", "minutes"), [(True, 90), (False, 47)])
async def test_a_correction_is_asked_with_a_reason_and_decided_by_staff(
    visits: Visits, granted: bool, minutes: int
):
    (one,) = await visits.volunteers("何琳")
    task_id, claim_id = await a_visit(visits, one)
    await visits.do(approve_hours, claim_id, by=visits.office.handler, now=visits.now + VISIT)
    wish = {"minutes": 90, "reason": "忘了点我到了", "by": one, "now": visits.now + VISIT}
    for wrong in ({"minutes": 0}, {"reason": " "}):
        with pytest.raises(InvalidInput):
            await visits.do(ask_correction, task_id, **(wish | wrong))
    correction_id = await visits.do(ask_correction, task_id, **wish)
    with pytest.raises(CorrectionPending):
        await visits.do(ask_correction, task_id, **wish)
    async with visits.database.reading() as session:
        (waiting,) = await list_corrections(session, visits.office.desk.vault)
    assert (waiting.minutes, waiting.reason) == (90, "忘了点我到了")
    answer = {"answer": "门口的记录是两点到", "by": visits.office.lead, "now": visits.now + VISIT}
    await visits.do(decide_hours, correction_id, granted=granted, **answer)
    assert await counted(visits, one) == minutes
    assert "门口的记录是两点到" in (await visits.told(one))[0]
    with pytest.raises(HoursNotOpen):
        await visits.do(decide_hours, correction_id, granted=granted, **answer)


def test_stars_go_by_the_streets_thresholds():
    assert [
        stars(hours * 60, VolunteerSettings().star_hours) for hours in (99, 100, 600, 1500)
    ] == [
        0,
        1,
        3,
        5,
    ]
    assert stars(30 * 60, [10, 20]) == 2


async def test_a_certificate_says_who_when_what_who_vouches_and_can_be_checked(visits: Visits):
    one, certificate_id = await approved(visits)
    content = await issue(visits, certificate_id)
    assert (content.number, content.name, content.minutes) == ("ZY-2026-0001", "何琳", 47)
    (service,) = content.services
    assert (service.day, service.hours) == ("2026-11-24", "14:00–14:47")
    assert service.what == "陪诊：陪去医院取药（和平社区）"
    assert "证明开好了" in (await visits.told(one))[0]
    pdf = draw_certificate(
        content, visits.office.desk.texts, verify_at="https://men.example.cn/verify"
    )
    text = "".join(texts_of(pdf))
    for words in (
        "志愿服务记录证明",
        "编号 ZY-2026-0001",
        "志愿者：何琳",
        "0 小时 47 分钟",
        "14:00–14:47",
        service.what,
        "刘洋  027-88880000",
        "出具日期：2026-11-24",
        content.code,
        mark_of(content),
    ):
        assert words in text
    async with visits.database.reading() as session:
        typed = content.code.lower().replace("-", " ")
        genuine = await find_verified(session, visits.office.desk.vault, typed)
        assert await find_verified(session, visits.office.desk.vault, "ABCD") is None
    assert genuine
    assert (genuine.name, genuine.minutes, genuine.revoked_at) == ("何**", 47, None)
    assert genuine.mark == mark_of(content)
    assert "王婆婆" not in text


async def test_the_content_is_fixed_when_it_is_issued(visits: Visits):
    one, certificate_id = await approved(visits)
    content = await issue(visits, certificate_id)
    async with visits.database.transaction() as session:
        (await session.get_one(Volunteer, one.id)).name = "何琳琳"
    async with visits.database.reading() as session:
        row = await get_certificate(session, certificate_id)
        kept = open_content(row, visits.office.desk.vault)
    assert kept == content
    assert row.digest == kept.digest
    with pytest.raises(CertificateStepNotAllowed):
        await issue(visits, certificate_id)


async def test_the_identity_number_stands_on_that_copy_only(visits: Visits):
    _, certificate_id = await approved(visits)
    content = await issue(visits, certificate_id)
    texts = visits.office.desk.texts
    number = checked_id_number("110105 19491231 002x")
    assert number == ID_NUMBER
    with_it = draw_certificate(content, texts, verify_at="https://a/verify", id_number=number)
    assert ID_NUMBER in "".join(texts_of(with_it))
    assert ID_NUMBER not in "".join(
        texts_of(draw_certificate(content, texts, verify_at="https://a/verify"))
    )
    assert checked_id_number("  ") is None
    for wrong in ("110105194912310021", "12345", "A" * 18):
        with pytest.raises(InvalidInput):
            checked_id_number(wrong)


async def test_a_revoked_certificate_says_so_when_it_is_checked(visits: Visits):
    one, certificate_id = await approved(visits)
    content = await issue(visits, certificate_id)
    lead = {"by": visits.office.lead, "now": visits.now + timedelta(days=3)}
    with pytest.raises(InvalidInput):
        await visits.do(revoke_certificate, certificate_id, reason="", **lead)
    await visits.do(revoke_certificate, certificate_id, reason="时长改了", **lead)
    async with visits.database.reading() as session:
        found = await find_verified(session, visits.office.desk.vault, content.code)
    assert found
    assert found.revoked_at == lead["now"]
    assert "作废了：时长改了" in (await visits.told(one))[0]
    with pytest.raises(CertificateStepNotAllowed):
        await visits.do(revoke_certificate, certificate_id, reason="再来", **lead)


async def test_who_may_not_and_what_cannot_be_certified(visits: Visits):
    (idle,) = await visits.volunteers("郑力")
    with pytest.raises(NothingToCertify):
        await ask(visits, idle)
    one, certificate_id = await approved(visits)
    assert await ask(visits, one) == certificate_id, "the same wish twice is one"
    for days in (
        {"from_day": date(2026, 11, 25), "to_day": date(2026, 11, 24)},
        {"to_day": date(2026, 12, 24)},
    ):
        with pytest.raises(InvalidInput):
            await ask(visits, one, **days)
    now = visits.now + VISIT
    with pytest.raises(NotPermitted):
        await visits.do(
            issue_certificate, certificate_id, phone="1", by=visits.office.handler, now=now
        )
    with pytest.raises(InvalidInput):
        await visits.do(issue_certificate, certificate_id, by=visits.office.lead, now=now)
    async with visits.database.transaction() as session:
        (await session.get_one(Volunteer, one.id)).name = "何\U0001f600"
    with pytest.raises(InvalidInput) as refused:
        await issue(visits, certificate_id)
    assert refused.value.facts == {"characters": "\U0001f600"}
    await visits.do(
        decline_certificate, certificate_id, reason="先核对", by=visits.office.lead, now=now
    )
    async with visits.database.reading() as session:
        (listed,) = await list_certificates(session, visits.office.desk.vault, volunteer_id=one.id)
    assert (listed.status, listed.reason, listed.number) == ("declined", "先核对", None)


def test_two_hundred_visits_make_pages_that_each_name_the_certificate(texts: Any):
    services = tuple(
        Service(f"2026-{1 + n % 11:02}-{1 + n % 28:02}", "14:00–14:47", f"陪诊第{n}次", 47)
        for n in range(1, 201)
    )
    content = Content(
        "ZY-2026-0009",
        "ABCD-EFGH-JKMN-PQRS",
        "欧阳𬱖",
        "2026-01-01",
        "2026-11-30",
        services,
        9400,
        "红阳街道",
        "刘洋",
        "027-88880000",
        "刘洋",
        "2026-11-30",
    )
    pages = texts_of(draw_certificate(content, texts, verify_at="https://men.example.cn/verify"))
    assert 5 <= len(pages) <= 9
    for number, page in enumerate(pages, start=1):
        assert f"ZY-2026-0009　第 {number} 页，共 {len(pages)} 页" in page
    whole = "".join(pages)
    assert all(f"陪诊第{n}次" in whole for n in range(1, 201))
    assert "156 小时 40 分钟" in whole


def test_codes_are_read_however_they_are_typed():
    assert read_code(" abcd-efgh jkmn-pqrs ") == "ABCDEFGHJKMNPQRS"
    assert read_code("OILU") == "011V"
