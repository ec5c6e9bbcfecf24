"""Every place of a task is done: the ticket says so, and the resident may add a word."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from core.actors import Actor
from handlers.residents.presses import NO_THANKS, PERSON, THANKS
from handlers.staff.desk import Desk
from tickets.history import EventKind
from tickets.models import Task, Ticket
from tickets.tasks import finish_if_complete, lock_task


async def finish_task(
    session: AsyncSession, desk: Desk, task: Task, ticket: Ticket, *, by: Actor, now: datetime
) -> bool:
    """
    True when every place is completed now; then it is written down, once.

    A resident who can be reached in a chat is asked once whether the
    volunteers should hear something. Nobody is asked to rate anybody.
    """
    if not await finish_if_complete(session, await lock_task(session, task.id), now=now):
        return False
    data = {"task_id": str(task.id)}
    await desk.tickets.record(session, ticket, EventKind.TASK_DONE, by=by, now=now, data=data)
    if await desk.notices.reaches(session, ticket):
        await desk.notices.tell(
            session,
            ticket,
            "ticket.notice.task_done",
            now=now,
            kind=task.kind,
            choices=(
                ("ticket.choice.thank", f"{THANKS}{task.id.hex}"),
                ("ticket.choice.no_thanks", NO_THANKS),
                ("ticket.choice.person", PERSON),
            ),
        )
    return True
