"""
Which chat is which volunteer's: joined by a one-time code from the volunteers' page.

A chat's own name or number proves nothing. The code has eight digits, lives ten
minutes and works once; wrong ones are counted in the database, per chat and in
all, so that guessing stays hopeless however many processes answer.
"""

import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import FrontDoorError
from core.ids import new_id
from core.messages import Address, Channel
from core.vault import Vault
from people.models import Volunteer
from people.permissions import VolunteerMember
from people.sessions import volunteer_member
from people.volunteer_models import VolunteerChat, VolunteerLinkCode, VolunteerLinkTry

DIGITS = 8
LIFETIME = timedelta(minutes=10)
CODES_AT_MOST = 5
"""Codes that one volunteer may ask for within one lifetime."""
TRIES_AT_MOST = 5
"""Wrong codes from one chat within one lifetime; then it rests."""
TRIES_IN_ALL = 200
"""Wrong codes from all chats together: 200 of 10^8 is one in half a million for each live code."""
JOINS_AT_MOST = 3
A_WHILE = timedelta(hours=24)
"""So often one chat may become somebody's within so long, before it may register anew."""
_PURPOSE = "volunteer.link_code"


class TooManyCodes(FrontDoorError):
    """This volunteer asked for too many codes; a while later it works again."""


class LinkRefusal(StrEnum):
    """Why a chat was not joined: `wrong` (unknown, used or too old), `resting` (too many tries)."""

    WRONG = "wrong"
    RESTING = "resting"


@dataclass(frozen=True, slots=True)
class LinkCode:
    """A code as it is shown, once: eight digits."""

    digits: str
    expires_at: datetime

    @property
    def spaced(self) -> str:
        """Easier to copy by hand: 1234 5678."""
        return f"{self.digits[:4]} {self.digits[4:]}"


async def make_link_code(
    session: AsyncSession, vault: Vault, volunteer_id: UUID, *, now: datetime
) -> LinkCode:
    """A fresh code; an older one of the same volunteer no longer works. Raises `TooManyCodes`."""
    # One at a time per volunteer: the count below would miss codes made at the same moment.
    await session.execute(
        select(Volunteer.id).where(Volunteer.id == volunteer_id).with_for_update()
    )
    made = await session.scalar(
        select(func.count())
        .select_from(VolunteerLinkCode)
        .where(VolunteerLinkCode.volunteer_id == volunteer_id)
        .where(VolunteerLinkCode.made_at > now - LIFETIME)
    )
    if (made or 0) >= CODES_AT_MOST:
        raise TooManyCodes
    await session.execute(
        update(VolunteerLinkCode)
        .where(VolunteerLinkCode.volunteer_id == volunteer_id)
        .where(VolunteerLinkCode.ended_at.is_(None))
        .values(ended_at=now)
    )
    digits = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    session.add(
        VolunteerLinkCode(
            id=new_id(),
            volunteer_id=volunteer_id,
            code_index=vault.index(digits, purpose=_PURPOSE),
            made_at=now,
            expires_at=now + LIFETIME,
        )
    )
    await session.flush()
    return LinkCode(digits, now + LIFETIME)


async def link_chat(
    session: AsyncSession, vault: Vault, chat: Address, code: str, *, now: datetime
) -> VolunteerMember | LinkRefusal:
    """
    Join a chat to the volunteer whose code this is.

    A refusal is a value and no error, because a wrong try must be counted
    even though nothing else happens. The volunteer's earlier chat on the same
    account and an earlier volunteer of this chat are parted.
    """
    if await _rests(session, chat, now):
        return LinkRefusal.RESTING
    volunteer_id = await _use_code(session, vault, _digits(code), now)
    row = await session.get(Volunteer, volunteer_id) if volunteer_id else None
    if row is None or not row.active:
        session.add(VolunteerLinkTry(**_columns(chat), at=now))
        await session.flush()
        return LinkRefusal.WRONG
    await join_chat(session, chat, row.id, now=now)
    return volunteer_member(row)


async def join_chat(
    session: AsyncSession, chat: Address, volunteer_id: UUID, *, now: datetime
) -> None:
    """Join a chat to somebody who just proved, or just registered there; others are parted."""
    await _part(session, chat, volunteer_id, now)
    session.add(
        VolunteerChat(id=new_id(), **_columns(chat), volunteer_id=volunteer_id, linked_at=now)
    )
    await session.flush()


async def may_join_again(session: AsyncSession, chat: Address, *, now: datetime) -> bool:
    """Whether this chat was not joined too often lately: nobody registers by the dozen."""
    joined = await session.scalar(
        select(func.count())
        .select_from(VolunteerChat)
        .where(
            VolunteerChat.channel == chat.channel.value,
            VolunteerChat.account == chat.account,
            VolunteerChat.peer == chat.peer,
            VolunteerChat.linked_at > now - A_WHILE,
        )
    )
    return (joined or 0) < JOINS_AT_MOST


async def unlink_chat(session: AsyncSession, chat: Address, *, now: datetime) -> bool:
    """Part a chat from its volunteer; False when it had none."""
    ended = await session.execute(
        update(VolunteerChat)
        .where(*_is(chat), VolunteerChat.ended_at.is_(None))
        .values(ended_at=now)
        .returning(VolunteerChat.id)
        .execution_options(synchronize_session=False)
    )
    return ended.first() is not None


async def unlink_volunteer(session: AsyncSession, volunteer_id: UUID, *, now: datetime) -> None:
    """Part a volunteer from every chat, from the web page or when somebody leaves."""
    await session.execute(
        update(VolunteerChat)
        .where(VolunteerChat.volunteer_id == volunteer_id, VolunteerChat.ended_at.is_(None))
        .values(ended_at=now)
    )


async def find_volunteer_of_chat(session: AsyncSession, chat: Address) -> VolunteerMember | None:
    """The volunteer in this chat, unless switched off."""
    row = await session.scalar(
        select(Volunteer)
        .join(VolunteerChat, VolunteerChat.volunteer_id == Volunteer.id)
        .where(*_is(chat), VolunteerChat.ended_at.is_(None), Volunteer.active)
    )
    return volunteer_member(row) if row else None


async def list_chats_of(session: AsyncSession, volunteer_id: UUID) -> list[Address]:
    """Where this volunteer can be written to, the latest link first."""
    rows = await session.scalars(
        select(VolunteerChat)
        .where(VolunteerChat.volunteer_id == volunteer_id, VolunteerChat.ended_at.is_(None))
        .order_by(VolunteerChat.linked_at.desc())
    )
    return [Address(Channel(row.channel), row.account, row.peer) for row in rows]


async def _use_code(session: AsyncSession, vault: Vault, digits: str, now: datetime) -> UUID | None:
    """Whose code it is; the one UPDATE lets it work once, whoever else tries it now."""
    if len(digits) != DIGITS:
        return None
    used = await session.execute(
        update(VolunteerLinkCode)
        .where(VolunteerLinkCode.code_index == vault.index(digits, purpose=_PURPOSE))
        .where(VolunteerLinkCode.ended_at.is_(None), VolunteerLinkCode.expires_at > now)
        .values(ended_at=now)
        .returning(VolunteerLinkCode.volunteer_id)
        .execution_options(synchronize_session=False)
    )
    return used.scalars().first()


async def _rests(session: AsyncSession, chat: Address, now: datetime) -> bool:
    recent = VolunteerLinkTry.at > now - LIFETIME
    mine = (
        (VolunteerLinkTry.channel == chat.channel.value)
        & (VolunteerLinkTry.account == chat.account)
        & (VolunteerLinkTry.peer == chat.peer)
    )
    counted = await session.execute(
        select(func.count(), func.count().filter(mine)).select_from(VolunteerLinkTry).where(recent)
    )
    every, own = counted.one()
    return bool(own >= TRIES_AT_MOST or every >= TRIES_IN_ALL)


async def _part(session: AsyncSession, chat: Address, volunteer_id: UUID, now: datetime) -> None:
    own = (
        (VolunteerChat.volunteer_id == volunteer_id)
        & (VolunteerChat.channel == chat.channel.value)
        & (VolunteerChat.account == chat.account)
    )
    await session.execute(
        update(VolunteerChat)
        .where(VolunteerChat.ended_at.is_(None), own | and_(*_is(chat)))
        .values(ended_at=now)
        .execution_options(synchronize_session=False)
    )


def _digits(code: str) -> str:
    """The digits of what somebody typed: full-width ones count, blanks and dashes do not."""
    return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", code))


def _columns(chat: Address) -> dict[str, str]:
    return {"channel": chat.channel.value, "account": chat.account, "peer": chat.peer}


def _is(chat: Address) -> tuple[ColumnElement[bool], ...]:
    return (
        VolunteerChat.channel == chat.channel.value,
        VolunteerChat.account == chat.account,
        VolunteerChat.peer == chat.peer,
    )
