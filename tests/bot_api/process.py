"""A double in a process of its own, for stories in which servers are killed and for measuring."""

import asyncio
import os
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

_ROOT = Path(__file__).parent.parent.parent
_STARTS_WITHIN = 60.0


class ControlRefused(Exception):
    """The verb could not be done; the text says why."""


class BotApiProcess:
    """
    Starts `python -m tests.bot_api` and speaks to its control verbs.

    `async with BotApiProcess("--limits") as api: await api.do("say", bot_id=…)`.
    `api.url` is what bots get as the server's address.
    """

    def __init__(self, *options: str) -> None:
        self.url = ""
        self._options = options
        self._process: asyncio.subprocess.Process | None = None
        self._http = httpx.AsyncClient(timeout=30)

    async def __aenter__(self) -> Self:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.bot_api",
            *self._options,
            stdout=asyncio.subprocess.PIPE,
            cwd=_ROOT,
            env=os.environ | {"PYTHONPATH": str(_ROOT)},
        )
        assert self._process.stdout is not None
        line = await asyncio.wait_for(self._process.stdout.readline(), _STARTS_WITHIN)
        self.url = line.decode().strip()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._http.aclose()
        if self._process:
            self._process.kill()
            await self._process.communicate()

    async def do(self, verb: str, **arguments: Any) -> Any:
        """Do a verb of `Control` and give its result; raises `ControlRefused`."""
        response = await self._http.post(f"{self.url}/control/{verb}", json=arguments)
        answer = response.json()
        if response.status_code != httpx.codes.OK:
            raise ControlRefused(answer["error"])
        return answer["result"]
