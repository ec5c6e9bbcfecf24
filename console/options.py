"""What can be chosen in the dialogs of the ticket page."""

from typing import Any

from console.words import Words
from core.taxonomy import Taxonomy
from handlers.staff.call_back import SATISFIED, SOLVED
from handlers.staff.contact import WAYS
from handlers.staff.resolve import OUTCOMES
from people.profiles import LANGUAGES, TRAININGS
from tickets.reasons import REASONS, REVEAL_REASONS, URGENCY_REASONS
from tickets.reports import AUTHORITIES

_YES_NO = ("yes", "no")


def ticket_options(words: Words, taxonomy: Taxonomy) -> dict[str, Any]:
    """Every list of choices, in the reader's language."""
    reasons = {
        action.value: words.options(f"ticket.reason.{action}", codes)
        for action, codes in REASONS.items()
    }
    reasons["urgency"] = words.options("ticket.reason.urgency", URGENCY_REASONS)
    reasons["reveal"] = words.options("ticket.reason.reveal", REVEAL_REASONS)
    kinds = taxonomy.slots["help_type"].values
    return {
        "units": words.units(),
        "matters": words.matters(),
        "request_types": words.request_types(),
        "ways": words.options("console.option.way", WAYS),
        "outcomes": words.options("ticket.outcome", OUTCOMES),
        "passed": words.options("console.option.passed", _YES_NO),
        "yes_no": words.options("console.option.yes_no", _YES_NO),
        "solved": words.options("console.option.solved", SOLVED),
        "satisfied": words.options("console.option.satisfied", SATISFIED),
        "upheld": words.options("console.option.upheld", _YES_NO),
        "urgencies": words.options("web.urgency", taxonomy.urgency_names),
        "task_kinds": [(kind, kind) for kind in kinds],
        "trainings": words.options("volunteer.proof", TRAININGS),
        "languages": words.options("volunteer.language", LANGUAGES),
        "authorities": words.options("ticket.authority", AUTHORITIES),
        "reasons": reasons,
    }
