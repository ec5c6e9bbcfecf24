"""Builds every object from the settings; nothing else does."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.configuration import ROOT
from app.keys import Keys, load_keys, public_url
from app.models import model_file, read_questions
from app.timekeeping import Timekeeper
from bot.decoding import PlainDecoder
from conversations.inbox import Inbox
from conversations.log import ConversationLog
from conversations.speech import Speech
from core.clock import Clock, SystemClock
from core.database import Database
from core.errors import SettingsError
from core.limits import WindowLimits
from core.messages import Channel, Decoder
from core.settings import Settings
from core.signals import InProcessSignals, Signals
from core.taxonomy import HERE, Street, Taxonomy, load_street, load_taxonomy
from core.texts import Texts
from core.vault import Vault
from handlers.front_door import FrontDoor
from handlers.notices import Notices
from handlers.residents.desk import FrontDesk
from handlers.staff.desk import Desk
from intents.understander import Understander, load_understander
from knowledge_base.answer import Office, known_offices
from knowledge_base.article_files import load_articles
from knowledge_base.search import ArticleIndex
from notifications.sender import ChannelSender, Sender
from tickets.alerts import Ladder
from tickets.calendar import WorkingCalendar
from tickets.drafts import Drafts
from tickets.lifecycle import Tickets

ARTICLES = ROOT / "knowledge_base" / "articles"
LOCALES = ROOT / "locales"


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Everything that is built once and shared."""

    settings: Settings
    public_url: str
    keys: Keys
    vault: Vault
    clock: Clock
    texts: Texts
    taxonomy: Taxonomy
    street: Street
    database: Database
    signals: Signals
    limits: WindowLimits
    calendar: WorkingCalendar
    tickets: Tickets
    speech: Speech
    inbox: Inbox
    log: ConversationLog
    articles: ArticleIndex
    offices: Mapping[str, Office]
    understander: Understander
    front_desk: FrontDesk
    staff_desk: Desk
    front_door: FrontDoor
    decoders: Mapping[Channel, Decoder]
    sender: Sender
    timekeeper: Timekeeper

    async def close(self) -> None:
        """Let go of connections."""
        await self.signals.close()
        await self.limits.close()
        await self.database.close()


def read_taxonomy(settings: Settings) -> Taxonomy:
    """The taxonomy in use."""
    return load_taxonomy(settings.street.taxonomy or HERE / "taxonomy.yaml")


def read_street(settings: Settings) -> Street:
    """The street in use."""
    return load_street(settings.street.file or HERE / "street.yaml")


def read_understander(settings: Settings, taxonomy: Taxonomy, street: Street) -> Understander:
    """The trained model; raises `SettingsError` when there is none yet."""
    return load_understander(model_file(settings), taxonomy, street)


def read_articles(settings: Settings, taxonomy: Taxonomy) -> ArticleIndex:
    """All articles, with the search taught by how residents speak of each matter."""
    return ArticleIndex(load_articles(ARTICLES), taxonomy, asked=read_questions(settings))


@dataclass(frozen=True, slots=True, kw_only=True)
class Mind:
    """What understanding and answers need: read once, never changed, shared by all."""

    taxonomy: Taxonomy
    street: Street
    texts: Texts
    understander: Understander
    articles: ArticleIndex


def read_mind(settings: Settings) -> Mind:
    """Read the taxonomy, the street, the texts, the model and the articles."""
    taxonomy, street = read_taxonomy(settings), read_street(settings)
    return Mind(
        taxonomy=taxonomy,
        street=street,
        texts=Texts(LOCALES),
        understander=read_understander(settings, taxonomy, street),
        articles=read_articles(settings, taxonomy),
    )


def build_house(
    settings: Settings,
    *,
    mind: Mind | None = None,
    clock: Clock | None = None,
    signals: Signals | None = None,
    channels: Mapping[Channel, ChannelSender] | None = None,
) -> House:
    """Build everything; raises `SettingsError` for what cannot work."""
    if settings.intents.backend == "rasa":
        raise SettingsError(
            "INTENTS__BACKEND", "rasa is not served by this version", "Leave it at embedded."
        )
    keys = load_keys(settings)
    vault = Vault(keys.encryption)
    clock = clock or SystemClock()
    mind = mind or read_mind(settings)
    taxonomy, street, texts = mind.taxonomy, mind.street, mind.texts
    articles, understander = mind.articles, mind.understander
    database = Database(settings.database.url, pool_size=settings.database.pool_size)
    signals = signals or _signals(settings)
    limits = WindowLimits(settings.redis.url)
    calendar = WorkingCalendar()
    ladder = Ladder.from_settings(settings.desk)
    tickets = Tickets(vault=vault, taxonomy=taxonomy, calendar=calendar, ladder=ladder)
    speech, inbox = Speech(vault=vault), Inbox(vault=vault)
    offices = known_offices(taxonomy, settings.desk.offices)
    decoders = plain_decoders()
    front_desk = FrontDesk(
        tickets=tickets,
        articles=articles,
        vault=vault,
        texts=texts,
        taxonomy=taxonomy,
        street=street,
        settings=settings.desk,
        offices=offices,
    )
    staff_desk = Desk(
        tickets=tickets,
        notices=Notices(speech=speech, texts=texts, vault=vault, calendar=calendar),
        vault=vault,
        taxonomy=taxonomy,
        street=street,
        texts=texts,
        calendar=calendar,
        settings=settings.desk,
        drafts=Drafts(tickets=tickets, vault=vault, taxonomy=taxonomy, calendar=calendar),
        inbox=inbox,
        find_danger=_danger_finder(understander),
    )
    front_door = FrontDoor(
        database=database,
        inbox=inbox,
        speech=speech,
        classifier=understander,
        search=articles,
        desk=front_desk,
        decoders=decoders,
        signals=signals,
        limits=limits,
        clock=clock,
    )
    return House(
        settings=settings,
        public_url=public_url(settings),
        keys=keys,
        vault=vault,
        clock=clock,
        texts=texts,
        taxonomy=taxonomy,
        street=street,
        database=database,
        signals=signals,
        limits=limits,
        calendar=calendar,
        tickets=tickets,
        speech=speech,
        inbox=inbox,
        log=ConversationLog(vault=vault, decoders=decoders),
        articles=articles,
        offices=offices,
        understander=understander,
        front_desk=front_desk,
        front_door=front_door,
        decoders=decoders,
        sender=Sender(database=database, vault=vault, clock=clock, channels=channels or {}),
        timekeeper=Timekeeper(
            front_door=front_door,
            database=database,
            desk=staff_desk,
            signals=signals,
            clock=clock,
        ),
        staff_desk=staff_desk,
    )


def plain_decoders() -> dict[Channel, Decoder]:
    """Our own channels share one form of body."""
    plain = PlainDecoder()
    return dict.fromkeys((Channel.WEB, Channel.REST, Channel.TERMINAL, Channel.FAKE), plain)


def _danger_finder(understander: Understander) -> Callable[[str], str | None]:
    def find_danger(text: str) -> str | None:
        danger = understander.understand(text).danger
        return danger.trigger_id if danger else None

    return find_danger


def _signals(settings: Settings) -> Signals:
    if not settings.redis.url:
        return InProcessSignals()
    from core.redis_signals import RedisSignals  # a tenth of a start that does without

    return RedisSignals(settings.redis.url)
