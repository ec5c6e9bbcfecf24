"""What volunteers see of a task: before the claim no person, afterwards name and door."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tickets.claims import Holder, may_begin
from tickets.matching import Reason
from tickets.models import Claim, Task
from tickets.suitability import Lack


@dataclass(frozen=True, slots=True)
class TaskCard:
    """An open task before anybody claims it; nothing in it points at a person."""

    id: UUID
    kind: str
    title: str
    community: str | None
    rough_place: str
    starts_at: datetime
    ends_at: datetime
    minutes: int
    to_do: tuple[str, ...]
    not_to_do: tuple[str, ...]
    skill: str | None
    in_home: bool
    accompanied: bool
    places: int
    places_left: int
    status: str
    lacks: str | None = None
    """A `LackReason` where this volunteer may not claim it…"""
    lacks_what: str = ""
    """…and which training or skill it is."""
    why: tuple[Reason, ...] = ()
    """Why this task suits this volunteer."""


@dataclass(frozen=True, slots=True)
class Partner:
    """Whoever else goes: a surname and what they are good at, no more."""

    surname: str
    skills: tuple[str, ...]
    is_there: bool
    late_until_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ClaimedTask:
    """A task of one's own: what it is, whom it is for and where, and how far it is."""

    card: TaskCard
    claim_id: UUID
    claim_status: str
    claimed_at: datetime
    checked_in_at: datetime | None
    completed_at: datetime | None
    minutes: int | None
    """How long it took, once completed."""
    name: str | None
    address: str | None
    note: str | None
    confirmed_at: datetime | None = None
    late_until_at: datetime | None = None
    partners: tuple[Partner, ...] = ()
    may_begin: bool = True
    """False: inside a home with two, and the other is not there yet."""
    hours_approved_at: datetime | None = None


def card_of(task: Task, *, lack: Lack | None = None, why: tuple[Reason, ...] = ()) -> TaskCard:
    """The card of a task."""
    return TaskCard(
        id=task.id,
        kind=task.kind,
        title=task.title,
        community=task.community,
        rough_place=task.rough_place,
        starts_at=task.starts_at,
        ends_at=task.ends_at,
        minutes=task.minutes,
        to_do=tuple(task.to_do),
        not_to_do=tuple(task.not_to_do),
        skill=task.skill,
        in_home=task.in_home,
        accompanied=task.accompanied,
        places=task.places,
        places_left=task.places_left,
        status=task.status,
        lacks=lack.reason if lack else None,
        lacks_what=lack.what if lack else "",
        why=why,
    )


def claimed_of(
    task: Task,
    claim: Claim,
    *,
    name: str | None,
    address: str | None,
    note: str | None,
    holders: Sequence[Holder] = (),
) -> ClaimedTask:
    """A claimed task; without name and address once the claim is over."""
    return ClaimedTask(
        card=card_of(task),
        claim_id=claim.id,
        claim_status=claim.status,
        claimed_at=claim.claimed_at,
        checked_in_at=claim.checked_in_at,
        completed_at=claim.completed_at,
        minutes=claim.minutes,
        name=name,
        address=address,
        note=note,
        confirmed_at=claim.confirmed_at,
        late_until_at=claim.late_until_at,
        partners=tuple(
            Partner(each.surname, each.skills, each.is_there, each.late_until_at)
            for each in holders
            if each.claim_id != claim.id
        ),
        may_begin=may_begin(task, holders) if holders else True,
        hours_approved_at=claim.hours_approved_at,
    )
