"""Finding tickets again: in a conversation, by number, by the same matter."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Table, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import InvalidInput, NotFound
from core.statements import Prepared
from core.vault import Vault
from people.residents import index_phone
from tickets.models import Ticket
from tickets.numbers import is_tail, is_whole_number
from tickets.opening import PHONE
from tickets.status import UNFINISHED

TICKETS = cast("Table", Ticket.__table__)
SAME_WITHIN = timedelta(days=30)
"""How long the same person's same matter counts as the same thing (hotline.md §4.3)."""


async def get_ticket(session: AsyncSession, ticket_id: UUID) -> Ticket:
    """The ticket with this id, read afresh; raises `NotFound`."""
    ticket = await session.get(Ticket, ticket_id, populate_existing=True)
    if ticket is None:
        raise NotFound("ticket", ticket_id)
    return ticket


async def get_ticket_by_number(session: AsyncSession, number: str) -> Ticket:
    """The ticket with this number, for staff; raises `NotFound`."""
    found = await session.scalars(
        select(Ticket).where(Ticket.number == number).execution_options(populate_existing=True)
    )
    ticket = found.one_or_none()
    if ticket is None:
        raise NotFound("ticket", number)
    return ticket


async def list_in_conversation(session: AsyncSession, conversation_id: UUID) -> list[Ticket]:
    """The tickets of a conversation, newest first."""
    found = await session.scalars(
        select(Ticket)
        .where(Ticket.conversation_id == conversation_id)
        .order_by(Ticket.opened_at.desc(), Ticket.number.desc())
    )
    return list(found)


async def list_by_phone(
    session: AsyncSession, phone: str, *, vault: Vault, since: datetime
) -> list[Ticket]:
    """Tickets that were opened under a telephone number, newest first; a number proves nothing."""
    try:
        index = index_phone(vault, phone)
    except InvalidInput:
        return []
    found = await session.scalars(
        select(Ticket)
        .where(Ticket.phone_index == index, Ticket.opened_at >= since)
        .order_by(Ticket.opened_at.desc(), Ticket.number.desc())
    )
    return list(found)


async def find_by_number(
    session: AsyncSession,
    reference: str,
    *,
    vault: Vault,
    conversation_id: UUID | None = None,
    phone_last4: str | None = None,
) -> Ticket | None:
    """
    A resident's own ticket.

    In its own conversation the whole number or its last four digits are
    enough. Elsewhere the whole number *and* the last four digits of the
    telephone that it was opened with; the caller limits how often one may try.
    """
    if conversation_id is not None:
        own = await _find_own(session, reference, conversation_id)
        if own is not None:
            return own
    if phone_last4 is None or not is_whole_number(reference):
        return None
    found = await session.scalars(select(Ticket).where(Ticket.number == reference))
    ticket = found.one_or_none()
    return ticket if ticket and _phone_ends_with(ticket, phone_last4, vault) else None


async def find_same(
    session: AsyncSession,
    *,
    vault: Vault,
    matter: str,
    conversation_id: UUID | None,
    phone: str | None = None,
    community: str | None = None,
    now: datetime,
) -> Ticket | None:
    """
    The newest unfinished ticket of the same person about the same matter (and place).

    A person has few tickets and a matter has many, so the person's are read
    and the matter is compared here: the database would go by the matter.
    """
    rows = await _OF_PERSON.run(
        session,
        {
            "conversation": conversation_id,
            "phone": _index_of(phone, vault),
            "since": now - SAME_WITHIN,
        },
    )
    for row in rows:
        here = community is None or row.community in (community, None)
        if row.matter == matter and row.status in UNFINISHED and here:
            return await get_ticket(session, row.id)
    return None


async def list_nearby(
    session: AsyncSession, *, matter: str, community: str | None, now: datetime, limit: int = 3
) -> Sequence[Ticket]:
    """
    Unfinished tickets of anybody about the same matter, in the same community if one is known.

    A co-handling unit's part is no further request and is left out.
    """
    query = (
        select(Ticket)
        .where(Ticket.matter == matter, Ticket.status.in_(UNFINISHED))
        .where(Ticket.opened_at >= now - SAME_WITHIN, Ticket.parent_id.is_(None))
        .order_by(Ticket.opened_at.desc())
        .limit(limit)
    )
    if community is not None:
        query = query.where(Ticket.community == community)
    return (await session.scalars(query)).all()


async def list_merged_into(session: AsyncSession, ticket_id: UUID) -> Sequence[Ticket]:
    """The tickets that were joined to this one; each of their residents is answered too."""
    found = await session.scalars(
        select(Ticket)
        .where(Ticket.merged_into_id == ticket_id, Ticket.status == "merged")
        .order_by(Ticket.number)
    )
    return found.all()


async def _find_own(session: AsyncSession, reference: str, conversation_id: UUID) -> Ticket | None:
    query = (
        select(Ticket)
        .where(Ticket.conversation_id == conversation_id)
        .order_by(Ticket.opened_at.desc())
        .limit(1)
    )
    if is_whole_number(reference):
        query = query.where(Ticket.number == reference)
    elif is_tail(reference):
        query = query.where(Ticket.number.endswith(reference))
    else:
        return None
    return (await session.scalars(query)).one_or_none()


def _index_of(phone: str | None, vault: Vault) -> str | None:
    try:
        return index_phone(vault, phone) if phone else None
    except InvalidInput:
        return None


def _phone_ends_with(ticket: Ticket, last4: str, vault: Vault) -> bool:
    phone = vault.open_maybe(ticket.phone_sealed, purpose=PHONE)
    digits = "".join(filter(str.isdigit, phone or ""))
    return len(last4) == 4 and len(digits) >= 7 and digits.endswith(last4)


def _recent(whose: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    known = (TICKETS.c.id, TICKETS.c.matter, TICKETS.c.community, TICKETS.c.status)
    return select(*known, TICKETS.c.opened_at).where(
        whose, TICKETS.c.opened_at >= bindparam("since")
    )


_OF_PERSON = Prepared(
    _recent(TICKETS.c.conversation_id == bindparam("conversation"))
    .union_all(_recent(TICKETS.c.phone_index == bindparam("phone")))
    .order_by(TICKETS.c.opened_at.desc())
)
