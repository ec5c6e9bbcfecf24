"""Where the worker fetches files that people sent to the bots."""

from typing import TYPE_CHECKING

from conversations.fetching import FileSource
from core.messages import Channel

if TYPE_CHECKING:
    from app.wiring import Foundation


def open_file_sources(base: "Foundation") -> dict[tuple[Channel, str], FileSource]:
    """One line to Telegram for each bot, by account; nothing is called before a file comes."""
    if not base.bot_plans:
        return {}
    from bot.telegram_transport.api import BotApi
    from bot.telegram_transport.endpoints import Endpoints
    from bot.telegram_transport.files import TelegramFiles

    endpoints = Endpoints.from_settings(base.settings.telegram)
    return {
        (Channel.TELEGRAM, plan.account): TelegramFiles(BotApi(plan.token, endpoints))
        for plan in base.bot_plans
    }
