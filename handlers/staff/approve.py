"""The second person: grants or refuses a return, an extension, parking, an exclusion, a decline."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import NotFound
from handlers.staff.desk import PERSON_BUTTON, Desk, acting, needed
from people.permissions import Permission, StaffMember
from tickets.approvals import decide_approval, get_approval, opened_note
from tickets.history import EventKind, count_events
from tickets.models import Approval, Ticket
from tickets.reasons import Action
from tickets.status import TicketStatus

MAY_DECIDE: Mapping[Action, Permission] = {
    Action.RETURN: Permission.RETURN_APPROVE,
    Action.EXTENSION: Permission.EXTENSION_APPROVE,
    Action.PARKING: Permission.PARKING_APPROVE,
    Action.EXCLUSION: Permission.EXCLUSION_APPROVE,
    Action.DECLINE: Permission.DECLINE_APPROVE,
}
RETURNS_BEFORE_DESIGNATION = 3
"""After three granted returns the hotline designates who handles it (hotline.md §4)."""


@dataclass(frozen=True, slots=True)
class Decision:
    """An approval on its way: everything that its consequence needs."""

    session: AsyncSession
    desk: Desk
    ticket: Ticket
    approval: Approval
    by: StaffMember
    now: datetime

    async def move(self, to: TicketStatus, **more: Any) -> None:
        """Bring the ticket into a status, with the reason and the second person in its history."""
        await self.desk.tickets.move(self.session, self.ticket, to, **self._signed(), **more)

    async def record(self, kind: EventKind, **more: Any) -> None:
        """Write an entry with the reason and the second person."""
        await self.desk.tickets.record(self.session, self.ticket, kind, **self._signed(), **more)

    async def tell(self, text_key: str, **facts: Any) -> None:
        """Tell the resident."""
        await self.desk.notices.tell(self.session, self.ticket, text_key, now=self.now, **facts)

    @property
    def reason(self) -> Callable[[str], str]:
        """The reason's name in the resident's language."""
        approval = self.approval
        return self.desk.named(f"ticket.reason.{approval.action}.{approval.reason_code}")

    def _signed(self) -> dict[str, Any]:
        return {
            "by": acting(self.by),
            "now": self.now,
            "reason": self.approval.reason_code,
            "approver_id": self.by.id,
        }


async def approve(
    session: AsyncSession,
    desk: Desk,
    ticket: Ticket,
    approval_id: UUID,
    *,
    by: StaffMember,
    now: datetime,
) -> Ticket:
    """
    Grant what somebody else asked for; its consequence happens at once.

    Raises `OwnWork` for the person who asked, `ApprovalAlreadyDecided`,
    `NotPermitted`.
    """
    decision = await _decide(session, desk, ticket, approval_id, granted=True, by=by, now=now)
    await _record(decision, EventKind.APPROVAL_GRANTED, None)
    await _CONSEQUENCES[Action(decision.approval.action)](decision)
    return ticket


async def refuse(
    session: AsyncSession,
    desk: Desk,
    ticket: Ticket,
    approval_id: UUID,
    *,
    note: str,
    by: StaffMember,
    now: datetime,
) -> Ticket:
    """Refuse, with words for the person who asked. A refused return may not be asked for again."""
    note = needed(note, "words")
    decision = await _decide(session, desk, ticket, approval_id, granted=False, by=by, now=now)
    await _record(decision, EventKind.APPROVAL_REFUSED, note)
    if decision.approval.action == Action.RETURN:
        await desk.tickets.move(
            session,
            ticket,
            TicketStatus.DISPATCHED,
            by=acting(by),
            now=now,
            approver_id=by.id,
            changes={"return_barred": True},
        )
    return ticket


async def _decide(
    session: AsyncSession,
    desk: Desk,
    ticket: Ticket,
    approval_id: UUID,
    *,
    granted: bool,
    by: StaffMember,
    now: datetime,
) -> Decision:
    approval = await get_approval(session, approval_id)
    if approval.ticket_id != ticket.id:
        raise NotFound("approval", approval_id)
    desk.allow(by, MAY_DECIDE[Action(approval.action)], ticket)
    await decide_approval(session, approval, granted=granted, by_id=by.id, now=now)
    return Decision(session, desk, ticket, approval, by, now)


async def _record(decision: Decision, kind: EventKind, note: str | None) -> None:
    approval = decision.approval
    data = {"action": approval.action, "requested_by_id": str(approval.requested_by_id)}
    await decision.record(kind, note=note, data=data)


async def _return(decision: Decision) -> None:
    returned = await count_events(
        decision.session,
        decision.ticket.id,
        EventKind.MOVED,
        between=(TicketStatus.RETURN_REQUESTED, TicketStatus.TO_DISPATCH),
    )
    barred = returned + 1 >= RETURNS_BEFORE_DESIGNATION
    changes = {"unit": None, "assignee_id": None, "return_barred": barred}
    await decision.move(TicketStatus.TO_DISPATCH, changes=changes)
    await decision.tell("ticket.notice.returned")


async def _extend(decision: Decision) -> None:
    ticket, data = decision.ticket, dict(decision.approval.data)
    until = datetime.fromisoformat(data["to"])
    if ticket.finish_due_at is not None:  # the clock may have been stopped since it was asked for
        until = max(until, ticket.finish_due_at)
    await decision.record(EventKind.DEADLINE_CHANGED, data=data, changes={"finish_due_at": until})
    due = decision.desk.moment(until, decision.now)
    await decision.tell("ticket.notice.extended", reason=decision.reason, due=due)


async def _park(decision: Decision) -> None:
    review_at = datetime.fromisoformat(decision.approval.data["review_at"])
    finish = decision.ticket.finish_due_at
    await decision.move(
        TicketStatus.PARKED,
        note=opened_note(decision.approval, vault=decision.desk.vault),
        data={"finish_due_at": finish.isoformat() if finish else None},
        changes={"finish_due_at": review_at},
    )
    due = decision.desk.moment(review_at, decision.now)
    await decision.tell("ticket.notice.parked", reason=decision.reason, due=due)


async def _exclude(decision: Decision) -> None:
    await decision.record(EventKind.EXCLUDED)


async def _decline(decision: Decision) -> None:
    words = opened_note(decision.approval, vault=decision.desk.vault)
    await decision.move(TicketStatus.DECLINED, note=words, changes={"outcome": "declined"})
    await decision.tell("ticket.notice.declined", choices=(PERSON_BUTTON,), words=words)


_CONSEQUENCES: Mapping[Action, Callable[[Decision], Awaitable[None]]] = {
    Action.RETURN: _return,
    Action.EXTENSION: _extend,
    Action.PARKING: _park,
    Action.EXCLUSION: _exclude,
    Action.DECLINE: _decline,
}
