"""Reads `config.yaml` and the environment; the only place that does."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    YamlConfigSettingsSource,
)
from yaml import YAMLError

from core.errors import SettingsError
from core.settings import Settings

ROOT = Path(__file__).parent.parent
"""Where the project's own files lie."""

PREFIX = "BAIJIAMEN_"
_OWN_VARIABLES = frozenset({"BAIJIAMEN_CONFIG"})


class _Configured(Settings, BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment goes before the file."""
        file = YamlConfigSettingsSource(settings_cls, yaml_file=config_file())
        return env_settings, file


def config_file() -> Path:
    """The file in use: `BAIJIAMEN_CONFIG`, or the project's own."""
    return Path(os.environ.get("BAIJIAMEN_CONFIG", ROOT / "config.yaml"))


def load_settings() -> Settings:
    """
    All settings, checked.

    Raises `SettingsError` with the setting's name and what to do for unknown
    names, wrong types and an unreadable file.
    """
    _refuse_unknown_variables(os.environ)
    try:
        settings = _Configured()
    except ValidationError as error:
        raise _explained(error) from None
    except (OSError, ValueError, YAMLError) as error:
        raise SettingsError(
            str(config_file()), f"cannot be read: {error}", "Correct the file."
        ) from None
    return _anchored(settings)


def _anchored(settings: Settings) -> Settings:
    """Relative paths are relative to the project, wherever the command is called from."""
    base = Path(os.environ.get("BAIJIAMEN_HOME", ROOT))
    url = settings.database.url
    prefix = "sqlite:///"
    if url.startswith(prefix) and not url.startswith("sqlite:////"):
        url = f"{prefix}{base / url.removeprefix(prefix)}"
    return settings.model_copy(
        update={
            "data_folder": base / settings.data_folder,
            "database": settings.database.model_copy(update={"url": url}),
            "intents": settings.intents.model_copy(
                update={"model_folder": base / settings.intents.model_folder}
            ),
        }
    )


def _refuse_unknown_variables(environment: Mapping[str, str]) -> None:
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    for name in environment:
        if not name.startswith(PREFIX) or name in _OWN_VARIABLES or name == "BAIJIAMEN_HOME":
            continue
        if name.split("__")[0] not in known:
            raise SettingsError(name, "is no setting of ours", "See config.yaml for the names.")


def _explained(error: ValidationError) -> SettingsError:
    first: Mapping[str, Any] = error.errors()[0]
    name = "__".join(str(part).upper() for part in first["loc"])
    if first["type"] == "extra_forbidden":
        return SettingsError(name, "is no setting of ours", "See config.yaml for the names.")
    remedy = f"Correct it in config.yaml or in {PREFIX}{name}."
    return SettingsError(name, str(first["msg"]), remedy)
