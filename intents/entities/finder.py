"""All kinds of entities in one pass over the normalised text."""

from core.taxonomy import Street
from intents.normalise import Normalised
from intents.understanding import Entity


class EntityFinder:
    """Finds every kind; immutable, so threads may share it."""

    def __init__(self, street: Street) -> None:
        self._street = street

    def find(self, written: str, text: Normalised) -> tuple[Entity, ...]:
        """Entities in the order in which they stand, with offsets of the original text."""
        return ()
