"""
Sees to it that the servers of the tests are there: PostgreSQL, Redis, Chromium, a Chinese font.

`make test` runs it first. Root installs what is missing with apt. Anybody else gets PostgreSQL
and Redis as wheels; a browser cannot be had that way, so its tests are named as not run.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.servers import ServerMissing, find_chromium, find_postgres, find_redis

ROOT = Path(__file__).parent.parent


def main() -> None:
    """Install what is missing; what stays missing is said, and the tests say what they lack."""
    missing = [package for package, there in _NEEDED.items() if not there()]
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        _apt("update", "-qq")
        _apt("install", "-y", "-qq", "--no-install-recommends", *missing)
    if not (_found(find_postgres) and _found(find_redis)):
        _add_wheels()
    for package, there in _NEEDED.items():
        if not there():
            _say(f"missing: {package} (Debian: apt-get install {package})")


def _found(find: Callable[[], object]) -> bool:
    try:
        find()
    except ServerMissing:
        return False
    return True


def _has_chinese_font() -> bool:
    lister = shutil.which("fc-list")
    if lister is None:
        return False
    fonts = subprocess.run([lister, ":lang=zh"], capture_output=True, check=False).stdout
    return bool(fonts.strip())


_NEEDED: dict[str, Callable[[], bool]] = {
    "postgresql": lambda: _found(find_postgres),
    "redis-server": lambda: _found(find_redis),
    "chromium": lambda: _found(find_chromium),
    "fontconfig": lambda: shutil.which("fc-list") is not None,
    "fonts-noto-cjk": _has_chinese_font,
}


def _apt(*arguments: str) -> None:
    """RUNLEVEL=1 keeps the packages from starting servers of their own."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    done = subprocess.run(
        ["apt-get", *arguments], env=environment, stdin=subprocess.DEVNULL, check=False
    )
    if done.returncode:
        _say(f"apt-get {arguments[0]} failed")


def _add_wheels() -> None:
    beside = ROOT / ".tool" / "bin" / "uv"
    uv = shutil.which("uv") or str(beside)
    if not Path(uv).exists():
        return
    _say("PostgreSQL and Redis come as wheels")
    command = [uv, "sync", "--quiet", "--locked", "--inexact", "--group", "dev"]
    subprocess.run([*command, "--group", "servers"], cwd=ROOT, check=False)


def _say(words: str) -> None:
    sys.stdout.write(f"tests: {words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
