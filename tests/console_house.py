"""The desk of an office for tests: its pages over a small understanding that knows a few words."""

import re
from dataclasses import dataclass
from typing import Any

import httpx
from fastapi import FastAPI

from app.wiring import plain_decoders
from console.deps import SURFACE, ConsoleDeps
from console.router import build_console
from conversations.log import ConversationLog
from core.clock import Clock
from core.database import Database
from core.limits import WindowLimits
from core.messages import Decoders
from core.settings import Settings
from core.signals import InProcessSignals
from core.taxonomy import Street, Taxonomy
from core.texts import Texts
from core.vault import Vault
from handlers.staff.desk import Desk
from intents.understanding import Danger, Ranked, Understanding
from knowledge_base.article import Article
from knowledge_base.search import ArticleIndex
from people.permissions import StaffMember
from people.sessions import find_signed_in, open_session
from tests.integration.office import DANGER_WORDS
from web.application import add_pages
from web.gate import Gate
from web.pages import Pages
from web.stamps import Stamp


@dataclass(frozen=True)
class WordSpotter:
    """Understands by a few words; enough to see what a page does with it."""

    taxonomy: Taxonomy

    def understand(self, text: str, *, context: str | None = None) -> Understanding:
        matter = "elder_care/meal" if "饭" in text else "property_repair/elevator"
        if matter not in self.taxonomy.matters:
            matter = next(iter(self.taxonomy.matters))
        best = (Ranked(matter, 0.93), Ranked("elder_care/home_care", 0.04))
        return Understanding(
            text=text,
            act=Ranked("raise_request", 0.9),
            act_ranking=(),
            matter=best[0],
            matter_ranking=best,
            second_matters=(),
            request_type="help",
            urgency="P2",
            groups=(),
            on_behalf=False,
            entities=(),
            danger=self._danger(text),
            decision="sure",
            reasons=(),
            model="words",
        )

    def _danger(self, text: str) -> Danger | None:
        for word, trigger in DANGER_WORDS.items():
            if word in text:
                found = self.taxonomy.triggers[trigger]
                return Danger(
                    trigger, found.level, False, text, found.calls, found.script, "phrase"
                )
        return None


@dataclass(frozen=True)
class ConsoleHouse:
    """The application and what it was built from."""

    app: FastAPI
    deps: ConsoleDeps
    url: str

    async def sign_in(self, member: StaffMember) -> "Colleague":
        """A browser in which this member of staff is signed in."""
        now = self.deps.clock.now()
        async with self.deps.database.transaction() as session:
            opened = await open_session(
                session,
                staff_id=member.id,
                volunteer_id=None,
                lifetime=self.deps.gate.lifetime,
                now=now,
            )
        async with self.deps.database.reading() as session:
            signed_in = await find_signed_in(
                session, opened.secret, idle=self.deps.gate.idle, now=now
            )
        assert signed_in is not None
        transport = httpx.ASGITransport(self.app)
        client = httpx.AsyncClient(
            transport=transport, base_url=self.url, cookies={"staff": opened.secret}
        )
        return Colleague(client, signed_in.csrf_token, self.url)


@dataclass(frozen=True)
class Colleague:
    """Somebody at the desk: looks at pages and sends forms."""

    client: httpx.AsyncClient
    token: str
    origin: str

    async def get(self, path: str, **more: Any) -> httpx.Response:
        return await self.client.get(path, **more)

    async def send(self, path: str, *, part: bool = False, **form: Any) -> httpx.Response:
        headers = {"origin": self.origin} | ({"hx-request": "true"} if part else {})
        return await self.client.post(path, data={"_token": self.token, **form}, headers=headers)

    async def act(self, number: str, act: str, **form: Any) -> httpx.Response:
        """Press a button of the ticket page, as it is shown now."""
        page = await self.get(f"/console/tickets/{number}")
        shown = re.search(r'name="revision" value="(\d+)"', page.text)
        form = {"revision": shown[1] if shown else "", **form}
        return await self.send(f"/console/tickets/{number}/{act}", **form)


def a_console(
    database: Database,
    desk: Desk,
    *,
    vault: Vault,
    taxonomy: Taxonomy,
    street: Street,
    texts: Texts,
    clock: Clock,
    articles: list[Article] | None = None,
    url: str = "http://127.0.0.1:8000",
) -> ConsoleHouse:
    """Build the pages over a desk."""
    settings, limits, stamp = Settings(), WindowLimits(), Stamp("a key of the tests")
    pages = Pages(
        texts=texts,
        clock=clock,
        street_name=street.name,
        public_url=url,
        stamp=stamp,
        surfaces=(SURFACE,),
    )
    gate = Gate(
        database=database,
        clock=clock,
        security=settings.security,
        stamp=stamp,
        public_url=url,
    )
    app = FastAPI()
    errors = add_pages(app, pages=pages, gate=gate, limits=limits, clock=clock)
    deps = ConsoleDeps(
        database=database,
        signals=InProcessSignals(),
        limits=limits,
        settings=settings,
        texts=texts,
        vault=vault,
        taxonomy=taxonomy,
        street=street,
        clock=clock,
        understander=WordSpotter(taxonomy),
        articles=ArticleIndex(articles or [], taxonomy),
        desk=desk,
        log=ConversationLog(vault=vault, decoders=Decoders(plain_decoders())),
        pages=pages,
        gate=gate,
        errors=errors,
    )
    app.include_router(build_console(deps))
    return ConsoleHouse(app, deps, url)
