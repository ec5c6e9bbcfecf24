"""Volunteers with a browser that runs no script, and the pages they visit."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from app.website import SURFACES
from bot.volunteer_claims import build_volunteer_claims
from bot.volunteer_pages import VolunteerDeps, build_volunteer_pages
from bot.volunteer_profile import build_volunteer_profile
from core.database import Database
from core.ids import new_id
from core.limits import WindowLimits
from core.settings import SecuritySettings
from core.signals import InProcessSignals
from handlers.staff.publish_task import publish_task
from people.models import Volunteer
from people.permissions import VolunteerMember
from people.sessions import open_session
from tests.conftest import FixedClock
from tests.integration.office import Office, a_ticket, a_training
from tickets.volunteer_rules import NewTask
from web.application import add_pages
from web.gate import Gate
from web.pages import Pages
from web.stamps import Stamp

ORIGIN = "http://127.0.0.1:8000"

Person = Callable[..., Awaitable["Visitor"]]
Publish = Callable[..., Awaitable[UUID]]


class Visitor:
    """A signed-in volunteer with a browser that runs no script."""

    def __init__(self, client: httpx.AsyncClient, member: VolunteerMember, token: str) -> None:
        self.client = client
        self.member = member
        self.token = token

    async def sees(self, path: str, status: int = 200) -> str:
        page = await self.client.get(path)
        assert page.status_code == status, page.text
        return page.text

    async def presses(self, path: str, **fields: str) -> httpx.Response:
        return await self.client.post(
            path, data={"_token": self.token, **fields}, headers={"origin": ORIGIN}
        )

    async def presses_and_reads(self, path: str, **fields: str) -> str:
        response = await self.presses(path, **fields)
        assert response.status_code == 303, response.text
        return await self.sees(response.headers["location"])


@pytest.fixture
def signals() -> InProcessSignals:
    return InProcessSignals()


@pytest.fixture
def website(database: Database, office: Office, clock: FixedClock, signals) -> FastAPI:
    stamp = Stamp("a key of the tests")
    pages = Pages(
        texts=office.desk.texts,
        clock=clock,
        street_name="红阳街道",
        public_url=ORIGIN,
        stamp=stamp,
        surfaces=SURFACES,
    )
    gate = Gate(
        database=database,
        clock=clock,
        security=SecuritySettings(),
        stamp=stamp,
        public_url=ORIGIN,
    )
    app = FastAPI()
    add_pages(app, pages=pages, gate=gate, limits=WindowLimits(), clock=clock)
    deps = VolunteerDeps(
        database=database,
        desk=office.desk,
        signals=signals,
        clock=clock,
        pages=pages,
        gate=gate,
        limits=WindowLimits(),
    )
    app.include_router(build_volunteer_pages(deps))
    app.include_router(build_volunteer_claims(deps))
    app.include_router(build_volunteer_profile(deps))
    return app


@pytest.fixture
async def person(website: FastAPI, database: Database, now: datetime) -> AsyncIterator[Person]:
    clients: list[httpx.AsyncClient] = []

    async def somebody(name: str = "吴波", **facts: Any) -> Visitor:
        member = VolunteerMember(new_id(), name, **facts)
        async with database.transaction() as session:
            session.add(_row(member, now))
            await session.flush()
            if member.home_visits:
                session.add(a_training(member.id, now))
            opened = await open_session(
                session,
                staff_id=None,
                volunteer_id=member.id,
                lifetime=timedelta(hours=12),
                now=now,
            )
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(website),
            base_url=ORIGIN,
            cookies={"volunteer": opened.secret},
        )
        clients.append(client)
        page = await client.get("/volunteer")
        found = re.search(r'name="_token" value="([^"]+)"', page.text)
        assert found, page.text
        return Visitor(client, member, found[1])

    yield somebody
    for client in clients:
        await client.aclose()


def _row(member: VolunteerMember, now: datetime) -> Volunteer:
    return Volunteer(
        id=member.id,
        login=f"login-{member.id}",
        name=member.name,
        skills=list(member.skills),
        communities=list(member.communities),
        home_visits=member.home_visits,
        created_at=now,
    )


@pytest.fixture
def publish(database: Database, office: Office, clock: FixedClock) -> Publish:
    async def publish(number: str | None = None, **facts: Any) -> UUID:
        now = clock.now()
        community = facts.pop("community", "c05")
        number = number or await a_ticket(
            database, office, now, matter="elder_care/companion_help", community=community
        )
        usual: dict[str, Any] = {
            "kind": "陪诊",
            "title": "陪去医院取药",
            "rough_place": "和平里一带",
            "starts_at": now + timedelta(hours=4),
            "ends_at": now + timedelta(hours=5),
            "minutes": 60,
            "to_do": ["挂号", "带路", "取药"],
            "name": "王婆婆",
            "address": "和平里3栋2单元701",
        }
        async with database.transaction() as session:
            ticket = await office.desk.get_ticket(session, number, by=office.operator)
            new = NewTask(**(usual | facts))
            task = await publish_task(
                session, office.desk, ticket, new, by=office.operator, now=now
            )
            return task.id

    return publish
