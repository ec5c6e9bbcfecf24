"""What every command shares: settings, one event loop, errors as one clear line."""

import os
import sys
from collections.abc import Awaitable, Callable
from typing import NoReturn, TypeVar

import orjson
import typer
import uvloop

from app.configuration import load_settings
from app.logs import configure_logs
from app.telegram import secrets_of
from app.wiring import House, build_house
from core.errors import DatabaseUnavailable, FrontDoorError
from core.settings import Settings

_T = TypeVar("_T")


def settings() -> Settings:
    """The settings, or the end of the command with a line that says what to do."""
    return guarded(load_settings)


def with_house(work: Callable[[House], Awaitable[_T]]) -> _T:
    """Build everything, do the work, close everything."""

    async def run() -> _T:
        loaded = load_settings()
        os.umask(0o077)  # database, backups and keys are for their owner only
        configure_logs(loaded.log, secrets_of(loaded))
        house = build_house(loaded)
        try:
            return await work(house)
        finally:
            await house.close()

    return guarded(lambda: uvloop.run(run()))


def guarded(work: Callable[[], _T]) -> _T:
    """Turn our own errors into one line and exit status 1."""
    try:
        return work()
    except DatabaseUnavailable as error:
        fail(
            f"DATABASE__URL: the database does not answer or cannot be written to ({error}). "
            "Is it running, the URL right, the file ours?"
        )
    except FrontDoorError as error:
        fail(str(error))


def fail(words: str) -> NoReturn:
    """Say what went wrong and end with 1."""
    typer.echo(f"baijiamen: {words}", err=True)
    raise typer.Exit(1)


def show(value: object) -> None:
    """Print JSON for a program."""
    sys.stdout.write(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode() + "\n")
