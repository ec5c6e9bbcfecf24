"""
Reads the training catalogue: what residents write, each line with what it means.

The files are Rasa's NLU training data (version 3.1), so they can be edited and
used with Rasa's own tools. Under `intents/catalogue/`:

- `matters/*.yaml`: intents `area.name` (a matter, written with a dot)
- `acts/*.yaml`: intents named as an act, with what the bot said before in `context`
- `emergencies/*.yaml`: intents `emergency.<trigger>`
- `lookalikes/*.yaml`: intents `lookalike.<trigger>`: the words of a danger, and none
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from core.errors import FrontDoorError
from intents.reading import read_yaml

NO_CONTEXT = "none"


class CatalogueUnreadable(FrontDoorError):
    """A file of the catalogue is not what the reader expects."""

    def __init__(self, path: Path, what: str) -> None:
        super().__init__(f"{path.name}: {what}")
        self.path = path


@dataclass(frozen=True, slots=True)
class Utterance:
    """One line of the catalogue and everything that was said about it."""

    text: str
    intent: str
    matter: str | None = None
    act: str | None = None
    request_type: str | None = None
    urgency: str | None = None
    trigger: str | None = None
    """The danger that it speaks of, where it is one."""
    lookalike: str | None = None
    """The danger that it only sounds like."""
    context: str | None = None
    """What the bot had said before."""
    also: tuple[str, ...] = ()
    voice: str = "plain"
    past: bool = False


def read_catalogue(folder: Path) -> list[Utterance]:
    """All utterances, in the order of the file names. Raises `CatalogueUnreadable`."""
    return [row for path in sorted(folder.rglob("*.y*ml")) for row in _read_file(path)]


def catalogue_key(folder: Path) -> str:
    """
    A short hash of the files: a model trained from the same files bears the same key.

    The code and the word lists that make features of a text count as well: a
    model does not fit other features than those it was trained with.
    And the rows on which its limits are chosen.
    """
    digest = hashlib.sha256()
    for path in (*sorted(folder.rglob("*.y*ml")), *sorted(_feature_files())):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _feature_files() -> Iterator[Path]:
    for path in Path(__file__).parent.iterdir():
        if path.suffix in (".py", ".yaml"):
            yield path
    yield from (Path(__file__).parent / "tuning").glob("*.jsonl")


def _read_file(path: Path) -> Iterator[Utterance]:
    try:
        document = read_yaml(path)
    except yaml.YAMLError as error:
        raise CatalogueUnreadable(path, f"not YAML: {error}") from error
    if not isinstance(document, Mapping) or not isinstance(document.get("nlu"), list):
        raise CatalogueUnreadable(path, "there is no list under `nlu`")
    for block in document["nlu"]:
        yield from _block(path, block)


def _block(path: Path, block: Mapping[str, Any]) -> Iterator[Utterance]:
    if "intent" not in block:
        return
    if not isinstance(block.get("examples"), str):
        raise CatalogueUnreadable(path, f"intent {block['intent']} has no examples")
    metadata = block.get("metadata") or {}
    for line in block["examples"].splitlines():
        text = line.strip().removeprefix("-").strip()
        if text:
            yield _utterance(str(block["intent"]), text, metadata)


def _utterance(intent: str, text: str, metadata: Mapping[str, Any]) -> Utterance:
    area, _, name = intent.partition(".")
    kind = area if area in ("emergency", "lookalike") else "matter" if name else "act"
    matter = intent.replace(".", "/") if kind == "matter" else metadata.get("matter")
    return Utterance(
        text=text,
        intent=intent,
        matter=matter.replace(".", "/") if matter else None,
        act=_act(kind, intent, metadata),
        request_type=metadata.get("request_type"),
        urgency=metadata.get("urgency"),
        trigger=name if kind == "emergency" else None,
        lookalike=name if kind == "lookalike" else None,
        context=_context(metadata),
        also=tuple(metadata.get("also", ())),
        voice=str(metadata.get("voice", "plain")),
        past=bool(metadata.get("past", False)),
    )


def _act(kind: str, intent: str, metadata: Mapping[str, Any]) -> str | None:
    if kind == "act":
        return intent
    if kind == "emergency":
        return "emergency"
    act = metadata.get("act")
    return str(act) if act else None


def _context(metadata: Mapping[str, Any]) -> str | None:
    context = metadata.get("context")
    return None if context in (None, NO_CONTEXT, "") else str(context)
