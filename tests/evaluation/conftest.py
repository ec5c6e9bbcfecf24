"""The model of the project's own catalogue, trained once and kept in pytest's cache by key."""

from pathlib import Path

import pytest

from core.taxonomy import load_street, load_taxonomy
from intents.catalogue import catalogue_key
from intents.training import train_model
from intents.understander import Understander, load_understander

CATALOGUE = Path(__file__).parents[2] / "intents" / "catalogue"


@pytest.fixture(scope="session")
def understander(pytestconfig: pytest.Config) -> Understander:
    taxonomy, street = load_taxonomy(), load_street()
    path = pytestconfig.cache.mkdir("models") / f"{catalogue_key(CATALOGUE)}.npz"
    if not path.exists():
        train_model(CATALOGUE, taxonomy, street).save(path)
    return load_understander(path, taxonomy, street)
