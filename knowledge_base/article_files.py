"""Articles as Markdown files with a YAML head: reading, writing, and what is wrong with a file."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

import yaml

from core.errors import FrontDoorError
from core.yaml_files import load_yaml
from knowledge_base.article import (
    Amount,
    Article,
    ArticleStatus,
    Audience,
    Law,
    Level,
    Risk,
    Source,
)

FOLDER = Path(__file__).parent / "articles"
"""The starting stock; after the first import the database is the truth."""

FENCE = "---"
OPTIONAL = ("amounts", "amount_as_of", "condition", "version")

_E = TypeVar("_E", bound=StrEnum)


class ArticleUnreadable(FrontDoorError):
    """A file is not an article: says which file, which field and what is wrong with it."""

    def __init__(self, file: str, field: str, what: str) -> None:
        super().__init__(f"{file}: {field}: {what}")
        self.file = file
        self.field = field
        self.what = what


def load_articles(folder: Path = FOLDER) -> list[Article]:
    """Every article of a folder, by file name; raises `ArticleUnreadable` at the first bad file."""
    return [
        parse_article(path.read_text(encoding="utf-8"), file=path.name)
        for path in sorted(folder.glob("*.md"))
    ]


def parse_article(text: str, *, file: str) -> Article:
    """The article that a Markdown text holds; `file` is only for naming it in errors."""
    head, body = _split(text, file)
    return _Reader(file, head).article(body)


def _split(text: str, file: str) -> tuple[Mapping[str, Any], str]:
    lines = text.splitlines()
    if not lines or lines[0] != FENCE or FENCE not in lines[1:]:
        raise ArticleUnreadable(file, "front matter", "must stand between two lines of ---")
    end = lines.index(FENCE, 1)
    try:
        head = load_yaml("\n".join(lines[1:end]))
    except yaml.YAMLError as error:
        raise ArticleUnreadable(file, "front matter", f"is not YAML: {error}") from error
    if not isinstance(head, dict):
        raise ArticleUnreadable(file, "front matter", "must be a list of fields")
    return head, "\n".join(lines[end + 1 :]).strip()


class _Reader:
    """Takes the fields of one file's head, one by one, and says which of them is wrong."""

    def __init__(self, file: str, head: Mapping[str, Any]) -> None:
        self._file = file
        self._head = head
        known = {"how"} | {field.name for field in fields(Article)}
        known -= {"body", "by_phone", "by_someone_else"}
        for name in head:
            if name not in known:
                raise self._wrong(name, "is not a field of an article")

    def article(self, body: str) -> Article:
        how = self._mapping("how")
        valid_until = self._date("valid_until")
        as_of = self._date("amount_as_of") if self._head.get("amount_as_of") else None
        return Article(
            id=self._text("id"),
            matter=self._text("matter"),
            title=self._text("title"),
            short_answer=self._text("short_answer"),
            questions=self._texts("questions"),
            eligibility=self._text("eligibility"),
            materials=self._text("materials"),
            where=self._text("where"),
            by_phone=str(how.get("phone") or ""),
            by_someone_else=str(how.get("someone_else") or ""),
            duration=self._text("duration"),
            fee=self._text("fee"),
            legal_basis=tuple(self._law(row) for row in self._rows("legal_basis")),
            source=tuple(self._source(row) for row in self._rows("source")),
            level=self._choice("level", Level),
            valid_from=self._date("valid_from"),
            valid_until=valid_until,
            amounts=self._amounts(as_of, valid_until),
            amount_as_of=as_of,
            hotline=self._text("hotline"),
            owner=self._text("owner"),
            reviewer=self._text("reviewer"),
            status=self._choice("status", ArticleStatus),
            audience=self._choice("audience", Audience),
            risk=self._choice("risk", Risk),
            condition=str(self._head.get("condition") or ""),
            body=body,
            version=self._version(),
        )

    def _wrong(self, field: str, what: str) -> ArticleUnreadable:
        return ArticleUnreadable(self._file, field, what)

    def _value(self, field: str) -> Any:
        if field not in self._head:
            raise self._wrong(field, "is missing")
        return self._head[field]

    def _text(self, field: str) -> str:
        value = self._value(field)
        if value is None:
            return ""
        if not isinstance(value, str | int):
            raise self._wrong(field, "must be a text")
        return str(value).strip()

    def _texts(self, field: str) -> tuple[str, ...]:
        value = self._value(field)
        if not isinstance(value, list) or not all(isinstance(row, str | int) for row in value):
            raise self._wrong(field, "must be a list of texts")
        return tuple(str(row).strip() for row in value)

    def _rows(self, field: str) -> list[Mapping[str, Any]]:
        value = self._value(field) or []
        if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
            raise self._wrong(field, "must be a list of entries with a name")
        return value

    def _mapping(self, field: str) -> Mapping[str, Any]:
        value = self._value(field)
        if not isinstance(value, dict):
            raise self._wrong(field, "must have fields of its own")
        return value

    def _date(self, field: str) -> date:
        return self._as_date(field, self._value(field))

    def _as_date(self, field: str, value: Any) -> date:
        if not isinstance(value, date):
            raise self._wrong(field, "must be a date such as 2026-11-22")
        return value

    def _choice(self, field: str, kind: type[_E]) -> _E:
        value = self._text(field)
        try:
            return kind(value)
        except ValueError:
            raise self._wrong(field, f"{value!r} is none of {', '.join(kind)}") from None

    def _version(self) -> int:
        version = self._head.get("version", 1)
        if not isinstance(version, int) or version < 1:
            raise self._wrong("version", "must be a number from 1")
        return version

    def _law(self, row: Mapping[str, Any]) -> Law:
        # YAML reads an unquoted `no` as False, and editors will not quote it
        no = row.get("no") or row.get(False)  # type: ignore[call-overload]
        return Law(name=self._part("legal_basis", row, "name"), no=str(no or ""))

    def _source(self, row: Mapping[str, Any]) -> Source:
        return Source(
            name=self._part("source", row, "name"),
            code=self._part("source", row, "code"),
            seen_on=self._as_date("source.seen_on", row.get("seen_on")),
        )

    def _part(self, field: str, row: Mapping[str, Any], part: str) -> str:
        if not row.get(part):
            raise self._wrong(f"{field}.{part}", "is missing")
        return str(row[part])

    def _amounts(self, as_of: date | None, valid_until: date) -> tuple[Amount, ...]:
        entries = self._head.get("amounts") or {}
        if not isinstance(entries, dict):
            raise self._wrong("amounts", "must be names with their figures")
        if entries and as_of is None:
            raise self._wrong("amount_as_of", "is missing, although there are amounts")
        return tuple(
            self._amount(name, entry, as_of, valid_until) for name, entry in entries.items()
        )

    def _amount(self, name: str, entry: Any, as_of: date | None, valid_until: date) -> Amount:
        row = entry if isinstance(entry, dict) else {"text": entry}
        field = f"amounts.{name}"
        return Amount(
            name=name,
            text=self._part(field, row, "text"),
            as_of=self._as_date(f"{field}.as_of", row.get("as_of", as_of)),
            valid_until=self._as_date(f"{field}.valid_until", row.get("valid_until", valid_until)),
        )


class _PlainDumper(yaml.SafeDumper):
    """Writes a date that occurs twice as two dates, not as a reference that nobody can read."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def dump_article(article: Article) -> str:
    """The Markdown text of an article; `parse_article` gives the same article back."""
    head = yaml.dump(
        _head(article), allow_unicode=True, sort_keys=False, width=10_000, Dumper=_PlainDumper
    )
    return f"{FENCE}\n{head}{FENCE}\n\n{article.body}\n"


def _head(article: Article) -> dict[str, Any]:
    """The fields in the order in which an editor thinks of them, empty optional ones left out."""
    head: dict[str, Any] = {
        "id": article.id,
        "matter": article.matter,
        "title": article.title,
        "short_answer": article.short_answer,
        "questions": list(article.questions),
        "condition": article.condition,
        "eligibility": article.eligibility,
        "materials": article.materials,
        "where": article.where,
        "how": {"phone": article.by_phone, "someone_else": article.by_someone_else},
        "duration": article.duration,
        "fee": article.fee,
        "hotline": article.hotline,
        "amounts": {amount.name: _amount_entry(article, amount) for amount in article.amounts},
        "amount_as_of": article.amount_as_of,
        "legal_basis": [{"name": law.name, "no": law.no} for law in article.legal_basis],
        "source": [
            {"name": source.name, "code": source.code, "seen_on": source.seen_on}
            for source in article.source
        ],
        "level": str(article.level),
        "valid_from": article.valid_from,
        "valid_until": article.valid_until,
        "owner": article.owner,
        "reviewer": article.reviewer,
        "status": str(article.status),
        "audience": str(article.audience),
        "risk": str(article.risk),
        "version": article.version,
    }
    return {name: value for name, value in head.items() if value or name not in OPTIONAL}


def _amount_entry(article: Article, amount: Amount) -> Any:
    """Only what differs from the article's own dates."""
    entry: dict[str, Any] = {"text": amount.text}
    if amount.as_of != article.amount_as_of:
        entry["as_of"] = amount.as_of
    if amount.valid_until != article.valid_until:
        entry["valid_until"] = amount.valid_until
    return amount.text if len(entry) == 1 else entry
