"""What volunteers find on their pages: tasks written into the running street's database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID

from playwright.async_api import Page

from app.demo import PASSWORD
from app.wiring import House, build_house
from core.actors import BOT
from core.messages import Channel
from core.settings import DatabaseSettings, IntentsSettings, Settings
from handlers.staff.publish_task import publish_task
from people.accounts import find_staff_by_login
from tests.browser.server import StreetServer
from tickets.models import Task
from tickets.opening import NewTicket
from tickets.volunteer_rules import NewTask

_hours = count(3)
"""Each task begins an hour after the one before: nobody is to be in two places at once."""


@asynccontextmanager
async def the_house(server: StreetServer, model_folder: Any) -> AsyncIterator[House]:
    """A second door to the same database, with the same keys."""
    settings = Settings(
        data_folder=server.folder,
        database=DatabaseSettings(url=server.database_url),
        intents=IntentsSettings(model_folder=model_folder),
    )
    house = build_house(settings)
    yield house
    await house.close()


async def publish(house: House, **facts: Any) -> UUID:
    """An old neighbour's request, with a task that volunteers can take."""
    now = house.clock.now()
    starts_at = now + timedelta(hours=next(_hours))
    usual: dict[str, Any] = {
        "kind": "陪诊",
        "title": "陪去医院取药",
        "rough_place": "和平里一带",
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=1),
        "minutes": 60,
        "to_do": ["挂号", "带路", "取药", "陪着"],
        "name": "王婆婆",
        "address": "和平里3栋2单元701",
    }
    community = facts.pop("community", "c05")
    async with house.database.transaction() as session:
        member = await find_staff_by_login(session, "limei")
        assert member is not None
        ticket = await house.tickets.open_ticket(
            session,
            NewTicket(
                channel=Channel.PHONE,
                description="想有人陪着去医院",
                request_type="help",
                matter="elder_care/companion_help",
                urgency="P2",
                community=community,
            ),
            by=BOT,
            now=now,
        )
        new = NewTask(**(usual | facts))
        task: Task = await publish_task(session, house.staff_desk, ticket, new, by=member, now=now)
        return task.id


async def sign_in(page: Page, login: str, then: str = "/volunteer") -> None:
    """By the page, as a volunteer does."""
    await page.goto("/volunteer/sign-in")
    await page.fill("#login", login)
    await page.fill("#password", PASSWORD)
    await page.click("main button")
    await page.wait_for_url("**/volunteer")
    if then != "/volunteer":
        await page.goto(then)
