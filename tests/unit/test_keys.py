"""The two keys: made for a local run, demanded everywhere else, never weak."""

import base64
import json
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.keys import is_local, load_keys, make_keys, public_url
from core.errors import SettingsError
from core.settings import SecuritySettings, Settings, WebSettings


def a_street(folder: Path, **security: str) -> Settings:
    return Settings(data_folder=folder, security=SecuritySettings(**security))


def test_a_first_local_run_makes_keys_that_only_the_owner_may_read(tmp_path: Path):
    keys = load_keys(a_street(tmp_path))
    file = tmp_path / "keys.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(keys.encryption) == 32
    assert len(keys.secret) >= 32


def test_the_second_run_has_the_same_keys(tmp_path: Path):
    assert load_keys(a_street(tmp_path)) == load_keys(a_street(tmp_path))


def test_sixteen_first_runs_at_once_agree_on_one_pair(tmp_path: Path):
    with ThreadPoolExecutor(16) as pool:
        pairs = list(pool.map(lambda _: load_keys(a_street(tmp_path)), range(16)))
    assert len(set(pairs)) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["keys.json"]


def test_keys_from_the_settings_go_before_those_in_the_file(tmp_path: Path):
    load_keys(a_street(tmp_path))
    given = make_keys()
    keys = load_keys(a_street(tmp_path, **given))
    assert keys.secret == given["secret_key"]
    assert base64.b64encode(keys.encryption).decode() == given["encryption_key"]


def test_a_public_address_makes_no_keys_by_itself(tmp_path: Path):
    settings = Settings(
        data_folder=tmp_path, web=WebSettings(public_url="https://men.example.gov.cn")
    )
    with pytest.raises(SettingsError, match="SECURITY__SECRET_KEY"):
        load_keys(settings)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("secret", ["short", "a" * 64, "ab" * 40, "x" * 31])
def test_a_weak_secret_is_refused(tmp_path: Path, secret: str):
    with pytest.raises(SettingsError, match="SECURITY__SECRET_KEY"):
        load_keys(a_street(tmp_path, **(make_keys() | {"secret_key": secret})))


@pytest.mark.parametrize(
    "key",
    ["$$$$", base64.b64encode(bytes(32)).decode(), base64.b64encode(bytes(range(16))).decode()],
)
def test_a_weak_or_unreadable_encryption_key_is_refused(tmp_path: Path, key: str):
    settings = a_street(tmp_path, **(make_keys() | {"encryption_key": key}))
    with pytest.raises(SettingsError, match="SECURITY__ENCRYPTION_KEY"):
        load_keys(settings)


def test_fresh_keys_are_strong_and_never_the_same(tmp_path: Path):
    one, other = make_keys(), make_keys()
    assert one != other
    (tmp_path / "keys.json").write_text(json.dumps(one), encoding="utf-8")
    assert load_keys(a_street(tmp_path)).secret == one["secret_key"]


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://127.0.0.1:8000", True),
        ("http://localhost", True),
        ("http://[::1]:8000", True),
        ("https://men.example.gov.cn", False),
        ("http://192.168.1.5:8000", False),
        ("http://127.0.0.1.example.com", False),
        ("", False),
    ],
)
def test_only_loopback_is_local(url: str, local: bool):
    assert is_local(url) is local


def test_the_address_to_show_is_guessed_only_where_it_can_be():
    assert public_url(Settings()) == "http://127.0.0.1:8000"
    assert public_url(Settings(web=WebSettings(host="::1", port=80))) == "http://[::1]:80"
    with pytest.raises(SettingsError, match="WEB__PUBLIC_URL"):
        public_url(Settings(web=WebSettings(host="0.0.0.0")))
