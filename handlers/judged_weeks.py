"""How well requests were understood, week by week: what people put right, and drift."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.dates import today_in_china
from editorial.models import Correction
from tickets.models import Ticket

_PAIRS = 10


@dataclass(frozen=True, slots=True)
class Week:
    """Tickets opened in one civil week that a machine had judged."""

    monday: date
    judged: int
    corrected: int
    confidence: float | None
    """The mean of the machine's confidence, 0..1; a falling one means that people write otherwise."""
    matters: tuple[tuple[str, int], ...]
    """The commonest, most first."""


@dataclass(frozen=True, slots=True)
class Mistaken:
    """How often people put `was` right to `matter`."""

    was: str | None
    matter: str
    times: int


async def list_weeks(session: AsyncSession, *, since: datetime) -> list[Week]:
    """Every week with judged tickets, the oldest first."""
    tickets = await session.execute(
        select(Ticket.id, Ticket.opened_at, Ticket.matter, Ticket.classified_by).where(
            Ticket.opened_at >= since
        )
    )
    corrected = set(
        await session.scalars(select(Correction.ticket_id).where(Correction.corrected_at >= since))
    )
    weeks: dict[date, list[tuple[str | None, float | None, bool]]] = defaultdict(list)
    for ticket_id, opened_at, matter, classified in tickets:
        if isinstance(classified.get("model"), str):
            judged = (matter, classified.get("confidence"), ticket_id in corrected)
            weeks[_monday(opened_at)].append(judged)
    return [_week(monday, weeks[monday]) for monday in sorted(weeks)]


async def list_mistaken(session: AsyncSession, *, since: datetime) -> list[Mistaken]:
    """The pairs that people put right most often."""
    rows = await session.execute(
        select(Correction.was, Correction.matter).where(Correction.corrected_at >= since)
    )
    counts = Counter((was, matter) for was, matter in rows if was != matter)
    return [Mistaken(was, matter, times) for (was, matter), times in counts.most_common(_PAIRS)]


def _week(monday: date, judged: Sequence[tuple[str | None, float | None, bool]]) -> Week:
    return Week(
        monday,
        len(judged),
        sum(was_corrected for _, _, was_corrected in judged),
        _mean(confidence for _, confidence, _ in judged if confidence is not None),
        tuple(Counter(matter for matter, _, _ in judged if matter).most_common(3)),
    )


def _mean(values: Iterable[float]) -> float | None:
    found = list(values)
    return sum(found) / len(found) if found else None


def _monday(instant: datetime) -> date:
    day = today_in_china(instant)
    return day - timedelta(days=day.weekday())
