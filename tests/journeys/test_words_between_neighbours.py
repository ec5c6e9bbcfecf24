"""A volunteer and a resident write to each other through us, and a word of thanks gets through."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.wiring import House
from core.errors import InvalidInput
from handlers.staff.publish_task import publish_task
from handlers.volunteers.check_in import check_in
from handlers.volunteers.claim_task import claim_task
from handlers.volunteers.complete_claim import complete_claim
from handlers.volunteers.relay import write_to_resident
from handlers.volunteers.release_claim import release_claim
from handlers.volunteers.thank import take_back_thanks
from people.accounts import add_volunteer
from people.permissions import VolunteerMember
from people.volunteer_notices import list_notices
from tests.integration.visits import a_task
from tests.people import Resident
from tickets.call_backs import opened_words
from tickets.history import list_history
from tickets.models import Alert, CallBack, Ticket
from tickets.relays import RelayClosed, list_relayed
from tickets.tasks import get_own_claim
from tickets.thanks import list_thanks, list_thanks_for


class Visit:
    """One task of one resident, held by one volunteer."""

    def __init__(self, house: House, resident: Resident, by: VolunteerMember) -> None:
        self.house, self.resident, self.by = house, resident, by

    async def do(self, verb: Any, *given: Any, **more: Any) -> Any:
        async with self.house.database.transaction() as session:
            now = self.house.clock.now()
            return await verb(
                session, self.house.staff_desk, self.task_id, *given, by=self.by, now=now, **more
            )

    async def begin(self, staff: Any) -> None:
        first = await self.resident.says("我妈八十三了一个人住，想有人送饭")
        second = await self.resident.presses("先不说", first)
        await self.resident.presses("先不说", second)
        async with self.house.database.transaction() as session:
            desk, operator, now = self.house.staff_desk, staff["limei"], self.house.clock.now()
            ticket = (await session.scalars(select(Ticket))).one()
            new = a_task(now)
            task = await publish_task(session, desk, ticket, new, by=operator, now=now)
        self.ticket_id, self.task_id = ticket.id, task.id
        await self.do(claim_task)
        async with self.house.database.reading() as session:
            self.claim_id = (await get_own_claim(session, self.task_id, self.by.id)).id
        await self.resident.says("好的")

    async def says(self, words: str) -> bool:
        return bool(await self.do(write_to_resident, words))

    async def hears(self) -> list[str]:
        async with self.house.database.reading() as session:
            notices = await list_notices(session, self.house.vault, self.by.id)
        return [each.words for each in notices]

    async def finish(self) -> None:
        await self.do(check_in)
        await self.do(complete_claim)

    @property
    def answer(self) -> str:
        return f"/relay:{self.claim_id.hex}"

    @property
    def thank(self) -> str:
        return f"/thanks:{self.task_id.hex}"


@pytest.fixture
async def visit(house: House, resident: Resident, staff: Any) -> Visit:
    async with house.database.transaction() as session:
        by = await add_volunteer(
            session,
            house.vault,
            login="helin",
            name="何琳",
            password_hash=None,
            now=house.clock.now(),
        )
    visit = Visit(house, resident, by)
    await visit.begin(staff)
    return visit


def texts(replies: Any) -> str:
    return "\n".join(each.text for each in replies)


async def test_both_write_without_numbers_and_it_stays_on_the_ticket(
    house: House, visit: Visit, resident: Resident
):
    assert await visit.says("我两点到3栋楼下，打我13912345678")
    asked = await resident.says(visit.answer)
    assert "志愿者 何师傅对您说：我两点到3栋楼下，打我***" in texts(asked)
    assert asked[-1].text == "您要对何师傅说什么？写一句，我转过去。"
    passed = await resident.says("门口有狗，到了喊一声，谢谢")
    assert passed[-1].text.startswith("转过去了")
    assert (await visit.hears())[0] == "王婆婆对您说：门口有狗，到了喊一声，谢谢"
    async with house.database.reading() as session:
        history = await list_history(session, visit.ticket_id, vault=house.vault)
        thread = await list_relayed(session, house.vault, visit.claim_id)
    relayed = [(each.actor_kind, each.note) for each in history if each.kind == "relayed"]
    assert [kind for kind, _ in relayed] == ["volunteer", "resident"]
    assert [each.author_kind for each in thread] == ["volunteer", "resident"]
    assert not any("139" in (note or "") for _, note in relayed)


async def test_only_the_next_words_are_the_volunteers(visit: Visit, resident: Resident):
    await resident.says(visit.answer)
    await resident.says("好，我在家")
    heard = len(await visit.hears())
    answer = await resident.says("楼道灯坏了三天没人修")
    assert "转过去" not in texts(answer)
    assert len(await visit.hears()) == heard


@pytest.mark.parametrize("words", ["找人工", "屋里着火了快来人"])
async def test_a_person_and_a_danger_go_before_the_volunteer(
    house: House, visit: Visit, resident: Resident, words: str
):
    await resident.says(visit.answer)
    heard = len(await visit.hears())
    answer = await resident.says(words)
    assert "转过去" not in texts(answer)
    assert len(await visit.hears()) == heard


async def test_a_form_that_is_half_filled_in_goes_on_afterwards(visit: Visit, resident: Resident):
    question = (await resident.says("楼道灯坏了三天没人修"))[-1].text
    await resident.says(visit.answer)
    passed = await resident.says("我下午在家")
    assert "刚才那件事还没说完" in passed[-1].text
    assert (await visit.hears())[0].endswith("我下午在家")
    after = await resident.says("和平里3栋")
    assert after[-1].text != question


async def test_not_saying_anything_is_one_tap_and_an_old_question_is_forgotten(
    house: House, visit: Visit, resident: Resident, clock: Any
):
    asked = await resident.says(visit.answer)
    assert "好，不说了" in texts(await resident.presses("不说了", asked))
    await resident.says(visit.answer)
    clock.move(minutes=31)
    heard = len(await visit.hears())
    await resident.says("楼道灯坏了三天没人修")
    assert len(await visit.hears()) == heard


async def test_when_the_claim_is_over_nothing_is_passed_on_and_nobody_elses_button_works(
    house: House, visit: Visit, resident: Resident
):
    stranger = Resident(house, "stranger")
    assert "没有转出去" in texts(await stranger.says(visit.answer))
    await visit.do(release_claim)
    assert "没有转出去" in texts(await resident.says(visit.answer))
    with pytest.raises(RelayClosed):
        await visit.says("我来不了了")


async def test_words_of_danger_ring_at_the_desk_and_empty_ones_are_refused(
    house: House, visit: Visit
):
    await visit.says("您屋里着火了，快出来")
    async with house.database.reading() as session:
        alerts = (await session.scalars(select(Alert))).all()
    assert [each.kind for each in alerts] == ["help"]
    with pytest.raises(InvalidInput):
        await visit.says("  ")


async def test_a_resident_without_a_chat_is_rung_up(house: House, visit: Visit):
    async with house.database.transaction() as session:
        (await session.get_one(Ticket, visit.ticket_id)).conversation_id = None
    assert not await visit.says("我两点到")
    async with house.database.reading() as session:
        (call,) = (await session.scalars(select(CallBack))).all()
    assert "何师傅请转告：我两点到" in opened_words(call, vault=house.vault)


async def test_the_resident_is_asked_once_and_the_thanks_reach_the_volunteer_masked(
    house: House, visit: Visit, resident: Resident
):
    await visit.finish()
    asked = await resident.says(visit.thank)
    assert "要不要给志愿者带句话" in texts(asked)
    told = await resident.says("谢谢小何，有空来和平里3栋坐，13912345678")
    assert "转过去了" in texts(told)
    assert "王婆婆托我们带句话：谢谢小何，有空来和平里**栋坐，***" in (await visit.hears())[0]
    assert "已经转过去" in texts(await resident.says(visit.thank))
    async with house.database.reading() as session:
        (thank,) = await list_thanks_for(session, house.vault, visit.by.id)
    assert thank.words.startswith("谢谢小何")


async def test_no_thanks_is_a_good_answer_and_staff_hide_what_hurts(
    house: House, visit: Visit, resident: Resident, staff: Any
):
    await visit.finish()
    assert "好的" in texts(await resident.says("/no_thanks"))
    await resident.says(visit.thank)
    await resident.says("下回换个人来")
    async with house.database.transaction() as session:
        await take_back_thanks(
            session, visit.task_id, by=staff["limei"], now=house.clock.now() + timedelta(hours=1)
        )
    async with house.database.reading() as session:
        assert not await list_thanks_for(session, house.vault, visit.by.id)
        (kept,) = await list_thanks(session, house.vault)
    assert kept.hidden
    assert not any("下回换个人来" in each for each in await visit.hears())
