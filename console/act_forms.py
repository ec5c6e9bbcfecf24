"""From the fields of a form to the arguments of a verb; the verbs judge them."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from console.fields import day_end, instant, lines, uuid_of
from core.errors import InvalidInput, NotFound
from handlers.staff import (
    acknowledge,
    approve,
    change_urgency,
    correct_matter,
    decline,
    note,
    publish_task,
    reply,
    report,
    request_exclusion,
    request_extension,
    request_parking,
    request_return,
)
from handlers.staff import (
    answer as answering,
)
from handlers.staff import (
    appeal as appealing,
)
from handlers.staff import (
    call_back as calling_back,
)
from handlers.staff import (
    close as closing,
)
from handlers.staff import (
    contact as contacting,
)
from handlers.staff import (
    dispatch as dispatching,
)
from handlers.staff import (
    involve as involving,
)
from handlers.staff import (
    merge as merging,
)
from handlers.staff import (
    resolve as resolving,
)
from handlers.staff import (
    review as reviewing,
)
from handlers.staff import (
    rework as reworking,
)
from handlers.staff import (
    wait_for_papers as papers,
)
from handlers.staff import (
    withdraw as withdrawing,
)
from handlers.staff.desk import Desk
from people.permissions import StaffMember
from tickets.lookups import get_ticket_by_number
from tickets.models import Ticket
from tickets.volunteer_rules import NewTask


@dataclass(frozen=True, slots=True)
class Step:
    """One act on its way: the open transaction, the ticket, and what the form said."""

    session: AsyncSession
    desk: Desk
    ticket: Ticket
    form: Mapping[str, str]
    by: StaffMember
    now: datetime

    def word(self, name: str) -> str:
        """A field of the form; empty when it is not there."""
        return self.form.get(name, "").strip()

    async def do(self, verb: Callable[..., Awaitable[object]], *more: Any, **named: Any) -> None:
        """Call a verb with what each of them takes, and more."""
        await verb(self.session, self.desk, self.ticket, *more, **named, by=self.by, now=self.now)

    def day_end(self, name: str, field: str) -> datetime:
        """The close of the desk on the day that a field names."""
        return day_end(self.word(name), self.desk.settings, field=field)


def plain(verb: Callable[..., Awaitable[object]]) -> Callable[[Step], Awaitable[None]]:
    """For verbs that need nothing but the ticket."""

    async def run(step: Step) -> None:
        await step.do(verb)

    return run


async def write(step: Step) -> None:
    """To the resident, or for colleagues only."""
    verb = reply.reply if step.word("kind") == "reply" else note.note
    await step.do(verb, step.word("words"))


async def dispatch(step: Step) -> None:
    """To a department."""
    await step.do(dispatching.dispatch, step.word("unit"), note=step.word("note") or None)


async def contact(step: Step) -> None:
    """The resident was reached."""
    await step.do(contacting.contact, how=step.word("how"), words=step.word("words"))


async def contact_failed(step: Step) -> None:
    """Nobody answered."""
    await step.do(contacting.contact_failed, words=step.word("words"))


async def resolve(step: Step) -> None:
    """Two texts: one for the resident, one for colleagues."""
    await step.do(
        resolving.resolve,
        result=step.word("result"),
        internal_note=step.word("internal_note"),
        outcome=step.word("outcome"),
        evidence=lines(step.word("evidence")),
    )


async def review(step: Step) -> None:
    """On to the call-back, or to be done again."""
    await step.do(reviewing.review, passed=step.word("passed") == "yes", note=step.word("words"))


async def call_back(step: Step) -> None:
    """Contacted? Solved? Satisfied?"""
    if step.word("contacted") not in ("yes", "no"):
        raise InvalidInput("contacted", "console.error.contacted")
    answers = calling_back.CallAnswers(
        contacted=step.word("contacted") == "yes",
        solved=step.word("solved"),
        satisfied=step.word("satisfied") or "unsaid",
        comment=step.word("comment"),
    )
    await step.do(calling_back.call_back, answers)


async def close(step: Step) -> None:
    """The end."""
    await step.do(closing.close, note=step.word("words"))


async def rework(step: Step) -> None:
    """Once more."""
    await step.do(reworking.rework, note=step.word("words"))


async def ask_return(step: Step) -> None:
    """Not ours."""
    await step.do(
        request_return.request_return, reason=step.word("reason"), note=step.word("words")
    )


async def ask_extension(step: Step) -> None:
    """More time."""
    await step.do(
        request_extension.request_extension,
        new_due_at=step.day_end("new_due", "new_due_at"),
        reason=step.word("reason"),
        note=step.word("words"),
    )


async def ask_parking(step: Step) -> None:
    """Not now, but not forgotten."""
    await step.do(
        request_parking.request_parking,
        review_at=step.day_end("review_on", "review_at"),
        reason=step.word("reason"),
        plan=step.word("words"),
    )


async def ask_exclusion(step: Step) -> None:
    """Not to be counted."""
    await step.do(
        request_exclusion.request_exclusion, reason=step.word("reason"), note=step.word("words")
    )


async def ask_decline(step: Step) -> None:
    """Nobody here may take it up."""
    await step.do(decline.decline, reason=step.word("reason"), words=step.word("words"))


async def decide(step: Step) -> None:
    """The second person agrees or does not."""
    approval_id = uuid_of(step.word("approval_id"), "approval")
    if step.word("granted") == "yes":
        await step.do(approve.approve, approval_id)
    else:
        await step.do(approve.refuse, approval_id, note=step.word("words"))


async def acknowledge_alert(step: Step) -> None:
    """Take an alert."""
    await step.do(acknowledge.acknowledge, uuid_of(step.word("alert_id"), "alert"))


async def make_report(step: Step) -> None:
    """To the police or another authority."""
    duty_id = uuid_of(step.word("duty_id"), "report")
    await step.do(report.make_report, duty_id, to=step.word("to"), words=step.word("words"))


async def lift_report(step: Step) -> None:
    """Not needed, says the supervisor."""
    duty_id = uuid_of(step.word("duty_id"), "report")
    await step.do(report.lift_report, duty_id, words=step.word("words"))


async def answer(step: Step) -> None:
    """Answer without a department."""
    await step.do(answering.answer, step.word("words"))


async def appeal(step: Step) -> None:
    """The resident objects, by telephone."""
    await step.do(appealing.appeal, words=step.word("words"))


async def decide_appeal(step: Step) -> None:
    """Upheld or not."""
    await step.do(
        appealing.decide_appeal, upheld=step.word("upheld") == "yes", note=step.word("words")
    )


async def urgency(step: Step) -> None:
    """Higher or lower."""
    await step.do(
        change_urgency.change_urgency,
        step.word("level"),
        reason=step.word("reason"),
        note=step.word("words"),
    )


async def correct(step: Step) -> None:
    """Another matter."""
    await step.do(
        correct_matter.correct_matter,
        step.word("matter"),
        request_type=step.word("request_type") or None,
    )


async def merge(step: Step) -> None:
    """Into another ticket, given by its whole number."""
    try:
        main = await get_ticket_by_number(step.session, step.word("into").upper())
    except NotFound:
        raise InvalidInput("into", "ticket.error.no_such_number") from None
    await step.do(merging.merge, main, note=step.word("words"))


async def involve(step: Step) -> None:
    """Another department's part."""
    await step.do(involving.involve, step.word("unit"), part=step.word("words"))


async def wait_papers(step: Step) -> None:
    """The resident brings something."""
    await step.do(
        papers.wait_for_papers,
        papers=step.word("words"),
        until_at=step.day_end("until", "until"),
    )


async def withdraw(step: Step) -> None:
    """The resident takes it back."""
    await step.do(withdrawing.withdraw, note=step.word("words"))


async def publish(step: Step) -> None:
    """A task for volunteers."""
    await step.do(publish_task.publish_task, new_task(step.form))


def new_task(form: Mapping[str, str]) -> NewTask:
    """The task that the form describes; raises `InvalidInput` for days that are none."""

    def word(name: str) -> str:
        return form.get(name, "").strip()

    starts = instant(word("day"), word("from"), field="starts_at")
    ends = instant(word("day"), word("to"), field="ends_at")
    places = word("places")
    return NewTask(
        kind=word("kind"),
        title=word("title"),
        rough_place=word("rough_place"),
        starts_at=starts,
        ends_at=ends,
        minutes=int((ends - starts).total_seconds() // 60),
        to_do=lines(word("to_do")),
        not_to_do=lines(word("not_to_do")),
        language=word("language") or None,
        pets=word("pets") == "yes",
        needs_training=word("needs_training") or None,
        needs_insurance=word("needs_insurance") == "yes",
        urgent=word("urgent") == "yes",
        in_home=word("in_home") == "yes",
        accompanied=word("accompanied") == "yes",
        places=int(places) if places.isdecimal() else 0,
        name=word("name"),
    )
