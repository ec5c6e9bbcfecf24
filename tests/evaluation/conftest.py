"""The model of the project's own catalogue."""

import pytest

from app.wiring import Mind
from intents.understanding import Classifier


@pytest.fixture(scope="session")
def understander(mind: Mind) -> Classifier:
    return mind.understander
