"""The web application: every door that speaks HTTP, on one application."""

from functools import partial

from fastapi import FastAPI

from api.health import Health
from app.configuration import ROOT
from app.keys import hosts_without_token
from app.revision import is_current
from app.wiring import House
from bot.rest_channel import RestChannel
from bot.telegram_transport.webhook import Webhooks
from bot.verify_page import build_verify_page
from bot.volunteer_claims import build_volunteer_claims
from bot.volunteer_pages import VolunteerDeps, build_volunteer_pages
from bot.volunteer_profile import build_volunteer_profile
from bot.web_chat import ChatDeps, WebChat
from console.deps import SURFACE as CONSOLE
from console.deps import ConsoleDeps
from console.router import build_console
from web.application import add_pages
from web.errors import ErrorPages
from web.gate import Gate
from web.pages import Pages, Surface
from web.stamps import Stamp

SURFACES = (Surface(ROOT / "bot" / "templates", ROOT / "bot" / "static"), CONSOLE)


def build_website(house: House) -> FastAPI:
    """All pages and addresses of one process."""
    app = FastAPI(
        title="百家门 Baijiamen",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        swagger_ui_oauth2_redirect_url=None,
    )
    stamp = Stamp(house.keys.secret)
    pages = Pages(
        texts=house.texts,
        clock=house.clock,
        street_name=house.street.name,
        public_url=house.public_url,
        stamp=stamp,
        surfaces=SURFACES,
        language=house.settings.language,
    )
    gate = Gate(
        database=house.database,
        clock=house.clock,
        security=house.settings.security,
        stamp=stamp,
        public_url=house.public_url,
    )
    _add_programs(app, house)  # first: routes are tried in turn, and programs come oftenest
    errors = add_pages(app, pages=pages, gate=gate, limits=house.limits, clock=house.clock)
    app.include_router(_web_chat(house, pages, gate).router())
    volunteers = _volunteers(house, pages, gate)
    app.include_router(build_volunteer_pages(volunteers))
    app.include_router(build_volunteer_profile(volunteers))
    app.include_router(build_volunteer_claims(volunteers))
    app.include_router(build_verify_page(volunteers, house.limits))
    app.include_router(build_console(_console(house, pages, gate, errors)))
    return app


def _web_chat(house: House, pages: Pages, gate: Gate) -> WebChat:
    deps = ChatDeps(
        database=house.database,
        front_door=house.front_door,
        inbox=house.inbox,
        speech=house.speech,
        log=house.log,
        signals=house.signals,
        limits=house.limits,
        clock=house.clock,
        pages=pages,
        gate=gate,
    )
    return WebChat(deps)


def _volunteers(house: House, pages: Pages, gate: Gate) -> VolunteerDeps:
    return VolunteerDeps(
        database=house.database,
        desk=house.staff_desk,
        signals=house.signals,
        clock=house.clock,
        pages=pages,
        gate=gate,
        limits=house.limits,
    )


def _console(house: House, pages: Pages, gate: Gate, errors: ErrorPages) -> ConsoleDeps:
    return ConsoleDeps(
        database=house.database,
        signals=house.signals,
        limits=house.limits,
        settings=house.settings,
        texts=house.texts,
        vault=house.vault,
        taxonomy=house.taxonomy,
        street=house.street,
        clock=house.clock,
        understander=house.understander,
        articles=house.articles,
        desk=house.staff_desk,
        log=house.log,
        pages=pages,
        gate=gate,
        errors=errors,
    )


def _add_programs(app: FastAPI, house: House) -> None:
    """What other programs rely on."""
    health = Health(
        database=house.database,
        signals=house.signals,
        classifier=house.understander,
        is_current=partial(is_current, house.database),
        clock=house.clock,
        paused=house.sender.paused,
        rasa=house.rasa,
    )
    rest = RestChannel(
        front_door=house.front_door,
        database=house.database,
        limits=house.limits,
        clock=house.clock,
        own_hosts=hosts_without_token(house.public_url),
    )
    webhooks = Webhooks(
        secrets={plan.account: plan.secret for plan in house.bot_plans if plan.secret},
        on_stored={account: bot.courtesy.note for account, bot in house.bots.items()},
        database=house.database,
        inbox=house.inbox,
        signals=house.signals,
        clock=house.clock,
    )
    app.include_router(webhooks.router())
    app.include_router(health.router())
    app.include_router(rest.router())
