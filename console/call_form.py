"""The call sheet: what stands on it, and what the machine suggests beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from console.deps import ConsoleDeps
from console.words import Words
from core.dates import today_in_china
from core.errors import InvalidInput
from core.vault import Vault
from handlers.staff.reveal import FIELDS, open_fields
from handlers.staff.take_call import CallForm
from intents.understanding import Understanding
from knowledge_base.answer import compose, known_offices
from knowledge_base.article import Audience
from people.permissions import StaffMember
from people.residents import normal_phone
from tickets.lookups import list_by_phone, list_nearby
from tickets.models import Ticket
from tickets.sight import may_see

EARLIER = timedelta(days=60)
"""How far back a number's earlier tickets are shown."""
SHORTEST = 4
"""Fewer characters say nothing yet."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """Another ticket, as it is shown beside the questions."""

    number: str
    short: str
    status: str
    title: str
    open: bool


@dataclass(frozen=True, slots=True)
class DangerLine:
    """What sounds like danger, and whom to ring."""

    trigger: str
    name: str
    calls: str
    sentence: str


@dataclass(frozen=True, slots=True)
class ReadAloud:
    """An answer that can be read out as it is."""

    title: str
    short: str
    source: str


@dataclass(frozen=True, slots=True)
class Beside:
    """Everything that stands beside the questions."""

    earlier: Sequence[Earlier] = ()
    danger: DangerLine | None = None
    matters: Sequence[tuple[str, str]] = ()
    articles: Sequence[ReadAloud] = ()
    nearby: Sequence[Earlier] = ()
    """Open tickets of others about the same matter: one cause may have many callers."""
    urgency: str = ""


def read_call(form: Mapping[str, str]) -> CallForm:
    """The sheet's fields as the verb takes them; a number that is none is kept as it was typed."""
    wish = "none" if form.get("how") == "none" else form.get("wish", "call")
    denied = bool(form.get("not_danger"))
    return CallForm(
        words=form.get("words", "").strip(),
        danger=form.get("danger") or ("no" if denied else None),
        trigger=None if denied else form.get("trigger") or None,
        request_type=form.get("request_type") or "help",
        matter=form.get("matter") or form.get("other_matter") or None,
        community=form.get("community") or None,
        place=form.get("place", "").strip() or None,
        address=form.get("address", "").strip() or None,
        phone=_phone(form),
        requester=form.get("requester", "").strip() or None,
        contact_wish=wish,
        confidentiality=form.get("confidentiality") or None,
        relation=form.get("relation", "").strip()[:16] or None,
    )


def sheet_of(draft: Ticket, vault: Vault) -> dict[str, str]:
    """
    What stands on the sheet of a half-typed call, for the operator who typed it.

    "May be told" is left open: a draft has it before anybody asked, and a
    complaint is confidential unless the caller wants otherwise.
    """
    opened = open_fields(draft, tuple(FIELDS), vault)
    phone = opened.get("phone", "").removeprefix("+86")
    return {
        "words": opened.get("description", ""),
        "phone": phone,
        "how": "none" if draft.contact_wish == "none" else "this",
        "wish": "call" if draft.contact_wish == "none" else draft.contact_wish,
        "danger": draft.classified_by.get("danger") or "",
        "request_type": draft.request_type,
        "matter": draft.matter or "",
        "other_matter": draft.matter or "",
        "community": draft.community or "",
        "address": opened.get("address", ""),
        "requester": opened.get("requester", ""),
        "relation": draft.relation or "",
        "confidentiality": "" if draft.confidentiality == "open" else draft.confidentiality,
    }


def _phone(form: Mapping[str, str]) -> str | None:
    how = form.get("how", "this")
    if how == "none":
        return None
    chosen = form.get("other_phone" if how == "other" else "phone", "").strip()
    return chosen or None


async def look_beside(
    session: AsyncSession,
    deps: ConsoleDeps,
    form: Mapping[str, str],
    *,
    by: StaffMember,
    words: Words,
    understood: Understanding | None,
) -> Beside:
    """What a number and the words typed so far bring up."""
    now = deps.clock.now()
    earlier = await _earlier(session, deps, form.get("phone", ""), by, words, now)
    if understood is None:
        return Beside(earlier=earlier)
    return Beside(
        earlier=earlier,
        danger=_danger(deps, form, understood),
        matters=[(each.name, words.matter(each.name)) for each in understood.matter_ranking[:2]],
        articles=_articles(deps, understood, now),
        nearby=await _nearby(session, form, understood, by, words, now),
        urgency=words.say(f"web.urgency.{understood.urgency}"),
    )


def understand(deps: ConsoleDeps, form: Mapping[str, str]) -> Understanding | None:
    """What the words say so far; None while they are too few."""
    words = form.get("words", "").strip()
    return deps.understander.understand(words[:2000]) if len(words) >= SHORTEST else None


async def _earlier(
    session: AsyncSession,
    deps: ConsoleDeps,
    phone: str,
    by: StaffMember,
    words: Words,
    now: datetime,
) -> list[Earlier]:
    try:
        number = normal_phone(phone) if phone.strip() else None
    except InvalidInput:
        return []
    if number is None:
        return []
    found = await list_by_phone(session, number, vault=deps.vault, since=now - EARLIER)
    return [_shown(each, words) for each in found if each.status != "draft" and may_see(each, by)]


async def _nearby(
    session: AsyncSession,
    form: Mapping[str, str],
    understood: Understanding,
    by: StaffMember,
    words: Words,
    now: datetime,
) -> list[Earlier]:
    matter = form.get("matter") or form.get("other_matter") or understood.likely_matter
    if not matter:
        return []
    community = form.get("community") or None
    found = await list_nearby(session, matter=matter, community=community, now=now)
    return [_shown(each, words) for each in found if each.status != "draft" and may_see(each, by)]


def _shown(ticket: Ticket, words: Words) -> Earlier:
    return Earlier(
        number=ticket.number,
        short=words.short(ticket.number),
        status=words.status(ticket.status),
        title=ticket.title,
        open=ticket.closed_at is None,
    )


def _danger(
    deps: ConsoleDeps, form: Mapping[str, str], understood: Understanding
) -> DangerLine | None:
    found = understood.danger
    if found is None or form.get("not_danger") == found.trigger_id:
        return None
    trigger = deps.taxonomy.triggers[found.trigger_id]
    return DangerLine(found.trigger_id, trigger.name, "、".join(found.calls), found.sentence)


def _articles(deps: ConsoleDeps, understood: Understanding, now: datetime) -> list[ReadAloud]:
    today = today_in_china(now)
    matter = understood.matter.name if understood.matter else None
    offices = known_offices(deps.taxonomy, deps.settings.desk.offices)
    hits = deps.articles.search(
        understood.text, matter=matter, today=today, limit=2, audience=Audience.STAFF
    )
    read = []
    for hit in hits:
        if hit.fits:
            answer = compose(hit.article, today=today, offices=offices, texts=deps.texts)
            read.append(ReadAloud(hit.article.title, answer.short, answer.source_line))
    return read
