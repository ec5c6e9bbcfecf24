"""
The volunteers' side door: their messages take the residents' way through the front door
(inbox, dialogue under its lock, outbox) and are answered here instead.

What speaks of danger is left to the residents' verbs: they open a ticket and ring, whoever
writes. A question of theirs that is still open is theirs to hear the answer to, and so are
their buttons. While a member of staff talks with a volunteer, plain words are theirs;
buttons still do what they say.
"""

from collections.abc import Awaitable, Callable, Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import FrontDoorError
from core.messages import InboundKind
from core.texts import LANGUAGES
from handlers.residents.presses import UNKNOWN
from handlers.routing import is_emergency
from handlers.staff.desk import Desk
from handlers.turn import Outcome, Turn
from handlers.volunteers.chat import (
    answering,
    applying,
    doing,
    looking,
    myself,
    payloads,
)
from handlers.volunteers.chat.payloads import Press, unpack
from handlers.volunteers.chat.refusing import refuse
from handlers.volunteers.chat.talk import OURS, Talk
from handlers.volunteers.chat.words import MENU
from people.volunteer_chats import find_volunteer_of_chat

Step = Callable[[Talk], Awaitable[Outcome]]

FOR_ALL: Mapping[str, Step] = {
    payloads.START: looking.greet,
    payloads.HELP: looking.explain,
    payloads.STAFF: looking.call_staff,
    payloads.REGISTER: applying.begin,
    payloads.SET: applying.set_by_button,
    payloads.BACK: applying.step_back,
    payloads.LANGUAGE: myself.choose_language,
    payloads.SPEAK: myself.speak,
}
"""What also somebody may press whose chat belongs to no volunteer yet."""

FOR_VOLUNTEERS: Mapping[str, Step] = {
    **FOR_ALL,
    payloads.TASKS: looking.show_open,
    payloads.LACKING: looking.show_lacking,
    payloads.MINE: looking.show_own,
    payloads.ME: myself.show_profile,
    payloads.EDIT: myself.change,
    payloads.PAUSE: myself.rest,
    payloads.RESUME: myself.resume,
    payloads.HOURS: myself.show_hours,
    payloads.PAPER: myself.ask_paper,
    payloads.NOTICES: myself.show_notices,
    payloads.UNLINK: myself.unlink,
    payloads.SKIP: doing.skip,
    payloads.OPEN: looking.show_task,
    payloads.CLAIM: doing.claim,
    payloads.NOT_NOW: doing.not_now,
    payloads.GO: doing.go,
    payloads.LATE: doing.late,
    payloads.RELEASE: doing.release,
    payloads.HERE: doing.arrive,
    payloads.DONE: doing.finish,
    payloads.CALL: doing.call_for_help,
    payloads.SAY: doing.ask_what_to_say,
    payloads.MINUTES: doing.ask_minutes,
}

_BY_KIND: Mapping[InboundKind, Step] = {
    InboundKind.GROUP: looking.decline_group,
    InboundKind.REACH: looking.note_reach,
    InboundKind.OTHER: looking.decline_other,
}
"""What is no word and no button, the same for everybody."""

_WORDS: Mapping[InboundKind, Step] = {
    InboundKind.MEDIA: answering.look,
    InboundKind.EDIT: answering.correct,
}
"""How volunteers' messages that are no buttons are heard; all others as plain words."""


_JOINING = ("报名", "登记", "注册")
"""What people write who want to become volunteers; here it means nothing else."""


class VolunteerChat:
    """Answers volunteers in a messenger."""

    def __init__(self, *, desk: Desk) -> None:
        self._desk = desk
        self._menu = {
            desk.texts.say(f"volunteer_chat.choice.{key}", language): payload
            for key, payload in MENU
            for language in LANGUAGES
        }

    def takes(self, turn: Turn) -> bool:
        """Everything but danger, what residents' verbs wait for, and words to staff."""
        if is_emergency(turn):
            return False
        asking = turn.dialogue.asking
        asked_by_others = asking is not None and not asking.startswith(OURS)
        press = self._pressed(turn)
        if press is None:
            return turn.message.kind in _BY_KIND or not (
                asked_by_others or turn.standing.held_by_id
            )
        if press.verb not in FOR_VOLUNTEERS:
            return turn.press in (None, UNKNOWN)
        return not (asked_by_others and press.verb == payloads.SKIP)

    async def act(self, session: AsyncSession, turn: Turn) -> Outcome:
        """
        Do what the message asks.

        A rule that refuses is answered in words; what was written until then
        is taken back, the answer is not.
        """
        by = await find_volunteer_of_chat(session, turn.standing.address)
        talk = Talk(session, self._desk, turn, by)
        try:
            async with session.begin_nested():
                return await self._step(talk)(talk)
        except FrontDoorError as error:
            return refuse(talk, error)

    def _step(self, talk: Talk) -> Step:
        kind = talk.turn.message.kind
        if kind in _BY_KIND:
            return _BY_KIND[kind]
        press = self._pressed(talk.turn)
        if press is None and talk.by is None:
            return answering.correct if kind is InboundKind.EDIT else _of_a_stranger(talk.turn)
        if press is None:
            return _WORDS.get(kind, answering.hear)
        talk.press = press
        known = FOR_VOLUNTEERS if talk.by else FOR_ALL
        return known.get(press.verb, looking.greet if talk.by is None else _gone)

    def _pressed(self, turn: Turn) -> Press | None:
        """The button that was pressed, or whose title was typed; None for plain words."""
        message = turn.message
        if message.kind is InboundKind.PRESS:
            return unpack(message.payload or "") or Press("?")
        if message.kind is not InboundKind.TEXT:
            return None
        text = message.text.strip()
        if text.startswith("/"):
            return unpack(text) or Press("?")
        offered = dict(turn.dialogue.choices).get(text) or self._menu.get(text)
        return unpack(offered) or Press("?") if offered else None


async def _gone(talk: Talk) -> Outcome:
    return talk.gone()


def _of_a_stranger(turn: Turn) -> Step:
    """Words of somebody who is no volunteer yet: wants to become one, or brings the code."""
    wants = turn.act == "volunteer_signup" or any(word in turn.words for word in _JOINING)
    return applying.begin if wants else looking.link
