"""An office with its people, for everything that staff, volunteers and the clock do."""

from datetime import datetime

import pytest

from core.database import Database
from core.taxonomy import Street, Taxonomy
from core.texts import Texts
from core.vault import Vault
from tests.integration.office import Office, a_desk, an_office
from tests.integration.visits import Visits
from tests.integration.walk import Walk


@pytest.fixture
async def office(
    database: Database,
    vault: Vault,
    taxonomy: Taxonomy,
    street: Street,
    texts: Texts,
    now: datetime,
) -> Office:
    return await an_office(database, a_desk(vault, taxonomy, street, texts), now)


@pytest.fixture
def walk(database: Database, office: Office, now: datetime) -> Walk:
    return Walk(database, office, now)


@pytest.fixture
def visits(database: Database, office: Office, now: datetime) -> Visits:
    return Visits(database, office, now)
