"""What the volunteers' templates see: words and addresses, never rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from core.actors import ActorKind
from core.clock import CHINA
from core.dates import today_in_china
from core.taxonomy import Street
from core.texts import Texts
from handlers.volunteers.cards import ClaimedTask, Partner, TaskCard
from handlers.volunteers.explaining import explain, say_lack
from people.permissions import VolunteerMember
from tickets.relays import Relayed
from tickets.tasks import ClaimStatus, TaskStatus
from web.times import TimeWords

_NEAR_DAYS = ("today", "tomorrow", "after")
_PAIR = 2
_AN_HOUR = 60
_UNBROKEN_DASH = "\u2060–\u2060"
"""Keeps 14:00–15:00 on one line of a narrow telephone."""


@dataclass(frozen=True, slots=True)
class TaskView:
    """A task before the claim, as the macros `task_row` and `task_card` want it."""

    id: UUID
    href: str
    title: str
    place: str
    time: str
    note: str
    places: str
    to_do: tuple[str, ...]
    not_to_do: tuple[str, ...]
    skill: str
    lacks: str
    """What is lacking and how to get it."""
    why: str = ""
    """Why it suits the reader, in one line."""


@dataclass(frozen=True, slots=True)
class OwnTaskView:
    """A task of one's own; name and door only while the claim stands."""

    task: TaskView
    state: str
    """`claimed`, `checked_in`, `completed`, `released`, `lapsed` or `cancelled`."""
    status: str
    arrived: str
    minutes: int
    name: str
    door: str
    note: str
    partners: tuple[str, ...] = ()
    """Whoever goes along: surname, skills, whether there already."""
    lonely: bool = False
    """A place beside this one is still free."""
    may_begin: bool = True
    confirmed: bool = False
    late: str = ""
    talk: tuple[tuple[str, str, str], ...] = ()
    """Who said what to whom, and when."""

    @property
    def active(self) -> bool:
        """Whether something is still to be done."""
        return self.state in (ClaimStatus.CLAIMED, ClaimStatus.CHECKED_IN)


@dataclass(frozen=True, slots=True)
class ProfileView:
    """What the street knows of a volunteer."""

    name: str
    skills: str
    communities: str
    visits: int
    hours: int
    minutes: int


class VolunteerViews:
    """Puts tasks into words in one language at one instant."""

    def __init__(self, texts: Texts, street: Street, *, language: str, now: datetime) -> None:
        self._texts = texts
        self._street = street
        self._language = language
        self._now = now
        self._times = TimeWords(texts, language, now)

    def task(self, card: TaskCard, query: str = "") -> TaskView:
        """A card; `query` brings the reader back to the list as it was filtered."""
        return TaskView(
            id=card.id,
            href=f"/volunteer/tasks/{card.id}{query}",
            title=card.title,
            place=self._place(card),
            time=self._say("task.time", time=self._span(card), length=self._length(card.minutes)),
            note=self._note(card),
            places=self._places(card),
            to_do=card.to_do,
            not_to_do=card.not_to_do,
            skill=self._say("task.skill", skill=card.skill) if card.skill else "",
            lacks=say_lack(card.lacks, card.lacks_what, self._texts, self._language)
            if card.lacks
            else "",
            why=explain(card.why, self._texts, self._language),
        )

    def own(self, own: ClaimedTask, talk: Sequence[Relayed] = ()) -> OwnTaskView:
        """A task of one's own, with the words that went to and fro."""
        state = _state(own)
        arrived = self._times.clock(own.checked_in_at)
        return OwnTaskView(
            task=self.task(own.card),
            state=state,
            status=self._say(f"mine.status.{state}", minutes=own.minutes or 0),
            arrived=self._say("step.at", at=arrived) if arrived else "",
            minutes=own.minutes or 0,
            name=own.name or "",
            door=own.address or "",
            note=own.note or "",
            partners=tuple(self._partner(each) for each in own.partners),
            lonely=own.card.places_left > 0 and own.card.places > 1,
            may_begin=own.may_begin,
            confirmed=own.confirmed_at is not None,
            late=self._claim("late_until", until=self._times.clock(own.late_until_at))
            if own.late_until_at
            else "",
            talk=tuple(self._said(each, own.name or "") for each in talk),
        )

    def profile(self, member: VolunteerMember, own: Sequence[ClaimedTask]) -> ProfileView:
        """The volunteer, and what was given so far."""
        done = [each.minutes or 0 for each in own if each.claim_status == ClaimStatus.COMPLETED]
        hours, minutes = divmod(sum(done), _AN_HOUR)
        named = [
            self._street.communities[each].name
            for each in member.communities
            if each in self._street.communities
        ]
        return ProfileView(
            name=member.name,
            skills="、".join(member.skills) or self._say("me.none"),
            communities="、".join(named) or self._say("place.anywhere"),
            visits=len(done),
            hours=hours,
            minutes=minutes,
        )

    def _partner(self, partner: Partner) -> str:
        called = self._texts.say("claim.called", self._language, surname=partner.surname)
        parts = [self._claim("partner", name=called)]
        if partner.skills:
            parts.append(self._claim("partner_skills", skills="、".join(partner.skills)))
        if partner.is_there:
            parts.append(self._claim("partner_there"))
        elif partner.late_until_at:
            at = self._times.clock(partner.late_until_at)
            parts.append(self._claim("partner_late", until=at))
        return "，".join(parts)

    def _said(self, said: Relayed, name: str) -> tuple[str, str, str]:
        who = {
            ActorKind.VOLUNTEER: self._claim("said_by_volunteer"),
            ActorKind.STAFF: self._claim("said_by_staff", name=name),
        }.get(said.author_kind, name)
        at = self._times.clock(said.at)
        return who, said.words, f"{at} {self._claim('by_call')}" if said.by_call else at

    def _claim(self, key: str, **facts: object) -> str:
        return self._texts.say(f"claim.page.{key}", self._language, **facts)

    def _place(self, card: TaskCard) -> str:
        community = self._street.communities.get(card.community or "")
        if community is None or community.name in card.rough_place:
            return card.rough_place
        return f"{community.name} {card.rough_place}"

    def _span(self, card: TaskCard) -> str:
        starts, ends = card.starts_at.astimezone(CHINA), card.ends_at.astimezone(CHINA)
        begin, end = f"{starts.hour}:{starts.minute:02}", f"{ends.hour}:{ends.minute:02}"
        if starts.date() == ends.date():
            return f"{self._day(card.starts_at)} {begin}{_UNBROKEN_DASH}{end}"
        return f"{self._day(card.starts_at)} {begin} – {self._day(card.ends_at)} {end}"

    def _day(self, at: datetime) -> str:
        away = (today_in_china(at) - today_in_china(self._now)) // timedelta(days=1)
        if 0 <= away < len(_NEAR_DAYS):
            return self._say(f"day.{_NEAR_DAYS[away]}")
        return self._times.day(at)

    def _length(self, minutes: int) -> str:
        if minutes < _AN_HOUR:
            return self._say("task.about_minutes", count=minutes)
        hours, half = divmod(round(minutes / (_AN_HOUR / 2)), 2)
        return self._say("task.about_hours", count=f"{hours}.5" if half else hours)

    def _note(self, card: TaskCard) -> str:
        inside = "in_home" if card.in_home else ""
        company = "accompanied" if card.accompanied else "pair" if card.places == _PAIR else ""
        key = "_".join(filter(None, (inside, company)))
        return self._say(f"task.{key}") if key else ""

    def _places(self, card: TaskCard) -> str:
        return self._say("task.missing", count=card.places_left) if card.places_left else ""

    def _say(self, key: str, **facts: object) -> str:
        return self._texts.say(f"volunteer.{key}", self._language, **facts)


def is_active(own: ClaimedTask) -> bool:
    """Whether its holder still has something to do for it."""
    return _state(own) in (ClaimStatus.CLAIMED, ClaimStatus.CHECKED_IN)


def _state(own: ClaimedTask) -> str:
    held = own.claim_status in (ClaimStatus.CLAIMED, ClaimStatus.CHECKED_IN)
    called_off = own.card.status == TaskStatus.CANCELLED
    return "cancelled" if held and called_off else own.claim_status
