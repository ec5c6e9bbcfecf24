"""Copies of the database, taken while everything runs, and put back."""

import asyncio
import os
import shutil
import sqlite3
from pathlib import Path

from sqlalchemy import URL, inspect

from core.database import Database
from core.errors import FrontDoorError


class BackupFailed(FrontDoorError):
    """The copy could not be made or put back."""


async def write_backup(database: Database, file: Path) -> None:
    """Write a consistent copy; raises `BackupFailed`, and never overwrites a file."""
    await asyncio.to_thread(_claim, file)
    url = database.engine.url
    if database.is_sqlite:
        await asyncio.to_thread(_copy_sqlite, Path(url.database or ""), file)
    else:
        await _run_tool("pg_dump", url, "--format=custom", "--no-owner", f"--file={file}")


async def restore_backup(database: Database, file: Path, *, replace: bool) -> None:
    """Put a copy back; raises `BackupFailed` when something is there and `replace` is not set."""
    if not replace and await _holds_tables(database):
        raise BackupFailed("the database is not empty; add --yes to replace what is there")
    url = database.engine.url
    await database.close()
    if database.is_sqlite:
        await asyncio.to_thread(_put_back_sqlite, file, Path(url.database or ""))
    else:
        await _run_tool(
            "pg_restore", url, "--clean", "--if-exists", "--no-owner", "--exit-on-error", str(file)
        )


def _claim(file: Path) -> None:
    """Make the file, readable by its owner only; it holds personal data, though sealed."""
    try:
        file.touch(mode=0o600, exist_ok=False)
    except FileExistsError:
        raise BackupFailed(f"{file} exists already; give another name") from None
    except OSError as error:
        raise BackupFailed(f"{file} cannot be written: {error.strerror}") from None


def _copy_sqlite(source: Path, target: Path) -> None:
    with sqlite3.connect(source) as live, sqlite3.connect(target) as copy:
        live.backup(copy)
    live.close()
    copy.close()


def _put_back_sqlite(file: Path, target: Path) -> None:
    check = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    try:
        verdict = check.execute("PRAGMA integrity_check").fetchone()[0]
        version = check.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.DatabaseError as error:
        raise BackupFailed(f"{file} is no copy of ours: {error}") from None
    finally:
        check.close()
    if verdict != "ok" or version is None:
        raise BackupFailed(f"{file} is damaged: {verdict}")
    with sqlite3.connect(file) as copy, sqlite3.connect(target) as live:
        copy.backup(live)
    copy.close()
    live.close()


async def _holds_tables(database: Database) -> bool:
    async with database.engine.connect() as connection:
        names: list[str] = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
    return bool(names)


async def _run_tool(tool: str, url: URL, *arguments: str) -> None:
    """PostgreSQL's own tools; the password goes through the environment, not the command line."""
    path = shutil.which(tool)
    if path is None:
        raise BackupFailed(f"{tool} is not installed (Debian: postgresql-client)")
    environment = {**os.environ, "PGPASSWORD": url.password or ""}
    place = [f"--dbname={url.database}", f"--host={url.host}", f"--port={url.port or 5432}"]
    process = await asyncio.create_subprocess_exec(
        path,
        *place,
        f"--username={url.username}",
        *arguments,
        env=environment,
        stderr=asyncio.subprocess.PIPE,
    )
    _, errors = await process.communicate()
    if process.returncode:
        raise BackupFailed(f"{tool}: {errors.decode().strip()[-300:]}")
