"""Puts into words what a volunteer reads of themselves, and how much help is needed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.taxonomy import Street
from core.texts import Texts
from handlers.volunteers.explaining import say_part_of_week
from handlers.volunteers.needed import Needed
from handlers.volunteers.standing import Standing
from people.profiles import PROOFS, Proof
from web.times import TimeWords

_SHOWN = 4


@dataclass(frozen=True, slots=True)
class StandingView:
    """The volunteer's own page."""

    status: str
    """`applied`, `vetted`, `declined` or `suspended`."""
    status_words: str
    facts: Sequence[tuple[str, str]]
    paused: str
    """Until when; empty: not paused."""
    unseen: int
    chats: int


@dataclass(frozen=True, slots=True)
class NeededView:
    """How much help is needed this week."""

    words: str
    rows: Sequence[str]


class OwnWords:
    """In one language at one instant."""

    def __init__(self, texts: Texts, street: Street, *, language: str, times: TimeWords) -> None:
        self._texts = texts
        self._street = street
        self._language = language
        self._times = times

    def standing(self, standing: Standing) -> StandingView:
        """Where the street stands, what holds, what was said of oneself."""
        profile = standing.profile
        facts = [
            ("languages", self._join(f"language.{each}" for each in profile.languages)),
            ("home", self._place(profile.home_community)),
            (
                "times",
                self._comma(
                    say_part_of_week(each, self._texts, self._language) for each in profile.times
                ),
            ),
            ("proofs", self._comma(self._proof(each) for each in _latest(profile.proofs))),
            ("homes", self._say("me.homes_open") if profile.home_visits else ""),
        ]
        return StandingView(
            status=profile.status,
            status_words=self._say(f"me.status.{profile.status}"),
            facts=[(self._say(f"me.{name}"), words) for name, words in facts if words],
            paused=self._paused(standing),
            unseen=standing.unseen,
            chats=standing.chats,
        )

    def needed(self, needed: Needed) -> NeededView:
        """This week's figures in words; no hurry in them."""
        if not needed.places:
            return NeededView(self._say("needed.nothing"), ())
        words = self._say("needed.words", places=needed.places, filled=needed.filled)
        if not needed.open:
            return NeededView(words, (self._say("needed.all_filled"),))
        where = [
            self._say("needed.row", what=self._place(each) or self._say("place.anywhere"), count=n)
            for each, n in needed.open_by_community[:_SHOWN]
        ]
        what = [
            self._say("needed.row", what=each, count=n) for each, n in needed.open_by_kind[:_SHOWN]
        ]
        return NeededView(words, (self._comma(where), self._comma(what)))

    def _paused(self, standing: Standing) -> str:
        if not standing.paused:
            return ""
        until = standing.profile.paused_until_at
        if until is None:
            return self._say("me.paused")
        return self._say("me.paused_until", day=self._times.day(until))

    def _proof(self, proof: Proof) -> str:
        name = self._say(f"proof.{proof.kind}")
        if proof.valid_until is None:
            return name
        return self._say("me.proof_until", name=name, day=proof.valid_until.isoformat())

    def _place(self, community: str | None) -> str:
        known = self._street.communities.get(community or "")
        return known.name if known else ""

    def _join(self, keys: Iterable[str]) -> str:
        return self._comma(self._say(key) for key in keys)

    def _comma(self, words: Iterable[str]) -> str:
        return ("、" if self._language == "zh" else ", ").join(words)

    def _say(self, key: str, **facts: object) -> str:
        return self._texts.say(f"volunteer.{key}", self._language, **facts)


def _latest(proofs: Sequence[Proof]) -> list[Proof]:
    """Of each kind the one that holds longest."""
    last: dict[str, Proof] = {}
    for proof in proofs:
        known = last.get(proof.kind)
        if known is None or (
            known.valid_until
            and (proof.valid_until is None or proof.valid_until > known.valid_until)
        ):
            last[proof.kind] = proof
    return [last[kind] for kind in PROOFS if kind in last]
