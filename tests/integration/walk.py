"""Staff's verbs, one after the other, over one ticket."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from core.database import Database
from handlers.clock.climb_alerts import climb_alerts
from handlers.staff.accept import accept
from handlers.staff.call_back import CallAnswers, call_back
from handlers.staff.contact import contact
from handlers.staff.dispatch import dispatch
from handlers.staff.resolve import resolve
from handlers.staff.review import review
from handlers.staff.start import start
from people.permissions import StaffMember
from tests.integration.office import (
    Office,
    a_ticket,
    read_ticket,
    what_was_said,
)
from tickets.alerts import AlertKind
from tickets.history import list_history
from tickets.lookups import get_ticket_by_number
from tickets.models import Ticket


class Walk:
    """Does one verb after the other, each in its own transaction, a minute apart."""

    def __init__(self, database: Database, office: Office, now: datetime) -> None:
        self.database, self.office, self.now = database, office, now
        self.number = ""

    async def begin(self, **facts: Any) -> "Walk":
        self.number = await a_ticket(self.database, self.office, self.now, **facts)
        return self

    async def do(
        self, verb: Callable[..., Awaitable[Any]], *args: Any, by: StaffMember, **more: Any
    ) -> Any:
        self.now += timedelta(minutes=1)
        async with self.database.transaction() as session:
            ticket = await self.office.desk.get_ticket(session, self.number, by=by)
            return await verb(session, self.office.desk, ticket, *args, by=by, now=self.now, **more)

    async def dispatched(self) -> "Walk":
        await self.do(dispatch, "elder_service", by=self.office.dispatcher)
        return self

    async def in_progress(self) -> "Walk":
        await self.dispatched()
        for verb, more in ((accept, {}), (contact, {"how": "call", "words": "说好"}), (start, {})):
            await self.do(verb, by=self.office.handler, **more)  # type: ignore[operator]
        return self

    async def closed(self) -> "Walk":
        await self.in_progress()
        await self.do(resolve, result="好了", internal_note="办了", by=self.office.handler)
        await self.do(review, passed=True, by=self.office.reviewer)
        answers = CallAnswers(contacted=True, solved="yes")
        await self.do(call_back, answers, by=self.office.operator)
        return self

    async def ring(self, kind: AlertKind = AlertKind.EMERGENCY) -> UUID:
        async with self.database.transaction() as session:
            ticket = await get_ticket_by_number(session, self.number)
            return await self.office.tickets.ring(session, ticket, kind, now=self.now)

    async def climb(self, seconds: float) -> list[str]:
        async with self.database.transaction() as session:
            climbs = await climb_alerts(
                session, self.office.desk, now=self.now + timedelta(seconds=seconds)
            )
        return [each.rings for each in climbs]

    async def ticket(self) -> Ticket:
        return await read_ticket(self.database, self.number)

    async def said(self) -> list[str]:
        return await what_was_said(self.database, self.office.desk.vault, self.number)

    async def events(self) -> list[Any]:
        ticket = await self.ticket()
        async with self.database.reading() as session:
            return await list_history(session, ticket.id, vault=self.office.desk.vault)
