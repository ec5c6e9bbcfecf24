"""What an editor has to mend: the checks over all articles together."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from core.taxonomy import Taxonomy
from knowledge_base.answer import HOTLINES, spoken_name
from knowledge_base.article import Article, ArticleStatus, Risk
from knowledge_base.placeholders import broken_marks, fill, links, loose_figures, marks
from knowledge_base.terms import Wording

SHORT_ANSWER_MOST = 80
QUESTIONS_LEAST = 5
UNCONFIRMED = "待核"
UNWELCOME = (
    "系统",
    "用户",
    "诉求人",
    "非法",
    "无效",
    "敬请",
    "予以",
    "相关部门",
    "耐心等待",
    "！",
)
"""Words that keep people at a distance; the style of the pages forbids them everywhere."""

NEEDED = (
    "title",
    "short_answer",
    "body",
    "eligibility",
    "materials",
    "where",
    "by_phone",
    "by_someone_else",
    "duration",
    "fee",
)

_PHONE = re.compile(r"(?<![0-9])(?:0\d{2,3}-?)?\d{7,8}(?![0-9])|(?<![0-9])1[3-9]\d{9}(?![0-9])")
_SHORT_NUMBER = re.compile(r"(?<![0-9])(?:1[12]\d{3}|9[56]\d{3})(?![0-9])")


class Severity(StrEnum):
    """An error keeps an article from being published; a reminder is work that has come due."""

    ERROR = "error"
    REMINDER = "reminder"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend. `text_key` names its sentence in `locales/`, `facts` fill it."""

    article_id: str
    """Empty when a matter has no article at all."""
    problem: str
    severity: Severity
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def text_key(self) -> str:
        """The sentence for editors: `Texts.say(finding.text_key, **finding.facts)`."""
        return f"knowledge.check.{self.problem}"

    def __str__(self) -> str:
        facts = ", ".join(f"{name}={value}" for name, value in self.facts.items())
        return f"{self.article_id or '-'}: {self.severity}: {self.problem} ({facts})"


def check_articles(
    articles: Sequence[Article],
    taxonomy: Taxonomy,
    today: date,
    *,
    required_matters: Collection[str],
) -> list[Finding]:
    """
    Everything that is wrong with these articles, article by article.

    `required_matters` are the ids of matters that must have at least one
    published article.
    """
    findings: list[Finding] = []
    for article in articles:
        findings += _check_one(article, taxonomy, today, {other.id for other in articles})
    findings += _same_ids(articles)
    findings += _same_questions(articles, taxonomy)
    findings += _matters_without(articles, required_matters)
    return findings


def check_article(
    article: Article, others: Sequence[Article], taxonomy: Taxonomy, today: date
) -> list[Finding]:
    """What is wrong with this article beside all the others that are told."""
    beside = [other for other in others if other.id != article.id]
    findings = [*_check_one(article, taxonomy, today, {article.id, *(row.id for row in beside)})]
    findings += _same_questions([*beside, article], taxonomy)
    return [finding for finding in findings if finding.article_id == article.id]


def needs_second_person(article: Article) -> bool:
    """Whether somebody else must read it before residents do: money or a right is named in it."""
    if article.risk is not Risk.NONE or article.amounts:
        return True
    return any(loose_figures(text) for text in article.texts.values())


def _check_one(
    article: Article, taxonomy: Taxonomy, today: date, ids: Collection[str]
) -> Iterator[Finding]:
    yield from _fields(article, taxonomy)
    yield from _belonging(article, taxonomy)
    yield from _dates(article, today)
    yield from _figures(article, today)
    for name, text in article.texts.items():
        yield from _text(article, name, text, taxonomy, ids)


def _error(article: Article, problem: str, **facts: object) -> Finding:
    return Finding(article.id, problem, Severity.ERROR, facts)


def _reminder(article: Article, problem: str, **facts: object) -> Finding:
    return Finding(article.id, problem, Severity.REMINDER, facts)


def _fields(article: Article, taxonomy: Taxonomy) -> Iterator[Finding]:
    for name in NEEDED:
        if not article.texts[name]:
            yield _error(article, "missing", field=name)
    for name in ("source", "hotline"):
        if not getattr(article, name):
            yield _error(article, "missing", field=name)
    if len(article.questions) < QUESTIONS_LEAST:
        count = len(article.questions)
        yield _error(article, "few_questions", count=count, least=QUESTIONS_LEAST)
    length = len(_as_read(article, article.short_answer, taxonomy))
    if length > SHORT_ANSWER_MOST:
        yield _error(article, "too_long", count=length, most=SHORT_ANSWER_MOST)


def _as_read(article: Article, text: str, taxonomy: Taxonomy) -> str:
    """The text with marks filled in as far as they are known."""
    amounts = dict.fromkeys(marks(text, "amount"), "")
    amounts |= {row.name: row.text for row in article.amounts}
    offices = dict.fromkeys(marks(text, "office"), "")
    offices |= {row.id: spoken_name(row.name) for row in taxonomy.departments.values()}
    return fill(text, amounts=amounts, offices=offices)


def _belonging(article: Article, taxonomy: Taxonomy) -> Iterator[Finding]:
    matter = taxonomy.matters.get(article.matter)
    if matter is None:
        yield _error(article, "unknown_matter", name=article.matter)
    elif not article.id.startswith(f"{matter.dotted}."):
        yield _error(article, "wrong_id", prefix=f"{matter.dotted}.")
    for name in ("owner", "reviewer"):
        if getattr(article, name) not in taxonomy.departments:
            yield _error(article, "unknown_department", field=name, name=getattr(article, name))


def _dates(article: Article, today: date) -> Iterator[Finding]:
    if article.valid_until < article.valid_from:
        yield _error(article, "dates_reversed")
    if today > article.valid_until:
        yield _reminder(article, "expired", until=article.valid_until)


def _figures(article: Article, today: date) -> Iterator[Finding]:
    used = {name for text in article.texts.values() for name in marks(text, "amount")}
    for amount in article.amounts:
        if amount.name not in used:
            yield _error(article, "amount_unused", name=amount.name)
        if today > amount.valid_until:
            yield _reminder(
                article,
                "amount_expired",
                name=amount.name,
                text=amount.text,
                until=amount.valid_until,
            )
    loose = any(loose_figures(text) for text in article.texts.values())
    if (used or loose) and article.amount_as_of is None:
        yield _error(article, "figures_undated")


def _text(
    article: Article, name: str, text: str, taxonomy: Taxonomy, ids: Collection[str]
) -> Iterator[Finding]:
    if UNCONFIRMED in text:
        yield _error(article, "unconfirmed", field=name)
    for word in UNWELCOME:
        if word in text:
            yield _error(article, "unwelcome_word", field=name, word=word)
    for figure in loose_figures(text):
        yield _error(article, "loose_figure", field=name, figure=figure)
    for mark in broken_marks(text):
        yield _error(article, "broken_mark", field=name, mark=mark)
    for amount in set(marks(text, "amount")) - {row.name for row in article.amounts}:
        yield _error(article, "unknown_amount", field=name, name=amount)
    for office in set(marks(text, "office")) - set(taxonomy.departments):
        yield _error(article, "unknown_office", field=name, name=office)
    for target in links(text):
        if target not in ids:
            yield _error(article, "dead_link", field=name, target=target)
    for found in _written_contacts(text):
        yield _error(article, "written_contact", field=name, found=found)


def _written_contacts(text: str) -> list[str]:
    """Telephone numbers that are neither national hotlines nor resolved from the settings."""
    short = [number for number in _SHORT_NUMBER.findall(text) if number not in HOTLINES]
    return _PHONE.findall(text) + short


def _same_ids(articles: Sequence[Article]) -> Iterator[Finding]:
    seen: set[str] = set()
    for article in articles:
        if article.id in seen:
            yield _error(article, "duplicate_id")
        seen.add(article.id)


def _same_questions(articles: Sequence[Article], taxonomy: Taxonomy) -> Iterator[Finding]:
    """Questions that are equal once dialect, punctuation and script are put aside."""
    wording = Wording(taxonomy.dialect)
    claimed: dict[str, str] = {}
    for article in articles:
        for question in article.questions:
            bare = re.sub(r"\W", "", wording.plain(question))
            other = claimed.setdefault(bare, article.id)
            if other != article.id:
                yield _error(article, "same_question", question=question, other=other)


def _matters_without(
    articles: Sequence[Article], required_matters: Collection[str]
) -> Iterator[Finding]:
    answered = {row.matter for row in articles if row.status is ArticleStatus.PUBLISHED}
    for matter in sorted(set(required_matters) - answered):
        yield Finding("", "matter_without_article", Severity.ERROR, {"matter": matter})
