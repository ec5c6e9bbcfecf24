"""Visits for tests: a task of the sample office, claimed, and what everybody was told."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from core.database import Database
from handlers.staff.publish_task import publish_task
from handlers.volunteers.check_in import check_in
from handlers.volunteers.claim_task import claim_task
from handlers.volunteers.complete_claim import complete_claim
from people.permissions import VolunteerMember
from people.volunteer_notices import list_notices
from tests.integration.office import Office, a_ticket, add_volunteers, read_ticket, what_was_said
from tickets.history import Happened, list_history
from tickets.models import Claim, Task
from tickets.tasks import get_own_claim
from tickets.volunteer_rules import NewTask


@dataclass
class Visits:
    """Acts in one transaction each, as the doors do."""

    database: Database
    office: Office
    now: datetime

    async def do(self, verb: Any, *given: Any, **more: Any) -> Any:
        async with self.database.transaction() as session:
            return await verb(session, self.office.desk, *given, **more)

    async def publish(self, number: str | None = None, **facts: Any) -> UUID:
        number = number or await self.ticket()
        async with self.database.transaction() as session:
            ticket = await self.office.desk.get_ticket(session, number, by=self.office.operator)
            task = await publish_task(
                session,
                self.office.desk,
                ticket,
                a_task(self.now, **facts),
                by=self.office.operator,
                now=self.now,
            )
            return task.id

    async def ticket(self, **facts: Any) -> str:
        usual = {"matter": "elder_care/companion_help"}
        return await a_ticket(self.database, self.office, self.now, **(usual | facts))

    async def volunteers(self, *names: str, **facts: Any) -> list[VolunteerMember]:
        members = []
        for name in names:
            members += await add_volunteers(self.database, 1, self.now, name=name, **facts)
        return members

    async def claim(
        self, task_id: UUID, by: VolunteerMember, *, now: datetime | None = None
    ) -> None:
        await self.do(claim_task, task_id, by=by, now=now or self.now)

    async def arrive(self, task_id: UUID, by: VolunteerMember, now: datetime) -> None:
        await self.do(check_in, task_id, by=by, now=now)

    async def finish(self, task_id: UUID, by: VolunteerMember, now: datetime, **more: Any) -> bool:
        return bool(await self.do(complete_claim, task_id, by=by, now=now, **more))

    async def told(self, by: VolunteerMember) -> list[str]:
        """What a volunteer reads, the latest first."""
        async with self.database.reading() as session:
            notices = await list_notices(session, self.office.desk.vault, by.id)
        return [each.words for each in notices]

    async def said(self, number: str) -> list[str]:
        return await what_was_said(self.database, self.office.desk.vault, number)

    async def history(self, number: str) -> list[Happened]:
        ticket = await read_ticket(self.database, number)
        async with self.database.reading() as session:
            return await list_history(session, ticket.id, vault=self.office.desk.vault)

    async def read_claim(self, task_id: UUID, by: VolunteerMember) -> Claim:
        async with self.database.reading() as session:
            return await get_own_claim(session, task_id, by.id)

    async def read_task(self, task_id: UUID) -> Task:
        async with self.database.reading() as session:
            return await session.get_one(Task, task_id)


def a_task(now: datetime, **facts: Any) -> NewTask:
    """Tomorrow at two in the afternoon, for an hour."""
    starts = facts.pop("starts_at", now + timedelta(hours=28))
    usual: dict[str, Any] = {
        "kind": "陪诊",
        "title": "陪去医院取药",
        "rough_place": "和平里一带",
        "starts_at": starts,
        "ends_at": starts + timedelta(hours=1),
        "minutes": 60,
        "to_do": ["挂号", "带路", "取药"],
        "name": "王婆婆",
        "address": "和平里3栋2单元701",
    }
    return NewTask(**(usual | facts))
