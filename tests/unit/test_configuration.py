"""Settings come from config.yaml and the environment; mistakes are named."""

from collections.abc import Callable
from pathlib import Path

import pytest

from app.configuration import load_settings
from core.errors import SettingsError
from core.settings import Settings

Load = Callable[..., Settings]


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    """Load with a file and an environment of one's own; the environment is not our module."""
    file = tmp_path / "config.yaml"
    monkeypatch.setenv("BAIJIAMEN_CONFIG", str(file))
    monkeypatch.setenv("BAIJIAMEN_HOME", str(tmp_path))

    def loaded(text: str = "{}", **environment: str) -> Settings:
        file.write_text(text, encoding="utf-8")
        for name, value in environment.items():
            monkeypatch.setenv(f"BAIJIAMEN_{name}", value)
        return load_settings()

    return loaded


def test_an_empty_file_gives_the_defaults(load: Load, tmp_path: Path):
    settings = load()
    assert settings.web == Settings().web
    assert settings.data_folder == tmp_path / "var"


def test_the_file_changes_a_default(load: Load):
    assert load("web: {port: 9000}").web.port == 9000


def test_the_environment_goes_before_the_file(load: Load):
    settings = load("web: {port: 9000, host: 127.0.0.2}", WEB__PORT="9001")
    assert settings.web.port == 9001
    assert settings.web.host == "127.0.0.2"


def test_relative_paths_are_relative_to_the_house_not_to_the_caller(load: Load, tmp_path: Path):
    settings = load("database: {url: 'sqlite:///var/x.db'}")
    assert settings.database.url == f"sqlite:///{tmp_path}/var/x.db"
    assert settings.intents.model_folder == tmp_path / "var" / "models"


@pytest.mark.parametrize("url", ["sqlite:////srv/x.db", "postgresql://a:b@db/x"])
def test_absolute_addresses_stay_as_they_are(load: Load, url: str):
    assert load(DATABASE__URL=url).database.url == url


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("wep: {port: 1}", "WEP"),
        ("web: {prot: 1}", "WEB__PROT"),
        ("web: {port: many}", "WEB__PORT"),
        ("web: {port: 70000}", "WEB__PORT"),
        ("log: {level: loud}", "LOG__LEVEL"),
        ("language: fr", "LANGUAGE"),
        ("desk: {silent_minutes: 0}", "DESK__SILENT_MINUTES"),
    ],
)
def test_a_mistake_in_the_file_is_named(load: Load, text: str, name: str):
    with pytest.raises(SettingsError) as refused:
        load(text)
    assert refused.value.setting == name
    assert refused.value.remedy


@pytest.mark.parametrize("name", ["COLOUR", "WEBPORT", "WEP__PORT", "WEB__PROT"])
def test_an_unknown_variable_of_ours_is_named(load: Load, name: str):
    with pytest.raises(SettingsError) as refused:
        load(**{name: "1"})
    assert name in refused.value.setting


def test_variables_of_others_are_none_of_our_business(load: Load, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("BAIJIA_COLOUR", "red")
    assert load().language == "zh"


@pytest.mark.parametrize("text", ["web: [", "- a\n- b", "web: {port: 1", "just words"])
def test_a_file_that_is_no_settings_is_refused_with_its_name(load: Load, text: str):
    with pytest.raises(SettingsError):
        load(text)


def test_settings_cannot_be_changed_afterwards(load: Load):
    settings = load()
    with pytest.raises(ValueError, match="frozen"):
        settings.web.port = 1


def test_a_password_in_a_setting_is_in_no_message(load: Load):
    with pytest.raises(SettingsError) as refused:
        load(SECURITY__SECRET_KEY="hush-hush", SECURITY__IDLE_MINUTES="never")
    assert "hush-hush" not in str(refused.value)
