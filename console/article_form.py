"""An article as a form: fields to fill in, and what they say."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from core.taxonomy import Taxonomy
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

Form = Mapping[str, str]
TEXTS = (
    "title",
    "short_answer",
    "body",
    "condition",
    "eligibility",
    "materials",
    "where",
    "by_phone",
    "by_someone_else",
    "duration",
    "fee",
    "hotline",
    "owner",
    "reviewer",
)
SPARE_ROWS = 2
_NAME = re.compile(r"[A-Za-z0-9_]+")
_SLUG = re.compile(r"[a-z0-9_]+")
_E = TypeVar("_E", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Wrong:
    """A field that cannot be read: its id and the key of the sentence."""

    field: str
    text: str


def new_article(form: Form, taxonomy: Taxonomy, today: date) -> tuple[Article, list[Wrong]]:
    """An article that is not there yet: its matter and a word of its own make its id."""
    matter, slug = form.get("matter", ""), form.get("slug", "").strip()
    wrong = []
    if matter not in taxonomy.matters:
        wrong.append(Wrong("matter", "editorial.error.matter"))
    if not _SLUG.fullmatch(slug):
        wrong.append(Wrong("slug", "editorial.error.slug"))
    known = taxonomy.matters.get(matter)
    article_id = f"{known.dotted}.{slug}" if known else slug
    article, more = read_article(form, empty_article(article_id, matter, today), today)
    return article, wrong + more


def empty_article(article_id: str, matter: str, today: date) -> Article:
    """Nothing yet but what it is about."""
    texts: dict[str, Any] = dict.fromkeys(TEXTS, "") | {
        "hotline": "12345",
        "reviewer": "hotline_desk",
    }
    return Article(
        id=article_id,
        matter=matter,
        questions=(),
        legal_basis=(),
        source=(),
        level=Level.STREET,
        valid_from=today,
        valid_until=date(today.year + 1, 12, 31),
        amounts=(),
        amount_as_of=None,
        status=ArticleStatus.DRAFT,
        audience=Audience.PUBLIC,
        risk=Risk.NONE,
        **texts,
    )


def form_of(article: Article, *, today: date) -> dict[str, str]:
    """The fields as they are shown at first; what was told begins anew today."""
    told = article.status is not ArticleStatus.DRAFT
    form = {name: str(getattr(article, name)) for name in TEXTS}
    form |= {
        "questions": "\n".join(article.questions),
        "level": article.level,
        "audience": article.audience,
        "risk": article.risk,
        "valid_from": (today if told else article.valid_from).isoformat(),
        "valid_until": article.valid_until.isoformat(),
        "amount_as_of": article.amount_as_of.isoformat() if article.amount_as_of else "",
    }
    for place, amount in enumerate(article.amounts):
        form |= {
            f"amount_name_{place}": amount.name,
            f"amount_text_{place}": amount.text,
            f"amount_as_of_{place}": _unless(amount.as_of, article.amount_as_of),
            f"amount_until_{place}": _unless(amount.valid_until, article.valid_until),
        }
    for place, law in enumerate(article.legal_basis):
        form |= {f"law_name_{place}": law.name, f"law_no_{place}": law.no}
    for place, source in enumerate(article.source):
        form |= {
            f"source_name_{place}": source.name,
            f"source_code_{place}": source.code,
            f"source_seen_{place}": source.seen_on.isoformat(),
        }
    return form


def rows_of(form: Form, prefix: str) -> range:
    """The rows of a table in the form, with some to spare."""
    places = [
        int(name.rsplit("_", 1)[1])
        for name, value in form.items()
        if name.startswith(f"{prefix}_") and name.rsplit("_", 1)[1].isdecimal() and value.strip()
    ]
    return range(min(max(places, default=-1) + 1 + SPARE_ROWS, 40))


def read_article(form: Form, before: Article, today: date) -> tuple[Article, list[Wrong]]:
    """The article that the fields say; what cannot be read stays as it was and is named."""
    reader = _Reader(form, before, today)
    return reader.article(), reader.wrong


class _Reader:
    def __init__(self, form: Form, before: Article, today: date) -> None:
        self._form = {name: value.replace("\r\n", "\n").strip() for name, value in form.items()}
        self._before = before
        self._today = today
        self.wrong: list[Wrong] = []

    def article(self) -> Article:
        """Every field."""
        before = self._before
        until = self._date("valid_until") or before.valid_until
        as_of = self._date("amount_as_of", needed=False)
        texts: dict[str, Any] = {name: self._get(name) for name in TEXTS}
        return replace(
            before,
            questions=tuple(filter(None, map(str.strip, self._get("questions").splitlines()))),
            level=self._choice("level", Level, before.level),
            audience=self._choice("audience", Audience, before.audience),
            risk=self._choice("risk", Risk, before.risk),
            valid_from=self._date("valid_from") or before.valid_from,
            valid_until=until,
            amount_as_of=as_of,
            amounts=self._amounts(as_of, until),
            legal_basis=self._laws(),
            source=self._sources(),
            **texts,
        )

    def _get(self, name: str) -> str:
        return self._form.get(name, "")

    def _date(self, name: str, *, needed: bool = True) -> date | None:
        text = self._get(name)
        if not text and not needed:
            return None
        try:
            return date.fromisoformat(text)
        except ValueError:
            self.wrong.append(Wrong(name, "editorial.error.date"))
            return None

    def _choice(self, name: str, kind: type[_E], otherwise: _E) -> _E:
        try:
            return kind(self._get(name))
        except ValueError:
            return otherwise

    def _rows(self, prefix: str, *names: str) -> list[tuple[int, list[str]]]:
        rows = [
            (place, [self._get(f"{prefix}_{name}_{place}") for name in names])
            for place in rows_of(self._form, prefix)
        ]
        return [(place, row) for place, row in rows if any(row)]

    def _amounts(self, as_of: date | None, until: date) -> tuple[Amount, ...]:
        amounts: list[Amount] = []
        for place, (name, text, _, _) in self._rows("amount", "name", "text", "as_of", "until"):
            if not _NAME.fullmatch(name) or not text or name in [each.name for each in amounts]:
                self.wrong.append(Wrong(f"amount_name_{place}", "editorial.error.amount"))
                continue
            since = self._date(f"amount_as_of_{place}", needed=False) or as_of
            if as_of is None or since is None:
                self.wrong.append(Wrong("amount_as_of", "editorial.error.amount_as_of"))
                since = self._today
            last = self._date(f"amount_until_{place}", needed=False) or until
            amounts.append(Amount(name, text, since, last))
        return tuple(amounts)

    def _laws(self) -> tuple[Law, ...]:
        laws = []
        for place, (name, no) in self._rows("law", "name", "no"):
            if name:
                laws.append(Law(name, no))
            else:
                self.wrong.append(Wrong(f"law_name_{place}", "editorial.error.law"))
        return tuple(laws)

    def _sources(self) -> tuple[Source, ...]:
        sources = []
        for place, (name, code, seen) in self._rows("source", "name", "code", "seen"):
            day = (self._date(f"source_seen_{place}") if seen else None) or self._today
            if name and code:
                sources.append(Source(name, code, day))
            else:
                self.wrong.append(Wrong(f"source_name_{place}", "editorial.error.source"))
        return tuple(sources)


def field_of(problem: str, facts: Mapping[str, object]) -> str:
    """Beside which field of the form a finding of the editors' checks stands."""
    return str(facts.get("field") or _FIELDS.get(problem, "main"))


_FIELDS = {
    "few_questions": "questions",
    "same_question": "questions",
    "too_long": "short_answer",
    "figures_undated": "amount_as_of",
    "amount_unused": "amount_name_0",
    "amount_expired": "amount_name_0",
    "dates_reversed": "valid_until",
    "expired": "valid_until",
}


def _unless(day: date, usual: date | None) -> str:
    return "" if day == usual else day.isoformat()
