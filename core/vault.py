"""Personal data at rest: sealed with AES-256-GCM, found again by a keyed digest."""

import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from core.errors import FrontDoorError

_NONCE = 12


class SealBroken(FrontDoorError):
    """The bytes were not sealed by this key for this purpose, or were changed."""


class Vault:
    """
    Seals texts for one purpose each, so that a value cannot be moved between columns.

    `key` is 32 random bytes (`SECURITY__ENCRYPTION_KEY`). The purpose goes in
    as associated data, e.g. "ticket.phone".
    """

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(_derive(key, b"seal"))
        self._index_key = _derive(key, b"index")

    def seal(self, text: str, *, purpose: str) -> bytes:
        """Encrypt a text; every call gives other bytes."""
        return self.seal_bytes(text.encode(), purpose=purpose)

    def seal_bytes(self, content: bytes, *, purpose: str) -> bytes:
        """Encrypt bytes of any kind."""
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, content, purpose.encode())

    def open(self, sealed: bytes, *, purpose: str) -> str:
        """Decrypt what `seal` gave for the same purpose; raises `SealBroken`."""
        return self.open_bytes(sealed, purpose=purpose).decode()

    def open_bytes(self, sealed: bytes, *, purpose: str) -> bytes:
        """Decrypt what `seal_bytes` gave for the same purpose; raises `SealBroken`."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], purpose.encode())
        except InvalidTag as error:
            raise SealBroken(purpose) from error

    def seal_maybe(self, text: str | None, *, purpose: str) -> bytes | None:
        """Encrypt a text that may be absent; an empty one counts as absent."""
        return self.seal(text, purpose=purpose) if text else None

    def open_maybe(self, sealed: bytes | None, *, purpose: str) -> str | None:
        """Decrypt a value that may be absent."""
        return None if sealed is None else self.open(sealed, purpose=purpose)

    def index(self, text: str, *, purpose: str) -> str:
        """A keyed digest by which equal values are found without opening any (HMAC-SHA-256)."""
        message = purpose.encode() + b"\0" + text.encode()
        return hmac.new(self._index_key, message, hashlib.sha256).hexdigest()


def _derive(key: bytes, purpose: bytes) -> bytes:
    return HKDFExpand(algorithm=hashes.SHA256(), length=32, info=b"baijiamen " + purpose).derive(
        key
    )
