"""Identifiers that sort by the time they were made."""

import os
import time
from uuid import UUID


def new_id() -> UUID:
    """
    Give a fresh UUID of version 7 (RFC 9562 §5.7).

    Rows made together lie together in an index, which random UUIDs do not.
    """
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds << 80) | int.from_bytes(os.urandom(10), "big")
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    return UUID(int=value)
