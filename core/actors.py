"""Who does something: the author of an event, a message or a view."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class ActorKind(StrEnum):
    """The five kinds of author that a ticket's history knows."""

    RESIDENT = "resident"
    BOT = "bot"
    STAFF = "staff"
    VOLUNTEER = "volunteer"
    CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class Actor:
    """One author; `person_id` is None for the bot, the clock and unknown residents."""

    kind: ActorKind
    person_id: UUID | None = None

    @classmethod
    def staff(cls, staff_id: UUID) -> "Actor":
        """A member of staff."""
        return cls(ActorKind.STAFF, staff_id)

    @classmethod
    def volunteer(cls, volunteer_id: UUID) -> "Actor":
        """A volunteer."""
        return cls(ActorKind.VOLUNTEER, volunteer_id)

    @classmethod
    def resident(cls, resident_id: UUID | None = None) -> "Actor":
        """A resident, who need not be known by name."""
        return cls(ActorKind.RESIDENT, resident_id)


BOT = Actor(ActorKind.BOT)
CLOCK = Actor(ActorKind.CLOCK)
