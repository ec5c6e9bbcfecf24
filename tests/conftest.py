"""What every test may ask for: both databases, Redis, the vault, the taxonomy, a clock."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from app.demo import STAFF
from app.models import is_trained, train
from app.tables import all_tables
from app.wiring import House, Mind, build_house, read_mind
from core.database import Database
from core.messages import Channel
from core.settings import DatabaseSettings, IntentsSettings, Settings
from core.taxonomy import Street, Taxonomy, load_street, load_taxonomy
from core.texts import Texts
from core.vault import Vault
from people.accounts import add_staff
from people.permissions import StaffMember
from tests.people import FakeChannel, Resident
from tests.servers import (
    ServerMissing,
    find_postgres,
    find_redis,
    postgres_server,
    redis_server,
)

pytest_plugins = [
    "tests.no_skips",
    "tests.databases",
    "tests.bot_api.fixtures",
    "tests.volunteer_visitors",
]

ROOT = Path(__file__).parent.parent


def _needs(find: Callable[[], object]) -> None:
    """Skip what needs a server that this machine has not; with CI set that is a failure."""
    try:
        find()
    except ServerMissing as missing:
        pytest.skip(str(missing))


class FixedClock:
    """A clock that stands until it is moved: Monday 23 November 2026, 10:00 in China."""

    def __init__(self) -> None:
        self._now = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self._now

    def move(self, **by: float) -> datetime:
        """Move forward by days, hours, minutes, seconds."""
        self._now += timedelta(**by)
        return self._now


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def now(clock: FixedClock) -> datetime:
    return clock.now()


@pytest.fixture(scope="session")
def taxonomy() -> Taxonomy:
    return load_taxonomy()


@pytest.fixture(scope="session")
def street() -> Street:
    return load_street()


@pytest.fixture(scope="session")
def texts() -> Texts:
    return Texts(ROOT / "locales")


@pytest.fixture(scope="session")
def vault() -> Vault:
    return Vault(b"k" * 32)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    _needs(find_postgres)
    with postgres_server() as url:
        asyncio.run(_create_schema(url))
        yield url


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    _needs(find_redis)
    with redis_server() as url:
        yield url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    asyncio.run(_create_schema(f"sqlite:///{path}"))
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    path = tmp_path / "baijiamen.db"
    shutil.copy(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty database of each kind."""
    name = "sqlite_url" if request.param == "sqlite" else "clean_postgres_url"
    url: str = request.getfixturevalue(name)
    return url


@pytest.fixture
async def clean_postgres_url(postgres_url: str) -> str:
    database = Database(postgres_url)
    tables = ", ".join(table.name for table in all_tables().sorted_tables)
    async with database.transaction() as session:
        await session.execute(text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
    await database.close()
    return postgres_url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url)
    yield database
    await database.close()


async def _create_schema(url: str) -> None:
    database = Database(url)
    async with database.engine.begin() as connection:
        await connection.run_sync(all_tables().create_all)
    await database.close()


@pytest.fixture(scope="session")
def model_folder() -> Path:
    """The model for the catalogue as it is, trained once and kept under var/."""
    settings = Settings(intents=IntentsSettings(model_folder=ROOT / "var" / "models"))
    if not is_trained(settings):
        train(settings, load_taxonomy(), load_street())
    return settings.intents.model_folder


@pytest.fixture(scope="session")
def mind(model_folder: Path) -> Mind:
    """Model and articles, read once: they are never changed."""
    return read_mind(Settings(intents=IntentsSettings(model_folder=model_folder)))


@pytest.fixture
def settings(database_url: str, model_folder: Path, tmp_path: Path) -> Settings:
    return Settings(
        data_folder=tmp_path,
        database=DatabaseSettings(url=database_url),
        intents=IntentsSettings(model_folder=model_folder),
    )


@pytest.fixture
def fake_channel() -> FakeChannel:
    return FakeChannel()


@pytest.fixture
async def house(
    settings: Settings, mind: Mind, clock: FixedClock, fake_channel: FakeChannel
) -> AsyncIterator[House]:
    """Everything built as in production, on an empty database with a clock that stands."""
    house = build_house(
        settings, mind=mind, clock=clock, channels={(Channel.FAKE, None): fake_channel}
    )
    yield house
    await house.close()


@pytest.fixture
def resident(house: House) -> Resident:
    """Somebody who writes over a channel that answers at once."""
    return Resident(house)


@pytest.fixture
async def staff(house: House) -> dict[str, StaffMember]:
    """The sample street's staff by login; nobody has a password, so this takes no time."""
    return await sample_staff(house)


async def sample_staff(house: House) -> dict[str, StaffMember]:
    """Add the sample street's staff to a house."""
    members = {}
    async with house.database.transaction() as session:
        for person in STAFF:
            members[person.login] = await add_staff(
                session,
                login=person.login,
                name=person.name,
                number=person.number,
                roles=person.roles,
                units=person.units,
                password_hash=None,
                now=house.clock.now(),
            )
    return members
