"""The word lists beside this module (`words.yaml`)."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from intents.reading import read_yaml

WORDS = Path(__file__).parent / "words.yaml"


@cache
def words() -> Mapping[str, Any]:
    """All lists, read once."""
    return read_yaml(WORDS)
