"""Reading what volunteers write of themselves, and the choices that their forms offer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from fastapi import Request

from core.clock import CHINA
from core.errors import InvalidInput
from core.taxonomy import Street, Taxonomy
from core.texts import Texts
from people.profiles import LANGUAGES, PARTS, Profile
from people.registration import Abilities, Application, Guardian, birth_year_from

_SEVERAL = ("skills", "languages", "communities", "times")


@dataclass(frozen=True, slots=True)
class Filled:
    """A form as it was sent: single fields and lists."""

    words: Mapping[str, str] = field(default_factory=dict)
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def word(self, name: str) -> str:
        """A single field, without blanks around it."""
        return self.words.get(name, "").strip()

    def several(self, name: str) -> tuple[str, ...]:
        """What was ticked."""
        return self.lists.get(name, ())


async def read_filled(request: Request) -> Filled:
    """The form of a request."""
    form = await request.form()
    texts = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
    return Filled(
        words=dict(texts),
        lists={name: tuple(value for key, value in texts if key == name) for name in _SEVERAL},
    )


def abilities_of(filled: Filled, street: Street) -> Abilities:
    """Skills, places, times and wishes; every community ticked means anywhere."""
    places = filled.several("communities")
    everywhere = len(places) == len(street.communities)
    minutes = filled.word("max_minutes")
    return Abilities(
        skills=(*filled.several("skills"), *_listed(filled.word("more_skills"))),
        languages=filled.several("languages"),
        home_community=filled.word("home_community") or None,
        communities=() if everywhere else places,
        times=filled.several("times"),
        no_pets=filled.word("no_pets") == "yes",
        max_minutes=_minutes(minutes) if minutes else None,
    )


def application_of(filled: Filled, street: Street, *, today: date) -> Application:
    """A registration; raises `InvalidInput` for a year of birth that cannot be read."""
    guardian_name, guardian_phone = filled.word("guardian_name"), filled.word("guardian_phone")
    named = bool(guardian_name or guardian_phone)
    return Application(
        name=filled.word("name"),
        phone=filled.word("phone"),
        birth_year=birth_year_from(filled.word("birth_year"), today),
        login=filled.word("login"),
        abilities=abilities_of(filled, street),
        guardian=Guardian(name=guardian_name, phone=guardian_phone) if named else None,
        guardian_agrees=filled.word("guardian_agrees") == "yes",
        national_number=filled.word("national_number"),
        agrees_to_rules=filled.word("rules") == "yes",
    )


def filled_from(profile: Profile, known_skills: tuple[str, ...]) -> Filled:
    """The form as the volunteer last left it."""
    more = [each for each in profile.skills if each not in known_skills]
    return Filled(
        words={
            "more_skills": "、".join(more),
            "home_community": profile.home_community or "",
            "no_pets": "yes" if profile.no_pets else "",
            "max_minutes": str(profile.max_minutes or ""),
        },
        lists={
            "skills": profile.skills,
            "languages": profile.languages,
            "communities": profile.communities,
            "times": profile.times,
        },
    )


def form_choices(street: Street, taxonomy: Taxonomy, texts: Texts, language: str) -> dict[str, Any]:
    """Everything that can be ticked or chosen."""
    return {
        "skill_choices": [(each, each) for each in taxonomy.helps],
        "language_choices": [
            (each, texts.say(f"volunteer.language.{each}", language)) for each in LANGUAGES
        ],
        "community_choices": [(each.id, each.name) for each in street.communities.values()],
        "days": [
            (
                texts.say(f"web.time.weekday.{day}", language),
                [(f"{day}{part}", texts.say(f"volunteer.part.{part}", language)) for part in PARTS],
            )
            for day in range(7)
        ],
    }


def pause_of(filled: Filled, now: datetime) -> tuple[datetime, datetime | None]:
    """From when until when, by whole civil days; the last day counts. Raises `InvalidInput`."""
    first = _day(filled.word("from")) if filled.word("from") else now.astimezone(CHINA).date()
    last = _day(filled.word("until")) if filled.word("until") else None
    ends = None if last is None else _midnight(last + timedelta(days=1))
    return _midnight(first), ends


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput("from", "volunteer.error.pause_date") from None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=CHINA)


def _minutes(text: str) -> int:
    if not text.isdecimal():
        raise InvalidInput("max_minutes", "volunteer.error.max_minutes")
    return int(text)


def _listed(text: str) -> list[str]:
    for mark in ("，", "、", ",", "；", ";"):
        text = text.replace(mark, "\n")
    return [line.strip() for line in text.splitlines() if line.strip()]
