"""A volunteer's file in words, for the templates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from console.words import Words
from core.actors import ActorKind
from core.dates import today_in_china
from handlers.staff.vet_volunteer import SOON
from handlers.staff.volunteer_files import VolunteerFile
from handlers.volunteers.explaining import say_part_of_week
from people.profiles import Profile, Proof
from people.volunteer_events import DecisionEntry
from web.times import TimeWords


@dataclass(frozen=True, slots=True)
class VolunteerRow:
    """One line of the list."""

    id: UUID
    name: str
    status: str
    skills: str
    places: str
    homes: str


@dataclass(frozen=True, slots=True)
class ProofRow:
    """A training or an insurance."""

    id: UUID | None
    name: str
    days: str
    state: str
    """In words where it is worth saying: runs out soon, has run out."""


@dataclass(frozen=True, slots=True)
class FileView:
    """One file."""

    id: UUID
    name: str
    status: str
    status_words: str
    facts: Sequence[tuple[str, str]]
    minor: bool
    home_visits: bool
    proofs: Sequence[ProofRow]
    events: Sequence[tuple[str, str, str, str]]
    """When, what, by whom, words."""
    claims: int
    twins: int


def row_view(profile: Profile, words: Words) -> VolunteerRow:
    """A line of the list; no contact data."""
    return VolunteerRow(
        id=profile.id,
        name=profile.name,
        status=words.say(f"console.volunteers.status.{profile.status}"),
        skills="、".join(profile.skills),
        places=_places(profile, words),
        homes=words.say("console.volunteers.homes_open") if profile.home_visits else "",
    )


def file_view(
    file: VolunteerFile, names: Mapping[UUID, str], words: Words, when: TimeWords, now: datetime
) -> FileView:
    """The whole file."""
    profile = file.profile
    return FileView(
        id=profile.id,
        name=profile.name,
        status=profile.status,
        status_words=words.say(f"console.volunteers.status.{profile.status}"),
        facts=[
            (words.say(f"console.volunteers.fact.{name}"), text)
            for name, text in _facts(file, words, when)
        ],
        minor=profile.is_minor_at(now),
        home_visits=profile.home_visits,
        proofs=[_proof(each, words, now) for each in profile.proofs],
        events=[_event(each, names, words, when) for each in file.events],
        claims=file.claims,
        twins=file.twins,
    )


def _facts(file: VolunteerFile, words: Words, when: TimeWords) -> list[tuple[str, str]]:
    profile = file.profile
    speaks = "、".join(words.say(f"volunteer.language.{each}") for each in profile.languages)
    times = "、".join(_part(each, words) for each in profile.times)
    found = [
        ("registered", when.moment(file.registered_at)),
        ("born", str(profile.birth_year or "")),
        ("skills", "、".join(profile.skills)),
        ("languages", speaks),
        ("home", words.community(profile.home_community)),
        ("places", _places(profile, words)),
        ("times", times),
        ("minutes", str(profile.max_minutes or "")),
        ("pets", words.say("console.volunteers.no_pets") if profile.no_pets else ""),
        ("paused", when.moment(profile.paused_until_at) if profile.paused_from_at else ""),
        ("claims", str(file.claims) if file.claims else ""),
        ("chat", words.say(f"console.volunteers.chat.{file.chat}")),
    ]
    return [(name, text) for name, text in found if text]


def _part(code: str, words: Words) -> str:
    return say_part_of_week(code, words.texts, words.language)


def _places(profile: Profile, words: Words) -> str:
    named = "、".join(words.community(each) for each in profile.communities)
    return named or words.say("volunteer.place.anywhere")


def _proof(proof: Proof, words: Words, now: datetime) -> ProofRow:
    today, until = today_in_china(now), proof.valid_until
    state = ""
    if until is not None and until < today:
        state = words.say("console.volunteers.ran_out")
    elif until is not None and until <= today + SOON:
        state = words.say("console.volunteers.runs_out")
    ends = until.isoformat() if until else words.say("console.volunteers.no_end")
    return ProofRow(
        id=proof.id,
        name=words.say(f"volunteer.proof.{proof.kind}"),
        days=f"{proof.valid_from.isoformat()} – {ends}",
        state=state,
    )


def _event(
    event: DecisionEntry, names: Mapping[UUID, str], words: Words, when: TimeWords
) -> tuple[str, str, str, str]:
    by = names.get(event.by.person_id) if event.by.person_id else None
    own = event.by.kind is ActorKind.VOLUNTEER
    what = words.say(f"console.volunteers.event.{event.kind}")
    if "proof" in event.data:
        what += "：" + words.say(f"volunteer.proof.{event.data['proof']}")
    who = words.say("console.volunteers.self") if own else by or ""
    return when.clock(event.at), what, who, event.note or ""
