"""All kinds of entities of one message, none of them overlapping another."""

import re
from collections.abc import Iterable, Iterator

from core.taxonomy import Street
from intents.entities.ages import find_ages
from intents.entities.buildings import find_buildings
from intents.entities.codes import find_codes
from intents.entities.found import Found
from intents.entities.money import find_money
from intents.entities.places import PlaceFinder
from intents.entities.relations import find_relations
from intents.entities.times import find_times
from intents.normalise import Normalised, plain
from intents.understanding import Entity

NUMERAL = re.compile(r"[\d一二两三四五六七八九十百千万幺半a-z几]")
KINDS = (
    "id_number",
    "ticket_no",
    "phone",
    "building",
    "money",
    "age",
    "time",
    "community",
    "place",
    "relation",
)


LONGEST_HEAD, LONGEST_TAIL = 6_000, 1_000


class EntityFinder:
    """Finds every kind; immutable, so threads may share it."""

    def __init__(self, street: Street) -> None:
        self._places = PlaceFinder(street)

    def find(self, text: Normalised, *, context: str | None = None) -> tuple[Entity, ...]:
        """
        Entities in the order in which they stand, with offsets of the original text.

        `context` is the bot's last sentence: a bare number may answer it. Of a
        text longer than any letter only the beginning and the end are read.
        """
        head, tail = text.text[:LONGEST_HEAD], text.text[LONGEST_HEAD:][-LONGEST_TAIL:]
        shift = len(text.text) - len(tail)
        candidates = [
            *self._candidates(head, context),
            *(_moved(each, shift) for each in (self._candidates(tail, None) if tail else ())),
        ]
        chosen = _without_overlaps(candidates, len(text.text))
        return tuple(
            Found(each.entity, *text.span(each.start, each.end), each.value) for each in chosen
        )

    def _candidates(self, text: str, context: str | None) -> Iterator[Found]:
        if NUMERAL.search(text):
            yield from find_codes(text)
            yield from find_buildings(text)
            yield from find_money(text)
            yield from find_ages(text, plain(context) if context else None)
        yield from find_times(text)
        yield from self._places.find_communities(text)
        yield from self._places.find_places(text)
        yield from find_relations(text)


def _moved(found: Found, shift: int) -> Found:
    return Found(found.entity, found.start + shift, found.end + shift, found.value)


def _without_overlaps(candidates: Iterable[Found], length: int) -> list[Found]:
    """Of two that overlap, the kind that comes first in `KINDS`, then the longer one."""
    ranked = sorted(candidates, key=lambda each: (KINDS.index(each.entity), each.start - each.end))
    covered = bytearray(length)
    taken = []
    for each in ranked:
        if 1 not in covered[each.start : each.end]:
            covered[each.start : each.end] = b"\1" * (each.end - each.start)
            taken.append(each)
    return sorted(taken, key=lambda each: each.start)
