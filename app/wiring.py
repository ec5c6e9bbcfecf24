"""Builds every object from the settings; nothing else does."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import TYPE_CHECKING

from app.articles import ServingArticles, Stock, read_written
from app.configuration import ROOT
from app.keys import Keys, load_keys, public_url
from app.models import ServingModel, read_asked, trained_models
from app.telegram import BotPlan, build_bots, open_senders, plan_bots
from app.telegram_files import open_file_sources
from app.timekeeping import Timekeeper
from bot.decoding import PlainDecoder
from bot.telegram_decoders import telegram_decoders
from conversations.attachments import Attachments
from conversations.fetching import Fetcher
from conversations.inbox import Inbox
from conversations.log import ConversationLog
from conversations.speech import Speech
from core.clock import Clock, SystemClock
from core.database import Database
from core.errors import SettingsError
from core.files import Files
from core.limits import WindowLimits
from core.messages import Channel, Decoder, Decoders
from core.settings import Settings
from core.signals import InProcessSignals, Signals
from core.taxonomy import HERE, Street, Taxonomy, load_street, load_taxonomy
from core.texts import Texts
from core.vault import Vault
from handlers.front_door import FrontDoor
from handlers.notices import Notices
from handlers.residents.desk import FrontDesk
from handlers.staff.desk import Desk
from handlers.thinking import Thinking
from handlers.undelivered import CallInstead
from handlers.volunteers.chat.door import VolunteerChat
from intents.understanding import Classifier
from knowledge_base.answer import Office, known_offices
from notifications.leases import Lane
from notifications.outbox import Outbox
from notifications.pace import TELEGRAM, LocalPacer, Pacer
from notifications.sender import ChannelSender, Sender
from tickets.alerts import Ladder
from tickets.calendar import WorkingCalendar
from tickets.drafts import Drafts
from tickets.lifecycle import Tickets

if TYPE_CHECKING:
    from bot.telegram_transport.running import TelegramBot
    from intents.rasa_backend.opinion import RasaOpinion

LOCALES = ROOT / "locales"
VOLUNTEERS = "volunteers"
"""The account of the volunteers' bot; the residents' is called `residents`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Foundation:
    """What everything else stands on: settings, keys, stores, connections."""

    settings: Settings
    public_url: str
    keys: Keys
    vault: Vault
    clock: Clock
    texts: Texts
    taxonomy: Taxonomy
    street: Street
    understander: ServingModel
    rasa: "RasaOpinion | None"
    articles: ServingArticles
    offices: Mapping[str, Office]
    database: Database
    signals: Signals
    limits: WindowLimits
    calendar: WorkingCalendar
    tickets: Tickets
    speech: Speech
    inbox: Inbox
    decoders: Decoders
    bot_plans: tuple[BotPlan, ...]

    async def close(self) -> None:
        """Let go of connections."""
        if self.rasa:
            await self.rasa.close()
        await self.signals.close()
        await self.limits.close()
        await self.database.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class House(Foundation):
    """Everything that is built once and shared."""

    log: ConversationLog
    front_desk: FrontDesk
    staff_desk: Desk
    front_door: FrontDoor
    sender: Sender
    timekeeper: Timekeeper
    bots: Mapping[str, "TelegramBot"]
    """By account; only those with a token."""
    fetcher: Fetcher

    async def look_for_model(self) -> None:
        """Serve with the model that was promoted meanwhile, if one was."""
        await asyncio.to_thread(self.understander.look)

    async def look_for_articles(self) -> None:
        """Answer from what was published or withdrawn meanwhile."""
        await self.articles.look()

    async def close(self) -> None:
        """Let go of connections."""
        for bot in self.bots.values():
            await bot.close()
        await self.fetcher.close()
        await self.sender.close()
        await Foundation.close(self)


def read_taxonomy(settings: Settings) -> Taxonomy:
    """The taxonomy in use."""
    return load_taxonomy(settings.street.taxonomy or HERE / "taxonomy.yaml")


def read_street(settings: Settings) -> Street:
    """The street in use."""
    return load_street(settings.street.file or HERE / "street.yaml")


def read_understander(settings: Settings, taxonomy: Taxonomy, street: Street) -> ServingModel:
    """The model that serves; raises `SettingsError` when there is none yet."""
    return ServingModel(trained_models(settings), taxonomy, street)


def read_stock(settings: Settings, taxonomy: Taxonomy) -> Stock:
    """The starting stock, with the search taught by how residents speak of each matter."""
    return Stock(read_written(), taxonomy, read_asked(settings))


@dataclass(frozen=True, slots=True, kw_only=True)
class Mind:
    """What understanding and answers need: read once, never changed, shared by all."""

    taxonomy: Taxonomy
    street: Street
    texts: Texts
    understander: ServingModel
    stock: Stock


def read_mind(settings: Settings) -> Mind:
    """Read the taxonomy, the street, the texts, the model and the articles."""
    taxonomy, street = read_taxonomy(settings), read_street(settings)
    return Mind(
        taxonomy=taxonomy,
        street=street,
        texts=Texts(LOCALES),
        understander=read_understander(settings, taxonomy, street),
        stock=read_stock(settings, taxonomy),
    )


def build_house(
    settings: Settings,
    *,
    mind: Mind | None = None,
    clock: Clock | None = None,
    signals: Signals | None = None,
    channels: Mapping[Lane, ChannelSender] | None = None,
) -> House:
    """Build everything; raises `SettingsError` for what cannot work."""
    base = _foundation(
        settings,
        mind or read_mind(settings),
        clock=clock or SystemClock(),
        signals=signals or _signals(settings),
    )
    staff_desk = _staff_desk(base)
    front_desk = _front_desk(base, staff_desk)
    front_door = _front_door(base, front_desk, staff_desk)
    sources = open_file_sources(base)
    return House(
        **{each.name: getattr(base, each.name) for each in fields(base)},
        log=ConversationLog(vault=base.vault, decoders=base.decoders),
        front_desk=front_desk,
        staff_desk=staff_desk,
        front_door=front_door,
        sender=_sender(base, staff_desk.notices, {**open_senders(base), **(channels or {})}),
        timekeeper=Timekeeper(
            front_door=front_door,
            database=base.database,
            desk=staff_desk,
            signals=base.signals,
            clock=base.clock,
        ),
        bots=build_bots(base),
        fetcher=Fetcher(
            database=base.database,
            attachments=Attachments(vault=base.vault),
            files=Files(vault=base.vault),
            sources=sources,
            clock=base.clock,
        ),
    )


def _foundation(settings: Settings, mind: Mind, *, clock: Clock, signals: Signals) -> Foundation:
    keys = load_keys(settings)
    vault, calendar = Vault(keys.encryption), WorkingCalendar()
    ladder = Ladder.from_settings(settings.desk)
    database = Database(settings.database.url, pool_size=settings.database.pool_size)
    return Foundation(
        settings=settings,
        public_url=public_url(settings),
        keys=keys,
        vault=vault,
        clock=clock,
        texts=mind.texts,
        taxonomy=mind.taxonomy,
        street=mind.street,
        understander=mind.understander,
        rasa=_rasa(settings, mind.taxonomy),
        articles=ServingArticles(mind.stock, database),
        offices=known_offices(mind.taxonomy, settings.desk.offices),
        database=database,
        signals=signals,
        limits=WindowLimits(settings.redis.url),
        calendar=calendar,
        tickets=Tickets(
            vault=vault,
            taxonomy=mind.taxonomy,
            calendar=calendar,
            ladder=ladder,
            report_within=timedelta(minutes=settings.desk.report_within_minutes),
        ),
        speech=Speech(vault=vault),
        inbox=Inbox(vault=vault),
        decoders=Decoders({**plain_decoders(), **telegram_decoders(mind.texts)}),
        bot_plans=plan_bots(settings, public_url(settings)),
    )


def _sender(base: Foundation, notices: Notices, channels: Mapping[Lane, ChannelSender]) -> Sender:
    return Sender(
        database=base.database,
        vault=base.vault,
        clock=base.clock,
        channels=channels,
        paces={Channel.TELEGRAM: TELEGRAM},
        pacer=_pacer(base.settings, base.clock),
        undelivered=CallInstead(notices=notices),
    )


def _front_desk(base: Foundation, staff_desk: Desk) -> FrontDesk:
    return FrontDesk(
        tickets=base.tickets,
        articles=base.articles,
        vault=base.vault,
        texts=base.texts,
        taxonomy=base.taxonomy,
        street=base.street,
        settings=base.settings.desk,
        offices=base.offices,
        staff_desk=staff_desk,
    )


def _staff_desk(base: Foundation) -> Desk:
    notices = Notices(
        speech=base.speech, texts=base.texts, vault=base.vault, calendar=base.calendar
    )
    drafts = Drafts(
        tickets=base.tickets, vault=base.vault, taxonomy=base.taxonomy, calendar=base.calendar
    )
    return Desk(
        tickets=base.tickets,
        notices=notices,
        vault=base.vault,
        taxonomy=base.taxonomy,
        street=base.street,
        texts=base.texts,
        calendar=base.calendar,
        settings=base.settings.desk,
        volunteering=base.settings.volunteers,
        drafts=drafts,
        inbox=base.inbox,
        find_danger=_danger_finder(base.understander),
    )


def _front_door(base: Foundation, desk: FrontDesk, staff_desk: Desk) -> FrontDoor:
    return FrontDoor(
        database=base.database,
        inbox=base.inbox,
        speech=base.speech,
        thinking=Thinking(
            classifier=base.understander,
            search=base.articles,
            limits=base.limits,
            clock=base.clock,
            opinion=base.rasa,
        ),
        attachments=Attachments(vault=base.vault),
        outbox=Outbox(vault=base.vault),
        desk=desk,
        decoders=base.decoders,
        signals=base.signals,
        clock=base.clock,
        sides={(Channel.TELEGRAM, VOLUNTEERS): VolunteerChat(desk=staff_desk)},
    )


def plain_decoders() -> dict[tuple[Channel, str | None], Decoder]:
    """Our own channels share one form of body."""
    plain = PlainDecoder()
    channels = (Channel.WEB, Channel.REST, Channel.TERMINAL, Channel.FAKE)
    return {(channel, None): plain for channel in channels}


def _danger_finder(understander: Classifier) -> Callable[[str], str | None]:
    def find_danger(text: str) -> str | None:
        danger = understander.understand(text).danger
        return danger.trigger_id if danger else None

    return find_danger


def _rasa(settings: Settings, taxonomy: Taxonomy) -> "RasaOpinion | None":
    """The Rasa server of the settings; it may come later, `/readyz` says so."""
    intents = settings.intents
    if intents.backend != "rasa":
        return None
    if not intents.rasa_url.startswith(("http://", "https://")):
        raise SettingsError(
            "INTENTS__RASA_URL",
            "is no address",
            "Say where the Rasa server answers, e.g. http://127.0.0.1:5005",
        )
    from intents.rasa_backend.opinion import RasaOpinion
    from intents.rasa_backend.server import RasaServer

    server = RasaServer(intents.rasa_url, seconds=intents.rasa_seconds)
    return RasaOpinion(server, taxonomy, sure=intents.rasa_sure, two=intents.rasa_two)


def _signals(settings: Settings) -> Signals:
    if not settings.redis.url:
        return InProcessSignals()
    from core.redis_signals import RedisSignals  # a tenth of a start that does without

    return RedisSignals(settings.redis.url)


def _pacer(settings: Settings, clock: Clock) -> Pacer:
    if not settings.redis.url:
        return LocalPacer(clock)
    from notifications.redis_pace import RedisPacer

    return RedisPacer(settings.redis.url, clock)
