"""Where the trained model lies, and how it gets there."""

from pathlib import Path

from app.configuration import ROOT
from core.errors import SettingsError
from core.settings import Settings
from core.taxonomy import Street, Taxonomy
from intents.catalogue import catalogue_key, read_catalogue
from knowledge_base.asked import Asked, learn_asked, load_asked

CATALOGUE = ROOT / "intents" / "catalogue"


def model_path(settings: Settings) -> Path:
    """The file for the catalogue as it is now: another catalogue, another file."""
    return settings.intents.model_folder / f"{catalogue_key(CATALOGUE)}.model"


def is_trained(settings: Settings) -> bool:
    """Whether this catalogue has its model, and what the search learns beside it."""
    path = model_path(settings)
    return path.exists() and _asked_path(path).exists()


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
    learn_asked(_asked_by_matter(), taxonomy).save(_asked_path(path))
    model.save(path)
    return {"file": str(path), "bytes": path.stat().st_size, **model.scores}


def read_asked(settings: Settings) -> Asked:
    """How residents speak of each matter: the search learns from the training, too."""
    return load_asked(_asked_path(model_file(settings)))


def _asked_path(model: Path) -> Path:
    return model.with_suffix(".asked")


def _asked_by_matter() -> dict[str, list[str]]:
    asked: dict[str, list[str]] = {}
    for utterance in read_catalogue(CATALOGUE):
        if utterance.matter is not None:
            asked.setdefault(utterance.matter, []).append(utterance.text)
    return asked
