"""Calls that somebody has to make: the closing questions, notices without a channel, promises."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import FrontDoorError, NotFound
from core.ids import new_id
from core.vault import Vault
from tickets.models import CallBack

WORDS = "call_back.words"
TRIES_BEFORE_LOST = 3
"""Failed calls at different times after which a person counts as lost (hotline.md §4)."""


class CallKind(StrEnum):
    """Why somebody is called."""

    CLOSING = "closing"
    NOTICE = "notice"
    PROMISED = "promised"


class CallAlreadyMade(FrontDoorError):
    """Somebody else made this call, or it is no longer needed."""

    def __init__(self, call_back_id: UUID) -> None:
        super().__init__("this call was made before")
        self.call_back_id = call_back_id


async def add_call_back(
    session: AsyncSession,
    ticket_id: UUID,
    kind: CallKind,
    words: str,
    *,
    due_at: datetime,
    vault: Vault,
    now: datetime,
) -> UUID:
    """Put a call on the list, with the words to say; gives its id."""
    call_back_id = new_id()
    await session.execute(
        insert(CallBack.__table__),  # type: ignore[arg-type]
        {
            "id": call_back_id,
            "ticket_id": ticket_id,
            "kind": kind.value,
            "words_sealed": vault.seal(words, purpose=WORDS),
            "due_at": due_at,
            "attempts": 0,
            "created_at": now,
        },
    )
    return call_back_id


async def get_call_back(session: AsyncSession, call_back_id: UUID) -> CallBack:
    """One call; raises `NotFound`."""
    call_back = await session.get(CallBack, call_back_id, populate_existing=True)
    if call_back is None:
        raise NotFound("call_back", call_back_id)
    return call_back


async def find_open_call(session: AsyncSession, ticket_id: UUID, kind: CallKind) -> CallBack | None:
    """The oldest call of a kind that is still to be made for a ticket."""
    found = await session.scalars(
        select(CallBack)
        .where(CallBack.ticket_id == ticket_id, CallBack.kind == kind)
        .where(CallBack.done_at.is_(None))
        .order_by(CallBack.created_at)
        .limit(1)
        .execution_options(populate_existing=True)
    )
    return found.one_or_none()


async def list_overdue_promises(session: AsyncSession, *, now: datetime) -> Sequence[CallBack]:
    """Calls that were promised for a time that has come and that nobody has made."""
    found = await session.scalars(
        select(CallBack)
        .where(CallBack.kind == CallKind.PROMISED, CallBack.done_at.is_(None))
        .where(CallBack.due_at <= now, CallBack.outcome.is_(None))
        .order_by(CallBack.due_at)
    )
    return found.all()


async def note_failed_call(
    session: AsyncSession, call_back: CallBack, *, next_try_at: datetime
) -> int:
    """Nobody answered: count it and give it another time. Gives the number of tries so far."""
    tried = await session.execute(
        update(CallBack)
        .where(CallBack.id == call_back.id, CallBack.done_at.is_(None))
        .values(attempts=CallBack.attempts + 1, due_at=next_try_at)
        .returning(CallBack.attempts)
    )
    attempts = tried.scalar_one_or_none()
    if attempts is None:
        raise CallAlreadyMade(call_back.id)
    return attempts


async def finish_call(
    session: AsyncSession, call_back: CallBack, *, outcome: str, by_id: UUID | None, now: datetime
) -> None:
    """The call is made; raises `CallAlreadyMade` when somebody was faster."""
    finished = await session.execute(
        update(CallBack)
        .where(CallBack.id == call_back.id, CallBack.done_at.is_(None))
        .values(done_at=now, done_by_id=by_id, outcome=outcome)
        .returning(CallBack.id)
    )
    if finished.one_or_none() is None:
        raise CallAlreadyMade(call_back.id)


async def mark_reminded(session: AsyncSession, call_back_id: UUID) -> bool:
    """Note that staff were told of a broken promise; False when somebody noted it before."""
    marked = await session.execute(
        update(CallBack)
        .where(CallBack.id == call_back_id, CallBack.done_at.is_(None))
        .where(CallBack.outcome.is_(None))
        .values(outcome="overdue")
        .returning(CallBack.id)
    )
    return marked.one_or_none() is not None


async def drop_calls(
    session: AsyncSession, ticket_id: UUID, *, outcome: str, now: datetime
) -> None:
    """The closing call is not needed any more: the ticket is worked on again or set aside."""
    await session.execute(
        update(CallBack)
        .where(CallBack.ticket_id == ticket_id, CallBack.kind == CallKind.CLOSING)
        .where(CallBack.done_at.is_(None))
        .values(done_at=now, outcome=outcome)
    )


def opened_words(call_back: CallBack, *, vault: Vault) -> str:
    """What to say."""
    return vault.open(call_back.words_sealed, purpose=WORDS)
