"""What every finder of this package yields: an entity whose span is in the normalised text."""

from intents.understanding import Entity

Found = Entity
