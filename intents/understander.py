"""
Understands one message with our own model: rules first, then the trained heads.

Pure and quick; an `Understander` holds only things that never change, so any
number of threads may share one.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

import numpy as np

from core.taxonomy import Street, Taxonomy
from intents.concepts import SIGN, words_of
from intents.emergencies import DangerFinder, Sign, Verdict, sign_flags, sign_grams
from intents.entities.finder import EntityFinder
from intents.features import context_grams, text_grams
from intents.groups import GroupFinder, speaks_for_another
from intents.model import (
    NO_MATTER,
    OUT_OF_SCOPE,
    Features,
    Floats,
    Head,
    TrainedModel,
    load_model,
    strangeness,
)
from intents.normalise import Normalised, normalise
from intents.understanding import (
    RANKING_LENGTH,
    Danger,
    Decision,
    Ranked,
    Understanding,
    is_blank,
)
from intents.urgency import raise_level, urgency_of

CONTEXT_WEIGHT = 0.7
LONGEST_READ = 1_600
"""Of a longer text the classifier reads the beginning and the end; dangers are sought in all."""
SECOND_AT_LEAST = 0.12
RULE = "!"
"""How the features begin that `sign_grams` makes."""
MOST_GRAMS = 12
MOST_REASONS = 3
MOST_SECONDS = 2
WISHES = ("raise_request", "ask_info")
ASKING = frozenset({"raise_request", "ask_info", "complain_handling", "emergency", "out_of_scope"})
"""Acts that want something: a thank-you without a matter is no complaint."""
SURELY_WISHED = 0.75
"""Who wants something that clearly is asked back, not refused: 灯坏了 names no matter, and is ours."""
OURS = 0.6
"""A matter as likely as that is our business, however odd the words."""
SURELY_NONE = 0.4
"""Below it the likeliest matter is given although `none` is likelier still."""


class Understander:
    """The embedded classifier (see `Classifier`)."""

    def __init__(self, model: TrainedModel, taxonomy: Taxonomy, street: Street) -> None:
        self._model = model
        self._taxonomy = taxonomy
        self._dangers = DangerFinder(taxonomy)
        self._entities = EntityFinder(street)
        self._groups = GroupFinder(taxonomy)
        self._limits = model.thresholds
        self._silence = model.features(context_grams(None))

    def understand(self, text: str, *, context: str | None = None) -> Understanding:
        """Understand any string; `context` is the bot's last sentence, if it said one."""
        normal = normalise(text)
        signs = self._dangers.signs(normal.text)
        read = _excerpt(normal.text)
        features = self._features(read, signs)
        scores = self._model.score(features)
        entities = self._entities.find(normal, context=context)
        groups = self._groups.find(read, entities)
        danger = self._find_danger(text, normal, signs, scores, groups)
        matter, matters = self._matter(scores)
        acts = self._acts(scores, context, text, danger, matter)
        request_type = self._request_type(scores, matter, acts[0])
        return Understanding(
            text=text,
            act=acts[0],
            act_ranking=acts,
            matter=matter,
            matter_ranking=matters,
            second_matters=_seconds(matter, matters),
            request_type=request_type,
            urgency=urgency_of(
                self._taxonomy,
                matter_id=matter.name if matter else None,
                request_type=request_type,
                danger=danger,
                text=read,
            ),
            groups=groups,
            on_behalf=speaks_for_another(read, entities),
            entities=entities,
            danger=danger,
            decision=self._decision(matter, matters),
            reasons=self._reasons(features, matter, read),
            model=self._model.version,
        )

    def _features(self, text: str, signs: Sequence[Sign], start: int = 0) -> Features:
        """Features of a piece of the text that begins at `start`."""
        grams = chain(text_grams(text), sign_grams(signs, start, start + len(text)))
        return self._model.features(grams)

    def _find_danger(
        self,
        text: str,
        normal: Normalised,
        signs: Sequence[Sign],
        scores: Floats,
        groups: Sequence[str],
    ) -> Danger | None:
        whole = (0, len(normal.text))

        def judge(start: int, end: int) -> Verdict:
            flags = sign_flags(signs, start, end)
            if (start, end) == whole:
                return self._verdict(scores, flags)
            features = self._features(normal.text[start:end], signs, start)
            return self._verdict(self._model.score(features), flags)

        alarm = self._limits["alarm"]
        danger = self._dangers.find(text, normal, signs, judge, alarm=alarm)
        if danger is None:
            return None
        return replace(danger, level=raise_level(danger, danger.sentence, groups))

    def _verdict(self, scores: Floats, flags: Floats) -> Verdict:
        alarm, danger = self._model.heads["alarm"], self._model.heads["danger"]
        best = int(scores[danger.columns].argmax())
        second = self._model.second_look
        score = second.score(scores, flags) if second else float(scores[alarm.columns][0])
        return Verdict(score, danger.labels[best])

    def _matter(self, scores: Floats) -> tuple[Ranked | None, tuple[Ranked, ...]]:
        ranked = _rank(self._model.heads["matter"], scores, RANKING_LENGTH + 1)
        matters = tuple(each for each in ranked if each.name != NO_MATTER)[:RANKING_LENGTH]
        none = ranked[0].name == NO_MATTER and ranked[0].confidence >= SURELY_NONE
        return (None if none else matters[0]), matters

    def _acts(
        self,
        scores: Floats,
        context: str | None,
        text: str,
        danger: Danger | None,
        matter: Ranked | None,
    ) -> tuple[Ranked, ...]:
        said = self._model.features(context_grams(context)) if context else self._silence
        scores = self._model.add_context(scores, said, CONTEXT_WEIGHT)
        ranked = _rank(self._model.heads["act"], scores, RANKING_LENGTH)
        if danger and not danger.past and danger.level == "P0":
            return _put_first("emergency", ranked)
        if is_blank(text):
            return _put_first("unclear", ranked)
        is_strange = strangeness(self._model, scores) >= self._limits["outside"]
        is_ours = matter is not None and matter.confidence >= OURS
        wished = ranked[0].name in WISHES and ranked[0].confidence < SURELY_WISHED
        return _put_first(OUT_OF_SCOPE, ranked) if wished and is_strange and not is_ours else ranked

    def _request_type(self, scores: Floats, matter: Ranked | None, act: Ranked) -> str:
        if act.name == "praise":
            return "praise"
        if matter is None and act.name not in ASKING:
            return "consult"
        return _rank(self._model.heads["request_type"], scores, 1)[0].name

    def _decision(self, matter: Ranked | None, matters: Sequence[Ranked]) -> Decision:
        if matter is None:
            return "unsure"
        if matter.confidence >= self._limits["sure"]:
            return "sure"
        two = matters[0].confidence + matters[1].confidence
        return "either_or" if two >= self._limits["two"] else "unsure"

    def _reasons(self, features: Features, matter: Ranked | None, text: str) -> tuple[str, ...]:
        """Pieces of the text, no features: staff read them."""
        head = self._model.heads["matter"]
        column = head.start + head.labels.index(matter.name if matter else NO_MATTER)
        pieces: list[str] = []
        for gram in self._model.reasons(features, column, MOST_GRAMS):
            for piece in _pieces(gram, text):
                if len(piece) > 1 and not any(piece in known for known in pieces):
                    pieces = [known for known in pieces if known not in piece] + [piece]
        return tuple(pieces[:MOST_REASONS])


def _pieces(gram: str, text: str) -> list[str]:
    """What of the text stands behind a feature; nothing behind a rule's sign."""
    if gram.startswith(SIGN):
        return words_of(gram, text)
    return [] if gram.startswith(RULE) else [gram.strip()]


def load_understander(path: Path, taxonomy: Taxonomy, street: Street) -> Understander:
    """The understander of a model file. Raises `ModelUnreadable`."""
    return Understander(load_model(path), taxonomy, street)


def _excerpt(text: str) -> str:
    if len(text) <= LONGEST_READ:
        return text
    return text[: LONGEST_READ * 3 // 4] + "\n" + text[-LONGEST_READ // 4 :]


def _rank(head: Head, scores: Floats, length: int) -> tuple[Ranked, ...]:
    shares = head.probabilities(scores)
    best = np.argsort(-shares)[:length]
    return tuple(Ranked(head.labels[place], float(shares[place])) for place in best)


def _put_first(name: str, ranked: Sequence[Ranked]) -> tuple[Ranked, ...]:
    """A rule decides: the name goes first with certainty, the others keep their order."""
    return (Ranked(name, 1.0), *(each for each in ranked if each.name != name))


def _seconds(matter: Ranked | None, matters: Sequence[Ranked]) -> tuple[Ranked, ...]:
    if matter is None:
        return ()
    others = [each for each in matters[1:] if each.confidence >= SECOND_AT_LEAST]
    return tuple(others[:MOST_SECONDS])
