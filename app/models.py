"""
Where trained models lie, which one serves, and how another takes its place.

`<key>.model` is what the catalogue alone teaches. A challenger learnt from
staff's corrections, too; promoted, it is served from the next look on, without
a restart. A small text file names what serves now and what served before, so
that going back is as quick. A new catalogue has a new key and begins anew.
"""

import threading
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog

from app.configuration import ROOT
from core.errors import SettingsError
from core.settings import Settings
from core.taxonomy import Street, Taxonomy
from intents.catalogue import Utterance, catalogue_key, read_catalogue
from intents.model import ModelUnreadable, load_model
from intents.understander import Understander
from intents.understanding import Understanding
from knowledge_base.asked import Asked, learn_asked, load_asked

CATALOGUE = ROOT / "intents" / "catalogue"
_CORRECTED = 3
"""How often a corrected line counts: it comes from our own residents."""
log = structlog.get_logger(__name__)


class ModelsOnDisk:
    """The models of the catalogue as it is now: another catalogue, other files."""

    def __init__(self, settings: Settings) -> None:
        folder, key = settings.intents.model_folder, catalogue_key(CATALOGUE)
        self.base = folder / f"{key}.model"
        self.challenger = folder / f"{key}.challenger.model"
        self._order = folder / f"{key}.serving"

    @property
    def serving(self) -> Path:
        """The champion: what residents are understood with."""
        names = self._served()
        return self.base.with_name(names[-1]) if names else self.base

    def promote(self, now: datetime) -> Path:
        """The challenger serves from now on. Raises `SettingsError` when there is none."""
        if not self.challenger.exists():
            raise SettingsError(
                "model promote",
                "finds no challenger",
                "Train one: baijiamen train --with-corrections",
            )
        stamp = now.strftime("%Y%m%d%H%M%S")
        chosen = self.base.with_name(f"{self.base.stem}.{stamp}.model")
        self.challenger.replace(chosen)
        self._write([*self._served(), chosen.name])
        return chosen

    def roll_back(self) -> Path:
        """What served before serves again. Raises `SettingsError` when nothing did."""
        names = self._served()
        if not names:
            raise SettingsError(
                "model rollback",
                "finds nothing to go back to",
                "The first model of the catalogue serves.",
            )
        self._write(names[:-1])
        return self.serving

    def _served(self) -> list[str]:
        try:
            names = self._order.read_text(encoding="utf-8").split()
        except FileNotFoundError:
            return []
        return [name for name in names if self.base.with_name(name).exists()]

    def _write(self, names: Sequence[str]) -> None:
        unfinished = self._order.with_name(self._order.name + ".part")
        unfinished.write_text("\n".join(names), encoding="utf-8")
        unfinished.replace(self._order)


class ServingModel:
    """A classifier that can be exchanged while it serves (see `Classifier`)."""

    def __init__(self, models: ModelsOnDisk, taxonomy: Taxonomy, street: Street) -> None:
        self._models = models
        self._taxonomy = taxonomy
        self._street = street
        self._lock = threading.Lock()
        self._path = models.serving
        self._refused: Path | None = None
        self._present = self._first()

    def understand(self, text: str, *, context: str | None = None) -> Understanding:
        """Understand with the model that serves at this moment."""
        return self._present.understand(text, context=context)

    def look(self) -> bool:
        """
        Load what has been promoted or rolled back meanwhile; gives whether there was anything.

        A file that cannot be read changes nothing: the last good model stays.
        """
        wanted = self._models.serving
        with self._lock:
            if wanted in (self._path, self._refused):
                return False
            try:
                self._present = Understander(load_model(wanted), self._taxonomy, self._street)
            except ModelUnreadable as error:
                self._refused = wanted
                log.error("model_refused", file=wanted.name, what=error.what)
                return False
            self._path, self._refused = wanted, None
        log.info("model_exchanged", file=wanted.name)
        return True

    def _first(self) -> Understander:
        """What was promoted; if it cannot be read, what the catalogue alone teaches."""
        try:
            model = load_model(self._path)
        except ModelUnreadable as error:
            if self._path == self._models.base:
                raise
            log.error("model_refused", file=self._path.name, what=error.what)
            self._refused, self._path = self._path, self._models.base
            model = load_model(self._path)
        return Understander(model, self._taxonomy, self._street)


def model_path(settings: Settings) -> Path:
    """The file that the catalogue alone teaches."""
    return ModelsOnDisk(settings).base


def is_trained(settings: Settings) -> bool:
    """Whether this catalogue has its model, and what the search learns beside it."""
    path = model_path(settings)
    return path.exists() and _asked_path(path).exists()


def trained_models(settings: Settings) -> ModelsOnDisk:
    """The models; raises `SettingsError` when nobody trained one yet."""
    models = ModelsOnDisk(settings)
    if not models.base.exists():
        raise SettingsError(
            "INTENTS__MODEL_FOLDER",
            f"holds no model for this catalogue ({models.base.name})",
            "Train it with `baijiamen train`.",
        )
    return models


def train(settings: Settings, taxonomy: Taxonomy, street: Street) -> dict[str, object]:
    """
    Train from the catalogue and write the model; gives its scores.

    Needs scikit-learn (dependency group `train`), which serving does not.
    """
    training = _training()
    model = training.train_model(CATALOGUE, taxonomy, street)
    path = model_path(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    learn_asked(_asked_by_matter(), taxonomy).save(_asked_path(path))
    model.save(path)
    return {"file": str(path), "bytes": path.stat().st_size, **model.scores}


def train_challenger(
    settings: Settings, taxonomy: Taxonomy, street: Street, corrected: Sequence[Utterance]
) -> dict[str, object]:
    """Train from the catalogue and what staff put right; serves nobody until it is promoted."""
    training = _training()
    path = ModelsOnDisk(settings).challenger
    model = training.train_model(CATALOGUE, taxonomy, street, more=[*corrected] * _CORRECTED)
    model.save(path)
    return {"file": str(path), "corrections": len(corrected), **model.scores}


def _training() -> Any:
    try:
        from intents import training
    except ImportError:
        raise SettingsError(
            "baijiamen train", "needs scikit-learn", "Install the group `train`: make install."
        ) from None
    return training


def read_asked(settings: Settings) -> Asked:
    """How residents speak of each matter: the search learns from the training, too."""
    return load_asked(_asked_path(trained_models(settings).base))


def _asked_path(model: Path) -> Path:
    return model.with_suffix(".asked")


def _asked_by_matter() -> dict[str, list[str]]:
    asked: dict[str, list[str]] = {}
    for utterance in read_catalogue(CATALOGUE):
        if utterance.matter is not None:
            asked.setdefault(utterance.matter, []).append(utterance.text)
    return asked
