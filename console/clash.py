"""
Changed meanwhile: what somebody else did, beside what was being typed, for a choice.

Nothing that was typed is lost: it can be sent once more over the new state, put
right first, or kept as an internal note when the ticket has moved on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from console.acts import Act
from console.history import Line
from console.words import Words
from tickets.models import Ticket

_LABELS = {
    "note": "note_for_unit",
    "into": "merge_into",
    "kind": "task_kind",
    "title": "task_title",
    "day": "task_day",
    "from": "task_from",
    "to": "task_to",
    "places": "task_places",
    "name": "task_name",
    "until": "papers_until",
}
"""Fields whose label has another name than they have themselves."""
_WORDS_LABELS = {
    "contact": "contact_words",
    "contact-failed": "tried_words",
    "review": "review_words",
    "decide-appeal": "decide_words",
    "return": "basis",
    "park": "plan",
    "involve": "part",
    "wait-papers": "papers",
    "extend": "why",
    "exclude": "why",
    "urgency": "why",
}
_OPTIONS = {
    "unit": "units",
    "matter": "matters",
    "request_type": "request_types",
    "how": "ways",
    "outcome": "outcomes",
    "passed": "passed",
    "contacted": "yes_no",
    "in_home": "yes_no",
    "solved": "solved",
    "satisfied": "satisfied",
    "upheld": "upheld",
    "level": "urgencies",
}
"""Fields that are chosen from a list of `console.options`."""
_NOT_TYPED = frozenset({"_token", "form_id", "revision", "next"})


@dataclass(frozen=True, slots=True)
class ClashRow:
    """One field: its label, what the ticket says now (or nothing), and what was typed."""

    label: str
    now: str
    mine: str


@dataclass(frozen=True, slots=True)
class Clash:
    """Both versions."""

    sentence: str
    act: str
    act_words: str
    theirs: Sequence[Line]
    rows: Sequence[ClashRow]
    typed: Mapping[str, str]
    """The fields as they were sent, to be sent again."""
    as_note: str
    """What was typed, as the text of an internal note; empty when nothing was."""


def clash_of(
    act: Act,
    form: Mapping[str, str],
    ticket: Ticket,
    theirs: Sequence[Line],
    *,
    words: Words,
    options: Mapping[str, Any],
) -> Clash:
    """Put what others did beside what was typed."""
    typed = {name: text for name, text in form.items() if name not in _NOT_TYPED and text.strip()}
    rows = [_row(act, name, text, ticket, words, options) for name, text in typed.items()]
    act_words = words.say(f"console.act.{act.id}").rstrip("…")
    as_note = "\n".join([f"{act_words}：", *(f"{row.label}：{row.mine}" for row in rows)])
    return Clash(
        sentence=words.say("console.changed.meanwhile", name=theirs[-1].who if theirs else ""),
        act=act.id,
        act_words=act_words,
        theirs=theirs,
        rows=rows,
        typed=typed,
        as_note=as_note if rows else "",
    )


def _row(
    act: Act,
    name: str,
    text: str,
    ticket: Ticket,
    words: Words,
    options: Mapping[str, Any],
) -> ClashRow:
    present = {
        "unit": ticket.unit,
        "matter": ticket.matter,
        "request_type": ticket.request_type,
        "level": ticket.urgency,
        "outcome": ticket.outcome,
    }
    names = _names_of(act, name, options)
    now = present.get(name) or ""
    return ClashRow(_label(act, name, words), names.get(now, now), names.get(text, text))


def _label(act: Act, name: str, words: Words) -> str:
    if name == "reason":
        return words.say("web.reason.code")
    key = _LABELS.get(name, name)
    if name == "words":
        key = _WORDS_LABELS.get(act.id, f"{act.id}_words")
    return words.find(f"console.field.{key}") or name


def _names_of(act: Act, name: str, options: Mapping[str, Any]) -> dict[str, str]:
    """The words for each value of a field that is chosen from a list."""
    if name == "reason":
        pairs = options["reasons"].get(act.second or act.id, ())
    else:
        pairs = options.get(_OPTIONS.get(name, ""), ())
    return {pair[0]: pair[1] for pair in pairs}
