"""A volunteer's whole way in the messenger, through the same inbox and outbox as residents'."""

from datetime import timedelta
from itertools import count
from uuid import UUID

import orjson
import pytest
from sqlalchemy import select

from app.wiring import House
from core.messages import Address, Channel, Choice, RawInbound, Reply
from handlers.front_door import FrontDoor
from handlers.staff.publish_task import publish_task
from people.accounts import add_volunteer
from people.permissions import VolunteerMember
from people.volunteer_chats import make_link_code
from tests.people import Resident
from tickets.models import Alert, Claim, Ticket
from tickets.volunteer_rules import NewTask

_numbers = count(1)


class Chat:
    """Somebody's private chat with the volunteers' bot."""

    def __init__(self, house: House, front_door: FrontDoor, peer: int) -> None:
        self._house, self._front_door, self.peer = house, front_door, peer
        self.address = Address(Channel.TELEGRAM, "volunteers", str(peer))
        self._seen = 0

    async def says(self, text: str) -> list[Reply]:
        return await self._sends({"message": {**self._message(), "text": text}})

    async def presses(self, choice: Choice | str) -> list[Reply]:
        data = choice if isinstance(choice, str) else choice.payload
        query = {"id": str(next(_numbers)), "from": self._person(), "chat_instance": "1"}
        query |= {"data": data, "message": self._message()}
        return await self._sends({"callback_query": query})

    async def receive(self, update: dict[str, object]) -> None:
        number = next(_numbers)
        body = orjson.dumps({"update_id": number, **update}).decode()
        raw = RawInbound(self.address, f"{number}", body, self._house.clock.now())
        await self._front_door.receive(raw)

    async def read(self) -> list[Reply]:
        async with self._house.database.reading() as session:
            standing = await self._house.inbox.find_standing(session, self.address)
            assert standing
            said = await self._house.speech.list_after(session, standing.id, self._seen)
        self._seen = said[-1].number if said else self._seen
        return [each.reply for each in said]

    async def _sends(self, update: dict[str, object]) -> list[Reply]:
        await self.receive(update)
        await self._front_door.work_through()
        return await self.read()

    def _message(self) -> dict[str, object]:
        chat = {"id": self.peer, "type": "private", "first_name": "何"}
        return {"message_id": next(_numbers), "date": 1, "chat": chat, "from": self._person()}

    def _person(self) -> dict[str, object]:
        return {"id": self.peer, "is_bot": False, "first_name": "何"}


@pytest.fixture
def front_door(house: House) -> FrontDoor:
    return house.front_door


async def a_volunteer(house: House, login: str = "helin") -> VolunteerMember:
    async with house.database.transaction() as session:
        return await add_volunteer(
            session,
            house.vault,
            login=login,
            name=f"何{login}",
            skills=("陪诊",),
            communities=(),
            home_visits=True,
            password_hash=None,
            now=house.clock.now(),
        )


async def linked(house: House, front_door: FrontDoor, peer: int = 7, login: str = "helin") -> Chat:
    member = await a_volunteer(house, login)
    async with house.database.transaction() as session:
        code = await make_link_code(session, house.vault, member.id, now=house.clock.now())
    chat = Chat(house, front_door, peer)
    replies = await chat.says(code.spaced)
    assert "连上了" in replies[0].text
    return chat


async def a_published_task(house: House, staff) -> UUID:
    resident = Resident(house)
    await resident.says("楼道灯坏了三天没人修，和平里3栋，电话13800001234")
    async with house.database.transaction() as session:
        number = await session.scalar(select(Ticket.number))
        ticket = await house.staff_desk.get_ticket(session, number, by=staff["limei"])
        ticket.matter = "elder_care/companion_help"
        now = house.clock.now()
        new = NewTask(
            kind="陪诊",
            title="陪去医院取药",
            rough_place="和平里一带",
            starts_at=now + timedelta(hours=4),
            ends_at=now + timedelta(hours=5),
            minutes=60,
            to_do=["挂号", "取药"],
            name="王婆婆",
            address="和平里3栋2单元701",
        )
        by = staff["limei"]
        task = await publish_task(session, house.staff_desk, ticket, new, by=by, now=now)
        return task.id


def button(replies: list[Reply], word: str) -> Choice:
    return next(each for reply in replies for each in reply.choices if word in each.title)


async def test_a_stranger_hears_how_to_join_and_gets_nothing_else(house, front_door, staff):
    task_id = await a_published_task(house, staff)
    stranger = Chat(house, front_door, 99)
    (hello,) = await stranger.says("/start")
    assert "8 位数字" in hello.text
    for payload in ("/tasks", f"open:{task_id.hex}", f"claim:{task_id.hex}"):
        (reply,) = await stranger.presses(payload)
        assert "王婆婆" not in reply.text
        assert "陪去医院" not in reply.text
    async with house.database.reading() as session:
        assert await session.scalar(select(Claim.id)) is None


@pytest.mark.parametrize("words", ["我要报名", "我想当志愿者"])
async def test_whoever_writes_of_joining_is_asked_for_a_name(house, front_door, words):
    said = await Chat(house, front_door, 99).says(words)
    assert any("姓名" in reply.text or "叫什么" in reply.text for reply in said)


async def test_a_wrong_code_links_nobody_and_many_wrong_ones_rest(house, front_door):
    stranger = Chat(house, front_door, 99)
    for _ in range(5):
        (reply,) = await stranger.says("00000000")
        assert "不对" in reply.text
    (reply,) = await stranger.says("00000000")
    assert "过一小时" in reply.text


async def test_the_whole_way_from_the_list_to_the_hours(house, front_door, staff, clock):
    task_id = await a_published_task(house, staff)
    chat = await linked(house, front_door)
    listed = await chat.presses("/tasks")
    card = await chat.presses(button(listed, "陪去医院"))
    assert "王婆婆" not in card[0].text
    assert "701" not in card[0].text
    claimed = await chat.presses(button(card, "我来接"))
    assert "王婆婆" in claimed[-1].text
    assert "701" in claimed[-1].text
    clock.move(hours=4)
    arrived = await chat.presses(button(claimed, "我到了"))
    clock.move(minutes=50)
    asked = await chat.presses(button(arrived, "办好了"))
    done = await chat.says("下次要带老花镜")
    assert asked[0].choices[0].title == "不写"
    assert "50 分钟" in done[0].text
    async with house.database.reading() as session:
        claim = await session.scalar(select(Claim).where(Claim.task_id == task_id))
        assert claim
        assert (claim.status, claim.minutes) == ("completed", 50)


async def test_a_repeated_an_old_and_a_forged_button_change_nothing(house, front_door, staff):
    task_id = await a_published_task(house, staff)
    chat = await linked(house, front_door)
    claim = f"claim:{task_id.hex}"
    await chat.presses(claim)
    again = await chat.presses(claim)
    assert "王婆婆" in again[-1].text
    for forged in ("claim:zz", f"done:{'0' * 32}", f"here:{'1' * 32}", "evil:1", "/skip"):
        (reply,) = await chat.presses(forged)
        assert reply.text
    async with house.database.reading() as session:
        (row,) = (await session.scalars(select(Claim))).all()
        assert row.status == "claimed"


async def test_given_back_in_the_chat_the_place_is_free(house, front_door, staff):
    task_id = await a_published_task(house, staff)
    chat = await linked(house, front_door)
    await chat.presses(f"claim:{task_id.hex}")
    released, why = await chat.presses(f"release:{task_id.hex}")
    assert "没关系" in released.text
    await chat.presses(button([why], "不写"))
    listed = await chat.presses("/tasks")
    assert button(listed, "陪去医院")


async def test_help_rings_at_the_desk_and_takes_words(house, front_door, staff):
    task_id = await a_published_task(house, staff)
    chat = await linked(house, front_door)
    await chat.presses(f"claim:{task_id.hex}")
    await chat.presses(f"here:{task_id.hex}")
    (called,) = await chat.presses(f"call:{task_id.hex}")
    assert "120" in called.text
    await chat.says("门反锁了，没人应")
    async with house.database.reading() as session:
        assert await session.scalar(select(Alert.kind)) == "help"


async def test_danger_in_the_volunteers_chat_is_an_emergency(house, front_door, staff):
    chat = await linked(house, front_door)
    replies = await chat.says("屋里一股煤气味")
    assert "119" in replies[0].text
    async with house.database.reading() as session:
        assert await session.scalar(select(Alert.kind)) == "emergency"


async def test_sixty_four_volunteers_press_together_and_one_has_it(house, front_door, staff):
    task_id = await a_published_task(house, staff)
    chats = [await linked(house, front_door, 100 + n, f"v{n}") for n in range(64)]
    for chat in chats:
        await chat.receive(
            {
                "callback_query": {
                    "id": str(next(_numbers)),
                    "from": chat._person(),
                    "chat_instance": "1",
                    "data": f"claim:{task_id.hex}",
                    "message": chat._message(),
                }
            }
        )
    await front_door.work_through()
    heard = [" ".join(reply.text for reply in await chat.read()) for chat in chats]
    assert sum("归您了" in text for text in heard) == 1
    assert sum("刚被别人接走了" in text for text in heard) == 63
    async with house.database.reading() as session:
        assert len((await session.scalars(select(Claim))).all()) == 1
