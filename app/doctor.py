"""`baijiamen doctor`: what is as it should be, what is not, and what to do about it."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.configuration import load_settings
from app.keys import load_keys, public_url
from app.models import trained_models
from app.revision import is_current
from app.telegram import KEPT_OUT, BotPlan, has_token, is_kept_out, plan_bots
from app.wiring import read_street, read_taxonomy, read_understander
from core.database import Database
from core.dates import today_in_china
from core.errors import FrontDoorError
from core.redis_signals import RedisSignals
from core.settings import Settings
from knowledge_base.article_files import load_articles
from knowledge_base.check import Severity, check_articles


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    subject: str
    ok: bool
    words: str

    def line(self) -> str:
        """The finding for a reader."""
        return f"{'ok  ' if self.ok else 'BAD '} {self.subject}: {self.words}"

    def as_dict(self) -> dict[str, object]:
        """The finding for a program."""
        return {"subject": self.subject, "ok": self.ok, "words": self.words}


def examine() -> list[Finding]:
    """Look at everything; a broken setting ends the look, because nothing can be built with it."""
    try:
        settings = load_settings()
    except FrontDoorError as error:
        return [Finding("settings", False, str(error))]
    looks: list[tuple[str, Callable[[Settings], str]]] = [
        ("settings", lambda each: f"pages at {public_url(each)}"),
        ("keys", _keys),
        ("database", _database),
        ("redis", _redis),
        ("model", _model),
        ("articles", _articles),
        ("telegram", _telegram),
    ]
    return [_look(subject, look, settings) for subject, look in looks]


def _look(subject: str, look: Callable[[Settings], str], settings: Settings) -> Finding:
    try:
        return Finding(subject, True, look(settings))
    except FrontDoorError as error:
        return Finding(subject, False, str(error))


def _keys(settings: Settings) -> str:
    load_keys(settings)
    return "both are there and strong"


def _database(settings: Settings) -> str:
    return asyncio.run(_database_state(settings))


async def _database_state(settings: Settings) -> str:
    database = Database(settings.database.url)
    try:
        await database.ping()
        current = await is_current(database)
    finally:
        await database.close()
    if not current:
        raise FrontDoorError("the schema is older than the program; run `baijiamen db upgrade`")
    return f"{database.engine.dialect.name} answers, schema up to date"


def _redis(settings: Settings) -> str:
    if not settings.redis.url:
        return "not configured; wake-ups and limits stay in this process"
    if not asyncio.run(_redis_answers(settings)):
        raise FrontDoorError("does not answer; check REDIS__URL. Everything goes on more slowly")
    return "answers"


async def _redis_answers(settings: Settings) -> bool:
    signals = RedisSignals(settings.redis.url)
    try:
        return await signals.ping()
    finally:
        await signals.close()


def _model(settings: Settings) -> str:
    understander = read_understander(settings, read_taxonomy(settings), read_street(settings))
    version = understander.understand("你好").model
    return f"{trained_models(settings).serving.name} loads, version {version}"


def _articles(settings: Settings) -> str:
    taxonomy = read_taxonomy(settings)
    articles = load_articles()
    today = today_in_china(datetime.now(UTC))
    findings = check_articles(articles, taxonomy, today, required_matters=taxonomy.matters)
    errors = [each for each in findings if each.severity is Severity.ERROR]
    if errors:
        raise FrontDoorError(f"{len(errors)} errors; run `baijiamen knowledge check`")
    return f"{len(articles)} articles, no error, {len(findings)} reminders"


def _telegram(settings: Settings) -> str:
    if not has_token(settings):
        return "no token, so no bot"
    if is_kept_out(settings):
        raise FrontDoorError(KEPT_OUT)
    plans = plan_bots(settings, public_url(settings))
    return "; ".join(asyncio.run(_bots(settings, plans)))


async def _bots(settings: Settings, plans: Sequence[BotPlan]) -> list[str]:
    from bot.telegram_transport.api import ApiRefused, ApiUnreachable, BotApi
    from bot.telegram_transport.endpoints import Endpoints

    found = []
    for plan in plans:
        api = BotApi(plan.token, Endpoints.from_settings(settings.telegram))
        try:
            name = (await api.call("getMe")).get("username")
            info = await api.call("getWebhookInfo")
        except ApiRefused as error:
            raise FrontDoorError(
                f"{plan.account}: refused ({error}); is TELEGRAM__{plan.account.upper()}__TOKEN right?"
            ) from None
        except ApiUnreachable as error:
            raise FrontDoorError(
                f"{plan.account}: no answer ({error}); check TELEGRAM__API_BASE_URL and "
                "TELEGRAM__PROXY. Messages wait at Telegram for 24 hours"
            ) from None
        finally:
            await api.close()
        found.append(f"{plan.account} is @{name}, {_receives(plan, info)}")
    return found


def _receives(plan: BotPlan, info: Mapping[str, Any]) -> str:
    waiting = f"{info.get('pending_update_count', 0)} updates wait"
    if error := info.get("last_error_message"):
        waiting += f", last error: {error}"
    if plan.webhook_url is None:
        return f"polls, {waiting}"
    pointed = info.get("url") == plan.webhook_url
    return f"{'webhook' if pointed else 'webhook not set yet'} at {plan.webhook_url}, {waiting}"
