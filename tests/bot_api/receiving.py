"""How a bot gets its updates: getUpdates, and setWebhook with its sisters."""

import asyncio
import re
import time
from collections.abc import Collection
from urllib.parse import urlsplit

from tests.bot_api.accounts import BotAccount, Webhook
from tests.bot_api.methods import Request, method
from tests.bot_api.refusals import (
    OTHER_POLLER,
    WEBHOOK_ACTIVE,
    WEBHOOK_SET_MEANWHILE,
    Json,
    Refused,
    bad_request,
    too_many_requests,
)
from tests.bot_api.updates import BY_DEFAULT

_SECRET = re.compile(r"[A-Za-z0-9_-]{0,256}")
_PORTS = (443, 80, 88, 8443)
_LONGEST_POLL = 50
_PAUSE = 3.0
_HURRY = 0.5


@method("getUpdates")
async def get_updates(request: Request) -> object:
    """Updates after the offset, at once or when one arrives."""
    bot, parameters = request.bot, request.parameters
    if bot.webhook:
        raise WEBHOOK_ACTIVE
    offset = parameters.integer("offset")
    limit = min(max(parameters.integer("limit", 100), 1), 100)
    timeout = float(min(max(parameters.integer("timeout"), 0), _LONGEST_POLL))
    _remember_allowed(bot, request)
    if (since := _since_same(bot, offset)) and request.world.rules.hurried_calls_wait:
        timeout = max(timeout, _PAUSE) if since < _PAUSE else timeout
        limit = 1 if since < _HURRY else limit
    updates = bot.queue.take(offset, limit)
    if updates or not timeout:
        return updates
    return await _wait(request, offset, limit, timeout)


async def _wait(request: Request, offset: int, limit: int, seconds: float) -> object:
    queue, pace = request.bot.queue, request.world.rules.poll_pace
    queue.end_poll(OTHER_POLLER)
    try:
        await queue.wait(seconds * pace)
    except Refused as why:
        await _pause_after_conflict(request.bot, _PAUSE * pace)
        raise why from None
    return [] if request.gone() else queue.take(max(offset, 0), limit)


async def _pause_after_conflict(bot: BotAccount, pause: float) -> None:
    """Two pollers who chase each other away are slowed down to one refusal in 3 s."""
    now = time.monotonic()
    if now < bot.next_conflict_at:
        await asyncio.sleep(pause)
    else:
        bot.next_conflict_at = now + pause


def _since_same(bot: BotAccount, offset: int) -> float | None:
    """Seconds since the last poll if it had the same offset."""
    before, now = bot.previous_poll, time.monotonic()
    bot.previous_poll = (offset, now)
    return now - before[1] if before and before[0] == offset else None


def _remember_allowed(bot: BotAccount, request: Request) -> None:
    """What is no list of words changes nothing, as in get_allowed_update_types."""
    try:
        kinds = request.parameters.nested("allowed_updates", "allowed_updates")
    except Refused:
        return
    if isinstance(kinds, list) and all(isinstance(each, str) for each in kinds):
        bot.queue.allow([each.lower() for each in kinds])


@method("setWebhook")
async def set_webhook(request: Request) -> object:
    """From now on updates are posted to a URL; an empty one ends that."""
    parameters = request.parameters
    url = parameters.text("url")
    if not url:
        return await delete_webhook(request)
    webhook = Webhook(
        url=_checked_url(url, needs_https=request.world.rules.webhook_needs_https),
        secret_token=_checked_secret(parameters.text("secret_token")),
        max_connections=min(max(parameters.integer("max_connections", 40), 1), 100),
        ip_address=parameters.text("ip_address"),
    )
    now = time.monotonic()
    if request.world.rules.hurried_calls_wait and now < request.bot.next_webhook_at:
        raise too_many_requests(1)
    request.bot.next_webhook_at = now + 1
    _remember_allowed(request.bot, request)
    if webhook != request.bot.webhook or parameters.flag("drop_pending_updates"):
        _switch(request, webhook)
    return True


@method("deleteWebhook")
async def delete_webhook(request: Request) -> object:
    """Back to getUpdates."""
    _switch(request, None)
    return True


def _switch(request: Request, webhook: Webhook | None) -> None:
    bot = request.bot
    if request.parameters.flag("drop_pending_updates"):
        bot.queue.clear()
    if webhook:
        bot.queue.end_poll(WEBHOOK_SET_MEANWHILE)
    bot.webhook, bot.webhook_error = webhook, None
    request.world.on_webhook(bot)


def _checked_url(url: str, *, needs_https: bool) -> str:
    parts = urlsplit(url if "://" in url else f"https://{url}")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise bad_request("invalid webhook URL specified")
    if needs_https and parts.scheme != "https":
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if needs_https and (parts.port or 443) not in _PORTS:
        raise bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
    return parts.geturl()


def _checked_secret(secret: str) -> str:
    if len(secret) > 256:
        raise bad_request("secret token is too long")
    if not _SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    return secret


@method("getWebhookInfo")
async def get_webhook_info(request: Request) -> object:
    """Where updates go, how many wait, and what went wrong last."""
    bot, webhook = request.bot, request.bot.webhook
    info: Json = {
        "url": webhook.url if webhook else "",
        "has_custom_certificate": False,
        "pending_update_count": bot.queue.pending_count,
    }
    if webhook:
        info["max_connections"] = webhook.max_connections
        info["ip_address"] = webhook.ip_address or "127.0.0.1"
    if bot.webhook_error:
        info["last_error_date"] = int(bot.webhook_error[0].timestamp())
        info["last_error_message"] = bot.webhook_error[1]
    return info | _allowed(bot.queue.allowed)


def _allowed(kinds: Collection[str]) -> Json:
    return {} if kinds == BY_DEFAULT else {"allowed_updates": sorted(kinds)}
