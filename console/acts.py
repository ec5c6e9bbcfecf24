"""
What can be done to a ticket: one row an act, from its button to the verb behind it.

The address is `/console/tickets/{number}/{id}`. A button is shown when the
role permits it and the status allows it; the verb checks both again.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from console import act_forms as forms
from console.act_forms import Step, plain
from handlers.staff.accept import accept
from handlers.staff.call_back import call_back_failed
from handlers.staff.hand_back import hand_back
from handlers.staff.resume import resume
from handlers.staff.start import start
from handlers.staff.take_over import take_over
from handlers.staff.wait_for_papers import papers_came
from people.permissions import Permission
from tickets.status import IN_HAND, OPEN_TO_RESIDENT, UNFINISHED, TicketStatus

S = TicketStatus
P = Permission


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that can be done."""

    id: str
    permission: Permission
    run: Callable[[Step], Awaitable[object]]
    statuses: frozenset[TicketStatus] = frozenset()
    """When its button is offered; empty: it has no button of its own."""
    dialog: bool = True
    """Whether something has to be filled in first."""
    second: str = ""
    """Who has to agree: the end of a sentence's key."""
    key: str = ""
    stale_matters: bool = True
    """Whether it is refused when the page showed an older state of the ticket."""


_WORKED_ON = frozenset({S.ACCEPTED, S.CONTACTED, S.IN_PROGRESS})
_FRESH = frozenset({S.REGISTERED, S.TO_DISPATCH})
_CALLED = frozenset({S.TO_CALL_BACK})

ACTS: tuple[Act, ...] = (
    Act("dispatch", P.TICKET_DISPATCH, forms.dispatch, _FRESH | {S.DISPATCHED}, key="D"),
    Act("accept", P.TICKET_ACCEPT, plain(accept), frozenset({S.DISPATCHED}), dialog=False),
    Act("contact", P.TICKET_HANDLE, forms.contact, frozenset({S.ACCEPTED})),
    Act("contact-failed", P.TICKET_HANDLE, forms.contact_failed, frozenset({S.ACCEPTED})),
    Act("start", P.TICKET_HANDLE, plain(start), frozenset({S.ACCEPTED, S.CONTACTED, S.REWORK}),
        dialog=False),
    Act("resolve", P.TICKET_HANDLE, forms.resolve, frozenset({S.IN_PROGRESS})),
    Act("resume", P.TICKET_HANDLE, plain(resume), frozenset({S.PARKED}), dialog=False),
    Act("review", P.TICKET_REVIEW, forms.review, frozenset({S.RESOLVED})),
    Act("call-back", P.TICKET_CALL_BACK, forms.call_back, _CALLED),
    Act("call-back-failed", P.TICKET_CALL_BACK, plain(call_back_failed), _CALLED, dialog=False),
    Act("close", P.TICKET_CLOSE, forms.close, _CALLED),
    Act("rework", P.TICKET_REWORK, forms.rework, _CALLED),
    Act("decide-appeal", P.TICKET_REVIEW, forms.decide_appeal, frozenset({S.APPEALED})),
    Act("answer", P.TICKET_ANSWER, forms.answer, _FRESH),
    Act("take-over", P.CONVERSATION_HOLD, plain(take_over), UNFINISHED, dialog=False, key="A",
        stale_matters=False),
    Act("hand-back", P.CONVERSATION_HOLD, plain(hand_back), UNFINISHED, dialog=False,
        stale_matters=False),
    Act("merge", P.TICKET_MERGE, forms.merge, UNFINISHED - {S.RESOLVED, S.TO_CALL_BACK}),
    Act("papers-came", P.TICKET_HANDLE, plain(papers_came), _WORKED_ON, dialog=False),
    Act("wait-papers", P.TICKET_HANDLE, forms.wait_papers, frozenset({S.CONTACTED, S.IN_PROGRESS})),
    Act("involve", P.TICKET_INVOLVE, forms.involve, IN_HAND),
    Act("publish", P.TASK_PUBLISH, forms.publish, OPEN_TO_RESIDENT),
    Act("return", P.RETURN_ASK, forms.ask_return, frozenset({S.DISPATCHED}), second="return"),
    Act("extend", P.EXTENSION_ASK, forms.ask_extension, _WORKED_ON, second="extension"),
    Act("park", P.PARKING_ASK, forms.ask_parking, frozenset({S.IN_PROGRESS}), second="parking"),
    Act("decline", P.DECLINE_ASK, forms.ask_decline, _FRESH, second="decline"),
    Act("exclude", P.EXCLUSION_ASK, forms.ask_exclusion, _CALLED | {S.CLOSED},
        second="exclusion"),
    Act("withdraw", P.TICKET_WITHDRAW, forms.withdraw, UNFINISHED),
    Act("appeal", P.TICKET_APPEAL, forms.appeal, frozenset({S.CLOSED, S.DECLINED})),
    Act("correct", P.TICKET_CORRECT, forms.correct, UNFINISHED),
    Act("urgency", P.URGENCY_RAISE, forms.urgency, OPEN_TO_RESIDENT),
    Act("write", P.TICKET_NOTE, forms.write, stale_matters=False),
    Act("decide", P.TICKET_SEE, forms.decide, stale_matters=False),
    Act("report", P.REPORT_MAKE, forms.make_report, stale_matters=False),
    Act("lift-report", P.REPORT_LIFT, forms.lift_report, stale_matters=False),
    Act("acknowledge", P.ALERT_ACKNOWLEDGE, forms.acknowledge_alert, stale_matters=False),
)  # fmt: skip
"""In the order in which buttons stand; the first that fits is the main one."""

BESIDE_THE_FACTS = frozenset({"correct", "urgency"})
"""Their buttons stand beside the fact that they change."""

LEAD_ONLY = frozenset({"involve", "wait-papers", "contact", "contact-failed", "merge", "publish"})
"""What a co-handling unit does not do: it has nobody to talk to."""
