"""Reads YAML with the C parser where PyYAML has it: ten times as fast, felt at every start."""

from typing import IO, Any

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load_yaml(source: str | IO[str]) -> Any:
    """The document as plain values; raises `yaml.YAMLError`."""
    return yaml.load(source, Loader=_LOADER)  # noqa: S506 - both are safe loaders
