"""
The inbox: stored before it is acknowledged, taken in order, done once.

A conversation's row is its lock. Whoever handles a message locks it first,
looks whether the message is still new and the dialogue still the one that was
read, and only then writes.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Select, Table, bindparam, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.dialogue import Dialogue, decode_dialogue, encode_dialogue
from conversations.models import Conversation, InboxMessage
from core.database import Database
from core.ids import new_id
from core.messages import Address, Channel, RawInbound
from core.statements import Prepared
from core.vault import Vault

BODY = "inbox.body"
DIALOGUE = "conversation.dialogue"
GIVE_UP_AFTER = 3
_BACKOFF = (timedelta(seconds=0), timedelta(seconds=1), timedelta(seconds=3))


@dataclass(frozen=True, slots=True)
class Standing:
    """A conversation as it stood when it was read."""

    id: UUID
    address: Address
    revision: int
    dialogue: Dialogue
    last_number: int
    carried_number: int
    held_by_id: UUID | None
    waiting_since_at: datetime | None
    resident_id: UUID | None
    language: str
    reachable: bool = True
    is_new: bool = False
    """Not in the table yet."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A message in the inbox that waits to be handled."""

    id: int
    conversation_id: UUID
    channel: Channel
    account: str
    external_id: str
    body: str
    received_at: datetime
    failures: int


class Inbox:
    """Stores messages and keeps the conversations they belong to."""

    def __init__(self, *, vault: Vault) -> None:
        self._vault = vault

    async def find_standing(self, session: AsyncSession, address: Address) -> Standing | None:
        """The conversation at an address, if there was one."""
        found = await _STANDING_AT.run(session, _at(address))
        return self._standing(found[0]) if found else None

    async def look_up(self, database: Database, address: Address) -> Standing | None:
        """The same without a transaction, for a first look."""
        found = await database.look_up(_STANDING_AT, _at(address))
        return self._standing(found[0]) if found else None

    async def get_standing(self, session: AsyncSession, conversation_id: UUID) -> Standing:
        """The conversation with this id, which must exist."""
        (found,) = await _STANDING_OF.run(session, {"of_id": conversation_id})
        return self._standing(found)

    def fresh(self, address: Address, *, language: str = "zh") -> Standing:
        """A conversation that nobody has begun yet."""
        return Standing(
            id=new_id(),
            address=address,
            revision=0,
            dialogue=Dialogue(),
            last_number=0,
            carried_number=0,
            held_by_id=None,
            waiting_since_at=None,
            resident_id=None,
            language=language,
            is_new=True,
        )

    async def begin(self, session: AsyncSession, standing: Standing, *, now: datetime) -> bool:
        """Add a fresh conversation; False when somebody else began it meanwhile."""
        added = await _BEGIN.run(
            session,
            {
                "id": standing.id,
                "channel": standing.address.channel.value,
                "account": standing.address.account,
                "peer": standing.address.peer,
                "language": standing.language,
                "revision": 0,
                "last_number": 0,
                "carried_number": 0,
                "reachable": True,
                "created_at": now,
                "last_inbound_at": now,
            },
        )
        return bool(added)

    async def get_or_begin(
        self, session: AsyncSession, address: Address, *, now: datetime
    ) -> Standing:
        """The conversation at an address, begun if need be."""
        found = await self.find_standing(session, address)
        if found is None:
            fresh = self.fresh(address)
            await self.begin(session, fresh, now=now)
            found = await self.find_standing(session, address)
        if found is None:
            raise LookupError(address)
        return found

    async def store(
        self, session: AsyncSession, conversation_id: UUID, raw: RawInbound, *, done: bool = False
    ) -> int | None:
        """Keep a message; None when this very message is here already."""
        added = await _STORE.run(
            session,
            {
                "channel": raw.address.channel.value,
                "account": raw.address.account,
                "external_id": raw.external_id,
                "reference": raw.reference,
                "conversation_id": conversation_id,
                "body_sealed": self._vault.seal(raw.body, purpose=BODY),
                "received_at": raw.received_at,
                "status": "done" if done else "new",
                "failures": 0,
                "handled_at": raw.received_at if done else None,
            },
        )
        return added[0].id if added else None

    async def list_due(
        self, session: AsyncSession, *, now: datetime, limit: int = 50
    ) -> list[tuple[UUID, int]]:
        """The first waiting message of each conversation: (conversation, message), oldest first."""
        first = (
            select(InboxMessage.conversation_id, func.min(InboxMessage.id).label("first_id"))
            .where(InboxMessage.status == "new")
            .group_by(InboxMessage.conversation_id)
            .subquery()
        )
        rows = await session.execute(
            select(first.c.conversation_id, first.c.first_id)
            .join(InboxMessage, InboxMessage.id == first.c.first_id)
            .where(InboxMessage.next_try_at.is_(None) | (InboxMessage.next_try_at <= now))
            .order_by(first.c.first_id)
            .limit(limit)
        )
        return [(row.conversation_id, row.first_id) for row in rows]

    async def find_next(self, session: AsyncSession, conversation_id: UUID) -> Stored | None:
        """The oldest message of a conversation that waits."""
        row = await session.scalar(
            select(InboxMessage)
            .where(InboxMessage.conversation_id == conversation_id)
            .where(InboxMessage.status == "new")
            .order_by(InboxMessage.id)
            .limit(1)
        )
        return None if row is None else self._stored(row)

    async def list_versions(
        self, session: AsyncSession, message: Stored, *, reference: str
    ) -> list[Stored]:
        """A message as it was first said and each of its corrections before this one."""
        rows = await session.scalars(
            select(InboxMessage)
            .where(InboxMessage.conversation_id == message.conversation_id)
            .where(InboxMessage.reference == reference, InboxMessage.id < message.id)
            .order_by(InboxMessage.id)
        )
        return [self._stored(row) for row in rows]

    async def lock(
        self, session: AsyncSession, conversation_id: UUID, *, wait: bool = False
    ) -> Standing | None:
        """
        Lock a conversation for writing and read it again; None when another worker has it.

        SQLite's write transaction is the lock; PostgreSQL skips a locked row,
        or waits for it where somebody waits for the answer.
        """
        found = await _LOCK[wait].run(session, {"of_id": conversation_id})
        return self._standing(found[0]) if found else None

    async def advance(
        self,
        session: AsyncSession,
        standing: Standing,
        dialogue: Dialogue,
        *,
        said: int,
        carried: bool,
        silent_at: datetime | None,
        waiting_since_at: datetime | None,
        language: str,
        now: datetime,
    ) -> bool:
        """
        Write the dialogue's next state; False when somebody changed it meanwhile.

        The condition on the revision makes one of two writers start over.
        """
        number = standing.last_number + said
        sealed = self._vault.seal(encode_dialogue(dialogue), purpose=DIALOGUE)
        changed = await _ADVANCE.run(
            session,
            {
                "of_id": standing.id,
                "of_revision": standing.revision,
                "of_last_number": standing.last_number,
                "revision": standing.revision + 1,
                "dialogue_sealed": sealed,
                "last_number": number,
                "carried_number": number if carried else standing.carried_number,
                "form_silent_at": silent_at,
                "waiting_since_at": waiting_since_at,
                "language": language,
                "last_inbound_at": now,
            },
        )
        return bool(changed)

    async def finish(
        self, session: AsyncSession, message_id: int, *, now: datetime, understood: str | None
    ) -> bool:
        """Mark a message as handled; False when somebody else did."""
        changed = await _FINISH.run(
            session,
            {"of_id": message_id, "status": "done", "handled_at": now, "understood": understood},
        )
        return bool(changed)

    async def note_failure(self, session: AsyncSession, message: Stored, *, now: datetime) -> bool:
        """Count a failure; True when it was one too many and a person must have it."""
        failures = message.failures + 1
        last = failures >= GIVE_UP_AFTER
        wait = _BACKOFF[min(failures, len(_BACKOFF) - 1)]
        await session.execute(
            update(InboxMessage)
            .where(InboxMessage.id == message.id, InboxMessage.status == "new")
            .values(
                failures=failures,
                status="given_up" if last else "new",
                next_try_at=now + wait,
                handled_at=now if last else None,
            )
        )
        return last

    async def list_silent(
        self, session: AsyncSession, *, now: datetime, limit: int = 50
    ) -> list[UUID]:
        """Conversations whose half-finished form has waited long enough."""
        rows = await session.scalars(
            select(Conversation.id)
            .where(Conversation.form_silent_at <= now)
            .order_by(Conversation.form_silent_at)
            .limit(limit)
        )
        return list(rows)

    def _standing(self, row: Any) -> Standing:
        sealed = row.dialogue_sealed
        opened = self._vault.open_maybe(sealed, purpose=DIALOGUE)
        return Standing(
            id=row.id,
            address=Address(Channel(row.channel), row.account, row.peer),
            revision=row.revision,
            dialogue=decode_dialogue(opened) if opened else Dialogue(),
            last_number=row.last_number,
            carried_number=row.carried_number,
            held_by_id=row.held_by_id,
            waiting_since_at=row.waiting_since_at,
            resident_id=row.resident_id,
            language=row.language,
            reachable=row.reachable,
        )

    def _stored(self, row: InboxMessage) -> Stored:
        return Stored(
            id=row.id,
            conversation_id=row.conversation_id,
            channel=Channel(row.channel),
            account=row.account,
            external_id=row.external_id,
            body=self._vault.open(row.body_sealed, purpose=BODY),
            received_at=row.received_at,
            failures=row.failures,
        )


def _at(address: Address) -> dict[str, str]:
    return {
        "at_channel": address.channel.value,
        "at_account": address.account,
        "at_peer": address.peer,
    }


_TALKS = cast("Table", Conversation.__table__)
_MAIL = cast("Table", InboxMessage.__table__)


def _standing() -> Select[*tuple[Any, ...]]:
    names = (
        "id",
        "channel",
        "account",
        "peer",
        "revision",
        "dialogue_sealed",
        "last_number",
        "carried_number",
        "held_by_id",
        "waiting_since_at",
        "resident_id",
        "language",
        "reachable",
    )
    return select(*(_TALKS.c[name] for name in names))


def _once(table: Table) -> Prepared:
    """An INSERT that gives the new id, or nothing when the row is there already."""
    return Prepared(
        {
            "sqlite": sqlite.insert(table).on_conflict_do_nothing().returning(table.c.id),
            "postgresql": postgresql.insert(table).on_conflict_do_nothing().returning(table.c.id),
        }
    )


_STANDING_AT = Prepared(
    _standing().where(
        _TALKS.c.channel == bindparam("at_channel"),
        _TALKS.c.account == bindparam("at_account"),
        _TALKS.c.peer == bindparam("at_peer"),
    )
)
_OF_ID = _standing().where(_TALKS.c.id == bindparam("of_id"))
_STANDING_OF = Prepared(_OF_ID)
_LOCK = {wait: Prepared(_OF_ID.with_for_update(skip_locked=not wait)) for wait in (False, True)}
_BEGIN = _once(_TALKS)
_STORE = _once(_MAIL)
_ADVANCE = Prepared(
    update(_TALKS)
    .where(_TALKS.c.id == bindparam("of_id"))
    .where(_TALKS.c.revision == bindparam("of_revision"))
    .where(_TALKS.c.last_number == bindparam("of_last_number"))
    .returning(_TALKS.c.id)
)
_FINISH = Prepared(
    update(_MAIL)
    .where(_MAIL.c.id == bindparam("of_id"), _MAIL.c.status == "new")
    .returning(_MAIL.c.id)
)
