"""Where a ticket's matter is, learnt after it was opened."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from core.actors import Actor
from core.errors import InvalidInput
from core.vault import Vault
from tickets.history import EventKind
from tickets.lifecycle import Tickets
from tickets.models import Ticket
from tickets.opening import ADDRESS, COORDINATES, phone_columns


async def locate(
    session: AsyncSession,
    tickets: Tickets,
    ticket: Ticket,
    place: Mapping[str, str],
    *,
    vault: Vault,
    by: Actor,
    now: datetime,
) -> None:
    """
    Write community, place, address and phone on a ticket that lacked them.

    `place` has any of `community`, `place`, `address`, `phone`, `coordinates`;
    what is known already stays (but for coordinates: people move), the history
    keeps the words in any case.
    """
    changes: dict[str, object] = {
        key: place[key]
        for key in ("community", "place")
        if key in place and getattr(ticket, key) is None
    }
    if "address" in place and ticket.address_sealed is None:
        changes["address_sealed"] = vault.seal(place["address"], purpose=ADDRESS)
    if "phone" in place and ticket.phone_sealed is None:
        changes |= _phone(place["phone"], vault)
    if place.get("coordinates"):
        sealed = vault.seal(place["coordinates"], purpose=COORDINATES)
        changes["coordinates_sealed"] = sealed
    if changes:
        await tickets.record(
            session,
            ticket,
            EventKind.LOCATED,
            by=by,
            now=now,
            data={"fields": sorted(changes)},
            changes=changes,
        )


def _phone(phone: str, vault: Vault) -> dict[str, object]:
    try:
        return dict(phone_columns(phone, vault))
    except InvalidInput:
        return {}
