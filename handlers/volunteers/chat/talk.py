"""One message of a volunteer, with everything that its answer needs."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import NotFound
from core.messages import Choice, Reply
from handlers.staff.desk import Desk
from handlers.turn import Outcome, Turn
from handlers.volunteers.chat import payloads
from handlers.volunteers.chat.payloads import Press
from handlers.volunteers.chat.words import Wording
from people.permissions import VolunteerMember

OURS = "volunteer."
"""Begins what a dialogue with a volunteer asks for: `volunteer.note:<task>`."""
CHANGED = ("tasks", "console", "outbox")
"""Whom to tell when a task is different now: volunteers' lists, the console, the sender."""
_SURE = 0.5


@dataclass(frozen=True, slots=True)
class Asked:
    """What the last message asked for: which question, about which task, and what else."""

    question: str = ""
    about: UUID | None = None
    extra: str = ""


@dataclass(slots=True)
class Talk:
    """What a step works with."""

    session: AsyncSession
    desk: Desk
    turn: Turn
    by: VolunteerMember | None
    press: Press = field(default_factory=lambda: Press("?"))

    @property
    def wording(self) -> Wording:
        """Words in the volunteer's language, now."""
        return Wording(self.desk, self.turn.language, self.turn.now)

    @property
    def member(self) -> VolunteerMember:
        """The volunteer; only steps for volunteers ask."""
        if self.by is None:
            raise LookupError("no volunteer")
        return self.by

    @property
    def about(self) -> UUID:
        """The task that the pressed button is about; a button without one is answered politely."""
        if self.press.about is None:
            raise NotFound("task", self.press.verb)
        return self.press.about

    @property
    def words(self) -> str:
        """What was written, without blanks around it."""
        return self.turn.words.strip()

    @property
    def asked(self) -> Asked:
        """What this message may be the answer to."""
        asking = self.turn.dialogue.asking or ""
        if not asking.startswith(OURS):
            return Asked()
        question, _, rest = asking.removeprefix(OURS).partition(":")
        about, _, extra = rest.partition(":")
        try:
            return Asked(question, UUID(hex=about), extra)
        except ValueError:
            return Asked(question, None, rest)

    @property
    def wants_person(self) -> bool:
        """Whether these words ask for a human: 人工, 找人, 转人工."""
        act = self.turn.understanding.act
        return self.turn.press is None and act.name == "talk_to_human" and act.confidence >= _SURE

    @property
    def answers(self) -> Mapping[str, str]:
        """What was filled in so far."""
        return self.turn.dialogue.answers

    def menu(self) -> tuple[Choice, ...]:
        """What can always be done here."""
        return self.wording.menu(volunteer=self.by is not None)

    def answer(
        self,
        *replies: Reply,
        asking: str | None = None,
        answers: Mapping[str, str] | None = None,
        ticket_id: UUID | None = None,
        rings: bool = False,
        topics: tuple[str, ...] = (),
    ) -> Outcome:
        """
        Say this; `asking` is what the next message answers (`note:<task>`).

        `answers` takes the place of what was filled in so far; None leaves it.
        """
        dialogue = replace(self.turn.dialogue, asking=f"{OURS}{asking}" if asking else None)
        if answers is not None:
            dialogue = replace(dialogue, answers=dict(answers))
        return Outcome(replies, dialogue, ticket_id=ticket_id, rings=rings, topics=topics)

    def stay(self, *replies: Reply) -> Outcome:
        """Say this, if anything; what was asked is still asked."""
        return Outcome(replies, self.turn.dialogue)

    def ask(self, key: str, question: str, *choices: Choice, **facts: object) -> Outcome:
        """Ask something about a task whose next words are the answer."""
        return self.answer(self.wording.say(key, *choices, **facts), asking=question)

    def gone(self) -> Outcome:
        """An old or forged button: nothing changes, a question that waits goes on waiting."""
        return self.stay(self.wording.say("refused.old", *self.menu()))

    def skip(self, key: str = "skip") -> Choice:
        """「不写」: no answer is an answer."""
        return self.wording.choice(key, payloads.SKIP)
