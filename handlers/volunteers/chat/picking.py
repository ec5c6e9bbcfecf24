"""Questions with several answers: each button sets or takes away a tick, words do as well."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.errors import InvalidInput
from core.messages import Choice, Reply
from handlers.staff.desk import Desk
from handlers.volunteers.chat import payloads
from handlers.volunteers.chat.words import Wording
from people.profiles import LANGUAGES, PARTS

SKILLS, HOME, PLACES, TIMES, LANGUAGES_SPOKEN = "skills", "home", "places", "times", "languages"
FIELDS = (SKILLS, HOME, PLACES, TIMES, LANGUAGES_SPOKEN)
"""What a volunteer chooses from a list."""
READY = "ok"
"""What the last button sends in place of a number."""

_SHOWN = 24
_SKILLS_SHOWN = 12
"""The commonest; whatever else somebody can do is written."""
_PARTS_OF_WEEK = (("work", range(5)), ("weekend", range(5, 7)))
_TICK = "√ "
_BETWEEN = re.compile(r"[，、,；;\n]+|\s{2,}")
_ANYTHING = re.compile(r"都行|都可以|随便|没有|无|不限|不说|any|none", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Option:
    """One button: what it says, and which values it stands for."""

    title: str
    values: tuple[str, ...]

    def is_in(self, chosen: Sequence[str]) -> bool:
        """Whether it is ticked."""
        return set(self.values) <= set(chosen)


def options(desk: Desk, field: str, language: str) -> list[Option]:
    """What can be chosen."""
    if field == SKILLS:
        return [Option(each, (each,)) for each in desk.taxonomy.helps[:_SKILLS_SHOWN]]
    if field == TIMES:
        return _times(desk, language)
    if field == LANGUAGES_SPOKEN:
        say = desk.texts.say
        return [Option(say(f"volunteer.language.{each}", language), (each,)) for each in LANGUAGES]
    communities = list(desk.street.communities.values())[:_SHOWN]
    return [Option(each.name, (each.id,)) for each in communities]


def split_answer(answer: str) -> tuple[str, ...]:
    """What was chosen, as it is kept between two messages."""
    return tuple(each for each in answer.split(",") if each)


def toggled(answer: str, option: Option) -> str:
    """The answer with this option ticked, or no longer."""
    chosen = split_answer(answer)
    if option.is_in(chosen):
        return ",".join(each for each in chosen if each not in option.values)
    return ",".join(dict.fromkeys((*chosen, *option.values)))


def read_typed(words: str, field: str, known: Sequence[Option]) -> str:
    """
    An answer in words: titles or their beginnings; of skills also others.

    Raises `InvalidInput` for a place, a time or a language that nobody knows.
    """
    if _ANYTHING.fullmatch(words.strip("。. ")):
        return ""
    found: list[str] = []
    for part in filter(None, (each.strip() for each in _BETWEEN.split(words))):
        fitting = [each for each in known if each.title.lower().startswith(part.lower())]
        if fitting:
            found += fitting[0].values
        elif field == SKILLS:
            found.append(part)
        else:
            raise InvalidInput(field, "volunteer_chat.apply.unknown", what=part[:20])
    return ",".join(dict.fromkeys(found))


def card(wording: Wording, question: str, field: str, answer: str) -> tuple[str, list[Choice]]:
    """The question with what was chosen, and its buttons."""
    chosen, known = split_answer(answer), options(wording.desk, field, wording.language)
    own = [each for each in chosen if not any(each in option.values for option in known)]
    text = wording.words(question)
    if own:
        text += "\n" + wording.words("apply.also", what=wording.listed(own))
    buttons = [
        Choice(
            f"{_TICK}{option.title}" if field != HOME and option.is_in(chosen) else option.title,
            payloads.say(payloads.SET, field, number),
        )
        for number, option in enumerate(known)
    ]
    ready = "ready" if chosen and field != HOME else f"ready_{field}"
    return text, [*buttons, wording.choice(ready, payloads.say(payloads.SET, field, READY))]


def shown(text: str, buttons: Sequence[Choice], *, instead_of: int | None) -> Reply:
    """The card, in place of an earlier one where that was pressed."""
    return Reply(text, tuple(buttons), edits=instead_of)


def say_chosen(wording: Wording, field: str, chosen: Sequence[str]) -> str:
    """What was chosen, in words: 陪诊、理发; whole parts of the week in one."""
    known = options(wording.desk, field, wording.language)
    titles = [option.title for option in known if option.is_in(chosen)]
    covered = {value for option in known if option.is_in(chosen) for value in option.values}
    rest = [each for each in chosen if each not in covered]
    if field == TIMES:
        rest = [_single_time(wording, each) for each in rest]
    return wording.listed([*titles, *rest])


def _times(desk: Desk, language: str) -> list[Option]:
    """Six parts of the week; the page has all twenty-one."""
    return [
        Option(
            desk.texts.say(f"volunteer_chat.times.{when}_{part}", language),
            tuple(f"{day}{part}" for day in days),
        )
        for when, days in _PARTS_OF_WEEK
        for part in PARTS
    ]


def _single_time(wording: Wording, code: str) -> str:
    say = wording.desk.texts.say
    day = say(f"web.time.weekday.{code[0]}", wording.language)
    return say(f"volunteer.part_of_week.{code[1]}", wording.language, day=day)
