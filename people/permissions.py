"""Who may do what: roles of staff, what each role permits, and the check before every act."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from uuid import UUID

from core.errors import NotPermitted


class Permission(StrEnum):
    """Something that a member of staff may do; routes and use cases name one of these."""

    TICKET_SEE = "ticket.see"
    TICKET_REGISTER = "ticket.register"
    TICKET_ANSWER = "ticket.answer"
    TICKET_REPLY = "ticket.reply"
    TICKET_NOTE = "ticket.note"
    TICKET_REVEAL = "ticket.reveal"
    TICKET_PRINT = "ticket.print"
    TICKET_CORRECT = "ticket.correct"
    URGENCY_RAISE = "urgency.raise"
    URGENCY_LOWER = "urgency.lower"
    CONVERSATION_HOLD = "conversation.hold"
    TICKET_DISPATCH = "ticket.dispatch"
    TICKET_MERGE = "ticket.merge"
    TICKET_INVOLVE = "ticket.involve"
    """Ask another department for its part, while one unit leads."""
    TICKET_WITHDRAW = "ticket.withdraw"
    TICKET_ACCEPT = "ticket.accept"
    TICKET_HANDLE = "ticket.handle"
    """Contact the resident, start, resolve, take a parked ticket up again."""
    RETURN_ASK = "return.ask"
    EXTENSION_ASK = "extension.ask"
    PARKING_ASK = "parking.ask"
    DECLINE_ASK = "decline.ask"
    EXCLUSION_ASK = "exclusion.ask"
    RETURN_APPROVE = "return.approve"
    EXTENSION_APPROVE = "extension.approve"
    PARKING_APPROVE = "parking.approve"
    DECLINE_APPROVE = "decline.approve"
    EXCLUSION_APPROVE = "exclusion.approve"
    TICKET_REVIEW = "ticket.review"
    TICKET_REWORK = "ticket.rework"
    TICKET_CALL_BACK = "ticket.call_back"
    TICKET_CLOSE = "ticket.close"
    TICKET_APPEAL = "ticket.appeal"
    TASK_PUBLISH = "task.publish"
    VOLUNTEER_SEE = "volunteer.see"
    VOLUNTEER_VET = "volunteer.vet"
    """Decide about volunteers, record trainings and insurance; handlers only of that office."""
    THANKS_HIDE = "thanks.hide"
    HOURS_APPROVE = "hours.approve"
    """Let the minutes of a visit count, never one's own."""
    CERTIFICATE_ISSUE = "certificate.issue"
    REPORT_MAKE = "report.make"
    """Record that something was reported to an authority, as the law demands."""
    REPORT_LIFT = "report.lift"
    ALERT_ACKNOWLEDGE = "alert.acknowledge"
    VIEWS_SEE = "views.see"
    """Answer the question "who saw this?"."""
    RATES_SEE = "rates.see"
    EXPORT = "export"
    ARTICLE_SEE = "article.see"
    ARTICLE_EDIT = "article.edit"
    ARTICLE_REVIEW = "article.review"
    ARTICLE_PUBLISH = "article.publish"
    ARTICLE_WITHDRAW = "article.withdraw"
    """Take an answer away from residents at once, with a reason."""
    PEOPLE_SEE = "people.see"
    PEOPLE_CHANGE = "people.change"
    ROTA_CHANGE = "rota.change"
    TOKEN_CREATE = "token.create"  # noqa: S105 - the name of a permission


P = Permission

_READ = frozenset({P.TICKET_SEE, P.TICKET_NOTE, P.ARTICLE_SEE})
_TALK = frozenset(
    {
        *_READ,
        P.TICKET_REPLY,
        P.TICKET_REVEAL,
        P.TICKET_PRINT,
        P.CONVERSATION_HOLD,
        P.URGENCY_RAISE,
        P.ALERT_ACKNOWLEDGE,
        P.REPORT_MAKE,
    }
)
_INTAKE = frozenset(
    {
        *_TALK,
        P.TICKET_REGISTER,
        P.TICKET_ANSWER,
        P.TICKET_CORRECT,
        P.TICKET_WITHDRAW,
        P.TICKET_CALL_BACK,
        P.TICKET_APPEAL,
        P.DECLINE_ASK,
        P.TASK_PUBLISH,
        P.THANKS_HIDE,
    }
)
_DISPATCH = frozenset(
    {
        *_INTAKE,
        P.TICKET_DISPATCH,
        P.TICKET_MERGE,
        P.TICKET_INVOLVE,
        P.PARKING_ASK,
        P.EXCLUSION_ASK,
    }
)
_HANDLE = frozenset(
    {
        *_TALK,
        P.TICKET_ACCEPT,
        P.TICKET_HANDLE,
        P.TICKET_INVOLVE,
        P.TICKET_CORRECT,
        P.RETURN_ASK,
        P.EXTENSION_ASK,
        P.PARKING_ASK,
        P.EXCLUSION_ASK,
        P.TASK_PUBLISH,
        P.VOLUNTEER_SEE,
        P.VOLUNTEER_VET,
        P.THANKS_HIDE,
        P.HOURS_APPROVE,
    }
)
_REVIEW = frozenset(
    {
        *_READ,
        P.TICKET_REVEAL,
        P.TICKET_PRINT,
        P.TICKET_REVIEW,
        P.TICKET_REWORK,
        P.TICKET_CALL_BACK,
        P.TICKET_CLOSE,
        P.TICKET_APPEAL,
        P.EXCLUSION_ASK,
        P.RATES_SEE,
        P.VIEWS_SEE,
        P.ARTICLE_REVIEW,
    }
)
_SHIFT_LEAD = frozenset(
    {
        *_DISPATCH,
        *_HANDLE,
        *_REVIEW,
        P.CERTIFICATE_ISSUE,
        P.URGENCY_LOWER,
        P.RETURN_APPROVE,
        P.DECLINE_APPROVE,
        P.PEOPLE_SEE,
        P.ROTA_CHANGE,
    }
)
_SUPERVISOR = frozenset(
    {
        *_REVIEW,
        P.TICKET_REPLY,
        P.CONVERSATION_HOLD,
        P.ALERT_ACKNOWLEDGE,
        P.REPORT_MAKE,
        P.REPORT_LIFT,
        P.URGENCY_RAISE,
        P.RETURN_APPROVE,
        P.DECLINE_APPROVE,
        P.EXTENSION_APPROVE,
        P.PARKING_APPROVE,
        P.EXCLUSION_APPROVE,
        P.THANKS_HIDE,
        P.HOURS_APPROVE,
        P.CERTIFICATE_ISSUE,
        P.PEOPLE_SEE,
        P.VOLUNTEER_SEE,
        P.EXPORT,
        P.ARTICLE_WITHDRAW,
    }
)
_EDITOR = frozenset(
    {
        P.ARTICLE_SEE,
        P.ARTICLE_EDIT,
        P.ARTICLE_REVIEW,
        P.ARTICLE_PUBLISH,
        P.ARTICLE_WITHDRAW,
        P.RATES_SEE,
    }
)
_ADMIN = frozenset({P.PEOPLE_SEE, P.PEOPLE_CHANGE, P.ROTA_CHANGE, P.TOKEN_CREATE, P.VIEWS_SEE})

ROLES: Mapping[str, frozenset[Permission]] = {
    "operator": _INTAKE,
    "dispatcher": _DISPATCH,
    "handler": _HANDLE,
    "reviewer": _REVIEW,
    "shift_lead": _SHIFT_LEAD,
    "supervisor": _SUPERVISOR,
    "editor": _EDITOR,
    "admin": _ADMIN,
}
"""
Role id to what it permits.

After the hotline's division of labour: only a shift lead lowers an urgency and
settles returns, only a supervisor grants extensions, parking and exclusions,
and an administrator of accounts sees no ticket. That nobody approves, reviews
or calls back on their own work is checked where it happens, per ticket.
"""


@dataclass(frozen=True)
class StaffMember:
    """A member of staff as the layers above know one: no password, no contact data."""

    id: UUID
    name: str
    number: str
    """Staff number, in watermarks: 02."""
    roles: tuple[str, ...]
    units: tuple[str, ...] = ()
    """Departments whose tickets this person handles; empty: all."""
    communities: tuple[str, ...] = ()
    """Communities whose tickets this person sees; empty: all."""

    @cached_property
    def permissions(self) -> frozenset[Permission]:
        """Everything that any of the roles permits; unknown roles permit nothing."""
        return frozenset().union(*(ROLES.get(role, frozenset()) for role in self.roles))

    def may(self, permission: Permission) -> bool:
        """Whether one of the roles permits it."""
        return permission in self.permissions

    def sees_community(self, community: str | None) -> bool:
        """Whether tickets of this community are visible; without a community all are."""
        return not self.communities or community is None or community in self.communities

    def works_for(self, unit: str | None) -> bool:
        """Whether this person handles tickets of the department."""
        return not self.units or unit in self.units


@dataclass(frozen=True)
class VolunteerMember:
    """A volunteer as the layers above know one."""

    id: UUID
    name: str
    skills: tuple[str, ...] = ()
    communities: tuple[str, ...] = ()
    """Where this person is willing to go; empty: anywhere in the street."""
    home_visits: bool = False
    """Trained and introduced: may take tasks inside a home."""


def require(member: StaffMember, permission: Permission) -> None:
    """Raise `NotPermitted` unless one of the member's roles permits it."""
    if not member.may(permission):
        raise NotPermitted(permission.value)
