"""What the five requests for a second person have in common."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.staff.desk import Desk, acting, needed
from people.permissions import StaffMember
from tickets.approvals import Asked, ask_approval
from tickets.history import EventKind
from tickets.models import Approval, Ticket
from tickets.reasons import Action


async def ask(
    session: AsyncSession,
    desk: Desk,
    ticket: Ticket,
    action: Action,
    *,
    reason: str,
    note: str,
    data: Mapping[str, Any],
    by: StaffMember,
    now: datetime,
) -> Approval:
    """Put a step before a second person and write into the history who asked for it, and why."""
    asked = Asked(action, reason, needed(note, "words"), data)
    approval = await ask_approval(session, ticket.id, asked, by_id=by.id, vault=desk.vault, now=now)
    await desk.tickets.record(
        session,
        ticket,
        EventKind.APPROVAL_ASKED,
        by=acting(by),
        now=now,
        reason=reason,
        note=note,
        data={"action": action.value, "approval_id": str(approval.id), **data},
    )
    return approval
