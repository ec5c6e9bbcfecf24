"""
Puts Rasa's opinion in the place of our own model's, and only there.

Danger, entities, groups and urgency rules stay ours whoever classifies: an
emergency does not wait for another server, and Rasa's model knows no rules.
"""

from collections.abc import Sequence
from dataclasses import replace

from core.taxonomy import Taxonomy
from intents.normalise import plain
from intents.rasa_backend.server import RasaAnswer, RasaAway, RasaServer
from intents.understanding import RANKING_LENGTH, Decision, Ranked, Understanding, is_blank
from intents.urgency import urgency_of


class RasaOpinion:
    """Asks the server; where it is away, what our own model understood stands."""

    def __init__(self, server: RasaServer, taxonomy: Taxonomy, *, sure: float, two: float) -> None:
        self._server = server
        self._taxonomy = taxonomy
        self._sure = sure
        self._two = two

    async def weigh(self, own: Understanding, *, answers: bool = False) -> Understanding:
        """
        The message as Rasa sees it; `.model` says who answered. Never raises.

        `answers`: the bot had asked something. Rasa's NLU does not hear the
        question, so the act stays ours.
        """
        if own.danger or is_blank(own.text):
            return own
        try:
            answer = await self._server.parse(own.text)
        except RasaAway:
            return own
        return self._merge(own, answer, answers=answers)

    async def state(self) -> str:
        """For `/readyz`: `ok`, or why our own model stands in."""
        try:
            await self._server.find_model()
        except RasaAway as error:
            return f"away ({error}); the embedded model stands in"
        return "ok"

    async def close(self) -> None:
        """Let go of the connections."""
        await self._server.close()

    def _merge(self, own: Understanding, answer: RasaAnswer, *, answers: bool) -> Understanding:
        ours = [_in_our_names(each) for each in answer.ranking]
        matters = [each for each in ours if each.name in self._taxonomy.matters]
        acts = [each for each in ours if each.name in self._taxonomy.acts]
        if not matters and not acts:
            return own  # a model of another catalogue
        best = max((*matters, *acts), key=lambda each: each.confidence)
        matter = best if best.name in self._taxonomy.matters else None
        ranking = _filled(matters, own.matter_ranking)
        acts_ranking = own.act_ranking if matter or answers else _filled(acts, own.act_ranking)
        return replace(
            own,
            act=acts_ranking[0],
            act_ranking=acts_ranking,
            matter=matter,
            matter_ranking=ranking,
            second_matters=(),
            urgency=urgency_of(
                self._taxonomy,
                matter_id=matter.name if matter else None,
                request_type=own.request_type,
                danger=None,
                text=plain(own.text),
            ),
            decision=self._decide(matter, ranking, answer),
            reasons=(),
            model=f"rasa {answer.model}",
        )

    def _decide(
        self, matter: Ranked | None, ranking: Sequence[Ranked], answer: RasaAnswer
    ) -> Decision:
        if matter is None or answer.fell_back:
            return "unsure"
        if matter.confidence >= self._sure:
            return "sure"
        two = sum(each.confidence for each in ranking[:2])
        return "either_or" if two >= self._two else "unsure"


def _in_our_names(ranked: Ranked) -> Ranked:
    return Ranked(ranked.name.replace(".", "/"), ranked.confidence)


def _filled(theirs: Sequence[Ranked], own: Sequence[Ranked]) -> tuple[Ranked, ...]:
    """Their ranking, lengthened by names of ours that it leaves out, without confidence."""
    named = {each.name for each in theirs}
    rest = (Ranked(each.name, 0.0) for each in own if each.name not in named)
    return (*theirs, *rest)[:RANKING_LENGTH]
