"""One message of a volunteer, with everything that its answer needs."""

from dataclasses import dataclass, field, replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import NotFound
from core.messages import Reply
from handlers.staff.desk import Desk
from handlers.turn import Outcome, Turn
from handlers.volunteers.chat.payloads import Press
from handlers.volunteers.chat.words import Wording
from people.permissions import VolunteerMember

OURS = "volunteer."
"""Begins what a dialogue with a volunteer asks for: `volunteer.note:<task>`."""


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

    def asked(self, what: str) -> UUID | None:
        """The task whose `what` was asked last, if that is what was asked."""
        kind, _, about = (self.turn.dialogue.asking or "").partition(":")
        return UUID(hex=about) if kind == f"{OURS}{what}" else None

    def answer(
        self,
        *replies: Reply,
        asking: str | None = None,
        ticket_id: UUID | None = None,
        rings: bool = False,
        topics: tuple[str, ...] = (),
    ) -> Outcome:
        """Say this; `asking` is what the next message answers (`note:<task>`)."""
        dialogue = replace(self.turn.dialogue, asking=f"{OURS}{asking}" if asking else None)
        return Outcome(replies, dialogue, ticket_id=ticket_id, rings=rings, topics=topics)
