"""What a resident reads: an article with its marks filled in and stale figures left out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from core.taxonomy import Taxonomy
from core.texts import Texts
from knowledge_base.article import Article
from knowledge_base.placeholders import fill, marks, without_amounts, without_figures

HOTLINES = frozenset(
    [
        "110",
        "119",
        "120",
        "122",
        "12309",
        "12312",
        "12315",
        "12318",
        "12320",
        "12328",
        "12329",
        "12333",
        "12338",
        "12345",
        "12348",
        "12349",
        "12355",
        "12356",
        "12366",
        "12368",
        "12369",
        "12378",
        "12385",
        "12388",
        "12393",
        "96110",
    ]
)
"""National numbers: no figure that ages, so they stay in an expired article."""

FACTS = (
    "eligibility",
    "materials",
    "where",
    "by_phone",
    "by_someone_else",
    "duration",
    "fee",
)
"""The lines after the body, in this order: who, what to bring, where, how, how long, how much."""


class Office(Protocol):
    """A counter of the street as its settings give it; empty parts are not known."""

    @property
    def name(self) -> str: ...
    @property
    def address(self) -> str: ...
    @property
    def hours(self) -> str: ...
    @property
    def phone(self) -> str: ...


@dataclass(frozen=True, slots=True)
class NamedOffice:
    """An office of which only the name is known."""

    name: str
    address: str = ""
    hours: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """An article made ready to say; plain text with line breaks, lists with "- "."""

    article_id: str
    version: int
    short: str
    """One or two sentences to say first."""
    full: str
    """Everything needed to go and do it."""
    source_line: str
    """
    What it rests on and since when, e.g. 依据：社会救助暂行办法；更新于 2026-11-22.

    Where no law or official paper says it: whose word counts, 以民政救助窗口的答复为准.
    """
    expired: bool
    """Only the direction is told and whom to ask; there is no figure in it."""
    condition: str | None
    """A question to ask back, because the answer depends on it."""


def known_offices(taxonomy: Taxonomy, configured: Mapping[str, Office]) -> dict[str, Office]:
    """Every department as an office: the street's setting, or the plain name from the taxonomy."""
    named: dict[str, Office] = {
        department.id: NamedOffice(spoken_name(department.name))
        for department in taxonomy.departments.values()
    }
    return named | dict(configured)


def spoken_name(department: str) -> str:
    """The short name that people use: 民政救助窗口 for 公共服务办·民政救助窗口."""
    return department.split("·")[-1].split("/")[0].split("（")[0]


def compose(
    article: Article, *, today: date, offices: Mapping[str, Office], texts: Texts
) -> Answer:
    """
    Make the answer that may be given on this day.

    An expired article gives its direction without a single figure; an article
    whose amounts alone are out of date leaves out the sentences that hold them.
    Both then say whom to ask. `offices` comes from `known_offices`.
    """
    return _Composer(article, today, offices, texts).answer()


class _Composer:
    def __init__(
        self, article: Article, today: date, offices: Mapping[str, Office], texts: Texts
    ) -> None:
        self._article = article
        self._offices = offices
        self._texts = texts
        self._expired = article.is_expired_on(today)
        self._stale = {row.name for row in article.amounts if today > row.valid_until}
        self._amounts = {row.name: row.text for row in article.amounts}
        self._office_names = {key: office.name for key, office in offices.items()}

    def answer(self) -> Answer:
        article = self._article
        return Answer(
            article_id=article.id,
            version=article.version,
            short=self._short(),
            full=self._full(),
            source_line=self._source_line(),
            expired=self._expired,
            condition=self._fill(self._still_true(article.condition)) or None,
        )

    def _short(self) -> str:
        kept = self._fill(self._still_true(self._article.short_answer))
        if self._expired or not kept:
            kept = self._say("direction", title=self._article.title) + kept
        return f"{kept}{self._whom_to_ask()}" if self._is_incomplete() else kept

    def _full(self) -> str:
        body = self._fill(self._still_true(self._article.body))
        parts = [body, "\n".join(self._facts()), "\n".join(self._places())]
        if self._is_incomplete():
            parts.append(self._whom_to_ask())
        return "\n\n".join(part for part in parts if part)

    def _facts(self) -> list[str]:
        lines = []
        for field in FACTS:
            text = self._fill(self._still_true(self._article.texts[field]))
            if text:
                lines.append(self._say(f"facts.{field}", text=text))
        return lines

    def _places(self) -> list[str]:
        """Where the offices are that the article names; the hotline if that is not known."""
        whole = "\n".join(self._article.texts.values())
        offices = [self._offices[key] for key in dict.fromkeys(marks(whole, "office"))]
        lines = [self._place(office) for office in offices if office.address or office.phone]
        return lines or [self._say("place_unknown", hotline=self._article.hotline)]

    def _place(self, office: Office) -> str:
        phone = self._say("office_phone", phone=office.phone) if office.phone else ""
        parts = [part for part in (office.address, office.hours, phone) if part]
        return self._say("place", name=office.name, parts="；".join(parts))

    def _whom_to_ask(self) -> str:
        owner = self._office_names[self._article.owner]
        key = "ask_when_expired" if self._expired else "ask_for_figures"
        return self._say(key, office=owner, hotline=self._article.hotline)

    def _is_incomplete(self) -> bool:
        """Whether a resident who asks for a figure must be told where to get it."""
        texts = self._article.texts.values()
        return self._expired or any(self._still_true(text) != text for text in texts)

    def _still_true(self, text: str) -> str:
        if self._expired:
            return without_figures(text, spared=HOTLINES)
        return without_amounts(text, self._stale) if self._stale else text

    def _source_line(self) -> str:
        updated = self._article.valid_from
        if not self._article.legal_basis:
            office = self._office_names[self._article.owner]
            return self._say("source_line_office", office=office, updated=updated)
        names = "、".join(dict.fromkeys(law.name for law in self._article.legal_basis))
        return self._say("source_line", names=names, updated=updated)

    def _fill(self, text: str) -> str:
        return fill(text, amounts=self._amounts, offices=self._office_names)

    def _say(self, key: str, **facts: object) -> str:
        return self._texts.say(f"knowledge.{key}", **facts)
