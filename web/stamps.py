"""Secrets for visitors' cookies that only this house can have made."""

import hashlib
import hmac
import secrets

_RANDOM_BYTES = 32


class Stamp:
    """
    Makes random cookies with a signature, and knows its own again.

    Visitors who are not signed in have two: one names their chat, the other is
    the twin of the token in their forms. A value that somebody made up, or
    planted in a browser from another host of the same domain, carries no
    signature of `security.secret_key` and counts as no cookie at all. The
    purpose is signed too, so that neither cookie can stand in for the other.
    """

    def __init__(self, secret_key: str) -> None:
        self._key = secret_key.encode()

    def mint(self, purpose: str) -> str:
        """A fresh secret for `purpose`, fit for a cookie: `random.signature`."""
        return self.sign(purpose, secrets.token_urlsafe(_RANDOM_BYTES))

    def sign(self, purpose: str, value: str) -> str:
        """`value` with its signature behind it."""
        return f"{value}.{self._signature(purpose, value)}"

    def is_ours(self, purpose: str, signed: str) -> bool:
        """Whether this house signed it, for this purpose."""
        value, _, signature = signed.rpartition(".")
        return hmac.compare_digest(
            self._signature(purpose, value).encode(), signature.encode("utf-8", "replace")
        )

    def _signature(self, purpose: str, value: str) -> str:
        text = f"{purpose}:{value}".encode("utf-8", "replace")
        return hmac.new(self._key, text, hashlib.sha256).hexdigest()
