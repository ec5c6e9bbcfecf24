"""Databases as migrations make them, and what it takes to read them afterwards."""

import json
from base64 import b64decode
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from app.schema import upgrade
from core.database import Database
from core.vault import Vault


@pytest.fixture
async def own_postgres_url(postgres_url: str) -> AsyncIterator[str]:
    """A database of one's own on the tests' server, not made yet by any migration."""
    name = f"journey_{uuid4().hex}"
    engine = create_async_engine(postgres_url, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(f"CREATE DATABASE {name}"))
    yield postgres_url.rsplit("/", 1)[0] + f"/{name}"
    async with engine.connect() as connection:
        await connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    await engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def unmade_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a database of each kind may be made."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'baijiamen.db'}"
    url: str = request.getfixturevalue("own_postgres_url")
    return url


@pytest.fixture
async def migrated_url(unmade_url: str) -> str:
    """A database of each kind, made by the migrations alone."""
    database = Database(unmade_url)
    await upgrade(database)
    await database.close()
    return unmade_url


@pytest.fixture(scope="session")
def open_vault() -> Callable[[Path], Vault]:
    """The vault of an installation whose keys were made under its data folder."""

    def opened(data_folder: Path) -> Vault:
        keys = json.loads((data_folder / "keys.json").read_text(encoding="utf-8"))
        return Vault(b64decode(keys["encryption_key"]))

    return opened
