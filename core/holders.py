"""Which process holds something, and whether that process still lives."""

import os
import socket
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Holder:
    """
    A process by its name: the machine, its space of process numbers, its number.

    Leases run out by themselves. But a process that was killed and started
    again on the same machine need not wait for that: it can see that the
    number in the lease belongs to nobody.
    """

    place: str
    number: int

    @classmethod
    def here(cls) -> "Holder":
        """The process that asks."""
        return cls(f"{socket.gethostname()[:64]}/{_space()}", os.getpid())

    @property
    def name(self) -> str:
        """The name as it stands in a lease."""
        return f"{self.place}/{self.number}"

    def knows_dead(self, other: str | None) -> bool:
        """Whether this name belongs to a process of this machine that is no more."""
        place, _, number = (other or "").rpartition("/")
        if place != self.place or not number.isdigit() or not _space():
            return False
        return not Path(f"/proc/{number}").exists()


def _space() -> str:
    """Containers on one machine number their processes each for themselves (Linux only)."""
    try:
        return str(Path("/proc/self/ns/pid").stat().st_ino)
    except OSError:
        return ""
