"""What may be asked of volunteers (taxonomy `volunteer_rules`, Volunteer Service Regulations)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.errors import FrontDoorError, InvalidInput
from core.taxonomy import Matter
from people.profiles import LANGUAGES, TRAININGS
from tickets.models import Ticket

_NEVER_TRIGGERS = frozenset(
    {"self_harm", "violence", "child_harm", "mass_or_threat", "intrusion", "missing", "fraud_now"}
)
_NEVER_MATTERS = frozenset(
    {
        "child_women/domestic_violence",
        "child_women/child_protection",
        "safety_law/public_security",
    }
)
_FORBIDDEN_WORDS = (
    "喂药",
    "打针",
    "输液",
    "换药",
    "搬抬",
    "银行卡",
    "存折",
    "取现",
    "保管现金",
    "转账",
    "代签",
    "垫钱",
    "垫付",
)
"""Medical work, lifting the gravely ill, money and signatures."""


class NotForVolunteers(FrontDoorError):
    """`why`: `emergency`, `protected`, `matter`, `unsorted` or `forbidden_work`."""

    def __init__(self, why: str) -> None:
        super().__init__(f"not for volunteers: {why}")
        self.why = why


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTask:
    """A task as staff describe it. Nothing in it but `address` and `name` may point at a person."""

    kind: str
    """A help type of the taxonomy: 送餐, 陪诊, 代购…"""
    title: str
    rough_place: str
    starts_at: datetime
    ends_at: datetime
    minutes: int
    to_do: Sequence[str]
    not_to_do: Sequence[str] = ()
    skill: str | None = None
    language: str | None = None
    """What the resident speaks best, of `people.profiles.LANGUAGES`, where it matters."""
    pets: bool = False
    needs_training: str | None = None
    """Of `people.profiles.TRAININGS`; a visit in a home asks for its own anyway."""
    needs_insurance: bool = False
    """Bodily risk: nobody goes uninsured."""
    urgent: bool = False
    """Asked for in waves from now on."""
    in_home: bool = False
    accompanied: bool = False
    places: int = 1
    name: str = ""
    """How to address the person: 王婆婆. Shown after the claim."""
    address: str = ""
    """Where the door is. Shown after the claim; empty: the ticket's."""
    note: str = ""


def check_may_be_published(ticket: Ticket, matter: Matter | None, task: NewTask) -> None:
    """Raise `NotForVolunteers` or `InvalidInput` unless volunteers may be asked to do this."""
    if ticket.urgency == "P0":
        raise NotForVolunteers("emergency")
    if ticket.trigger in _NEVER_TRIGGERS or ticket.matter in _NEVER_MATTERS:
        raise NotForVolunteers("protected")
    if matter is None:
        raise NotForVolunteers("unsorted")
    if matter.volunteer == "none":
        raise NotForVolunteers("matter")
    _check_work(task)
    _check_form(task)


def _check_work(task: NewTask) -> None:
    asked = " ".join((task.kind, task.title, *task.to_do))
    if any(word in asked for word in _FORBIDDEN_WORDS):
        raise NotForVolunteers("forbidden_work")


def _check_form(task: NewTask) -> None:
    if not task.kind.strip() or not task.title.strip():
        raise InvalidInput("title", "ticket.error.task_title")
    if task.ends_at <= task.starts_at or task.minutes < 1:
        raise InvalidInput("starts_at", "ticket.error.task_time")
    if task.places < 1:
        raise InvalidInput("places", "ticket.error.task_places")
    if task.in_home and task.places < 2 and not task.accompanied:
        raise InvalidInput("places", "ticket.error.task_in_home")
    if task.needs_training not in (None, *TRAININGS):
        raise InvalidInput("needs_training", "ticket.error.proof_kind")
    if task.language not in (None, *LANGUAGES):
        raise InvalidInput("language", "ticket.error.task_language")
    if not task.to_do:
        raise InvalidInput("to_do", "ticket.error.task_to_do")
