"""The command line as it is started from a checkout."""

import subprocess
import sys


def test_the_command_runs_as_a_module_too():
    ran = subprocess.run(
        [sys.executable, "-m", "app.cli", "--help"], capture_output=True, text=True, timeout=60
    )
    assert ran.returncode == 0
    assert "doctor" in ran.stdout
