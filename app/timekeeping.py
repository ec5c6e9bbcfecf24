"""What the role `clock` does at every tick: ask the database what is due."""

from handlers.front_door import FrontDoor


class Timekeeper:
    """Every step asks what is due and does it once, however many processes tick."""

    def __init__(self, *, front_door: FrontDoor) -> None:
        self._front_door = front_door

    async def tick(self) -> None:
        """One look at everything that waits for its time."""
        await self._front_door.finish_silent()
