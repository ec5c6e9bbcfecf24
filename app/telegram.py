"""
Builds the Telegram bots from the settings, and none where there is no token.

Neither bot library is imported unless its bot has a token: together they take
seconds and memory that a house without Telegram need not spend.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.telegram_transport.endpoints import Endpoints
from bot.telegram_transport.models import TelegramPermission
from core.errors import SettingsError
from core.messages import Channel
from core.settings import Settings, TelegramBotSettings
from core.texts import Texts
from notifications.leases import Lane
from notifications.sender import ChannelSender

if TYPE_CHECKING:
    from app.wiring import Foundation
    from bot.telegram_transport.running import Menu, TelegramBot

ACCOUNTS = ("residents", "volunteers")
TELEGRAMS_OWN = "https://api.telegram.org"
_COMMANDS = {
    "residents": ("telegram.command", ("start", "help", "person", "progress", "language")),
    "volunteers": (
        "bots.volunteers.command",
        ("tasks", "mine", "me", "help", "staff", "register", "language", "unlink"),
    ),
}
"""Where their texts are, and the commands in the order of the menu."""
_TOKEN = re.compile(r"\d+:[\w-]+", re.ASCII)
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}", re.ASCII)
KEPT_OUT = (
    "region is cn: Telegram keeps messages abroad, and personal data must stay inside the "
    "country. Telegram stays off. An administrator who may decide otherwise writes down why in "
    "TELEGRAM__ALLOWED_IN_REGION_REASON"
)


@dataclass(frozen=True, slots=True)
class BotPlan:
    """One bot that is to run."""

    account: str
    token: str = field(repr=False)
    webhook_url: str | None
    """None: it polls."""
    secret: str = field(repr=False)


def plan_bots(settings: Settings, public_url: str) -> tuple[BotPlan, ...]:
    """
    The bots that have a token and may run here.

    Raises `SettingsError` for what cannot work, with the setting's name.
    """
    telegram = settings.telegram
    given = {name: getattr(telegram, name) for name in ACCOUNTS}
    wanted = {name: each for name, each in given.items() if each.token}
    if not wanted or is_kept_out(settings):
        return ()
    for name in ("api_base_url", "file_base_url", "proxy"):
        _check_url(f"TELEGRAM__{name.upper()}", getattr(telegram, name))
    if len({each.token for each in wanted.values()}) < len(wanted):
        raise SettingsError(
            "TELEGRAM__VOLUNTEERS__TOKEN",
            "is that of the residents' bot",
            "Make a second bot with BotFather: each needs a token of its own.",
        )
    own = telegram.api_base_url.rstrip("/") == TELEGRAMS_OWN
    return tuple(_plan(name, each, public_url, own) for name, each in wanted.items())


def is_kept_out(settings: Settings) -> bool:
    """Whether the region keeps Telegram off and nobody has said why it may run all the same."""
    return settings.region == "cn" and not settings.telegram.allowed_in_region_reason.strip()


def has_token(settings: Settings) -> bool:
    """Whether anybody wants a bot at all."""
    return any(getattr(settings.telegram, name).token for name in ACCOUNTS)


def secrets_of(settings: Settings) -> list[str]:
    """What must never stand in a log."""
    bots = [getattr(settings.telegram, name) for name in ACCOUNTS]
    return [each for bot in bots for each in (bot.token, bot.secret) if each]


async def record_permission(session: AsyncSession, settings: Settings, now: datetime) -> None:
    """Keep the reason for which Telegram may run where it should not; once for each reason."""
    reason = settings.telegram.allowed_in_region_reason.strip()
    newest = select(TelegramPermission.reason).order_by(TelegramPermission.id.desc()).limit(1)
    if reason and await session.scalar(newest) != reason:
        session.add(TelegramPermission(region=settings.region, reason=reason, recorded_at=now))


def build_bots(base: "Foundation") -> Mapping[str, "TelegramBot"]:
    """What the role `telegram` runs, by account."""
    return {plan.account: _build(base, plan) for plan in base.bot_plans}


def open_senders(base: "Foundation") -> dict[Lane, ChannelSender]:
    """What the outbox's sender hands messages to, by account."""
    openers = {"residents": _residents_sender, "volunteers": _volunteers_sender}
    return {
        (Channel.TELEGRAM, plan.account): openers[plan.account](base, plan)
        for plan in base.bot_plans
    }


def _residents_sender(base: "Foundation", plan: BotPlan) -> ChannelSender:
    from bot.telegram_residents.client import open_bot
    from bot.telegram_residents.menu import Menu as ResidentsMenu
    from bot.telegram_residents.sending import ResidentsSender

    bot = open_bot(plan.token, **_addresses(base))
    return ResidentsSender(bot=bot, menu=ResidentsMenu(base.texts))


def _volunteers_sender(base: "Foundation", plan: BotPlan) -> ChannelSender:
    from bot.telegram_volunteers.client import open_bot
    from bot.telegram_volunteers.sending import VolunteersSender

    return VolunteersSender(bot=open_bot(plan.token, **_addresses(base)), texts=base.texts)


def _addresses(base: "Foundation") -> dict[str, str]:
    endpoints = Endpoints.from_settings(base.settings.telegram)
    return {
        "api_base_url": endpoints.api,
        "file_base_url": endpoints.files,
        "proxy": endpoints.proxy,
    }


def _menus(texts: Texts, account: str) -> "list[Menu]":
    """What a bot says of itself: in Chinese to everybody, in English to who reads English."""
    from bot.telegram_transport.running import Menu

    where, names = _COMMANDS[account]
    return [
        Menu(
            language=code,
            commands=[(name, texts.say(f"{where}.{name}", language)) for name in names],
            description=texts.say(f"bots.{account}.description", language),
            short_description=texts.say(f"bots.{account}.short", language),
        )
        for code, language in (("", "zh"), ("en", "en"))
    ]


def _build(base: "Foundation", plan: BotPlan) -> "TelegramBot":
    from bot.telegram_transport.api import BotApi
    from bot.telegram_transport.courtesy import Courtesy
    from bot.telegram_transport.polling import Poller
    from bot.telegram_transport.running import Introduction, TelegramBot, WebhookTarget
    from core.holders import Holder

    api = BotApi(plan.token, Endpoints.from_settings(base.settings.telegram))
    target = WebhookTarget(plan.webhook_url, plan.secret) if plan.webhook_url else None
    courtesy = Courtesy(account=plan.account, api=api, database=base.database)
    introduction = Introduction(
        account=plan.account, api=api, target=target, menus=_menus(base.texts, plan.account)
    )
    poller = Poller(
        account=plan.account,
        api=api,
        database=base.database,
        inbox=base.inbox,
        signals=base.signals,
        clock=base.clock,
        holder=Holder.here(),
        point=introduction.point,
        on_stored=courtesy.note,
    )
    return TelegramBot(
        account=plan.account,
        api=api,
        introduction=introduction,
        courtesy=courtesy,
        poller=None if target else poller,
    )


def _plan(account: str, bot: TelegramBotSettings, public_url: str, own: bool) -> BotPlan:
    prefix = f"TELEGRAM__{account.upper()}__"
    if not _TOKEN.fullmatch(bot.token):
        raise SettingsError(
            f"{prefix}TOKEN", "is no token", "BotFather gives one like 123456:ABC-def_ghi."
        )
    if bot.secret and not _SECRET.fullmatch(bot.secret):
        raise SettingsError(
            f"{prefix}SECRET", "has signs that Telegram refuses", "Use 1 to 256 of A-Z a-z 0-9 _ -."
        )
    if bot.mode == "polling":
        return BotPlan(account, bot.token, None, bot.secret)
    if not bot.secret:
        raise SettingsError(
            f"{prefix}SECRET",
            "is needed in webhook mode, otherwise anybody could post messages",
            "Set 32 random characters of A-Z a-z 0-9 _ -.",
        )
    url = bot.webhook_url or f"{public_url}/telegram/{account}"
    _check_url(f"{prefix}WEBHOOK_URL", url)
    if own and urlsplit(url).scheme != "https":
        raise SettingsError(
            f"{prefix}WEBHOOK_URL",
            f"is {url}, but Telegram posts only to HTTPS",
            "Set the address that the world reaches, or leave the mode at polling.",
        )
    return BotPlan(account, bot.token, url, bot.secret)


def _check_url(setting: str, url: str) -> None:
    parts = urlsplit(url)
    if url and (parts.scheme not in ("http", "https") or not parts.hostname):
        raise SettingsError(
            setting,
            f"is no http address: {parts.scheme or 'without http://'}",
            "Write it with http:// or https://.",
        )
