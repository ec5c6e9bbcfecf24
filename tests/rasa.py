"""A Rasa of our own: its environment, its training, its server; for `bench-rasa` and `test-rasa`."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

from app.configuration import ROOT
from tests.servers import free_port

PROJECT = ROOT / "intents" / "rasa"
ENVIRONMENT = ROOT / "var" / "rasa" / "environment"
_STARTS_WITHIN = 300.0
_NEEDED = "3.10"


class RasaMissing(Exception):
    """Rasa cannot be had here; the message says what is missing, for a person."""


@dataclass(frozen=True, slots=True)
class RasaProcess:
    """A server that answers."""

    url: str
    pid: int
    seconds_to_answer: float


def find_python() -> str:
    """
    Python 3.10 from RASA_PYTHON or the path.

    Rasa 3.6 runs on nothing newer. Raises `RasaMissing`.
    """
    for candidate in (os.environ.get("RASA_PYTHON"), "python3.10"):
        path = shutil.which(candidate) if candidate else None
        if path and _version(path) == _NEEDED:
            return path
    raise RasaMissing(
        "Rasa 3.6 needs Python 3.10, and none was found. Install it and name it: "
        "RASA_PYTHON=/path/to/python3.10 make bench-rasa"
    )


def prepare_environment() -> Path:
    """Install Rasa as `intents/rasa/uv.lock` pins it; gives the command. About 3 GB, once."""
    command = ENVIRONMENT / "bin" / "rasa"
    if not command.exists():
        uv = os.environ.get("UV") or shutil.which("uv")
        if uv is None:
            raise RasaMissing("uv is missing; start this by make, which brings it along")
        subprocess.run(
            [uv, "sync", "--quiet", "--locked", "--python", find_python()],
            cwd=PROJECT,
            env={**os.environ, "UV_PROJECT_ENVIRONMENT": str(ENVIRONMENT)},
            check=True,
        )
    return command


def train_rasa(project: Path, config: str) -> Path:
    """Train the understanding alone; gives the model's file."""
    models = project / "models" / Path(config).stem
    _rasa(
        project,
        ["train", "nlu", "--config", str(PROJECT / config), "--nlu", "data/nlu.yml"],
        ["--domain", "domain.yml", "--out", str(models)],
    )
    return max(models.glob("*.tar.gz"))


def validate(project: Path) -> str:
    """What `rasa data validate` says; raises `CalledProcessError` when it fails."""
    config = str(PROJECT / "config.yml")
    return _rasa(project, ["data", "validate", "--fail-on-warnings", "--config", config])


@contextmanager
def rasa_server(project: Path, model: Path) -> Iterator[RasaProcess]:
    """Serve a model on the loopback until the block ends."""
    port, began = free_port(), time.monotonic()
    with (project / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [
                *(prepare_environment(), "run", "--enable-api", "--model", model),
                *("-i", "127.0.0.1", "-p", str(port)),
            ],
            cwd=project,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait(url, process)
        yield RasaProcess(url, process.pid, time.monotonic() - began)
    finally:
        process.terminate()
        process.wait()


def _wait(url: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + _STARTS_WITHIN
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(httpx.HTTPError):
            if httpx.post(f"{url}/model/parse", json={"text": "你好"}).status_code == 200:
                return
        time.sleep(0.1)
    raise RasaMissing("the Rasa server did not start; see server.log in its project")


def _rasa(project: Path, *arguments: list[str]) -> str:
    words = [str(prepare_environment()), *(word for part in arguments for word in part)]
    done = subprocess.run(
        words,
        cwd=project,
        env=_environment(),
        stdin=subprocess.DEVNULL,
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RasaMissing(f"{' '.join(words[1:])}: {(done.stdout + done.stderr)[-2000:]}")
    return done.stdout + done.stderr


def _environment() -> dict[str, str]:
    """No telemetry, no chatter."""
    quiet = {"RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3"}
    return {**os.environ, **quiet, "SQLALCHEMY_SILENCE_UBER_WARNING": "1"}


def _version(python: str) -> str:
    words = "import sys; print('%d.%d' % sys.version_info[:2])"
    done = subprocess.run([python, "-c", words], capture_output=True, text=True, check=False)
    return done.stdout.strip()
