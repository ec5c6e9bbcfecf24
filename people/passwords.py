"""Passwords: Argon2id, off the event loop, the same work whether the account exists or not."""

import asyncio

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

_PASSES, _MEMORY = 2, 19 * 1024
_HASHER = PasswordHasher(time_cost=_PASSES, memory_cost=_MEMORY, parallelism=1, type=Type.ID)
"""OWASP's smallest recommended Argon2id: 19 MiB, two passes, one lane; about 17 ms a check."""

DECOY = f"$argon2id$v=19$m={_MEMORY},t={_PASSES},p=1${'A' * 22}${'A' * 43}"
"""
Checked when there is no account, so that the answer takes as long.

Written down with zeros for salt and hash: making a real one would cost every start a check.
"""


async def hash_password(password: str) -> str:
    """The encoded hash of a password, with its own salt and parameters."""
    return await asyncio.to_thread(_HASHER.hash, password)


async def password_matches(stored: str | None, password: str) -> bool:
    """Whether the password belongs to the hash; without one it works as long and says no."""
    matches = await asyncio.to_thread(_verify, stored or DECOY, password)
    return matches and stored is not None


def _verify(stored: str, password: str) -> bool:
    try:
        return _HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False
