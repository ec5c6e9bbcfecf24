"""The two keys: made on a first local run, demanded everywhere else."""

import base64
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from core.errors import SettingsError
from core.settings import Settings

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_FEWEST_DIFFERENT = 10
_SHORTEST_SECRET = 32


@dataclass(frozen=True, slots=True)
class Keys:
    """What signs and what seals."""

    secret: str
    encryption: bytes


def public_url(settings: Settings) -> str:
    """What residents type; raises `SettingsError` when it cannot be guessed."""
    if settings.web.public_url:
        return settings.web.public_url.rstrip("/")
    host = settings.web.host
    if host in ("0.0.0.0", "::"):  # noqa: S104 - asked about, not bound
        raise SettingsError(
            "WEB__PUBLIC_URL",
            "is needed when the server listens on every address",
            "Set it to what residents type, e.g. https://men.example.gov.cn.",
        )
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{settings.web.port}"


def is_local(url: str) -> bool:
    """Whether only this machine can reach the pages: a first local run."""
    return (urlsplit(url).hostname or "") in _LOOPBACK


def hosts_without_token(public_url: str) -> frozenset[str]:
    """
    The names under which programs of a first local run need no token.

    Loopback's and the one in the address that is shown; none on a public address.
    """
    return (
        _LOOPBACK | {urlsplit(public_url).hostname or ""} if is_local(public_url) else frozenset()
    )


def load_keys(settings: Settings) -> Keys:
    """
    The keys from the settings, or the ones made for local runs.

    Raises `SettingsError` for weak ones and for missing ones on a public address.
    """
    secret, encryption = settings.security.secret_key, settings.security.encryption_key
    if not (secret and encryption):
        made = _local_keys(settings)
        secret, encryption = secret or made["secret_key"], encryption or made["encryption_key"]
    return Keys(_checked_secret(secret), _checked_encryption(encryption))


def _local_keys(settings: Settings) -> dict[str, str]:
    path = settings.data_folder / "keys.json"
    if not is_local(public_url(settings)):
        raise SettingsError(
            "SECURITY__SECRET_KEY and SECURITY__ENCRYPTION_KEY",
            "are needed on a public address",
            "Make them with `baijiamen keys` and set them in the environment.",
        )
    if not path.exists():
        _write_private(path, json.dumps(make_keys()))
    keys: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return keys


def make_keys() -> dict[str, str]:
    """A fresh pair of keys, as the settings take them."""
    return {
        "secret_key": secrets.token_urlsafe(48),
        "encryption_key": base64.b64encode(secrets.token_bytes(32)).decode(),
    }


def _write_private(path: Path, text: str) -> None:
    """Write a whole file or none; of two processes that start together the first one wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    draft.touch(mode=0o600, exist_ok=False)
    draft.write_text(text, encoding="utf-8")
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()


def _checked_secret(secret: str) -> str:
    if len(secret) < _SHORTEST_SECRET or len(set(secret)) < _FEWEST_DIFFERENT:
        raise SettingsError(
            "SECURITY__SECRET_KEY", "is too weak", "Use 32 random characters: `baijiamen keys`."
        )
    return secret


def _checked_encryption(encoded: str) -> bytes:
    remedy = "It is 32 random bytes in base64: `baijiamen keys`."
    try:
        key = base64.b64decode(encoded, validate=True)
    except ValueError:
        raise SettingsError("SECURITY__ENCRYPTION_KEY", "is not base64", remedy) from None
    if len(key) != 32 or len(set(key)) < _FEWEST_DIFFERENT:
        raise SettingsError("SECURITY__ENCRYPTION_KEY", "is too weak", remedy)
    return key
