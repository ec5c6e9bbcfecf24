"""
Which verb a message is for: danger, then a person, then what was asked, then act and matter.

The order is the taxonomy's `rule_order`. Nothing here writes; `route` is a
function of the turn alone and easily tested.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from core.messages import InboundKind
from handlers.residents import (
    ask_question,
    bring_person,
    carry_words,
    choose,
    commands,
    edit,
    elsewhere,
    follow_up,
    held,
    make_request,
    media,
    place,
    presses,
    raise_emergency,
    reach,
    report_answer,
    same_ticket,
    small_talk,
    yes_no,
)
from handlers.residents.clues import has_place
from handlers.residents.desk import FrontDesk
from handlers.turn import Outcome, Turn
from intents.understanding import is_blank

Verb = Callable[[AsyncSession, FrontDesk, Turn], Awaitable[Outcome]]

_BY_ACT: Mapping[str, Verb] = {
    "greet": small_talk.greet,
    "thanks": small_talk.say_thanks,
    "bye": small_talk.say_bye,
    "ask_bot": small_talk.tell_about_bot,
    "cannot_use": small_talk.make_easier,
    "repeat": small_talk.repeat,
    "vent": small_talk.comfort,
    "abusive": small_talk.answer_abuse,
    "out_of_scope": small_talk.point_elsewhere,
    "privacy_request": small_talk.handle_privacy,
    "praise": small_talk.take_praise,
    "volunteer_signup": small_talk.take_volunteer,
    "ask_status": follow_up.tell_status,
    "urge": follow_up.chase,
    "add_info": follow_up.add_information,
    "correct_info": follow_up.add_information,
    "provide_slot": follow_up.add_information,
    "cancel": follow_up.withdraw,
    "dissatisfied_result": follow_up.not_solved,
    "satisfied_result": follow_up.solved,
    "complain_handling": follow_up.complain_about_handling,
    "affirm": follow_up.take_yes,
    "deny": follow_up.take_no,
}

_BY_PRESS: Mapping[str, Verb] = {
    presses.PERSON: bring_person.bring_person,
    presses.DETAILS: ask_question.tell_details,
    presses.OPEN: ask_question.open_after_answer,
    presses.WRONG: report_answer.report_answer,
    presses.PROGRESS: follow_up.tell_status,
    presses.STOP_WAITING: bring_person.stop_waiting,
    presses.SOLVED: follow_up.solved,
    presses.NOT_SOLVED: follow_up.not_solved,
    presses.LARGER: small_talk.make_easier,
    presses.NO_THANKS: carry_words.no_thanks,
    presses.START: commands.start,
    presses.HELP: commands.give_help,
    presses.LANGUAGE: commands.offer_languages,
}

_NOT_FOR_US: Mapping[InboundKind, Verb] = {
    InboundKind.REACH: reach.note_reach,
    InboundKind.GROUP: elsewhere.decline_group,
    InboundKind.OTHER: elsewhere.decline_other,
}
"""What says nothing about a matter; a group's words are nobody's request."""

_WHILE_HELD: Mapping[InboundKind, Verb] = {
    InboundKind.REACH: reach.note_reach,
    InboundKind.EDIT: edit.correct_in_held,
    InboundKind.PLACE: place.place_in_held,
}

_NONE: tuple[str, ...] = ()
_EXPECTED: Mapping[str, tuple[str, ...]] = {
    make_request.COMMUNITY: (presses.SKIP,),
    make_request.CALLBACK: (presses.SKIP, presses.HERE),
    make_request.DANGER_NOW: (presses.YES, presses.NO),
    choose.EITHER_OR: (presses.PICK,),
    same_ticket.SAME: (presses.YES, presses.OTHER),
    raise_emergency.PAST: (presses.YES, presses.NO),
    carry_words.RELAY: (presses.SKIP,),
    carry_words.THANKS: (presses.SKIP,),
}
"""Which buttons answer which question; any other is old or forged and changes nothing."""

_INTERRUPTING = frozenset(
    {
        "repeat",
        "cannot_use",
        "ask_bot",
        "cancel",
        "ask_status",
        "complain_handling",
        "privacy_request",
        "abusive",
        "thanks",
    }
)
"""Acts that are heard even while a question waits for its answer."""

_NOT_FOR_VOLUNTEERS = frozenset(
    {"cannot_use", "ask_bot", "cancel", "complain_handling", "privacy_request", "abusive"}
)
"""What is for us or for a person, also while a volunteer waits for an answer."""

_SURE_ENOUGH = 0.5
_SHORTEST_STORY = 8
"""Characters from which on a message is registered even if its matter is not clear."""
_CLOSE = 0.4
_NEW_REQUEST = frozenset({"raise_request", "ask_info"})


def route(turn: Turn) -> Verb:
    """The verb for a turn that no member of staff holds."""
    kind = turn.message.kind
    if kind in _NOT_FOR_US:
        return _NOT_FOR_US[kind]
    if kind is InboundKind.EDIT:
        return _corrected(turn)
    if kind is InboundKind.MEDIA:
        return media.with_files(_by_words(turn))
    if kind is InboundKind.PLACE:
        return _danger(turn) or place.take_place
    return _by_words(turn)


def route_held(turn: Turn) -> Verb:
    """The verb while a member of staff talks with this person: the bot says nothing."""
    return _WHILE_HELD.get(turn.message.kind, held.pass_on)


def _by_words(turn: Turn) -> Verb:
    return _danger(turn) or _person(turn) or _press(turn) or _asked(turn) or _anew(turn)


def _corrected(turn: Turn) -> Verb:
    if edit.is_unchanged(turn):
        return edit.keep_quiet
    danger = _danger(turn)
    return edit.with_danger(danger) if danger else edit.correcting(_by_words(turn))


def is_emergency(turn: Turn) -> bool:
    """Whether this message must be acted on whoever holds the conversation."""
    if turn.message.kind in _NOT_FOR_US or edit.is_unchanged(turn):
        return False
    return turn.press is None and turn.understanding.danger is not None


def _danger(turn: Turn) -> Verb | None:
    danger = turn.understanding.danger
    if turn.press is not None or danger is None:
        return None
    asked_already = turn.dialogue.asking == raise_emergency.PAST
    if danger.past and not asked_already:
        return raise_emergency.ask_about_past
    return None if danger.past else raise_emergency.raise_emergency


def _person(turn: Turn) -> Verb | None:
    if turn.press == presses.PERSON:
        return bring_person.bring_person
    if turn.press is None and turn.act == "talk_to_human" and _means_it(turn):
        return bring_person.bring_person
    if turn.standing.waiting_since_at is None or turn.press is not None:
        return None
    return bring_person.stop_waiting if turn.act == "cancel" else bring_person.keep_waiting


def _press(turn: Turn) -> Verb | None:
    if turn.press is None:
        return None
    if presses.is_out_of_date(turn):
        return small_talk.refuse_press
    if turn.press in _BY_PRESS:
        return _BY_PRESS[turn.press]
    if turn.press.startswith(presses.TOPIC):
        return small_talk.open_topic
    if turn.press.startswith(presses.SPEAK):
        return commands.speak
    if turn.press.startswith(presses.RELAY):
        return carry_words.ask_for_answer
    if turn.press.startswith(presses.THANKS):
        return carry_words.ask_for_thanks
    if not turn.press.startswith(_EXPECTED.get(turn.dialogue.asking or "", _NONE)):
        return small_talk.refuse_press
    return _asked(turn) or small_talk.refuse_press


def _asked(turn: Turn) -> Verb | None:
    """What the last question waits for."""
    asking = turn.dialogue.asking
    if turn.message.contact_phone and asking not in (make_request.CALLBACK, follow_up.PROOF):
        return place.take_number
    if asking is None or is_blank(turn.words):
        return None
    if asking in (carry_words.RELAY, carry_words.THANKS):
        return _for_volunteers(turn)
    if turn.press is None and turn.act in _INTERRUPTING and _means_it(turn):
        return None
    if asking in make_request.SLOTS:
        return _slot(turn)
    if asking == choose.EITHER_OR:
        return choose.take_choice
    if asking == same_ticket.SAME:
        return _same(turn)
    if asking == raise_emergency.PAST:
        return _past(turn)
    if asking == raise_emergency.PLACE:
        return raise_emergency.add_place
    return follow_up.prove if asking == follow_up.PROOF else None


def _for_volunteers(turn: Turn) -> Verb | None:
    """The words that a volunteer is to hear: said a moment ago and meant for nobody else."""
    meant_for_us = turn.press is None and turn.act in _NOT_FOR_VOLUNTEERS and _means_it(turn)
    fresh = carry_words.is_fresh(turn.dialogue, turn.now)
    return carry_words.take_words if fresh and not meant_for_us else None


def _slot(turn: Turn) -> Verb:
    """An answer to the form's question, unless it clearly is another request."""
    form = turn.dialogue.form
    another = (
        turn.press is None
        and turn.act in _NEW_REQUEST
        and turn.matter is not None
        and turn.understanding.decision == "sure"
        and form is not None
        and turn.matter != form.matter
        and not turn.understanding.entities
    )
    return another_request if another else make_request.fill_slot


def _same(turn: Turn) -> Verb:
    if turn.press == presses.OTHER or (turn.press is None and turn.act == "deny"):
        return yes_no.not_the_same
    if turn.press == presses.YES or turn.act in ("affirm", "urge", "ask_status"):
        return yes_no.the_same
    return yes_no.not_the_same if turn.act in _NEW_REQUEST else yes_no.the_same


def _past(turn: Turn) -> Verb:
    is_no = turn.press == presses.NO or (turn.press is None and turn.act == "deny")
    return yes_no.no_danger_now if is_no else raise_emergency.answer_about_past


def _anew(turn: Turn) -> Verb:
    """No question waits: by act, then by matter."""
    if is_blank(turn.words):
        return small_talk.ask_for_words
    if turn.act in _BY_ACT and (turn.act != "provide_slot" or turn.dialogue.ticket_number):
        return _BY_ACT[turn.act]
    if turn.understanding.decision == "unsure" or turn.matter is None:
        return make_request.register_for_person if _has_substance(turn) else choose.clarify
    if turn.understanding.decision == "either_or" and _two_are_likely(turn):
        return choose.ask_either_or
    return ask_question.ask_question if turn.act == "ask_info" else make_request.make_request


def _two_are_likely(turn: Turn) -> bool:
    """
    Whether asking is worth a turn: the second matter is not far behind the first.

    A lone doubtful guess is read back to the resident and judged again by the
    dispatcher, so going on costs less than a question with a far-fetched half.
    """
    first, second = turn.understanding.matter_ranking[:2]
    return second.confidence >= _CLOSE * first.confidence


def _has_substance(turn: Turn) -> bool:
    """Whether a person could do something with these words, though we cannot name the matter."""
    return (
        len(turn.words.strip()) >= _SHORTEST_STORY
        or has_place(_clues_of(turn))
        or turn.find_entity("phone") is not None
    )


def _clues_of(turn: Turn) -> dict[str, str]:
    """Named places and doors in this message."""
    kinds = {"community": "community", "place": "place", "building": "address"}
    return {slot: "" for kind, slot in kinds.items() if turn.find_entity(kind)}


def _means_it(turn: Turn) -> bool:
    return turn.understanding.act.confidence >= _SURE_ENOUGH


async def another_request(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
    """A second request in the middle of the first: the first becomes a ticket, nothing is lost."""
    first = await yes_no.finish_form(session, desk, turn)
    after = replace(turn, standing=replace(turn.standing, dialogue=first.dialogue))
    second = await _anew(after)(session, desk, after)
    return replace(second, replies=(*first.replies, *second.replies))
