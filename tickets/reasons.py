"""
Reason codes: why somebody wants to leave the straight path.

Every one is named in `locales/*/ticket.yaml` under `reason.<action>.<code>`.
What residents are told when a request is declined stands there too.
"""

from collections.abc import Mapping
from enum import StrEnum

from core.errors import InvalidInput


class Action(StrEnum):
    """The five steps that need a reason code and a second person (hotline.md §13.4)."""

    RETURN = "return"
    EXTENSION = "extension"
    PARKING = "parking"
    EXCLUSION = "exclusion"
    DECLINE = "decline"


REASONS: Mapping[Action, tuple[str, ...]] = {
    Action.RETURN: ("other_unit", "other_street", "city_department", "facts_missing", "duplicate"),
    Action.EXTENSION: ("complex", "joint_work", "materials", "waits_for_other", "weather"),
    Action.PARKING: ("history", "funds", "policy", "season", "expropriation"),
    Action.EXCLUSION: ("unreasonable", "no_ground", "lost", "statutory", "policy"),
    Action.DECLINE: ("EMG", "LAW", "PET", "DUP", "SEC", "OUT", "ILL"),
}
"""Decline codes are those of hotline.md §4.2."""

URGENCY_REASONS = ("danger_now", "frail_person", "false_alarm", "danger_over", "wrong_class")
REVEAL_REASONS = ("contact", "visit", "verify", "emergency", "call_back", "other")


def check_reason(action: Action, code: str) -> None:
    """Raise `InvalidInput` unless the code is one of the action's."""
    check_code(code, REASONS[action])


def check_code(code: str, allowed: tuple[str, ...]) -> None:
    """Raise `InvalidInput` unless the code is one of those allowed."""
    if code not in allowed:
        raise InvalidInput("reason", "ticket.error.reason", code=code)
