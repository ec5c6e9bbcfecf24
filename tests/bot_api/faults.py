"""What goes wrong on command."""

from dataclasses import dataclass, field
from enum import StrEnum

from tests.bot_api.refusals import Json


class Kind(StrEnum):
    """The ways in which a call can go wrong."""

    ANSWER = "answer"
    """Answer with this code and do nothing."""
    DROP_BEFORE = "drop_before"
    """Cut the connection and do nothing."""
    DROP_AFTER = "drop_after"
    """Carry it out, then cut the connection instead of answering."""
    SLOW = "slow"
    """Carry it out, answer late."""
    HANG = "hang"
    """Wait, then carry it out: the caller may be gone by then."""


@dataclass
class Fault:
    """One trouble for the next calls of a method."""

    kind: Kind
    method: str
    """Any capitals; `*` is every method but getUpdates."""
    times: int = 1
    code: int = 502
    description: str = "Bad Gateway"
    parameters: Json = field(default_factory=dict)
    html: bool = False
    """Answer with a web page, as a proxy in front of Telegram does."""
    seconds: float = 0.0
    """Real time."""
    chat_id: int | None = None
    """Only for calls about this chat."""

    def meets(self, method: str, chat_id: int | None) -> bool:
        """Whether this call is to go wrong."""
        mine = self.method.lower()
        named = mine == method.lower() or (mine == "*" and method.lower() != "getupdates")
        return self.times > 0 and named and self.chat_id in (None, chat_id)


@dataclass
class Faults:
    """Troubles that wait, first come first served."""

    waiting: list[Fault] = field(default_factory=list)

    def add(self, fault: Fault) -> None:
        self.waiting.append(fault)

    def fail(
        self,
        method: str,
        *,
        times: int = 1,
        code: int = 502,
        description: str = "Bad Gateway",
        parameters: Json | None = None,
        html: bool = False,
    ) -> None:
        """Answer the next calls with an error."""
        self.add(Fault(Kind.ANSWER, method, times, code, description, parameters or {}, html=html))

    def drop_before(self, method: str, *, times: int = 1) -> None:
        """Cut the connection before anything is done."""
        self.add(Fault(Kind.DROP_BEFORE, method, times))

    def drop_after(self, method: str, *, times: int = 1) -> None:
        """Do it, but let nobody know."""
        self.add(Fault(Kind.DROP_AFTER, method, times))

    def slow(self, method: str, seconds: float, *, times: int = 1) -> None:
        """Do it, but answer late."""
        self.add(Fault(Kind.SLOW, method, times, seconds=seconds))

    def hang(self, method: str, seconds: float, *, times: int = 1) -> None:
        """Begin late."""
        self.add(Fault(Kind.HANG, method, times, seconds=seconds))

    def clear(self) -> None:
        """No more troubles."""
        self.waiting.clear()

    def take(self, method: str, chat_id: int | None) -> Fault | None:
        """The trouble that this call has, used up by one."""
        for fault in self.waiting:
            if fault.meets(method, chat_id):
                fault.times -= 1
                if not fault.times:
                    self.waiting.remove(fault)
                return fault
        return None
