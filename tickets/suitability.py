"""Whether a volunteer may take a task: checked before a claim, and said in words when not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from people.profiles import HOME_VISIT, INSURANCE, Profile, Vetting
from tickets.models import Task


class LackReason(StrEnum):
    """What stands between a volunteer and a task; the gravest first."""

    VETTING = "vetting"
    """The street has not agreed yet, or not any more."""
    ADULT = "adult"
    """Minors do not go into homes (taxonomy `volunteer_rules`)."""
    AVOID = "avoid"
    """One of the two would rather not meet the other again; whose wish it was is never said."""
    HOME_VETTING = "home_vetting"
    TRAINING = "training"
    INSURANCE = "insurance"
    """Bodily risk needs insurance (Volunteer Service Regulations art. 17)."""
    SKILL = "skill"
    AREA = "area"
    PAUSED = "paused"
    TIME = "time"
    """Another claim of their own at the same time."""


@dataclass(frozen=True, slots=True)
class Lack:
    """A reason, and what exactly is missing: the kind of training, the skill."""

    reason: LackReason
    what: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """A time that is taken; the end belongs to what comes after."""

    starts_at: datetime
    ends_at: datetime

    def overlaps(self, other: "Span") -> bool:
        """Whether nobody could do both."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What a task asks of whoever takes it."""

    id: UUID
    kind: str
    community: str | None
    starts_at: datetime
    ends_at: datetime
    minutes: int
    skill: str | None = None
    language: str | None = None
    pets: bool = False
    in_home: bool = False
    needs_training: str | None = None
    needs_insurance: bool = False

    @property
    def span(self) -> Span:
        """When it is."""
        return Span(self.starts_at, self.ends_at)


def needs_of(task: Task) -> Needs:
    """What a task asks for, without the row."""
    return Needs(
        id=task.id,
        kind=task.kind,
        community=task.community,
        starts_at=task.starts_at,
        ends_at=task.ends_at,
        minutes=task.minutes,
        skill=task.skill,
        language=task.language,
        pets=task.pets,
        in_home=task.in_home,
        needs_training=task.needs_training,
        needs_insurance=task.needs_insurance,
    )


def list_lacks(
    needs: Needs, person: Profile, *, busy: Sequence[Span] = (), avoided: bool = False
) -> list[Lack]:
    """
    Everything that stands between this volunteer and the task, the gravest first.

    What must be valid (training, insurance) must be so on the day of the task,
    and pauses and other claims are looked at for the time of the task: who is
    free then may say so today.
    """
    found = [*_lacks_of_trust(needs, person, avoided), *_lacks_of_proof(needs, person)]
    if needs.skill is not None and needs.skill not in person.skills:
        found.append(Lack(LackReason.SKILL, needs.skill))
    if needs.community and person.communities and needs.community not in person.communities:
        found.append(Lack(LackReason.AREA))
    if person.is_paused_at(needs.starts_at):
        found.append(Lack(LackReason.PAUSED))
    if any(needs.span.overlaps(each) for each in busy):
        found.append(Lack(LackReason.TIME))
    return found


def find_lack(
    needs: Needs, person: Profile, *, busy: Sequence[Span] = (), avoided: bool = False
) -> Lack | None:
    """The gravest reason why this volunteer may not take the task; None: welcome."""
    found = list_lacks(needs, person, busy=busy, avoided=avoided)
    return found[0] if found else None


def _lacks_of_trust(needs: Needs, person: Profile, avoided: bool) -> list[Lack]:
    found = []
    if person.status is not Vetting.VETTED:
        found.append(Lack(LackReason.VETTING, person.status))
    if needs.in_home and person.is_minor_at(needs.starts_at):
        found.append(Lack(LackReason.ADULT))
    if avoided:
        found.append(Lack(LackReason.AVOID))
    return found


def _lacks_of_proof(needs: Needs, person: Profile) -> list[Lack]:
    wanted = [HOME_VISIT] if needs.in_home else []
    if needs.needs_training and needs.needs_training not in wanted:
        wanted.append(needs.needs_training)
    found = [
        Lack(LackReason.TRAINING, kind)
        for kind in wanted
        if not person.proves(kind, needs.starts_at)
    ]
    if needs.in_home and not person.home_visits:
        found.append(Lack(LackReason.HOME_VETTING))
    if needs.needs_insurance and not person.proves(INSURANCE, needs.starts_at):
        found.append(Lack(LackReason.INSURANCE))
    return found
