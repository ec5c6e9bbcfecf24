"""
The rows that one message really writes, and the same rows again for the layers below.

One message goes through the front door of an empty database; whatever stands
in the tables afterwards is what has to be committed. A replay gives the same
rows with fresh identities, so that they can be inserted again and again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Table, select

from app.tables import all_tables
from app.wiring import House
from bot.decoding import encode_text
from core.ids import new_id
from core.messages import Address, Channel, RawInbound

UNIQUE_TEXTS = {("conversations", "peer"), ("inbox", "external_id"), ("tickets", "number")}
DIGESTS = {("tickets", "phone_index")}
COUNTER = "reference_counters"

Rows = list[tuple[Table, list[dict[str, Any]]]]


def words(sender: int) -> str:
    """A message that says everything that a ticket needs."""
    return f"楼道灯坏了三天没人修，长虹里3栋，电话138{sender % 100_000_000:08}"


def raw_message(house: House, sender: str, number: int) -> RawInbound:
    """The message as the REST channel hands it over."""
    return RawInbound(
        address=Address(Channel.REST, "", sender),
        external_id=f"{sender}:{number}",
        body=encode_text(words(number)),
        received_at=house.clock.now(),
    )


async def rows_of_one_message(house: House) -> Rows:
    """Handle one message on an empty database and read everything that it left behind."""
    said = await house.front_door.answer_at_once(raw_message(house, "first", 1))
    if not said:
        raise RuntimeError("the message was not answered")
    found: Rows = []
    async with house.database.reading() as session:
        for table in all_tables().sorted_tables:
            rows = [dict(row) for row in (await session.execute(select(table))).mappings()]
            if rows:
                found.append((table, rows))
    return found


@dataclass
class Replay:
    """Gives the same rows with fresh ids and numbers, call after call."""

    rows: Rows
    first: int = 1000

    def __post_init__(self) -> None:
        self._turn = self.first
        self._keys = {table.name: len(rows) for table, rows in self.rows if _counts(table)}

    def next(self) -> Rows:
        """One message's rows; the day's counter is left out, it is raised in place."""
        self._turn += 1
        fresh: dict[UUID, UUID] = {}
        change = self._changer(fresh)
        return [
            (table, [change(table, place, row) for place, row in enumerate(rows)])
            for table, rows in self.rows
            if table.name != COUNTER
        ]

    def _changer(
        self, fresh: dict[UUID, UUID]
    ) -> Callable[[Table, int, Mapping[str, Any]], dict[str, Any]]:
        def change(table: Table, place: int, row: Mapping[str, Any]) -> dict[str, Any]:
            changed = {}
            for name, value in row.items():
                if isinstance(value, UUID):
                    value = fresh.setdefault(value, new_id())
                elif name == "id" and isinstance(value, int):
                    value = self._key(table.name, place)
                elif name == "inbox_id" and value is not None:
                    value = self._key("inbox", 0)
                elif (table.name, name) in UNIQUE_TEXTS:
                    value = f"{str(value)[:12]}-{self._turn}"
                elif (table.name, name) in DIGESTS and value is not None:
                    value = f"{self._turn:012}"[::-1] + str(value)[12:]
                changed[name] = value
            return changed

        return change

    def _key(self, table: str, place: int) -> int:
        return self._turn * self._keys[table] + place


def _counts(table: Table) -> bool:
    return next(iter(table.primary_key.columns)).type.python_type is int
