"""What a message says about where, whom and how, put into a form's slots."""

from conversations.dialogue import Dialogue
from core.taxonomy import Street
from handlers.turn import Turn

_ADDRESS = ("place", "building")
_LONGEST_ADDRESS = 120


def clues(turn: Turn, street: Street) -> dict[str, str]:
    """The slots that this message fills by itself."""
    found = {
        "phone": turn.message.contact_phone or turn.find_value("phone"),
        "community": _community(turn, street),
        "place": _text_of(turn, "place"),
        "address": turn.spans(*_ADDRESS) if turn.find_entity("building") else None,
        "relation": turn.find_value("relation"),
    }
    return {slot: value for slot, value in found.items() if value}


def remembered(dialogue: Dialogue) -> dict[str, str]:
    """What this person told us earlier in the conversation, so that nothing is asked twice."""
    known = {
        "phone": dialogue.phone,
        "community": dialogue.community,
        "coordinates": dialogue.coordinates,
    }
    return {slot: value for slot, value in known.items() if value}


def answered_place(turn: Turn, street: Street) -> dict[str, str]:
    """An answer to 「在哪里」: what is found in it, otherwise the words themselves."""
    found = clues(turn, street)
    if "community" not in found and "address" not in found:
        found["address"] = turn.words.strip()[:_LONGEST_ADDRESS]
    return found


def has_place(slots: dict[str, str]) -> bool:
    """Whether somebody could find the way with this."""
    return any(slot in slots for slot in ("community", "place", "address"))


def _community(turn: Turn, street: Street) -> str | None:
    named = turn.find_value("community")
    if named:
        return named
    place = _text_of(turn, "place")
    community = street.find_community_of_place(place) if place else None
    return community.id if community else None


def _text_of(turn: Turn, kind: str) -> str | None:
    entity = turn.find_entity(kind)
    return turn.understanding.text[entity.start : entity.end] if entity else None
