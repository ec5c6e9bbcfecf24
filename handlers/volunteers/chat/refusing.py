"""What rules refuse, in the volunteer's words: one table."""

from core.errors import FrontDoorError, InvalidInput, NotFound
from core.messages import Reply
from handlers.turn import Outcome
from handlers.volunteers.chat import payloads
from handlers.volunteers.chat.talk import Talk
from handlers.volunteers.explaining import say_lack
from tickets.certificates import NothingToCertify
from tickets.claims import PartnerMissing
from tickets.hours import CorrectionPending
from tickets.relays import RelayClosed, TooMuchRelayed
from tickets.tasks import ClaimStepNotAllowed, TaskAlreadyClaimed, VolunteerNotSuited

_SIMPLE: dict[type[FrontDoorError], tuple[str, str, str]] = {
    TaskAlreadyClaimed: ("taken", "tasks", payloads.TASKS),
    ClaimStepNotAllowed: ("changed", "mine", payloads.MINE),
    PartnerMissing: ("alone", "mine", payloads.MINE),
    RelayClosed: ("closed", "staff", payloads.STAFF),
    TooMuchRelayed: ("too_much", "staff", payloads.STAFF),
    CorrectionPending: ("pending", "staff", payloads.STAFF),
    NothingToCertify: ("nothing", "hours", payloads.HOURS),
    NotFound: ("gone", "tasks", payloads.TASKS),
}
"""Which sentence, and the one button under it: its title and what it sends."""


def refuse(talk: Talk, error: FrontDoorError) -> Outcome:
    """
    Say it kindly; raises the error again when nobody foresaw it.

    An answer that cannot be taken may be given again: the question stays.
    """
    words = talk.wording
    if isinstance(error, InvalidInput):
        text = talk.desk.texts.say(error.text, talk.turn.language, **error.facts)
        choices = (talk.skip("never_mind"),) if talk.asked.question else talk.menu()
        return talk.stay(Reply(text, choices))
    if isinstance(error, VolunteerNotSuited):
        lacks = say_lack(error.lacks, error.what, talk.desk.texts, talk.turn.language)
        lacking = words.choice("tasks", payloads.TASKS)
        return talk.answer(words.say("refused.lacks", lacking, lacks=lacks))
    known = next((each for each in _SIMPLE if isinstance(error, each)), None)
    if known is None:
        raise error
    key, title, payload = _SIMPLE[known]
    return talk.answer(words.say(f"refused.{key}", words.choice(title, payload)))
