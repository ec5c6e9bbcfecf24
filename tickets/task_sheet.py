"""What parties outside the office get to read: the thing, the place, what is wanted, no person."""

from dataclasses import dataclass
from datetime import datetime

from core.vault import Vault
from tickets.masking import masked_text
from tickets.models import Ticket
from tickets.opening import DESCRIPTION


@dataclass(frozen=True, slots=True)
class TaskSheet:
    """A request without anybody in it, for a property company, a shop, who is complained about."""

    number: str
    matter: str | None
    community: str | None
    place: str | None
    facts: str
    wanted: str
    finish_due_at: datetime | None


def make_task_sheet(ticket: Ticket, *, facts: str | None, wanted: str, vault: Vault) -> TaskSheet:
    """
    The sheet of a ticket.

    `facts` are the words that a member of staff has rewritten, because even
    「我住他楼上」 tells who complained. Only an open ticket may go out in the
    resident's own words, masked; a confidential one without rewritten facts
    says nothing but what is wanted.
    """
    if facts is None and ticket.confidentiality == "open":
        facts = vault.open(ticket.description_sealed, purpose=DESCRIPTION)
    return TaskSheet(
        number=ticket.number,
        matter=ticket.matter,
        community=ticket.community,
        place=ticket.place,
        facts=masked_text(facts or ""),
        wanted=masked_text(wanted),
        finish_due_at=ticket.finish_due_at,
    )
