"""What one article of the knowledge base says, and when it may still be said."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Level(StrEnum):
    """Whose rule the article tells: the wider the level, the less a street may change it."""

    NATION = "nation"
    PROVINCE = "province"
    CITY = "city"
    STREET = "street"


class ArticleStatus(StrEnum):
    """Where the article is on its way through the editors' hands."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    PUBLISHED = "published"
    NEEDS_REVIEW = "needs_review"
    """Was published, somebody doubts it: shown as direction only until it is confirmed."""
    WITHDRAWN = "withdrawn"


TOLD = frozenset({ArticleStatus.PUBLISHED, ArticleStatus.NEEDS_REVIEW})
"""The states in which residents may be told something of it."""


class Audience(StrEnum):
    """Who may read it."""

    PUBLIC = "public"
    STAFF = "staff"


class Risk(StrEnum):
    """What goes wrong when it is wrong: money or a right needs a second reviewer."""

    AMOUNT = "amount"
    ELIGIBILITY = "eligibility"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Law:
    """A law or official paper that the answer rests on."""

    name: str
    no: str = ""
    """Its number and the articles meant, e.g. 国务院令第649号，第9至13条."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where the editor read it."""

    name: str
    code: str
    """A web address, or the short code under which the office keeps the paper."""
    seen_on: date


@dataclass(frozen=True, slots=True)
class Amount:
    """
    A figure that changes: money, an age limit, a ratio.

    Texts name it as `{{amount:monthly}}`, so that it stands in one place and a
    sentence that holds it can be left out once it is out of date.
    """

    name: str
    text: str
    as_of: date
    """The day for which the source gives it."""
    valid_until: date
    """The last day on which it is said to residents."""


@dataclass(frozen=True, slots=True)
class Article:
    """
    One answer with everything that a resident needs to act on it.

    Texts may hold `{{amount:name}}` (one of `amounts`), `{{office:id}}` (a
    department of the taxonomy, named and placed by the street's settings) and
    `[words](article:other.article.id)`. Only `answer.compose` turns them into
    something to read.
    """

    id: str
    matter: str
    title: str
    short_answer: str
    """What is said first, as one would say it aloud; at most 80 characters."""
    questions: tuple[str, ...]
    """How people ask for it, in their own words."""
    eligibility: str
    materials: str
    where: str
    by_phone: str
    """Whether and how it can be done with a telephone in the hand."""
    by_someone_else: str
    """Whether and how somebody else may do it for the resident."""
    duration: str
    fee: str
    legal_basis: tuple[Law, ...]
    source: tuple[Source, ...]
    level: Level
    valid_from: date
    """Since when this version is the one that is told."""
    valid_until: date
    amounts: tuple[Amount, ...]
    amount_as_of: date | None
    hotline: str
    """The national number to ask when the article no longer says enough, e.g. 12333."""
    owner: str
    """The department that vouches for it."""
    reviewer: str
    """The department that reads it a second time."""
    status: ArticleStatus
    audience: Audience
    risk: Risk
    condition: str
    """A question to ask back when the answer depends on it; empty if it does not."""
    body: str
    version: int = 1

    def is_told_on(self, today: date) -> bool:
        """Whether it may be found at all on this day."""
        return self.status in TOLD and self.valid_from <= today

    def is_expired_on(self, today: date) -> bool:
        """Whether only the direction may be told, without a figure."""
        return today > self.valid_until or self.status is ArticleStatus.NEEDS_REVIEW

    @property
    def texts(self) -> dict[str, str]:
        """Every text that a resident may come to read, by its field."""
        return {
            "title": self.title,
            "short_answer": self.short_answer,
            "body": self.body,
            "eligibility": self.eligibility,
            "materials": self.materials,
            "where": self.where,
            "by_phone": self.by_phone,
            "by_someone_else": self.by_someone_else,
            "duration": self.duration,
            "fee": self.fee,
            "condition": self.condition,
        }
