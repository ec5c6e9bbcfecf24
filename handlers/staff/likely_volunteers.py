"""Who would be likely to take a task that is about to be published; nobody is asked by this."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import NotPermitted
from handlers.staff.desk import Desk
from handlers.staff.publish_task import task_of
from handlers.staff.vet_volunteer import allow
from people.permissions import Permission, StaffMember
from tickets.candidates import read_helpers, read_pairings
from tickets.masking import masked_name
from tickets.matching import Reason, rank
from tickets.models import Ticket
from tickets.suitability import needs_of
from tickets.volunteer_rules import NewTask, check_may_be_published

SHOWN = 5


@dataclass(frozen=True, slots=True)
class Likely:
    """How many volunteers may take it, and the best suited with why."""

    count: int
    best: tuple[tuple[str, tuple[Reason, ...]], ...]
    """Name and reasons; names are masked for staff who do not deal with volunteers."""


async def find_likely(
    session: AsyncSession,
    desk: Desk,
    ticket: Ticket,
    new: NewTask,
    *,
    by: StaffMember,
    now: datetime,
) -> Likely:
    """
    Rank the volunteers for a task as it is typed in.

    Raises what publishing would raise: `NotForVolunteers`, `InvalidInput`, `NotPermitted`.
    """
    desk.allow(by, Permission.TASK_PUBLISH, ticket)
    check_may_be_published(ticket, desk.taxonomy.matters.get(ticket.matter or ""), new)
    task = task_of(desk, ticket, new, by, now)
    helpers = await read_helpers(session, now=now, vetted=True)
    pairings = await read_pairings(session, [task])
    ranked = rank(
        needs_of(task),
        helpers,
        steps=desk.street.steps_between,
        past=lambda volunteer_id: pairings.of(task.id, volunteer_id),
    )
    names = {each.profile.id: each.profile.name for each in helpers}
    show = (lambda name: name) if _knows_volunteers(by) else masked_name
    best = tuple((show(names[each.volunteer_id]), each.reasons) for each in ranked[:SHOWN])
    return Likely(len(ranked), best)


def _knows_volunteers(by: StaffMember) -> bool:
    try:
        allow(by, Permission.VOLUNTEER_SEE)
    except NotPermitted:
        return False
    return True
