"""Joint handling: a lead unit's ticket, and a child ticket for each unit that helps."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import FrontDoorError
from tickets.models import Ticket
from tickets.status import OPEN_TO_RESIDENT


class ChildrenUnfinished(FrontDoorError):
    """Co-handling units have not given the lead their result yet; `numbers` says which."""

    def __init__(self, numbers: Sequence[str]) -> None:
        super().__init__(f"still open: {', '.join(numbers)}")
        self.numbers = "、".join(numbers)


class LeadOnly(FrontDoorError):
    """The resident hears from the lead unit; a co-handling ticket has nobody to talk to."""

    def __init__(self, number: str) -> None:
        super().__init__(f"{number} is a co-handling ticket")
        self.number = number


async def list_children(session: AsyncSession, ticket_id: UUID) -> Sequence[Ticket]:
    """The co-handling tickets of a ticket, oldest first."""
    found = await session.scalars(
        select(Ticket).where(Ticket.parent_id == ticket_id).order_by(Ticket.number)
    )
    return found.all()


async def list_open_children(session: AsyncSession, ticket_id: UUID) -> list[Ticket]:
    """Those of them whose unit has not given its result yet."""
    children = await list_children(session, ticket_id)
    return [child for child in children if child.status in OPEN_TO_RESIDENT]


async def check_children_done(session: AsyncSession, ticket: Ticket) -> None:
    """Raise `ChildrenUnfinished` while a co-handling unit still owes its part."""
    unfinished = await list_open_children(session, ticket.id)
    if unfinished:
        raise ChildrenUnfinished([child.number for child in unfinished])


def check_is_lead(ticket: Ticket) -> None:
    """Raise `LeadOnly` for a co-handling ticket."""
    if ticket.parent_id is not None:
        raise LeadOnly(ticket.number)
