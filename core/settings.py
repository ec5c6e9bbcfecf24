"""Every setting and its type. Only `app.configuration` fills them in from file and environment."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

_CIVIL_TIME = r"^([01]\d|2[0-3]):[0-5]\d$"


class Section(BaseModel):
    """A group of settings; unknown names are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class DatabaseSettings(Section):
    """Where promises are kept."""

    url: str = "sqlite:///var/baijiamen.db"
    pool_size: int = Field(10, ge=1, le=100)


class RedisSettings(Section):
    """Wake-ups, shared limits and live events between processes; empty: in this process only."""

    url: str = ""


class WebSettings(Section):
    """Where the pages are."""

    host: str = "127.0.0.1"
    port: int = Field(8000, ge=0, le=65535)
    public_url: str = ""
    """What residents type; empty: http://host:port. Loopback means: a first local run."""
    trusted_proxies: list[str] = []
    """Addresses of reverse proxies whose X-Forwarded-* headers are believed."""


class SecuritySettings(Section):
    """Keys and lifetimes."""

    secret_key: str = ""
    """Signs the cookies of whoever is not signed in; at least 32 characters."""
    encryption_key: str = ""
    """Seals personal data: 32 random bytes in base64."""
    session_hours: int = Field(12, ge=1, le=72)
    idle_minutes: int = Field(30, ge=5, le=480)


class IntentsSettings(Section):
    """Who understands."""

    backend: Literal["embedded", "rasa"] = "embedded"
    rasa_url: str = ""
    rasa_seconds: float = Field(1.5, gt=0, le=30)
    """How long Rasa may take for a message before our own model's answer stands."""
    rasa_sure: float = Field(0.6, ge=0, le=1)
    """Rasa's confidence from which the bot goes on; Rasa's is not calibrated."""
    rasa_two: float = Field(0.75, ge=0, le=1)
    """Rasa's confidence in its best two together from which the bot asks which of them."""
    model_folder: Path = Path("var/models")


class StreetSettings(Section):
    """Whose street this is."""

    file: Path | None = None
    """A street's own YAML; empty: the sample street."""
    taxonomy: Path | None = None


class OfficeSettings(Section):
    """One counter or desk of the street that articles point to."""

    name: str
    address: str = ""
    hours: str = ""
    phone: str = ""


class DeskSettings(Section):
    """Who answers, and when."""

    opens: str = "08:30"
    closes: str = "17:30"
    duty_phone: str = ""
    """The duty telephone that a P0 climbs to."""
    shift_lead_after_seconds: int = Field(60, ge=5)
    duty_after_seconds: int = Field(120, ge=10)
    supervisor_after_seconds: int = Field(180, ge=10)
    report_within_minutes: int = Field(60, ge=5)
    """Within so long what the law wants reported (harm to a minor, violence) goes to the police."""
    silent_minutes: int = Field(30, ge=1)
    """After so long a half-finished form becomes a ticket with what is known."""
    offices: dict[str, OfficeSettings] = {}
    emergency_numbers: dict[str, str] = {}
    """Local numbers by the names that the taxonomy uses, e.g. 燃气抢修."""


class VolunteerSettings(Section):
    """How volunteers are asked."""

    wave_size: int = Field(5, ge=1, le=50)
    """So many of the best suited are asked at once for an urgent task."""
    wave_minutes: int = Field(10, ge=1, le=240)
    """And so much later the next ones, if nobody came forward."""
    urgent_hours: int = Field(4, ge=0, le=72)
    """A task that begins within so many hours is asked for in waves without being marked."""
    quiet_from: str = Field("21:00", pattern=_CIVIL_TIME)
    quiet_until: str = Field("07:30", pattern=_CIVIL_TIME)
    """Civil times between which no volunteer is asked."""
    offers_a_day: int = Field(3, ge=1, le=20)
    """Nobody is asked more often within 24 hours."""
    star_hours: list[int] = [100, 300, 600, 1000, 1500]
    """Approved hours from which on somebody has one, two, … stars."""
    issuer: str = ""
    """Who issues certificates of service; empty: the street."""
    issuer_contact: str = ""
    """Whom to ask about a certificate; empty: whoever signed it."""
    issuer_phone: str = ""
    """The number on certificates; empty: the duty telephone."""


class TelegramBotSettings(Section):
    """One bot of Telegram's; without a token it is off."""

    token: str = Field("", repr=False)
    """What BotFather gives; whoever has it is the bot."""
    mode: Literal["polling", "webhook"] = "polling"
    webhook_url: str = ""
    """Where Telegram posts updates; empty: web.public_url and /telegram/residents (volunteers)."""
    secret: str = Field("", repr=False)
    """Telegram shows it with every post; 1 to 256 of A-Z a-z 0-9 _ -."""


class TelegramSettings(Section):
    """The bots for residents and for volunteers."""

    api_base_url: str = "https://api.telegram.org"
    file_base_url: str = ""
    """Empty: api_base_url and /file."""
    proxy: str = Field("", repr=False)
    """http://name:password@host:port, for the bots alone."""
    residents: TelegramBotSettings = TelegramBotSettings()
    volunteers: TelegramBotSettings = TelegramBotSettings()
    broadcast_within_days: int = Field(90, ge=1, le=3650)
    """A broadcast reaches only who wrote within so many days."""
    allowed_in_region_reason: str = Field("", max_length=500)
    """Why Telegram may run although `region` forbids it; recorded in the database."""


class LogSettings(Section):
    """What is written to standard error."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["auto", "json", "text"] = "auto"


class Settings(Section):
    """All settings of one installation."""

    data_folder: Path = Path("var")
    language: Literal["zh", "en"] = "zh"
    region: Literal["", "cn"] = ""
    """Where personal data must stay: `cn` keeps Telegram off."""
    database: DatabaseSettings = DatabaseSettings()
    redis: RedisSettings = RedisSettings()
    web: WebSettings = WebSettings()
    security: SecuritySettings = SecuritySettings()
    intents: IntentsSettings = IntentsSettings()
    street: StreetSettings = StreetSettings()
    desk: DeskSettings = DeskSettings()
    volunteers: VolunteerSettings = VolunteerSettings()
    telegram: TelegramSettings = TelegramSettings()
    log: LogSettings = LogSettings()
