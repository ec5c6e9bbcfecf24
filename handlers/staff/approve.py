"""The second person: grants or refuses a return, an extension, parking, an exclusion, a decline."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
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
    await decision.desk.tickets.record(
        decision.session,
        decision.ticket,
        kind,
        by=acting(decision.by),
        now=decision.now,
        reason=approval.reason_code,
        approver_id=decision.by.id,
        note=note,
        data={"action": approval.action, "requested_by_id": str(approval.requested_by_id)},
    )


async def _return(decision: Decision) -> None:
    ticket, desk = decision.ticket, decision.desk
    returned = await count_events(
        decision.session,
        ticket.id,
        EventKind.MOVED,
        between=(TicketStatus.RETURN_REQUESTED, TicketStatus.TO_DISPATCH),
    )
    await desk.tickets.move(
        decision.session,
        ticket,
        TicketStatus.TO_DISPATCH,
        by=acting(decision.by),
        now=decision.now,
        reason=decision.approval.reason_code,
        approver_id=decision.by.id,
        changes={
            "unit": None,
            "assignee_id": None,
            "return_barred": returned + 1 >= RETURNS_BEFORE_DESIGNATION,
        },
    )
    await desk.notices.tell(decision.session, ticket, "ticket.notice.returned", now=decision.now)


async def _extend(decision: Decision) -> None:
    ticket, desk = decision.ticket, decision.desk
    until = datetime.fromisoformat(decision.approval.data["to"])
    await desk.tickets.record(
        decision.session,
        ticket,
        EventKind.DEADLINE_CHANGED,
        by=acting(decision.by),
        now=decision.now,
        reason=decision.approval.reason_code,
        approver_id=decision.by.id,
        data=dict(decision.approval.data),
        changes={"finish_due_at": until},
    )
    await desk.notices.tell(
        decision.session,
        ticket,
        "ticket.notice.extended",
        now=decision.now,
        reason=desk.named(f"ticket.reason.extension.{decision.approval.reason_code}"),
        due=desk.moment(until, decision.now),
    )


async def _park(decision: Decision) -> None:
    ticket, desk = decision.ticket, decision.desk
    review_at = datetime.fromisoformat(decision.approval.data["review_at"])
    finish = ticket.finish_due_at
    await desk.tickets.move(
        decision.session,
        ticket,
        TicketStatus.PARKED,
        by=acting(decision.by),
        now=decision.now,
        reason=decision.approval.reason_code,
        note=opened_note(decision.approval, vault=desk.vault),
        approver_id=decision.by.id,
        data={"finish_due_at": finish.isoformat() if finish else None},
        changes={"finish_due_at": review_at},
    )
    await desk.notices.tell(
        decision.session,
        ticket,
        "ticket.notice.parked",
        now=decision.now,
        reason=desk.named(f"ticket.reason.parking.{decision.approval.reason_code}"),
        due=desk.moment(review_at, decision.now),
    )


async def _exclude(decision: Decision) -> None:
    await decision.desk.tickets.record(
        decision.session,
        decision.ticket,
        EventKind.EXCLUDED,
        by=acting(decision.by),
        now=decision.now,
        reason=decision.approval.reason_code,
        approver_id=decision.by.id,
    )


async def _decline(decision: Decision) -> None:
    ticket, desk = decision.ticket, decision.desk
    words = opened_note(decision.approval, vault=desk.vault)
    await desk.tickets.move(
        decision.session,
        ticket,
        TicketStatus.DECLINED,
        by=acting(decision.by),
        now=decision.now,
        reason=decision.approval.reason_code,
        note=words,
        approver_id=decision.by.id,
        changes={"outcome": "declined"},
    )
    await desk.notices.tell(
        decision.session,
        ticket,
        "ticket.notice.declined",
        now=decision.now,
        choices=(PERSON_BUTTON,),
        words=words,
    )


_CONSEQUENCES: Mapping[Action, Callable[[Decision], Awaitable[None]]] = {
    Action.RETURN: _return,
    Action.EXTENSION: _extend,
    Action.PARKING: _park,
    Action.EXCLUSION: _exclude,
    Action.DECLINE: _decline,
}
