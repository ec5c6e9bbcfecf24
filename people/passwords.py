"""Passwords: Argon2id, off the event loop, the same work whether the account exists or not."""

import asyncio

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, type=Type.ID)
"""OWASP's smallest recommended Argon2id: 19 MiB, two passes, one lane; about 17 ms a check."""

_DECOY = _HASHER.hash("nobody's password")
"""Checked when there is no account, so that the answer takes as long."""


async def hash_password(password: str) -> str:
    """The encoded hash of a password, with its own salt and parameters."""
    return await asyncio.to_thread(_HASHER.hash, password)


async def password_matches(stored: str | None, password: str) -> bool:
    """Whether the password belongs to the hash; without one it works as long and says no."""
    matches = await asyncio.to_thread(_verify, stored or _DECOY, password)
    return matches and stored is not None


def _verify(stored: str, password: str) -> bool:
    try:
        return _HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False
