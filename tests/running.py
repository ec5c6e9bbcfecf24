"""A real server in a process of its own, to be stopped, killed and started again."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import httpx

from app.configuration import ROOT
from tests.servers import free_port
from web.stamps import Stamp

COMMAND = (str(Path(sys.executable).parent / "baijiamen"),)
_STARTS_WITHIN = 90.0
"""Seconds; generous, because the machine may be busy with everything else."""


class ServerDied(Exception):
    """The server ended before it answered; the text is what it wrote."""


class RunningHouse:
    """
    `baijiamen serve` as people run it.

    Data, keys and port stay the same over restarts, as they do in a street office.
    """

    def __init__(self, folder: Path, database_url: str, model_folder: Path, **more: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = house_environment(
            folder, database_url, model_folder, BAIJIAMEN_WEB__PORT=str(self.port), **more
        )
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *arguments: str) -> None:
        """Begin to start; `answers` waits until it does."""
        with (self.folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                [*COMMAND, "serve", *arguments],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=ROOT,
            )

    async def answers(self) -> None:
        """Wait until `/readyz` answers; raises `ServerDied`."""
        deadline = time.monotonic() + _STARTS_WITHIN
        async with httpx.AsyncClient() as client:
            while time.monotonic() < deadline:
                if not self.runs:
                    break
                with suppress(httpx.HTTPError):
                    if (await client.get(f"{self.url}/readyz")).status_code == 200:
                        return
                await asyncio.sleep(0.05)
        raise ServerDied(self.log())

    @property
    def started(self) -> bool:
        """Whether there was ever a process."""
        return self._process is not None

    @property
    def runs(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """The process's number."""
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        """Kill it in mid-sentence: it gets no chance to finish anything."""
        self._signal(signal.SIGKILL)
        self.wait()

    def terminate(self) -> None:
        """Ask it to finish what it has begun and to stop."""
        self._signal(signal.SIGTERM)

    def wait(self) -> int:
        """Its exit status."""
        return self.wait_seconds(60)

    def wait_seconds(self, seconds: float) -> int:
        """Its exit status; raises `subprocess.TimeoutExpired` when it takes longer."""
        assert self._process is not None
        return self._process.wait(seconds)

    def log(self) -> str:
        """What it wrote."""
        file = self.folder / "server.log"
        return file.read_text(encoding="utf-8")[-4000:] if file.exists() else ""

    def visitor(self, name: object) -> Mapping[str, str]:
        """The headers of a resident's browser that has been here before."""
        keys = json.loads((self.folder / "keys.json").read_text(encoding="utf-8"))
        stamp = Stamp(keys["secret_key"])
        chat, token = stamp.sign("chat", f"{name:0>44}"), stamp.sign("form", "t" * 32)
        return {
            "x-requested-with": "chat",
            "x-form-token": token,
            "cookie": f"chat={chat}; form={token}",
        }

    def _signal(self, number: signal.Signals) -> None:
        if self.runs and self._process is not None:
            self._process.send_signal(number)


def house_environment(
    folder: Path, database_url: str, model_folder: Path, **more: str
) -> Mapping[str, str]:
    """The settings of one installation, and nothing that this shell happens to set."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BAIJIAMEN_")}
    return {
        **kept,
        "BAIJIAMEN_DATA_FOLDER": str(folder),
        "BAIJIAMEN_DATABASE__URL": database_url,
        "BAIJIAMEN_INTENTS__MODEL_FOLDER": str(model_folder),
        "BAIJIAMEN_LOG__LEVEL": "warning",
        "NO_PROXY": "127.0.0.1,localhost",
        **more,
    }
