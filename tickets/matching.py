"""
Who is asked first for which task, and why: pure, over frozen data.

A score of at most about a hundred points. Whoever lacks something that the
task demands (`tickets.suitability`) is not scored at all. The weights are
ours; `docs/volunteers.md` says how they were weighed and what a simulated
month shows.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from people.profiles import Profile, part_of_week
from tickets.suitability import Needs, Span, find_lack

Steps = Callable[[str, str], int | None]
"""Communities between two, as `Street.steps_between` counts them."""

SAME_COMMUNITY = 25.0
BESIDE = 16.0
TWO_AWAY = 8.0
UNKNOWN_DISTANCE = 8.0
SKILL = 20.0
FREE = 20.0
FREE_UNSAID = 10.0
LANGUAGE = 10.0
ONCE_BEFORE = 12.0
EACH_TIME_MORE = 2.0
AT_MOST_BEFORE = 18.0
FAIRNESS = 20.0
HALF_FAIR = 180.0
"""Minutes in the last four weeks after which half of the fairness points are gone."""
CLAIM_COUNTS_AS = 30.0
"""Minutes that a claim weighs at least: three short visits are a burden too."""
TOO_LONG = -15.0
PETS = -25.0
NEWCOMER_WAVE = 3
"""In a wave of at least so many one place is a newcomer's, if one is suited."""


class Why(StrEnum):
    """A reason for a match, in the order in which it is said."""

    SAME = "same"
    BESIDE = "beside"
    FAR = "far"
    SKILL = "skill"
    LANGUAGE = "language"
    FREE = "free"
    AGAIN = "again"
    RESTED = "rested"
    NEW = "new"
    LONG = "long"
    PETS = "pets"


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason; `what` is the skill, the language or the part of the week."""

    why: Why
    what: str = ""


@dataclass(frozen=True, slots=True)
class Past:
    """What was between a volunteer and the resident of a task."""

    times: int = 0
    """Visits that were completed."""
    avoid: bool = False
    """One of the two would rather not."""


@dataclass(frozen=True, slots=True)
class Helper:
    """A volunteer with what the last weeks brought."""

    profile: Profile
    busy: tuple[Span, ...] = ()
    recent_claims: int = 0
    recent_minutes: int = 0
    """Given in the last four weeks."""
    ever: int = 0
    """Visits completed in all: none makes a newcomer."""

    @property
    def is_new(self) -> bool:
        """Whether this would be the first visit, or nearly."""
        return self.ever == 0 and self.recent_claims == 0


@dataclass(frozen=True, slots=True)
class Match:
    """How well a volunteer suits a task."""

    volunteer_id: UUID
    points: float
    reasons: tuple[Reason, ...]
    is_new: bool = False
    welcome: bool = True
    """False when it goes against a wish (too long, animals): may claim, is not asked."""


def match(needs: Needs, helper: Helper, *, steps: Steps, past: Past | None = None) -> Match | None:
    """How well one volunteer suits one task; None when the task asks for what is lacking."""
    past = past or Past()
    if find_lack(needs, helper.profile, busy=helper.busy, avoided=past.avoid):
        return None
    return rate(needs, helper, steps=steps, past=past)


def rate(needs: Needs, helper: Helper, *, steps: Steps, past: Past) -> Match:
    """Points and reasons, for somebody who may take the task."""
    parts = (
        _distance(needs, helper.profile, steps),
        _skill(needs, helper.profile),
        _language(needs, helper.profile),
        _time(needs, helper.profile),
        _again(past),
        _fairness(helper),
        *_wishes(needs, helper.profile),
    )
    reasons = tuple(reason for _, reason in parts if reason is not None)
    return Match(
        volunteer_id=helper.profile.id,
        points=sum(points for points, _ in parts),
        reasons=reasons,
        is_new=helper.is_new,
        welcome=not any(reason.why in (Why.LONG, Why.PETS) for reason in reasons),
    )


def rank(
    needs: Needs,
    helpers: Sequence[Helper],
    *,
    steps: Steps,
    past: Callable[[UUID], Past],
) -> list[Match]:
    """Everybody who may take the task, the best suited first; equal ones in a fixed order."""
    found = [match(needs, each, steps=steps, past=past(each.profile.id)) for each in helpers]
    return sorted(
        (each for each in found if each is not None),
        key=lambda each: (-each.points, each.volunteer_id),
    )


def choose_wave(ranked: Sequence[Match], size: int) -> list[Match]:
    """
    Whom to ask now: the best who have no wish against it.

    Without a newcomer among them the last place goes to the best-suited one,
    so that whoever registered last month is asked at all.
    """
    willing = [each for each in ranked if each.welcome]
    chosen, rest = willing[:size], willing[size:]
    if size >= NEWCOMER_WAVE and not any(each.is_new for each in chosen):
        newcomer = next((each for each in rest if each.is_new), None)
        if newcomer is not None:
            chosen[-1] = newcomer
    return chosen


Part = tuple[float, Reason | None]


def _distance(needs: Needs, person: Profile, steps: Steps) -> Part:
    """From home, or from the nearest place that the volunteer named."""
    places = (person.home_community,) if person.home_community else person.communities
    if needs.community is None or not places:
        return UNKNOWN_DISTANCE, None
    if needs.community in places:
        return SAME_COMMUNITY, Reason(Why.SAME)
    known = [steps(place, needs.community) for place in places]
    nearest = min((each for each in known if each is not None), default=None)
    if nearest == 1:
        return BESIDE, Reason(Why.BESIDE)
    return (TWO_AWAY if nearest == 2 else 0.0), Reason(Why.FAR)


def _skill(needs: Needs, person: Profile) -> Part:
    wanted = needs.skill or needs.kind
    return (SKILL, Reason(Why.SKILL, wanted)) if wanted in person.skills else (0.0, None)


def _language(needs: Needs, person: Profile) -> Part:
    if needs.language is None or needs.language not in person.languages:
        return 0.0, None
    return LANGUAGE, Reason(Why.LANGUAGE, needs.language)


def _time(needs: Needs, person: Profile) -> Part:
    free = person.is_free_at(needs.starts_at)
    if free is None:
        return FREE_UNSAID, None
    return (FREE, Reason(Why.FREE, part_of_week(needs.starts_at))) if free else (0.0, None)


def _again(past: Past) -> Part:
    if not past.times:
        return 0.0, None
    return min(ONCE_BEFORE + EACH_TIME_MORE * (past.times - 1), AT_MOST_BEFORE), Reason(Why.AGAIN)


def _fairness(helper: Helper) -> Part:
    given = max(helper.recent_minutes, helper.recent_claims * CLAIM_COUNTS_AS)
    points = FAIRNESS * HALF_FAIR / (HALF_FAIR + given)
    if helper.is_new:
        return points, Reason(Why.NEW)
    return points, Reason(Why.RESTED) if not given else None


def _wishes(needs: Needs, person: Profile) -> list[Part]:
    found: list[Part] = []
    if person.max_minutes is not None and needs.minutes > person.max_minutes:
        found.append((TOO_LONG, Reason(Why.LONG)))
    if needs.pets and person.no_pets:
        found.append((PETS, Reason(Why.PETS)))
    return found
