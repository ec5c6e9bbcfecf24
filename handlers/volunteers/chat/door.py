"""
The volunteers' side door: their messages take the residents' way through the front door
(inbox, dialogue under its lock, outbox) and are answered here instead.

What speaks of danger is left to the residents' verbs: they open a ticket and ring, whoever
writes. A question of theirs that is still open is theirs to hear the answer to.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import FrontDoorError, InvalidInput, NotFound
from core.messages import InboundKind
from handlers.routing import is_emergency
from handlers.staff.desk import Desk
from handlers.turn import Outcome, Turn
from handlers.volunteers.chat import payloads, steps
from handlers.volunteers.chat.payloads import Press, unpack
from handlers.volunteers.chat.talk import OURS, Talk
from handlers.volunteers.explaining import say_lack
from people.volunteer_chats import find_volunteer_of_chat
from tickets.tasks import ClaimStepNotAllowed, TaskAlreadyClaimed, VolunteerNotSuited

Step = Callable[[Talk], Awaitable[Outcome]]

FOR_ALL: Mapping[str, Step] = {
    payloads.START: steps.greet,
    payloads.HELP: steps.explain,
    payloads.STAFF: steps.call_staff,
}
"""What also somebody may press whose chat belongs to no volunteer yet."""

FOR_VOLUNTEERS: Mapping[str, Step] = {
    **FOR_ALL,
    payloads.TASKS: steps.show_open,
    payloads.MINE: steps.show_own,
    payloads.ME: steps.show_profile,
    payloads.SKIP: steps.skip,
    payloads.OPEN: steps.show_task,
    payloads.CLAIM: steps.claim,
    payloads.NOT_NOW: steps.not_now,
    payloads.RELEASE: steps.release,
    payloads.ARRIVE: steps.arrive,
    payloads.DONE: steps.finish,
    payloads.CALL: steps.call_for_help,
}


class VolunteerChat:
    """Answers volunteers in a messenger."""

    def __init__(self, *, desk: Desk) -> None:
        self._desk = desk

    def takes(self, turn: Turn) -> bool:
        """Everything but danger and the answers to questions of the residents' verbs."""
        asking = turn.dialogue.asking
        return not is_emergency(turn) and (asking is None or asking.startswith(OURS))

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
            return _refused(talk, error)

    def _step(self, talk: Talk) -> Step:
        message = talk.turn.message
        if message.kind is InboundKind.GROUP:
            return steps.decline_group
        if message.kind is InboundKind.REACH:
            return steps.note_reach
        press = _pressed(talk)
        if press is not None:
            talk.press = press
            known = FOR_VOLUNTEERS if talk.by else FOR_ALL
            return known.get(press.verb, steps.greet if talk.by is None else steps.gone)
        return steps.hear if talk.by is not None else steps.link


def _pressed(talk: Talk) -> Press | None:
    """The button that was pressed, or whose title or number was typed; None for plain words."""
    message, dialogue = talk.turn.message, talk.turn.dialogue
    if message.kind is InboundKind.PRESS or message.text.startswith("/"):
        return unpack(message.payload or message.text) or Press("?")
    text = message.text.strip()
    offered = next((payload for title, payload in dialogue.choices if title == text), None)
    return unpack(offered) if offered else None


def _refused(talk: Talk, error: FrontDoorError) -> Outcome:
    """The one table of what rules refuse, in the volunteer's words."""
    words = talk.wording
    tasks = words.choice("tasks", payloads.TASKS)
    match error:
        case TaskAlreadyClaimed():
            reply = words.say("refused.taken", tasks)
        case VolunteerNotSuited():
            lacks = say_lack(error.lacks, error.what, talk.desk.texts, talk.turn.language)
            reply = words.say("refused.lacks", tasks, lacks=lacks)
        case ClaimStepNotAllowed():
            reply = words.say("refused.changed", words.choice("mine", payloads.MINE))
        case NotFound():
            reply = words.say("refused.gone", tasks)
        case InvalidInput():
            reply = replace(words.say("refused.input"), text=str(error))
        case _:
            raise error
    return talk.answer(reply)
