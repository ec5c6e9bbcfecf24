"""The street decides about a volunteer: vetted, declined, suspended; homes; trainings, insurance."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from types import MappingProxyType
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.dates import today_in_china
from core.errors import FrontDoorError, InvalidInput, NotFound, NotPermitted
from core.ids import new_id
from handlers.staff.desk import Desk, acting, needed
from handlers.volunteers.tell import tell_volunteer
from people.models import Volunteer
from people.permissions import Permission, StaffMember, require
from people.profiles import HOME_VISIT, PROOFS, Vetting, get_profile
from people.volunteer_events import VolunteerEventKind, record_event
from people.volunteer_models import VolunteerProof
from people.volunteer_notices import NoticeKind
from tickets.history import EventKind
from tickets.lookups import get_ticket
from tickets.models import Claim, Task
from tickets.tasks import ClaimStatus, get_task, give_place_back, step_claim

OFFICE = "volunteer_office"
"""The department whose work this is: handlers of other departments see no volunteers."""
SOON = timedelta(days=30)
"""What runs out within so long is shown to staff."""
_DETAILS = "volunteer.proof"

_MAY_FOLLOW: Mapping[Vetting, frozenset[Vetting]] = MappingProxyType(
    {
        Vetting.APPLIED: frozenset({Vetting.VETTED, Vetting.DECLINED}),
        Vetting.VETTED: frozenset({Vetting.SUSPENDED}),
        Vetting.DECLINED: frozenset({Vetting.VETTED}),
        Vetting.SUSPENDED: frozenset({Vetting.VETTED, Vetting.DECLINED}),
    }
)


class VettingNotAllowed(FrontDoorError):
    """This decision does not follow from where the volunteer stands."""

    def __init__(self, present: str, wanted: str) -> None:
        super().__init__(f"a volunteer who is {present} cannot become {wanted}")
        self.present = present
        self.wanted = wanted


def allow(by: StaffMember, permission: Permission) -> None:
    """Raise `NotPermitted` unless this person's role and department deal with volunteers."""
    require(by, permission)
    if not by.works_for(OFFICE):
        raise NotPermitted(permission.value)


async def decide_volunteer(
    session: AsyncSession,
    desk: Desk,
    volunteer_id: UUID,
    wanted: Vetting,
    *,
    words: str = "",
    identity_checked: bool = False,
    interviewed: bool = False,
    by: StaffMember,
    now: datetime,
) -> None:
    """
    Decide, with the reason; the volunteer is told.

    Vetting needs both checks the first time; declining and suspending need
    words. Who is suspended gives back at once what is claimed, so that no
    door stays open. Raises `VettingNotAllowed`, `InvalidInput`, `NotFound`.
    """
    allow(by, Permission.VOLUNTEER_VET)
    row = await _lock(session, volunteer_id)
    present = Vetting(row.status)
    if wanted not in _MAY_FOLLOW[present]:
        raise VettingNotAllowed(present, wanted)
    back = present is Vetting.SUSPENDED and wanted is Vetting.VETTED
    if wanted is Vetting.VETTED and not back and not (identity_checked and interviewed):
        raise InvalidInput("identity", "ticket.error.vetting_checks")
    if wanted is not Vetting.VETTED or back:
        words = needed(words, "reason")
    row.status = wanted.value
    if wanted is not Vetting.VETTED:
        await _take_back_claims(session, desk, volunteer_id, by, now)
    await record_event(
        session,
        desk.vault,
        volunteer_id,
        VolunteerEventKind.RESTORED if back else VolunteerEventKind(wanted.value),
        by=acting(by),
        now=now,
        note=words or None,
        data={"identity_checked": identity_checked, "interviewed": interviewed},
    )
    await _tell(session, desk, volunteer_id, f"volunteer.notice.{wanted}", now)


async def open_homes(
    session: AsyncSession,
    desk: Desk,
    volunteer_id: UUID,
    opened: bool,
    *,
    words: str,
    by: StaffMember,
    now: datetime,
) -> None:
    """
    Say that this volunteer was introduced to a home and may go into homes, or no longer.

    A valid training for visits must be there first. Raises `InvalidInput`.
    """
    allow(by, Permission.VOLUNTEER_VET)
    row = await _lock(session, volunteer_id)
    profile = await get_profile(session, volunteer_id)
    if opened and not profile.proves(HOME_VISIT, now):
        raise InvalidInput("homes", "ticket.error.homes_training")
    if opened and profile.is_minor_at(now):
        raise InvalidInput("homes", "ticket.error.homes_minor")
    row.home_visits = opened
    kind = VolunteerEventKind.HOMES_OPENED if opened else VolunteerEventKind.HOMES_CLOSED
    words = needed(words, "reason")
    await record_event(session, desk.vault, volunteer_id, kind, by=acting(by), now=now, note=words)
    key = "volunteer.notice.homes_opened" if opened else "volunteer.notice.homes_closed"
    await _tell(session, desk, volunteer_id, key, now)


async def record_proof(
    session: AsyncSession,
    desk: Desk,
    volunteer_id: UUID,
    kind: str,
    *,
    valid_from: date,
    valid_until: date | None,
    details: str = "",
    by: StaffMember,
    now: datetime,
) -> UUID:
    """
    Put down a training or an insurance, both days included; gives its id.

    Insurance always ends some day. Raises `InvalidInput`, `NotFound`.
    """
    allow(by, Permission.VOLUNTEER_VET)
    await _lock(session, volunteer_id)
    if kind not in PROOFS:
        raise InvalidInput("kind", "ticket.error.proof_kind")
    if valid_until is not None and valid_until < valid_from:
        raise InvalidInput("until", "ticket.error.proof_days")
    if kind == "insurance" and valid_until is None:
        raise InvalidInput("until", "ticket.error.proof_insurance")
    proof = VolunteerProof(
        id=new_id(),
        volunteer_id=volunteer_id,
        kind=kind,
        valid_from=valid_from,
        valid_until=valid_until,
        details_sealed=desk.vault.seal_maybe(details.strip(), purpose=_DETAILS),
        recorded_by_id=by.id,
        recorded_at=now,
    )
    session.add(proof)
    await session.flush()
    await _record_proof(session, desk, proof, VolunteerEventKind.PROOF_RECORDED, by, now)
    return proof.id


async def end_proof(
    session: AsyncSession, desk: Desk, proof_id: UUID, *, by: StaffMember, now: datetime
) -> None:
    """Take back a training or an insurance before its time; raises `NotFound`."""
    allow(by, Permission.VOLUNTEER_VET)
    proof = await session.get(VolunteerProof, proof_id, populate_existing=True)
    if proof is None or proof.ended_at is not None:
        raise NotFound("proof", proof_id)
    proof.ended_at = now
    await _record_proof(session, desk, proof, VolunteerEventKind.PROOF_ENDED, by, now)


async def list_running_out(
    session: AsyncSession, *, by: StaffMember, now: datetime
) -> list[tuple[UUID, str, date]]:
    """
    Volunteer, kind and last day of what ends within thirty days, the soonest first.

    What a later training or insurance of the same kind replaces is left out.
    """
    allow(by, Permission.VOLUNTEER_SEE)
    today = today_in_china(now)
    rows = await session.execute(
        select(VolunteerProof.volunteer_id, VolunteerProof.kind, VolunteerProof.valid_until)
        .join(Volunteer, Volunteer.id == VolunteerProof.volunteer_id)
        .where(Volunteer.active, Volunteer.status == Vetting.VETTED)
        .where(VolunteerProof.ended_at.is_(None))
    )
    last: dict[tuple[UUID, str], date] = {}
    for volunteer_id, kind, until in rows:
        until = until or date.max
        last[volunteer_id, kind] = max(until, last.get((volunteer_id, kind), date.min))
    found = [
        (volunteer_id, kind, until)
        for (volunteer_id, kind), until in last.items()
        if today <= until <= today + SOON
    ]
    return sorted(found, key=lambda each: (each[2], each[0]))


async def _take_back_claims(
    session: AsyncSession, desk: Desk, volunteer_id: UUID, by: StaffMember, now: datetime
) -> None:
    """Free the places of somebody who is not to go; the tickets' histories say who did it."""
    claims = await session.scalars(
        select(Claim)
        .join(Task, Task.id == Claim.task_id)
        .where(Claim.volunteer_id == volunteer_id, Claim.status == ClaimStatus.CLAIMED)
        .order_by(Task.ticket_id)
    )
    for claim in claims.all():
        ticket = await get_ticket(session, (await get_task(session, claim.task_id)).ticket_id)
        await step_claim(
            session,
            claim,
            ClaimStatus.RELEASED,
            only_from=(ClaimStatus.CLAIMED,),
            released_at=now,
        )
        await give_place_back(session, claim.task_id)
        await desk.tickets.record(
            session,
            ticket,
            EventKind.TASK_RELEASED,
            by=acting(by),
            now=now,
            data={"task_id": str(claim.task_id)},
        )


async def _record_proof(
    session: AsyncSession,
    desk: Desk,
    proof: VolunteerProof,
    kind: VolunteerEventKind,
    by: StaffMember,
    now: datetime,
) -> None:
    data = {
        "proof": proof.kind,
        "from": proof.valid_from.isoformat(),
        "until": proof.valid_until.isoformat() if proof.valid_until else None,
    }
    await record_event(
        session, desk.vault, proof.volunteer_id, kind, by=acting(by), now=now, data=data
    )


async def _tell(
    session: AsyncSession, desk: Desk, volunteer_id: UUID, key: str, now: datetime
) -> None:
    await tell_volunteer(session, desk, volunteer_id, key, kind=NoticeKind.DECISION, now=now)


async def _lock(session: AsyncSession, volunteer_id: UUID) -> Volunteer:
    row = await session.get(
        Volunteer, volunteer_id, populate_existing=True, with_for_update={"key_share": True}
    )
    if row is None or not row.active:
        raise NotFound("volunteer", volunteer_id)
    return row
