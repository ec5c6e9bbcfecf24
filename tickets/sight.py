"""What of a ticket a member of staff sees: the whole of it, without who asked, or nothing."""

from sqlalchemy import ColumnElement, and_, or_, true

from people.permissions import Permission, StaffMember
from tickets.models import Ticket


def may_see(ticket: Ticket, member: StaffMember) -> bool:
    """Whether the ticket lies in the member's communities and departments, or is their own."""
    if ticket.assignee_id == member.id:
        return True
    return member.sees_community(ticket.community) and member.works_for(ticket.unit)


def visible_to(member: StaffMember) -> ColumnElement[bool]:
    """The same rule as `may_see`, for whole lists."""
    here: ColumnElement[bool] = true()
    if member.communities:
        here = or_(Ticket.community.is_(None), Ticket.community.in_(member.communities))
    if member.units:
        here = and_(here, Ticket.unit.in_(member.units))
    return or_(Ticket.assignee_id == member.id, here)


def may_know_requester(ticket: Ticket, member: StaffMember) -> bool:
    """Whether this person may learn who asked: on confidential tickets the desk and reviewers."""
    if ticket.confidentiality == "open":
        return True
    return member.may(Permission.TICKET_REGISTER) or member.may(Permission.TICKET_REVIEW)
