"""Separation of duties: nobody settles, checks or approves their own work."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import FrontDoorError
from tickets.history import list_who_worked_on_it
from tickets.models import Ticket


class OwnWork(FrontDoorError):
    """This step needs somebody else: the person did the work, or asked for the approval."""

    def __init__(self, step: str) -> None:
        super().__init__(f"{step} needs somebody who did not do the work")
        self.step = step


async def check_did_not_handle(
    session: AsyncSession, ticket: Ticket, person_id: UUID, *, step: str
) -> None:
    """Raise `OwnWork` for the assignee and for everybody who worked on the ticket."""
    handlers = await list_who_worked_on_it(session, ticket.id)
    if person_id == ticket.assignee_id or person_id in handlers:
        raise OwnWork(step)
