"""What was asked of the double, with times, so that tests can measure rates and order."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Call:
    """One call as it was answered."""

    at: datetime
    """When it came, by the double's clock."""
    monotonic: float
    """The same in seconds of real time, for measuring."""
    bot_id: int
    method: str
    """As it was written by the caller."""
    chat_id: int | None
    parameters: dict[str, object]
    code: int
    """200, or what it was refused with; 0 when the connection was dropped."""
    description: str = ""
    retry_after: int | None = None


@dataclass
class CallLog:
    """Every call, oldest first."""

    calls: list[Call] = field(default_factory=list)
    keep: int = 200_000

    def add(self, call: Call) -> None:
        """Write one down; the oldest tenth goes when there are too many."""
        self.calls.append(call)
        if len(self.calls) > self.keep:
            del self.calls[: self.keep // 10]

    def of(
        self,
        *methods: str,
        bot_id: int | None = None,
        chat_id: int | None = None,
        answered: bool | None = None,
    ) -> list[Call]:
        """Those of these methods (any if none), this bot, this chat; answered or refused."""
        wanted = {each.lower() for each in methods}
        return [
            each
            for each in self.calls
            if (not wanted or each.method.lower() in wanted)
            and (bot_id is None or each.bot_id == bot_id)
            and (chat_id is None or each.chat_id == chat_id)
            and (answered is None or (each.code == 200) == answered)
        ]


def busiest(calls: Iterable[Call], seconds: float) -> int:
    """The most calls within any span of so many seconds, by the double's clock."""
    times = sorted(each.at for each in calls)
    most, first = 0, 0
    for last, at in enumerate(times):
        while (at - times[first]).total_seconds() >= seconds:
            first += 1
        most = max(most, last - first + 1)
    return most
