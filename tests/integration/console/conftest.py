"""The desk's pages over an office with its people, and browsers in which they are signed in."""

import pytest

from core.database import Database
from tests.console_house import a_console
from tests.integration.office import (
    a_desk,
    an_office,
)


@pytest.fixture
async def database(sqlite_url):
    database = Database(sqlite_url)
    yield database
    await database.close()


@pytest.fixture
def desk(vault, taxonomy, street, texts):
    return a_desk(vault, taxonomy, street, texts)


@pytest.fixture
async def office(database, desk, now):
    return await an_office(database, desk, now)


@pytest.fixture
def house(database, desk, vault, taxonomy, street, texts, clock):
    return a_console(
        database, desk, vault=vault, taxonomy=taxonomy, street=street, texts=texts, clock=clock
    )


@pytest.fixture
async def operator(house, office):
    return await house.sign_in(office.operator)


@pytest.fixture
async def dispatcher(house, office):
    return await house.sign_in(office.dispatcher)


@pytest.fixture
async def handler(house, office):
    return await house.sign_in(office.handler)
