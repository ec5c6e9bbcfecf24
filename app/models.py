"""Where the trained model lies, and how it gets there."""

from collections.abc import Mapping
from pathlib import Path

import orjson

from app.configuration import ROOT
from core.errors import SettingsError
from core.settings import Settings
from core.taxonomy import Street, Taxonomy
from intents.catalogue import catalogue_key, read_catalogue
from knowledge_base.search import count_asked

CATALOGUE = ROOT / "intents" / "catalogue"


def model_path(settings: Settings) -> Path:
    """The file for the catalogue as it is now: another catalogue, another file."""
    return settings.intents.model_folder / f"{catalogue_key(CATALOGUE)}.model"


def model_file(settings: Settings) -> Path:
    """The trained model; raises `SettingsError` when nobody trained it yet."""
    path = model_path(settings)
    if not path.exists():
        raise SettingsError(
            "INTENTS__MODEL_FOLDER",
            f"holds no model for this catalogue ({path.name})",
            "Train it with `baijiamen train`.",
        )
    return path


def train(settings: Settings, taxonomy: Taxonomy, street: Street) -> dict[str, object]:
    """
    Train from the catalogue and write the model; gives its scores.

    Needs scikit-learn (dependency group `train`), which serving does not.
    """
    try:
        from intents.training import train_model
    except ImportError:
        raise SettingsError(
            "baijiamen train", "needs scikit-learn", "Install the group `train`: make install."
        ) from None
    model = train_model(CATALOGUE, taxonomy, street)
    path = model_path(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    _questions_path(path).write_bytes(orjson.dumps(count_asked(_asked_by_matter(), taxonomy)))
    model.save(path)
    return {"file": str(path), "bytes": path.stat().st_size, **model.scores}


def read_questions(settings: Settings) -> Mapping[str, Mapping[str, int]]:
    """How residents speak of each matter, counted at training: the search learns from it too."""
    path = _questions_path(model_file(settings))
    questions: Mapping[str, Mapping[str, int]] = orjson.loads(path.read_bytes())
    return questions


def _questions_path(model: Path) -> Path:
    return model.with_suffix(".questions")


def _asked_by_matter() -> dict[str, list[str]]:
    asked: dict[str, list[str]] = {}
    for utterance in read_catalogue(CATALOGUE):
        if utterance.matter is not None:
            asked.setdefault(utterance.matter, []).append(utterance.text)
    return asked
