"""One bot from start to stop: told to Telegram, then polled or watched."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import structlog

from bot.telegram_transport.api import ApiRefused, ApiUnreachable, BotApi
from bot.telegram_transport.courtesy import Courtesy
from bot.telegram_transport.receiving import ALLOWED_UPDATES

_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0
_WATCH_SECONDS = 300.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Menu:
    """What a bot says of itself in one language; Telegram shows it before the first word."""

    language: str
    """Two letters; empty: for everybody whose language has none of its own."""
    commands: Sequence[tuple[str, str]]
    """Command without slash, and what it does."""
    description: str
    short_description: str


@dataclass(frozen=True, slots=True)
class WebhookTarget:
    """Where Telegram posts updates, and the secret that it shows there."""

    url: str
    secret: str


class Polls(Protocol):
    """Receives by polling until told to stop."""

    async def run(self, stop: asyncio.Event) -> None:
        """Poll."""
        ...


class Introduction:
    """Tells Telegram how a bot receives and what it says of itself."""

    def __init__(
        self,
        *,
        account: str,
        api: BotApi,
        target: WebhookTarget | None,
        menus: Sequence[Menu] = (),
    ) -> None:
        self._account = account
        self._api = api
        self._target = target
        self._menus = menus

    async def point(self) -> bool:
        """
        Choose webhook or polling; False when Telegram could not be told.

        Waiting updates are kept in either case: dropping them would lose what
        residents wrote while we were away.
        """
        try:
            if self._target is None:
                await self._api.call("deleteWebhook", {"drop_pending_updates": False})
            else:
                await self._api.call(
                    "setWebhook",
                    {
                        "url": self._target.url,
                        "secret_token": self._target.secret,
                        "allowed_updates": ALLOWED_UPDATES,
                        "drop_pending_updates": False,
                    },
                )
        except (ApiRefused, ApiUnreachable) as error:
            log.warning("telegram_not_told", account=self._account, error=str(error))
            return False
        return True

    async def introduce(self) -> None:
        """Commands and descriptions; a bot works without them, so a refusal is only logged."""
        try:
            for menu in self._menus:
                await self._show(menu)
        except (ApiRefused, ApiUnreachable) as error:
            log.warning("telegram_menu_not_set", account=self._account, error=str(error))

    async def points_here(self) -> bool:
        """Whether the webhook is still ours; logs what Telegram complains about."""
        try:
            info = await self._api.call("getWebhookInfo")
        except (ApiRefused, ApiUnreachable) as error:
            log.warning("telegram_not_asked", account=self._account, error=str(error))
            return True
        found = info if isinstance(info, dict) else {}
        if found.get("last_error_message"):
            log.warning(
                "telegram_webhook_error",
                account=self._account,
                error=found["last_error_message"],
                waiting=found.get("pending_update_count"),
            )
        return self._target is None or found.get("url") == self._target.url

    async def _show(self, menu: Menu) -> None:
        language = {"language_code": menu.language}
        commands = [{"command": name, "description": text} for name, text in menu.commands]
        await self._api.call("setMyCommands", {"commands": commands, **language})
        await self._api.call("setMyDescription", {"description": menu.description, **language})
        short = {"short_description": menu.short_description, **language}
        await self._api.call("setMyShortDescription", short)


class TelegramBot:
    """One bot's life in the role `telegram`."""

    def __init__(
        self,
        *,
        account: str,
        api: BotApi,
        introduction: Introduction,
        courtesy: Courtesy,
        poller: Polls | None,
    ) -> None:
        self.account = account
        self.courtesy = courtesy
        self._api = api
        self._introduction = introduction
        self._poller = poller

    async def run(self, stop: asyncio.Event) -> None:
        """Until told to stop. Telegram may be away meanwhile, also at the start."""
        if await self._told(stop):
            introducing = asyncio.create_task(self._introduction.introduce())
            await (self._watch(stop) if self._poller is None else self._poller.run(stop))
            introducing.cancel()
            await asyncio.gather(introducing, return_exceptions=True)

    async def close(self) -> None:
        """Let go of connections."""
        await self.courtesy.close()
        await self._api.close()

    async def _told(self, stop: asyncio.Event) -> bool:
        pause = _FIRST_PAUSE
        while not stop.is_set():
            if await self._introduction.point():
                return True
            await _wait(stop, pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
        return False

    async def _watch(self, stop: asyncio.Event) -> None:
        """Somebody else may have taken the webhook away; then set it again."""
        while not stop.is_set():
            await _wait(stop, _WATCH_SECONDS)
            if not stop.is_set() and not await self._introduction.points_here():
                await self._introduction.point()


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return
