"""The word lists beside this module (`words.yaml`)."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

WORDS = Path(__file__).parent / "words.yaml"


@cache
def words() -> Mapping[str, Any]:
    """All lists, read once."""
    document: Mapping[str, Any] = yaml.safe_load(WORDS.read_text(encoding="utf-8"))
    return document
