"""How things are counted: for a while, so many at once, the middle of several rounds."""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

Once = Callable[[int], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table."""

    what: str
    value: float
    unit: str
    ratio: str = ""
    aim: str = ""
    met: bool | None = None
    facts: dict[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The line for a program."""
        return {
            "what": self.what,
            "value": round(self.value, 3),
            "unit": self.unit,
            "ratio": self.ratio,
            "aim": self.aim,
            "met": self.met,
            **self.facts,
        }


class Numbers:
    """Numbers that were never given before, over all rounds."""

    def __init__(self) -> None:
        self._last = 0

    def next(self) -> int:
        """The next one."""
        self._last += 1
        return self._last


async def per_second(once: Once, numbers: Numbers, *, at_once: int, seconds: float) -> float:
    """How often `once` finished in a second, with so many under way at once."""
    began = time.perf_counter()
    until = began + seconds

    async def go() -> int:
        done = 0
        while time.perf_counter() < until:
            await once(numbers.next())
            done += 1
        return done

    counts = await asyncio.gather(*(go() for _ in range(at_once)))
    return sum(counts) / (time.perf_counter() - began)


def percentile(values: Sequence[float], share: float) -> float:
    """The value that so many of all lie below."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def middle(values: Sequence[float]) -> float:
    """The median."""
    return statistics.median(values)
