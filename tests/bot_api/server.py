"""The double itself: an HTTP server on loopback and the hands that tests use."""

import asyncio
import json
import time
from typing import Self

from aiohttp import web

from core.clock import Clock, SystemClock
from tests.bot_api import chats, editing, files, media, profile, receiving, sending
from tests.bot_api.accounts import BotAccount, Person
from tests.bot_api.calls import Call, CallLog
from tests.bot_api.control import Control
from tests.bot_api.faults import Fault, Faults, Kind
from tests.bot_api.groups import Group
from tests.bot_api.limits import NO_LIMITS, FloodControl, Limits
from tests.bot_api.methods import Request, carry_out
from tests.bot_api.parameters import Parameters, read_parameters
from tests.bot_api.people import PersonInChat
from tests.bot_api.refusals import NOT_FOUND, TOO_LARGE, Refused
from tests.bot_api.webhooks import Webhooks
from tests.bot_api.world import Rules, World

METHOD_MODULES = (chats, editing, files, media, profile, receiving, sending)
"""They register their methods when they are imported."""
_PAGE = "<html>\r\n<head><title>{0}</title></head>\r\n<body><center><h1>{0}</h1></center></body>"


class BotApi:
    """
    A Bot API server of our own.

    Use it as `async with BotApi() as api:` in the event loop of the test. `url` is
    what bots get as the server's address; everything else is for the test.
    """

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        rules: Rules | None = None,
        limits: Limits = NO_LIMITS,
    ) -> None:
        self.world = World(clock or SystemClock(), rules or Rules(), FloodControl(limits))
        self.port = 0
        self._webhooks = Webhooks(self.world)
        self.world.on_webhook = self._webhooks.switch
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.close()

    async def start(self, port: int = 0) -> None:
        """Listen on loopback; 0 takes a free port."""
        self._runner = web.AppRunner(self.build(), access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port or self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]
        for bot in self.world.bots.values():
            self._webhooks.switch(bot)

    async def close(self) -> None:
        """Stop listening and delivering; what is known stays, `start` goes on with it."""
        for bot in self.world.bots.values():
            bot.queue.end_poll(None)
        await self._webhooks.close()
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    def build(self) -> web.Application:
        """The HTTP application."""
        app = web.Application(client_max_size=self.world.rules.largest_upload)
        app.router.add_route("*", "/bot{token}/{method}", self._call)
        app.router.add_post("/control/{verb}", Control(self).handle)
        app.router.add_get("/file/bot{token}/{path:.+}", self._file)
        app.router.add_route("*", "/{tail:.*}", _not_found)
        return app

    # --- the hands of tests -------------------------------------------------------------

    @property
    def url(self) -> str:
        """The server's address, as `https://api.telegram.org` is."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def calls(self) -> CallLog:
        """Every call that bots have made."""
        return self.world.calls

    @property
    def faults(self) -> Faults:
        """Where troubles are ordered."""
        return self.world.faults

    def create_bot(
        self,
        username: str = "street_bot",
        *,
        first_name: str = "百家门",
        privacy: bool = True,
        token: str = "",
    ) -> BotAccount:
        """A new bot; its token is made up unless one is given."""
        bot = self.world.create_bot(username, first_name=first_name, privacy=privacy, token=token)
        bot.queue.on_arrival = lambda queue: self._webhooks.look(bot, queue)
        return bot

    def create_person(self, first_name: str = "王秀英", **more: str) -> Person:
        """Somebody with an account: `last_name`, `username`, `language_code`."""
        return self.world.create_person(first_name, **more)

    def chat(self, bot: BotAccount, person: Person | None = None) -> PersonInChat:
        """The person (a new one if none is named) with the bot's chat open."""
        person = person or self.create_person()
        return PersonInChat(self.world, person, self.world.private_chat(bot, person))

    def create_group(
        self, title: str = "邻里群", *, owner: Person | None = None, kind: str = "supergroup"
    ) -> Group:
        """A new group of one person; `kind` is `group` or `supergroup`."""
        owner = owner or self.create_person()
        return Group(self.world, owner, self.world.create_group(title, kind))

    def deactivate(self, person: Person) -> None:
        """The person's account is gone; bots read `user is deactivated`."""
        self.world.deactivated.add(person.id)

    # --- HTTP ---------------------------------------------------------------------------

    async def _call(self, http: web.Request) -> web.StreamResponse:
        came_at, monotonic = self.world.now(), time.monotonic()
        name = http.match_info["method"]
        bot, parameters = None, Parameters({})
        try:
            bot = self.world.find_bot(http.match_info["token"])
            parameters = await read_parameters(http)
            chat_id = parameters.integer("chat_id") or None
            fault = self.world.faults.take(name, chat_id)
            request = Request(self.world, bot, parameters, gone=lambda: _is_gone(http))
            answer = await self._answer(request, name, fault)
        except web.HTTPRequestEntityTooLarge:
            answer = refusal(TOO_LARGE)
        except Refused as why:
            answer = refusal(why)
            why.__traceback__ = None  # some are raised again and again, and would grow
        self.calls.add(
            Call(
                at=came_at,
                monotonic=monotonic,
                bot_id=bot.id if bot else 0,
                method=name,
                chat_id=parameters.integer("chat_id") or None,
                parameters=parameters.as_json(),
                code=answer.status if answer else 0,
                description=answer.reason if answer else "dropped",
            )
        )
        return answer or await _drop(http)

    async def _file(self, http: web.Request) -> web.StreamResponse:
        """The bytes of a file that belongs to the bot."""
        try:
            bot = self.world.find_bot(http.match_info["token"])
        except Refused as why:
            return refusal(why)
        if fault := self.world.faults.take("file", None):
            return _broken(fault) if fault.kind is Kind.ANSWER else await _drop(http)
        for file in self.world.files.values():
            if file.path == http.match_info["path"] and file.bot_id == bot.id:
                return web.Response(body=file.content, content_type="application/octet-stream")
        return refusal(NOT_FOUND)

    async def _answer(
        self, request: Request, name: str, fault: Fault | None
    ) -> web.Response | None:
        """The answer; None if the connection is to be cut."""
        if fault and fault.kind is Kind.DROP_BEFORE:
            return None
        if fault and fault.kind is Kind.ANSWER:
            return _broken(fault)
        if fault and fault.kind is Kind.HANG:
            await asyncio.sleep(fault.seconds)
        result = await carry_out(name, request)
        if fault and fault.kind is Kind.DROP_AFTER:
            return None
        if fault and fault.kind is Kind.SLOW:
            await asyncio.sleep(fault.seconds)
        return _json({"ok": True, "result": result})


def refusal(why: Refused) -> web.Response:
    """`ok: false`, with Retry-After where there is one."""
    response = _json(why.as_json(), status=why.code)
    if "retry_after" in why.parameters:
        response.headers["Retry-After"] = str(why.parameters["retry_after"])
    return response


def _broken(fault: Fault) -> web.Response:
    if fault.html:
        page = _PAGE.format(f"{fault.code} {fault.description}")
        return web.Response(text=page, status=fault.code, content_type="text/html")
    return refusal(Refused(fault.code, fault.description, fault.parameters))


def _json(body: object, *, status: int = 200) -> web.Response:
    return web.Response(text=json.dumps(body), status=status, content_type="application/json")


def _is_gone(http: web.Request) -> bool:
    return http.transport is None or http.transport.is_closing()


async def _drop(http: web.Request) -> web.StreamResponse:
    """Cut the connection without a word."""
    if http.transport:
        http.transport.abort()
    return web.Response()


async def _not_found(http: web.Request) -> web.StreamResponse:
    return refusal(NOT_FOUND)
