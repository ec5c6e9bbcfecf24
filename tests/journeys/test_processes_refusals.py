"""What cannot work is refused at the start: the setting's name, what to do, exit status 1."""

import asyncio
import ctypes
import logging
import os
import socket
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog
from typer.testing import CliRunner

from app.cli.commands import app
from app.configuration import ROOT
from app.schema import upgrade
from core.database import Database
from tests.running import COMMAND, house_environment
from tests.servers import free_port

Refused = Callable[..., str]


@pytest.fixture
def quiet_logs() -> Iterator[None]:
    """A command run in this process sets up logging; put it back afterwards."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


@pytest.fixture
def refused(tmp_path: Path, model_folder: Path, quiet_logs: None) -> Refused:
    """Start with some settings and give the sentence with which it is refused."""

    def start(*arguments: str, url: str | None = None, **settings: str) -> str:
        url = url or f"sqlite:///{tmp_path / 'baijiamen.db'}"
        more = {f"BAIJIAMEN_{name}": value for name, value in settings.items()}
        port = {"BAIJIAMEN_WEB__PORT": str(free_port())}
        environment = house_environment(tmp_path, url, model_folder, **(port | more))
        done = CliRunner().invoke(app, ["serve", *(arguments or ("--local",))], env=environment)
        assert isinstance(done.exception, SystemExit), done.exception
        assert done.exit_code == 1
        return done.stderr.strip().splitlines()[-1]

    return start


def test_sqlite_runs_all_roles_in_one_process_or_none(refused: Refused):
    sentence = refused("--local", "--roles", "web")
    assert "--roles" in sentence
    assert "SQLite has one writer" in sentence
    assert "PostgreSQL" in sentence


def test_an_unknown_role_is_named(refused: Refused):
    assert "painter is no role" in refused("--roles", "web,painter")


def test_a_taken_port_is_named_with_a_way_out(refused: Refused):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        sentence = refused(WEB__PORT=port)
    assert "WEB__PORT" in sentence
    assert port in sentence
    assert "PORT=" in sentence


def test_an_unknown_variable_of_ours_is_named(refused: Refused):
    assert "BAIJIAMEN_COLOUR" in refused(COLOUR="red")


def test_an_unknown_name_within_a_section_is_named(refused: Refused):
    assert "WEB__PROT" in refused(WEB__PROT="8000")


@pytest.mark.parametrize(
    ("name", "value"),
    [("WEB__PORT", "eight thousand"), ("SECURITY__IDLE_MINUTES", "0"), ("LOG__LEVEL", "loud")],
)
def test_a_value_of_the_wrong_kind_is_refused_with_its_name(refused: Refused, name, value):
    sentence = refused(**{name: value})
    assert name in sentence
    assert f"BAIJIAMEN_{name}" in sentence


def test_a_weak_secret_key_is_refused(refused: Refused):
    sentence = refused(SECURITY__SECRET_KEY="a" * 64)
    assert "SECURITY__SECRET_KEY" in sentence
    assert "baijiamen keys" in sentence


@pytest.mark.parametrize("key", ["c2hvcnQ=", "AAAA" * 10 + "AAA=", "not base64 at all"])
def test_a_weak_encryption_key_is_refused(refused: Refused, key):
    sentence = refused(SECURITY__ENCRYPTION_KEY=key)
    assert "SECURITY__ENCRYPTION_KEY" in sentence
    assert "baijiamen keys" in sentence


def test_a_public_address_without_keys_is_refused(refused: Refused):
    sentence = refused(WEB__PUBLIC_URL="https://men.example.gov.cn")
    assert "SECURITY__SECRET_KEY" in sentence
    assert "SECURITY__ENCRYPTION_KEY" in sentence


def test_listening_everywhere_needs_an_address_to_show(refused: Refused):
    assert "WEB__PUBLIC_URL" in refused(WEB__HOST="0.0.0.0")


def test_an_unreachable_database_is_named(refused: Refused):
    url = f"postgresql://nobody@127.0.0.1:{free_port()}/nothing"
    assert "DATABASE__URL" in refused(url=url)


def test_a_database_whose_schema_is_older_is_refused(refused: Refused):
    sentence = refused("--roles", "web,worker,sender,clock")
    assert "DATABASE__URL" in sentence
    assert "baijiamen db upgrade" in sentence


def test_a_folder_in_the_place_of_the_database_is_refused(refused: Refused, tmp_path: Path):
    (tmp_path / "folder.db").mkdir()
    assert "DATABASE__URL" in refused(url=f"sqlite:///{tmp_path / 'folder.db'}")


def test_a_database_file_that_may_not_be_written_to_is_refused(tmp_path: Path, model_folder: Path):
    folder = tmp_path / "closed"
    folder.mkdir()
    url = f"sqlite:///{folder / 'baijiamen.db'}"
    environment = house_environment(tmp_path, url, model_folder)
    asyncio.run(_upgrade(url))
    for file in folder.iterdir():
        file.chmod(stat.S_IRUSR)
    folder.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        done = subprocess.run(
            [*COMMAND, "serve", "--local"],
            env=environment,
            capture_output=True,
            text=True,
            timeout=90,
            cwd=ROOT,
            check=False,
            preexec_fn=_obey_file_modes,
        )
    finally:
        folder.chmod(stat.S_IRWXU)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "DATABASE__URL" in done.stderr


async def _upgrade(url: str) -> None:
    database = Database(url)
    await upgrade(database)
    await database.close()


def _obey_file_modes() -> None:
    """Root may write to everything; take that away (PR_CAPBSET_DROP, CAP_DAC_OVERRIDE)."""
    if os.geteuid() == 0 and sys.platform == "linux":
        ctypes.CDLL(None).prctl(24, 1, 0, 0, 0)


def test_two_that_start_together_share_one_pair_of_keys(tmp_path: Path, model_folder: Path):
    url = f"sqlite:///{tmp_path / 'baijiamen.db'}"
    environment = house_environment(tmp_path, url, model_folder)
    started = [
        subprocess.Popen([*COMMAND, "db", "upgrade"], env=environment, cwd=ROOT) for _ in range(2)
    ]
    assert [process.wait(90) for process in started] == [0, 0]
    assert stat.S_IMODE((tmp_path / "keys.json").stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.glob(".keys.json*")] == []
