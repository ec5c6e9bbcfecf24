"""What a volunteer picks from the open tasks: links that work without script."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from core.taxonomy import Street
from core.texts import Texts
from handlers.volunteers.cards import TaskCard

OPEN_PATH = "/volunteer"
_LONGEST_KIND = 32


@dataclass(frozen=True, slots=True)
class Filters:
    """What the address asks for; unknown words in it are ignored."""

    community: str | None = None
    kind: str | None = None
    today: bool = False
    no_home: bool = False

    @classmethod
    def read(cls, query: Mapping[str, str], street: Street) -> "Filters":
        """The filters of an address."""
        community = query.get("community")
        return cls(
            community=community if community in street.communities else None,
            kind=query.get("kind", "")[:_LONGEST_KIND] or None,
            today=query.get("today") == "1",
            no_home=query.get("no_home") == "1",
        )

    @property
    def any(self) -> bool:
        """Whether anything is left out."""
        return self != Filters()

    @property
    def query(self) -> str:
        """`?community=c05&today=1`, or nothing."""
        fields = {
            "community": self.community,
            "kind": self.kind,
            "today": "1" if self.today else None,
            "no_home": "1" if self.no_home else None,
        }
        asked = urlencode({name: value for name, value in fields.items() if value})
        return f"?{asked}" if asked else ""

    @property
    def href(self) -> str:
        """The list under these filters."""
        return f"{OPEN_PATH}{self.query}"


@dataclass(frozen=True, slots=True)
class Chip:
    """One choice: pressed again it goes away."""

    words: str
    href: str
    on: bool


@dataclass(frozen=True, slots=True)
class ChipGroup:
    """Choices that exclude each other; `folded` ones open with one tap."""

    words: str
    chips: tuple[Chip, ...]
    folded: bool


def filter_groups(
    cards: Sequence[TaskCard], chosen: Filters, *, street: Street, texts: Texts, language: str
) -> list[ChipGroup]:
    """The choices that make sense for these tasks, whatever is chosen among them now."""
    communities = {card.community for card in cards if card.community}
    kinds = {card.kind for card in cards}
    where = [
        _chip(_short(street.communities[each].name), chosen, "community", each)
        for each in _with(communities & street.communities.keys(), chosen.community)
    ]
    what = [_chip(each, chosen, "kind", each) for each in _with(kinds, chosen.kind)]
    switches = (
        _switch(texts.say("volunteer.open.today", language), chosen, "today"),
        _switch(texts.say("volunteer.open.no_home", language), chosen, "no_home"),
    )
    return [
        *_group(texts.say("volunteer.open.community", language), where),
        *_group(texts.say("volunteer.open.kind", language), what),
        ChipGroup("", switches, folded=False),
    ]


def _group(words: str, chips: Sequence[Chip]) -> list[ChipGroup]:
    """A single possible choice is no choice, unless it is the one that is made."""
    if len(chips) < 2 and not any(chip.on for chip in chips):
        return []
    pressed = tuple(chip for chip in chips if chip.on)
    if pressed:
        return [ChipGroup(words, pressed, folded=False)]
    return [ChipGroup(words, tuple(chips), folded=True)]


def _chip(words: str, chosen: Filters, field: str, value: str) -> Chip:
    on = getattr(chosen, field) == value
    return Chip(words, _but(chosen, field, None if on else value), on)


def _switch(words: str, chosen: Filters, field: str) -> Chip:
    on = getattr(chosen, field)
    return Chip(words, _but(chosen, field, not on), on)


def _but(chosen: Filters, field: str, value: str | bool | None) -> str:
    changed: Filters = replace(chosen, **{field: value})  # type: ignore[arg-type]
    return changed.href


def _with(found: set[str], chosen: str | None) -> list[str]:
    return sorted(found | {chosen} if chosen else found)


def _short(name: str) -> str:
    return name.removesuffix("社区") or name
