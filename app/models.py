"""Where the trained model lies, and how it gets there."""

from pathlib import Path

from app.configuration import ROOT
from core.errors import SettingsError
from core.settings import Settings
from core.taxonomy import Street, Taxonomy
from intents.catalogue import catalogue_key

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
    model.save(path)
    return {"file": str(path), "bytes": path.stat().st_size, **model.scores}
