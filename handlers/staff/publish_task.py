"""Part of a request becomes a task that volunteers can claim."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from core.ids import new_id
from handlers.staff.desk import Desk, acting
from people.permissions import Permission, StaffMember
from tickets.history import EventKind
from tickets.masking import masked_text
from tickets.models import Task, Ticket
from tickets.opening import ADDRESS
from tickets.status import OPEN_TO_RESIDENT, StatusChangeNotAllowed
from tickets.tasks import Contact, TaskStatus, seal_contact
from tickets.volunteer_rules import NewTask, check_may_be_published


async def publish_task(
    session: AsyncSession,
    desk: Desk,
    ticket: Ticket,
    new: NewTask,
    *,
    by: StaffMember,
    now: datetime,
) -> Task:
    """
    Publish a task for volunteers.

    Title and rough place lose every number that points at a door; name and
    address are sealed until somebody claims. Raises `NotForVolunteers` for
    what volunteers are never asked, `InvalidInput` for a form that is not
    complete.
    """
    desk.allow(by, Permission.TASK_PUBLISH, ticket)
    if ticket.status not in OPEN_TO_RESIDENT:
        raise StatusChangeNotAllowed(ticket.status, "task")
    check_may_be_published(ticket, desk.taxonomy.matters.get(ticket.matter or ""), new)
    task = task_of(desk, ticket, new, by, now)
    session.add(task)
    await session.flush()
    await desk.tickets.record(
        session,
        ticket,
        EventKind.TASK_PUBLISHED,
        by=acting(by),
        now=now,
        data={"task_id": str(task.id), "kind": new.kind, "places": new.places},
    )
    await desk.notices.tell(
        session,
        ticket,
        "ticket.notice.task_published",
        now=now,
        kind=new.kind,
        starts=desk.moment(new.starts_at, now),
    )
    return task


def task_of(desk: Desk, ticket: Ticket, new: NewTask, by: StaffMember, now: datetime) -> Task:
    """The task as it would be published, not in any session yet."""
    always = desk.texts.say("ticket.task.never").split("、")
    return Task(
        id=new_id(),
        ticket_id=ticket.id,
        kind=new.kind,
        title=masked_text(new.title)[:80],
        community=ticket.community,
        rough_place=masked_text(new.rough_place)[:80],
        starts_at=new.starts_at,
        ends_at=new.ends_at,
        minutes=new.minutes,
        to_do=[masked_text(line) for line in new.to_do],
        not_to_do=[*new.not_to_do, *(line for line in always if line not in new.not_to_do)],
        skill=new.skill,
        language=new.language,
        pets=new.pets,
        needs_training=new.needs_training,
        needs_insurance=new.needs_insurance,
        urgent=new.urgent,
        in_home=new.in_home,
        accompanied=new.accompanied,
        places=new.places,
        places_left=new.places,
        contact_sealed=seal_contact(_contact(desk, ticket, new), desk.vault),
        status=TaskStatus.OPEN,
        published_by_id=by.id,
        published_at=now,
    )


def _contact(desk: Desk, ticket: Ticket, new: NewTask) -> Contact:
    kept = desk.vault.open_maybe(ticket.address_sealed, purpose=ADDRESS)
    return Contact(new.name, new.address or kept or new.rough_place, new.note)
