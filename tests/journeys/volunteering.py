"""Volunteers and a resident with their bots, one house behind both."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from app.wiring import House
from bot.telegram_transport.polling import Poller
from handlers.staff.publish_task import publish_task
from people.accounts import add_volunteer
from people.permissions import StaffMember, VolunteerMember
from people.volunteer_chats import make_link_code
from tests.bot_api.accounts import BotAccount
from tests.bot_api.server import BotApi
from tests.conftest import FixedClock
from tests.talking import Talk
from tickets.models import Ticket
from tickets.volunteer_rules import NewTask


@dataclass
class Neighbourhood:
    """Both bots, whoever writes to them, and the house."""

    house: House
    clock: FixedClock
    api: BotApi
    bots: dict[str, BotAccount]
    pollers: dict[str, Poller]
    staff: dict[str, StaffMember]

    def chat(self, account: str = "volunteers") -> Talk:
        """Somebody new with one of the bots open before them."""
        person = self.api.chat(self.bots[account])
        return Talk(self.house, self.clock, self.pollers[account], person)

    async def member(self, login: str = "helin", **more: object) -> VolunteerMember:
        """A vetted volunteer of the pages."""
        known = {
            "name": f"何{login}",
            "skills": ("陪诊",),
            "communities": (),
            "home_visits": True,
            "password_hash": None,
        }
        async with self.house.database.transaction() as session:
            return await add_volunteer(
                session, self.house.vault, login=login, now=self.clock.now(), **{**known, **more}
            )

    async def linked(self, login: str = "helin", **more: object) -> Talk:
        """The volunteer's chat, joined by the code."""
        member, chat = await self.member(login, **more), self.chat()
        async with self.house.database.transaction() as session:
            code = await make_link_code(session, self.house.vault, member.id, now=self.clock.now())
        chat.person.starts()
        await chat.settle()
        (joined,) = await chat.says(code.spaced)
        assert "连上了" in joined.text
        return chat

    async def ticket(self) -> tuple[Talk, Ticket]:
        """A resident who wrote in the residents' bot, and the ticket of it."""
        resident = self.chat("residents")
        await resident.says("楼道灯坏了三天没人修，和平里3栋，电话13800001234")
        return resident, (await resident.tickets())[-1]

    async def task(self, ticket: Ticket, *, hours: float = 4, **more: object) -> UUID:
        """A task that was published for it: 陪去医院取药."""
        now, by = self.clock.now(), self.staff["limei"]
        wanted = {
            "kind": "陪诊",
            "title": "陪去医院取药",
            "rough_place": "和平里一带",
            "starts_at": now + timedelta(hours=hours),
            "ends_at": now + timedelta(hours=hours + 1),
            "minutes": 60,
            "to_do": ["挂号", "取药"],
            "name": "王婆婆",
            "address": "和平里3栋2单元701",
        }
        async with self.house.database.transaction() as session:
            fresh = await self.house.staff_desk.get_ticket(session, ticket.number, by=by)
            fresh.matter = "elder_care/companion_help"
            new = NewTask(**{**wanted, **more})
            task = await publish_task(session, self.house.staff_desk, fresh, new, by=by, now=now)
            return task.id

    async def published(self, **more: object) -> tuple[Talk, UUID]:
        """A resident and the task for their ticket."""
        resident, ticket = await self.ticket()
        return resident, await self.task(ticket, **more)
