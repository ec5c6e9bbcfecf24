"""What the pages about articles show: words, never rows."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID

from console.article_form import field_of
from console.words import Words
from editorial.article_lists import ends_soon
from editorial.article_models import ArticleEvent, ArticleVersion
from editorial.article_reports import Reported
from editorial.article_use import Used
from editorial.articles import article_of
from knowledge_base.answer import Answer, Office, compose
from knowledge_base.article import TOLD, Article, ArticleStatus
from knowledge_base.article_files import dump_article
from knowledge_base.check import Finding
from web.times import TimeWords

NOT_READABLE = frozenset({"unknown_amount", "unknown_office", "unknown_department", "broken_mark"})
"""With these nobody can say yet what residents would read."""


@dataclass(frozen=True, slots=True)
class ArticleRow:
    """One line of the list."""

    id: str
    title: str
    matter: str
    status: str
    status_words: str
    draft_words: str
    """Where a newer version stands that is not told yet; empty: there is none."""
    until: str
    soon: bool
    reported: bool
    due: str
    told: int
    not_enough: int


@dataclass(frozen=True, slots=True)
class VersionView:
    """One line of the table of versions."""

    number: int
    status: str
    written: str
    reason: str
    reviewed: str
    published: str
    before: int
    """The number to compare with; 0 for the first."""


@dataclass(frozen=True, slots=True)
class ReportView:
    """A report and what became of it."""

    id: UUID
    words: str
    who: str
    at: str
    due: str
    late: bool
    settled: str


@dataclass(frozen=True, slots=True)
class Finds:
    """Findings of the checks, by the field beside which they stand."""

    by_field: Mapping[str, Sequence[str]] = field(default_factory=dict)
    readable: bool = True

    @property
    def count(self) -> int:
        """How many there are."""
        return sum(map(len, self.by_field.values()))


def row_view(
    version: ArticleVersion,
    latest: ArticleVersion,
    *,
    used: Used,
    due_at: datetime | None,
    words: Words,
    when: TimeWords,
    today: date,
) -> ArticleRow:
    """One article: the version that is told, and whether another is being written."""
    newer = latest if latest.number > version.number else None
    return ArticleRow(
        id=version.article_id,
        title=version.title,
        matter=words.matter(version.matter),
        status=version.status,
        status_words=words.say(f"editorial.status.{stage(version)}"),
        draft_words=words.say(f"editorial.status.{stage(newer)}") if newer else "",
        until=version.valid_until.isoformat(),
        soon=version.status in TOLD and ends_soon(version, today),
        reported=due_at is not None,
        due=when.day(due_at) if due_at else "",
        told=used.told,
        not_enough=used.not_enough + used.wrong,
    )


def stage(version: ArticleVersion) -> str:
    """The status, and whether a second person has read it."""
    if version.status == ArticleStatus.IN_REVIEW and version.reviewed_at is not None:
        return "approved"
    return version.status


def version_view(
    version: ArticleVersion, names: Mapping[UUID, str], words: Words, when: TimeWords
) -> VersionView:
    """Who wrote, read and published it."""

    def said(by_id: UUID | None, at: datetime | None) -> str:
        return f"{names.get(by_id, '') if by_id else ''} {when.moment(at)}".strip() if at else ""

    ended = version.ended_at is not None
    return VersionView(
        number=version.number,
        status=words.say(
            "editorial.status.ended" if ended else f"editorial.status.{stage(version)}"
        ),
        written=said(version.author_id, version.created_at),
        reason=version.reason,
        reviewed=said(version.reviewer_id, version.reviewed_at),
        published=said(version.published_by_id, version.published_at),
        before=version.number - 1,
    )


def report_view(
    report: Reported, names: Mapping[UUID, str], words: Words, when: TimeWords, now: datetime
) -> ReportView:
    """A report in words."""
    who = names.get(report.staff_id, "") if report.staff_id else words.say("editorial.resident")
    settled = ""
    if report.settled_at is not None and report.settled_by_id is not None:
        by = names.get(report.settled_by_id, "")
        settled = f"{by} {when.moment(report.settled_at)}：{report.settled_words}"
    return ReportView(
        id=report.id,
        words=report.words or words.say("editorial.only_a_tap"),
        who=who,
        at=when.moment(report.reported_at),
        due=when.day(report.due_at),
        late=report.settled_at is None and now > report.due_at,
        settled=settled,
    )


def event_view(
    event: ArticleEvent, names: Mapping[UUID, str], words: Words, when: TimeWords
) -> tuple[str, str, str, str]:
    """When, what, who, words."""
    who = names.get(event.by_id, "") if event.by_id else ""
    what = words.say(f"editorial.step.{event.kind}", number=event.number)
    return when.moment(event.at), what, who, event.words


def say_findings(findings: Sequence[Finding], words: Words) -> Finds:
    """Findings in words; fields are called as they are in the form."""
    by_field: dict[str, list[str]] = {}
    for each in findings:
        facts = dict(each.facts)
        if "field" in facts:
            facts["field"] = words.find(f"editorial.field.{facts['field']}") or facts["field"]
        sentence = words.say(each.text_key, **facts)
        by_field.setdefault(field_of(each.problem, each.facts), []).append(sentence)
    readable = not any(each.problem in NOT_READABLE for each in findings)
    return Finds(by_field, readable)


def to_compare(version: ArticleVersion, words: Words) -> str:
    """The text for a comparison: fields as the form calls them, without number and status."""
    article = replace(article_of(version), status=ArticleStatus.PUBLISHED, version=1)

    def named(found: re.Match[str]) -> str:
        name = _PARTS.get(found[2], found[2])
        return f"{found[1]}{words.find(f'editorial.field.{name}') or found[2]}:"

    return _NAMED.sub(named, dump_article(article))


_NAMED = re.compile(r"^( *)([a-z_]+):", re.MULTILINE)
_PARTS = {"phone": "by_phone", "someone_else": "by_someone_else"}


def as_read(article: Article, offices: Mapping[str, Office], words: Words, today: date) -> Answer:
    """The article as a resident will read it once it is published."""
    shown = article if article.status in TOLD else replace(article, status=ArticleStatus.PUBLISHED)
    return compose(shown, today=today, offices=offices, texts=words.texts)


def facts_of(version: ArticleVersion, words: Words) -> list[tuple[str, str]]:
    """What stands around the text."""
    article = article_of(version)
    return [
        (words.say("editorial.field.id"), article.id),
        (words.say("editorial.field.matter"), words.matter(article.matter)),
        (words.say("editorial.field.owner"), words.unit(article.owner)),
        (words.say("editorial.field.reviewer"), words.unit(article.reviewer)),
        (words.say("editorial.field.valid_from"), article.valid_from.isoformat()),
        (words.say("editorial.field.valid_until"), article.valid_until.isoformat()),
        (words.say("editorial.field.level"), words.say(f"editorial.level.{article.level}")),
        (words.say("editorial.field.risk"), words.say(f"editorial.risk.{article.risk}")),
        (
            words.say("editorial.field.audience"),
            words.say(f"editorial.audience.{article.audience}"),
        ),
        (
            words.say("editorial.field.source"),
            "；".join(f"{each.name} {each.code}" for each in article.source),
        ),
    ]
