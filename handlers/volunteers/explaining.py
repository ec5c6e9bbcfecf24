"""Why a volunteer and a task suit each other, in one line: 同社区，会陪诊，周二上午有空，上次也是您."""

from collections.abc import Sequence

from core.texts import Texts
from tickets.matching import Reason, Why
from tickets.suitability import LackReason


def explain(
    reasons: Sequence[Reason], texts: Texts, language: str, *, to: str = "volunteer"
) -> str:
    """
    The reasons in the reader's words; `to` is `volunteer` or `staff`.

    Empty when there are none: then nothing is shown.
    """
    comma = "，" if language == "zh" else ", "
    return comma.join(_word(each, texts, language, to) for each in reasons)


def _word(reason: Reason, texts: Texts, language: str, to: str) -> str:
    what = reason.what
    if reason.why is Why.FREE:
        what = say_part_of_week(what, texts, language)
    elif reason.why is Why.LANGUAGE:
        what = texts.say(f"volunteer.language.{what}", language)
    return texts.say(f"volunteer.match.{to}.{reason.why}", language, what=what)


def say_part_of_week(code: str, texts: Texts, language: str) -> str:
    """`1m` in words: 周二上午."""
    day = texts.say(f"web.time.weekday.{code[0]}", language)
    return texts.say(f"volunteer.part_of_week.{code[1]}", language, day=day)


def say_lack(reason: str, what: str, texts: Texts, language: str) -> str:
    """What is lacking and how to get it, to the volunteer; `what` is a training or a skill."""
    if reason == LackReason.TRAINING:
        what = texts.say(f"volunteer.proof.{what}", language)
    return texts.say(f"volunteer.lacks.{reason}", language, what=what)
