"""
Writes the catalogue as training data of Rasa (YAML 3.1), with a domain and rules.

Rasa's classifiers give one intent a message: the matter where there is one,
otherwise the act, under the names that `POST /model/parse` of ours uses
(`elder_care.meal`, `greet`). Dangers are all `emergency`.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from intents.catalogue import Utterance
from intents.normalise import plain

_MARKUP = re.compile(r"[\[\]]")
"""Square brackets begin an entity in Rasa's format."""
_LEADING = re.compile(r"^[\s/\-]+")
_VERSION = "3.1"
_AT_LEAST = 2
"""`rasa data validate` asks for two examples an intent."""


class _Block(str):
    """A text that YAML shows as a block, a line each."""


def _block(dumper: yaml.SafeDumper, text: _Block) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", str(text), style="|")


class _Dumper(yaml.SafeDumper):
    """Writes blocks as Rasa's documentation does."""


_Dumper.add_representer(_Block, _block)


def intent_of(utterance: Utterance) -> str | None:
    """The one name under which Rasa learns a line; None for lines that have none."""
    if utterance.trigger or utterance.act == "emergency":
        return "emergency"
    return utterance.matter.replace("/", ".") if utterance.matter else utterance.act


@dataclass(frozen=True, slots=True)
class Labelled:
    """A line as Rasa learns it."""

    text: str
    intent: str
    utterance: Utterance
    """What the catalogue says about it."""


def label_rows(utterances: Iterable[Utterance]) -> list[Labelled]:
    """
    Texts with their intents, each text once.

    A text that the catalogue has under several intents takes the commonest:
    Rasa calls the others a conflict.
    """
    seen: dict[str, Counter[str]] = defaultdict(Counter)
    written: dict[str, tuple[str, Utterance]] = {}
    for each in utterances:
        intent, text = intent_of(each), _clean(each.text)
        if intent and text:
            key = plain(text)
            seen[key][intent] += 1
            written.setdefault(key, (text, each))
    return [
        Labelled(text, seen[key].most_common(1)[0][0], utterance)
        for key, (text, utterance) in written.items()
    ]


def export_for_rasa(rows: Iterable[Labelled], folder: Path) -> dict[str, int]:
    """
    Write `data/nlu.yml`, `data/rules.yml` and `domain.yml`; gives the lines of each intent.

    Intents with fewer than two lines are left out.
    """
    by_intent: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        by_intent[row.intent].append(row.text)
    kept = {
        name: by_intent[name] for name in sorted(by_intent) if len(by_intent[name]) >= _AT_LEAST
    }
    _write(folder / "data" / "nlu.yml", {"version": _VERSION, "nlu": _nlu(kept)})
    _write(folder / "data" / "rules.yml", {"version": _VERSION, "rules": _rules(kept)})
    _write(folder / "domain.yml", _domain(kept))
    return {name: len(texts) for name, texts in kept.items()}


def _clean(text: str) -> str:
    return _LEADING.sub("", _MARKUP.sub(" ", " ".join(text.split())))


def _nlu(by_intent: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    return [
        {"intent": name, "examples": _Block("".join(f"- {text}\n" for text in texts))}
        for name, texts in by_intent.items()
    ]


def _rules(by_intent: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    """One answer to everything: only Rasa's understanding is used, its dialogue is not."""
    return [
        {"rule": name, "steps": [{"intent": name}, {"action": "utter_understood"}]}
        for name in by_intent
    ]


def _domain(by_intent: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    return {
        "version": _VERSION,
        "intents": list(by_intent),
        "responses": {"utter_understood": [{"text": "知道了"}]},
        "session_config": {"session_expiration_time": 60, "carry_over_slots_to_new_session": True},
    }


def _write(path: Path, document: Mapping[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = yaml.dump(document, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10**9)
    path.write_text(text, encoding="utf-8")
