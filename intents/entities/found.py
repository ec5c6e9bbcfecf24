"""What every finder of this package yields: an entity whose span is in the normalised text."""

from intents.understanding import Entity

Found = Entity


def overlaps(first: Found, second: Found) -> bool:
    """Whether two spans share a character."""
    return first.start < second.end and second.start < first.end
