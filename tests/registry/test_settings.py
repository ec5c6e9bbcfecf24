"""config.yaml shows every setting with its default and what it means."""

from collections.abc import Iterator, Mapping
from typing import Any

import yaml
from pydantic import BaseModel

from app.configuration import ROOT
from core.settings import Settings

FILE = ROOT / "config.yaml"


def names(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from names(kind, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}"


def leaves(node: Mapping[str, Any], known: set[str], prefix: str = "") -> Iterator[str]:
    for key, value in node.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping) and name not in known:
            yield from leaves(value, known, f"{name}.")
        else:
            yield name


def test_every_setting_stands_in_config_yaml_and_nothing_else():
    known = set(names(Settings))
    document = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    assert set(leaves(document, known)) == known


def test_config_yaml_shows_the_defaults():
    document = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    written = Settings.model_validate(document)
    assert written.model_copy(update={"desk": Settings().desk}) == Settings()


def test_every_setting_has_a_comment_on_its_line_or_above_it():
    lines = FILE.read_text(encoding="utf-8").splitlines()
    silent = [
        line
        for before, line in zip(["", *lines], lines, strict=False)
        if _sets_something(line) and "#" not in line and not before.lstrip().startswith("#")
    ]
    assert [line for line in silent if not _says_it_itself(line)] == []


def _sets_something(line: str) -> bool:
    """A line with a value of ours; deeper lines are examples within a setting."""
    indented = len(line) - len(line.lstrip())
    return ":" in line and not line.lstrip().startswith("#") and indented <= 2 and _value(line)


def _value(line: str) -> bool:
    return bool(line.split(":", 1)[1].strip())


def _says_it_itself(line: str) -> bool:
    """`host` and `port` need no words."""
    return line.split(":")[0].strip() in {"host", "port", "model_folder"}
