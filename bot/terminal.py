"""The terminal channel: one person at a keyboard, on the same path as everybody."""

import asyncio
import sys
from uuid import uuid4

from bot.decoding import encode_text
from core.clock import Clock
from core.messages import Address, Channel, RawInbound, Reply
from handlers.front_door import FrontDoor


class Terminal:
    """Reads lines from standard input and prints what the bot says."""

    def __init__(self, *, front_door: FrontDoor, clock: Clock) -> None:
        self._front_door = front_door
        self._clock = clock

    async def run(self, peer: str) -> None:
        """Talk until the input ends."""
        self._show("在这里写，回车发送；Ctrl-D 结束。")
        while line := await asyncio.to_thread(sys.stdin.readline):
            if line.strip():
                for reply in await self.send(peer, line.rstrip("\n")):
                    self._show(as_text(reply))

    async def send(self, peer: str, text: str) -> list[Reply]:
        """One message and its answers."""
        raw = RawInbound(
            address=Address(Channel.TERMINAL, "", peer),
            external_id=uuid4().hex,
            body=encode_text(text),
            received_at=self._clock.now(),
        )
        return list(await self._front_door.answer_at_once(raw))

    def _show(self, text: str) -> None:
        sys.stdout.write(f"{text}\n\n")
        sys.stdout.flush()


def as_text(reply: Reply) -> str:
    """A reply as plain lines; choices are numbered, a number presses one."""
    choices = [f"  {place}. {each.title}" for place, each in enumerate(reply.choices, 1)]
    return "\n".join([reply.text, *choices])
