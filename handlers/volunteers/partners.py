"""Telling whoever goes along, and how volunteers are called before each other and residents."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.staff.desk import Desk
from handlers.volunteers.tell import Fact, tell_volunteer
from people.names import surname_of
from people.volunteer_notices import NoticeKind
from tickets.claims import list_holders
from tickets.models import Task
from tickets.tasks import ClaimStatus


async def tell_partners(
    session: AsyncSession,
    desk: Desk,
    task: Task,
    text_key: str,
    *,
    but: UUID | None,
    now: datetime,
    name: Fact = "",
    until: Fact = "",
) -> None:
    """Tell everybody else who is still to do this task; `title` and `starts` are facts, too."""
    for holder in await list_holders(session, task.id):
        if holder.volunteer_id != but and holder.status != ClaimStatus.COMPLETED:
            await tell_volunteer(
                session,
                desk,
                holder.volunteer_id,
                text_key,
                kind=NoticeKind.CHANGE,
                now=now,
                task_id=task.id,
                title=task.title,
                starts=desk.moment(task.starts_at, now),
                name=name,
                until=until,
            )


def called(desk: Desk, name: str) -> Callable[[str], str]:
    """何师傅: a surname is what partners and residents need."""
    return lambda language: desk.texts.say("claim.called", language, surname=surname_of(name))
