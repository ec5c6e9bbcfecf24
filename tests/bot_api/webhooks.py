"""Posts a bot's updates to its webhook: in order within a queue, queues side by side."""

import asyncio
import json
import random
from collections.abc import Hashable
from contextlib import suppress
from dataclasses import dataclass, field

import aiohttp

from tests.bot_api.accounts import BotAccount, Webhook
from tests.bot_api.methods import Request, carry_out
from tests.bot_api.parameters import Parameters
from tests.bot_api.refusals import Json, Refused
from tests.bot_api.updates import Waiting
from tests.bot_api.world import World

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
_LONGEST_DELAY = 60.0
_LONGEST_RETRY_AFTER = 3600.0
_NOT_IN_ANSWERS = ("deletewebhook", "setwebhook", "close", "logout")


@dataclass(eq=False)
class _Delivery:
    """What runs for one bot as long as its webhook stays the same."""

    webhook: Webhook
    free: asyncio.Semaphore
    tasks: dict[Hashable, asyncio.Task[None]] = field(default_factory=dict)


class Webhooks:
    """Delivers to all bots that have a webhook."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._running: dict[int, _Delivery] = {}
        self._http: aiohttp.ClientSession | None = None
        self._ending: set[asyncio.Task[None]] = set()

    def switch(self, bot: BotAccount) -> None:
        """The bot's webhook was set, changed or deleted."""
        if old := self._running.pop(bot.id, None):
            self._cancel(old)
        if bot.webhook:
            free = asyncio.Semaphore(bot.webhook.max_connections)
            self._running[bot.id] = _Delivery(bot.webhook, free)
            for queue in bot.queue.queues:
                self.look(bot, queue)

    def look(self, bot: BotAccount, queue: Hashable) -> None:
        """Start to deliver what waits in a queue, if that is not under way yet."""
        delivery = self._running.get(bot.id)
        if delivery and queue not in delivery.tasks:
            delivery.tasks[queue] = asyncio.create_task(self._empty(bot, delivery, queue))

    async def close(self) -> None:
        """Stop everything."""
        for delivery in self._running.values():
            self._cancel(delivery)
        self._running.clear()
        await asyncio.gather(*self._ending, return_exceptions=True)
        if self._http:
            await self._http.close()
            self._http = None

    def _cancel(self, delivery: _Delivery) -> None:
        for task in delivery.tasks.values():
            task.cancel()
            self._ending.add(task)
            task.add_done_callback(self._ending.discard)

    async def _empty(self, bot: BotAccount, delivery: _Delivery, queue: Hashable) -> None:
        try:
            while waiting := bot.queue.find_first(queue):
                await self._deliver(bot, delivery, waiting)
        finally:
            delivery.tasks.pop(queue, None)

    async def _deliver(self, bot: BotAccount, delivery: _Delivery, waiting: Waiting) -> None:
        """
        Try until it is accepted or too old.

        As in WebhookActor.cpp: again at once, then after 2, 4, 8 … s up to a
        minute or two; a Retry-After header is obeyed instead.
        """
        delay, failures = 1.0, 0
        while True:
            async with delivery.free:
                error, retry_after = await self._post(bot, delivery.webhook, waiting)
            if not error:
                bot.queue.forget(waiting)
                if not bot.queue.pending_count:
                    bot.webhook_error = None
                self._world.changed.ring()
                return
            bot.webhook_error = (self._world.now(), error)
            self._world.changed.ring()
            if not retry_after and failures:
                delay = min(delay * 2, random.uniform(_LONGEST_DELAY, 2 * _LONGEST_DELAY))
            failures += 1
            wait = retry_after or (delay if failures > 1 else 0.0)
            await asyncio.sleep(wait * self._world.rules.webhook_pace)
            if waiting.expires_at <= self._world.now():
                bot.queue.forget(waiting)
                return

    async def _post(self, bot: BotAccount, webhook: Webhook, waiting: Waiting) -> tuple[str, float]:
        """An error in Telegram's words (empty: none) and what Retry-After said."""
        headers = {SECRET_HEADER: webhook.secret_token} if webhook.secret_token else {}
        try:
            async with self._session().post(
                webhook.url, json=waiting.as_json(), headers=headers, allow_redirects=False
            ) as response:
                if 200 <= response.status <= 299:
                    await self._answered(bot, await response.read(), response.content_type)
                    return "", 0.0
                reason = f"{response.status} {response.reason}"
                return f"Wrong response from the webhook: {reason}", _retry_after(response)
        except TimeoutError:
            return "Read timeout expired", 0.0
        except aiohttp.ClientConnectorError:
            return "Connection refused", 0.0
        except aiohttp.ClientError:
            return "Webhook connection closed", 0.0

    async def _answered(self, bot: BotAccount, body: bytes, content_type: str) -> None:
        """A webhook may answer with one call; nobody learns how it went."""
        if content_type != "application/json" or not body:
            return
        call = _decoded(body)
        name = str(call.pop("method", "")).lower()
        if name and name not in _NOT_IN_ANSWERS and not name.startswith("get"):
            with suppress(Refused):
                await carry_out(name, Request(self._world, bot, Parameters(call)))

    def _session(self) -> aiohttp.ClientSession:
        if self._http is None:
            timeout = aiohttp.ClientTimeout(total=self._world.rules.webhook_timeout)
            self._http = aiohttp.ClientSession(
                timeout=timeout, connector=aiohttp.TCPConnector(limit=0)
            )
        return self._http


def _retry_after(response: aiohttp.ClientResponse) -> float:
    said = response.headers.get("Retry-After", "")
    return min(float(said), _LONGEST_RETRY_AFTER) if said.isdigit() else 0.0


def _decoded(body: bytes) -> Json:
    try:
        call = json.loads(body)
    except ValueError:
        return {}
    return call if isinstance(call, dict) else {}
