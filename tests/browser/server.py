"""百家门 as its own process on a free port, with an empty database, to be killed and started again."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import IO

from tests.servers import free_port

ROOT = Path(__file__).parent.parent.parent
_COMMAND = "from app.cli import main; main()"


class ServerDidNotStart(Exception):
    """The process ended or stayed silent; its log is the message."""


class StreetServer:
    """The sample street, served as `make run` does."""

    def __init__(self, folder: Path, model_folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.database_url = f"sqlite:///{folder / 'baijiamen.db'}"
        self._log = folder / "server.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._environment = {
            **{name: value for name, value in os.environ.items() if "BAIJIAMEN" not in name},
            "BAIJIAMEN_DATA_FOLDER": str(folder),
            "BAIJIAMEN_DATABASE__URL": self.database_url,
            "BAIJIAMEN_INTENTS__MODEL_FOLDER": str(model_folder),
            "BAIJIAMEN_WEB__PORT": str(self.port),
            "BAIJIAMEN_LOG__FORMAT": "json",
        }

    def start(self) -> None:
        """Start it and wait until it is ready."""
        with self._log.open("ab") as log:
            self._process = self._begin(log)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self._process.poll() is None:
            if self._is_ready():
                return
            time.sleep(0.1)
        self.stop()
        raise ServerDidNotStart(self.log())

    def kill(self) -> None:
        """End it without a chance to finish anything."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def stop(self) -> None:
        """Ask it to finish, as an administrator would."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def log(self) -> str:
        """The last lines that it wrote."""
        return self._log.read_text(encoding="utf-8", errors="replace")[-4000:]

    def _begin(self, log: IO[bytes]) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [sys.executable, "-c", _COMMAND, "serve", "--local"],
            cwd=ROOT,
            env=self._environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=2) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False
