"""Who is touched by a message: population groups, and whether somebody speaks for another."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from core.taxonomy import Taxonomy
from intents.reading import read_yaml
from intents.understanding import Entity

PATTERNS = Path(__file__).parent / "groups.yaml"
EIGHTY = 80
GROWN_UP = 18


class GroupFinder:
    """Finds the taxonomy's groups by its cues and by our patterns (`groups.yaml`)."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        patterns = _patterns()
        self._cues = [
            (
                group.id,
                re.compile("|".join((*map(re.escape, group.cues), *patterns.get(group.id, ())))),
            )
            for group in taxonomy.groups.values()
        ]

    def find(self, text: str, entities: Sequence[Entity]) -> tuple[str, ...]:
        """Group ids in the taxonomy's order; `text` is normalised."""
        found = {group_id for group_id, cue in self._cues if cue.search(text)}
        for entity in entities:
            if entity.entity == "age" and isinstance(entity.value, int):
                if entity.value >= EIGHTY:
                    found.add("elder_80")
                elif entity.value < GROWN_UP:
                    found.add("child")
        return tuple(group_id for group_id, _ in self._cues if group_id in found)


def speaks_for_another(text: str, entities: Sequence[Entity]) -> bool:
    """Whether the message is on behalf of someone else; `text` is normalised."""
    if _behalf("phrases").search(text):
        return True
    kin = any(
        each.entity == "relation" and each.value in ("mother", "father", "grandparent", "child")
        for each in entities
    )
    return kin and not _behalf("not_for_kin").search(text)


@cache
def _patterns() -> Mapping[str, Sequence[str]]:
    return read_yaml(PATTERNS)


@cache
def _behalf(key: str) -> re.Pattern[str]:
    return re.compile("|".join(_patterns()[key]))
