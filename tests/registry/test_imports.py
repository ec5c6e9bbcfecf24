"""What a start imports: every library costs time and memory, so the heavy ones wait."""

import os
import subprocess
import sys

import pytest

from app.configuration import ROOT

NOT_FOR_SERVING = ("aiogram", "telegram", "alembic", "sklearn", "scipy", "redis", "httpx", "PIL")


@pytest.fixture(scope="module")
def imported() -> set[str]:
    """The packages that a fresh interpreter has after importing what `serve` needs."""
    script = (
        "import sys, app.cli.commands, app.website, app.wiring, app.processes; print(*sys.modules)"
    )
    names = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=True,
        text=True,
    ).stdout.split()
    return {name.split(".")[0] for name in names}


@pytest.mark.parametrize("library", NOT_FOR_SERVING)
def test_a_start_without_telegram_and_redis_does_not_import(library: str, imported: set[str]):
    assert library not in imported
    assert "fastapi" in imported
