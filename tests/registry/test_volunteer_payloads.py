"""Every button that a volunteer may be shown is understood by the chat."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.configuration import ROOT
from handlers.residents import presses
from handlers.volunteers.chat import payloads
from handlers.volunteers.chat.door import FOR_VOLUNTEERS
from handlers.volunteers.chat.payloads import unpack
from handlers.volunteers.chat.words import MENU

WHERE = ("handlers/volunteers", "handlers/clock", "handlers/staff")
"""Whoever tells volunteers something, or shows it in their chat."""
RESIDENTS = {presses.RELAY, presses.THANKS}
"""Prefixes that stand under what residents are told by the same verbs."""


def modules() -> Iterator[Path]:
    for folder in WHERE:
        yield from (ROOT / folder).rglob("*.py")


def packed(tree: ast.AST) -> Iterator[str]:
    """The verbs of f-strings that end in an id's hex: `f"claim:{task.id.hex}"`."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.JoinedStr):
            continue
        texts = [part.value for part in node.values if isinstance(part, ast.Constant)]
        ids = [
            part
            for part in node.values
            if isinstance(part, ast.FormattedValue)
            and isinstance(part.value, ast.Attribute)
            and part.value.attr == "hex"
        ]
        if ids and texts and str(texts[0]).endswith(":"):
            yield str(texts[0]).removesuffix(":")


def test_the_table_of_the_chat_knows_every_verb_and_no_other():
    assert set(FOR_VOLUNTEERS) == payloads.VERBS


@pytest.mark.parametrize("path", list(modules()), ids=lambda path: path.stem)
def test_every_payload_that_is_put_together_begins_with_a_known_verb(path: Path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert {verb for verb in packed(tree) if verb} <= set(FOR_VOLUNTEERS) | {
        each.removesuffix(":") for each in RESIDENTS
    }


def test_every_command_of_telegrams_menu_is_a_verb():
    from app.telegram import _COMMANDS

    _, shown = _COMMANDS["volunteers"]
    assert set(shown) <= set(payloads.COMMANDS)
    assert {f"/{name}" for name in payloads.COMMANDS} <= payloads.VERBS


def test_the_longest_payload_fits_into_telegrams_64_bytes():
    longest = max(payloads.ABOUT_A_TASK, key=len)
    about = "f" * 32
    assert len(f"{longest}:{about}:30".encode()) <= 64
    assert all(unpack(payload) for _, payload in MENU)
