"""
Becoming a volunteer in the chat, one question at a time.

What was answered stays in the dialogue, so that it can be broken off and taken
up again; nothing is registered before the rules are agreed to. The same
questions change one's own profile later.
"""

from collections.abc import Mapping
from dataclasses import replace

from core.dates import today_in_china
from core.errors import InvalidInput
from core.messages import Choice, Reply
from handlers.turn import Outcome
from handlers.volunteers.chat import payloads, picking
from handlers.volunteers.chat.talk import Talk
from people.profiles import get_profile, may_be_minor
from people.registration import (
    Abilities,
    Application,
    Guardian,
    abilities_of,
    birth_year_from,
    checked_name,
    checked_phone,
    describe_self,
    register,
)
from people.volunteer_chats import join_chat, may_join_again

APPLY, EDIT = "apply", "edit"
NAME, PHONE, YEAR, RULES = "name", "phone", "birth_year", "rules"
GUARDIAN_NAME, GUARDIAN_PHONE, GUARDIAN_AGREES = (
    "guardian_name",
    "guardian_phone",
    "guardian_agrees",
)
_QUESTIONS = (
    NAME,
    PHONE,
    YEAR,
    GUARDIAN_NAME,
    GUARDIAN_PHONE,
    GUARDIAN_AGREES,
    *picking.FIELDS,
    RULES,
)
_FOR_MINORS = frozenset({GUARDIAN_NAME, GUARDIAN_PHONE, GUARDIAN_AGREES})
_AGREEMENTS = frozenset({GUARDIAN_AGREES, RULES})
_YES, _ANEW, _ON = "yes", "anew", "on"
_RULES_SHOWN = ("pay", "private", "limits", "money", "late", "pair")


async def begin(talk: Talk) -> Outcome:
    """Start the registration, or go on where it stopped; a volunteer is one already."""
    if talk.by is not None:
        return talk.stay(talk.wording.say("apply.already", *talk.menu()))
    if talk.answers and talk.press.extra == "":
        words = talk.wording
        return talk.answer(
            words.say(
                "apply.half_way",
                words.choice("go_on", payloads.say(payloads.REGISTER, _ON)),
                words.choice("anew", payloads.say(payloads.REGISTER, _ANEW)),
            )
        )
    answers = {} if talk.press.extra == _ANEW else dict(talk.answers)
    outcome = _ask_next(talk, answers)
    return outcome if answers else _before(outcome, talk.wording.say("apply.intro"))


async def take(talk: Talk) -> Outcome:
    """An answer in words; one that cannot be taken is asked for again."""
    field = talk.asked.extra
    try:
        return await _taken(talk, field, _read(talk, field))
    except InvalidInput as error:
        sorry = Reply(talk.desk.texts.say(error.text, talk.turn.language, **error.facts))
        return _before(talk.stay(_question(talk, field, dict(talk.answers))), sorry)


async def set_by_button(talk: Talk) -> Outcome:
    """A button under a question: a tick, a choice, 「同意」 or 「好了」."""
    field, _, value = talk.press.extra.partition(" ")
    asked = talk.asked
    if asked.question not in (APPLY, EDIT) or asked.extra != field:
        return talk.gone()
    if field in picking.FIELDS:
        return await _picked(talk, field, value)
    if field in _AGREEMENTS and value == _YES:
        return await _taken(talk, field, _YES)
    return talk.gone()


async def step_back(talk: Talk) -> Outcome:
    """「改上一项」: the question before is asked again."""
    answers = dict(talk.answers)
    if talk.asked.question != APPLY or not answers:
        return talk.gone()
    answers.pop(talk.asked.extra, None)
    answered = [each for each in _QUESTIONS if each in answers]
    answers.pop(answered[-1] if answered else NAME, None)
    return _ask_next(talk, answers)


def correct(talk: Talk, before: str) -> Outcome:
    """An answer was changed where it was written: it counts, and the present question stays."""
    given = [name for name in (NAME, PHONE, YEAR) if talk.answers.get(name) == before]
    if not given:
        return talk.stay()
    try:
        value = _read(talk, given[0])
    except InvalidInput:
        return talk.stay()
    answers = {**talk.answers, given[0]: value}
    again = _question(talk, talk.asked.extra, answers)
    asking = f"{APPLY}:{talk.asked.extra}"
    return talk.answer(talk.wording.say("apply.corrected"), again, asking=asking, answers=answers)


async def edit(talk: Talk) -> Outcome:
    """Change one thing that the street knows of this volunteer."""
    field = talk.press.extra
    if field not in picking.FIELDS:
        return talk.gone()
    profile = await get_profile(talk.session, talk.member.id)
    has = {
        picking.SKILLS: profile.skills,
        picking.HOME: (profile.home_community or "",),
        picking.PLACES: profile.communities,
        picking.TIMES: profile.times,
        picking.LANGUAGES_SPOKEN: profile.languages,
    }[field]
    answers = {field: ",".join(has)}
    return talk.answer(_question(talk, field, answers), asking=f"{EDIT}:{field}", answers=answers)


async def _picked(talk: Talk, field: str, value: str) -> Outcome:
    answer = talk.answers.get(field, "")
    if value == picking.READY:
        return await _taken(talk, field, "" if field == picking.HOME else answer)
    known = picking.options(talk.desk, field, talk.turn.language)
    if not (value.isascii() and value.isdigit() and int(value) < len(known)):
        return talk.gone()
    option = known[int(value)]
    if field == picking.HOME:
        return await _taken(talk, field, option.values[0])
    answers = {**talk.answers, field: picking.toggled(answer, option)}
    pressed = talk.turn.card.number if talk.turn.card else None
    return talk.answer(
        _question(talk, field, answers, instead_of=pressed),
        asking=f"{talk.asked.question}:{field}",
        answers=answers,
    )


async def _taken(talk: Talk, field: str, value: str) -> Outcome:
    answers = {**talk.answers, field: value}
    if talk.asked.question == EDIT:
        return await _change(talk, answers)
    if field == RULES:
        return await _register(talk, answers)
    return _ask_next(talk, answers)


async def _change(talk: Talk, answers: Mapping[str, str]) -> Outcome:
    profile = await get_profile(talk.session, talk.member.id)
    communities = talk.desk.street.communities.keys()
    await describe_self(
        talk.session,
        talk.member.id,
        _abilities(answers, abilities_of(profile)),
        communities=communities,
    )
    return talk.answer(talk.wording.say("me.changed", *talk.menu()), answers={}, topics=("tasks",))


async def _register(talk: Talk, answers: Mapping[str, str]) -> Outcome:
    """Everything was answered: the street has the application, and this chat is this person's."""
    address, now = talk.turn.standing.address, talk.turn.now
    if not await may_join_again(talk.session, address, now=now):
        return talk.answer(talk.wording.say("apply.too_often", *talk.menu()))
    talk.by = await register(
        talk.session,
        talk.desk.vault,
        _application(answers),
        communities=talk.desk.street.communities.keys(),
        password_hash=None,
        now=now,
    )
    await join_chat(talk.session, address, talk.by.id, now=now)
    done = talk.wording.say("apply.done", *talk.menu(), name=talk.by.name)
    return talk.answer(done, answers={}, topics=("console",))


def _application(answers: Mapping[str, str]) -> Application:
    guardian = None
    if answers.get(GUARDIAN_NAME):
        guardian = Guardian(name=answers[GUARDIAN_NAME], phone=answers.get(GUARDIAN_PHONE, ""))
    return Application(
        name=answers.get(NAME, ""),
        phone=answers.get(PHONE, ""),
        birth_year=int(answers[YEAR]) if answers.get(YEAR) else None,
        abilities=_abilities(answers, Abilities()),
        guardian=guardian,
        guardian_agrees=answers.get(GUARDIAN_AGREES) == _YES,
        agrees_to_rules=answers.get(RULES) == _YES,
    )


def _abilities(answers: Mapping[str, str], before: Abilities) -> Abilities:
    """What was answered, over what was known."""
    told = {name: picking.split_answer(answers[name]) for name in picking.FIELDS if name in answers}
    return replace(
        before,
        skills=told.get(picking.SKILLS, before.skills),
        languages=told.get(picking.LANGUAGES_SPOKEN, before.languages),
        home_community=(answers[picking.HOME] or None)
        if picking.HOME in answers
        else before.home_community,
        communities=told.get(picking.PLACES, before.communities),
        times=told.get(picking.TIMES, before.times),
    )


def _read(talk: Talk, field: str) -> str:
    """What somebody wrote, as it is kept; raises `InvalidInput`."""
    words = talk.words
    if field in (NAME, GUARDIAN_NAME):
        return checked_name(field, words)
    if field in (PHONE, GUARDIAN_PHONE):
        return checked_phone(field, words)
    if field == YEAR:
        return str(birth_year_from(words.removesuffix("年"), today_in_china(talk.turn.now)))
    if field in picking.FIELDS:
        known = picking.options(talk.desk, field, talk.turn.language)
        chosen = picking.read_typed(words, field, known)
        return chosen.partition(",")[0] if field == picking.HOME else chosen
    raise InvalidInput(field, f"volunteer_chat.apply.press_{field}")


def _ask_next(talk: Talk, answers: dict[str, str]) -> Outcome:
    field = next(
        each for each in _QUESTIONS if each not in answers and _wanted(talk, each, answers)
    )
    return talk.answer(_question(talk, field, answers), asking=f"{APPLY}:{field}", answers=answers)


def _wanted(talk: Talk, field: str, answers: Mapping[str, str]) -> bool:
    """Whether this is asked: about a guardian only those who may still be minors."""
    return field not in _FOR_MINORS or may_be_minor(int(answers.get(YEAR) or 0), talk.turn.now)


def _question(
    talk: Talk, field: str, answers: Mapping[str, str], *, instead_of: int | None = None
) -> Reply:
    words, key = talk.wording, f"apply.ask.{field}"
    back = [] if field == NAME or talk.by else [words.choice("back", payloads.BACK)]
    if field in picking.FIELDS:
        text, buttons = picking.card(words, key, field, answers.get(field, ""))
        return picking.shown(text, [*buttons, *back], instead_of=instead_of)
    if field in _AGREEMENTS:
        rules = [
            talk.desk.texts.say(f"volunteer.rules.{each}", words.language) for each in _RULES_SHOWN
        ]
        agree = Choice(words.words(f"choice.{field}"), payloads.say(payloads.SET, field, _YES))
        return words.say(key, agree, *back, rules="\n".join(rules))
    reply = words.say(key, *back)
    return replace(reply, asks=("phone",)) if field == PHONE else reply


def _before(outcome: Outcome, first: Reply) -> Outcome:
    """Say something first."""
    return replace(outcome, replies=(first, *outcome.replies))
