"""The documents say what the code says: settings, commands, links, roles, statuses, deadlines."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from pydantic import BaseModel

from app.cli.commands import app
from app.configuration import ROOT
from core.settings import Settings
from people.permissions import ROLES, Permission
from tickets.status import OPEN_TO_RESIDENT, TicketStatus

_LEFT_OUT = frozenset({".venv", ".tool", "var", "node_modules"})
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.MULTILINE | re.DOTALL)
_ELSEWHERE = ("http://", "https://", "mailto:", "article:")


def _documents() -> list[Path]:
    found = ROOT.rglob("*.md")
    return sorted(
        path
        for path in found
        if not _LEFT_OUT & set(path.relative_to(ROOT).parts)
        and "knowledge_base/articles" not in path.as_posix()
    )


def _read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def _settings(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, object]]:
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from _settings(kind, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", field.default


def _commands() -> Iterator[str]:
    group = typer.main.get_command(app)
    for name, command in group.commands.items():
        inner = getattr(command, "commands", None)
        yield from (f"{name} {each}" for each in inner) if inner else (name,)


def _anchors(path: Path) -> set[str]:
    """GitHub's anchors: small letters, blanks as hyphens, other signs left out."""
    without_code = re.sub(r"^```.*?^```", "", path.read_text(encoding="utf-8"), flags=re.M | re.S)
    titles = re.findall(r"^#{1,6} (.+)$", without_code, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def _rows(document: str, heading: str) -> dict[str, list[str]]:
    """The first table below a heading whose first cells are code: id to the further cells."""
    part = document.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    rows = [line.strip()[1:-1].split("|") for line in part.splitlines() if line.startswith("| `")]
    return {row[0].strip(" `"): [cell.strip() for cell in row[1:]] for row in rows}


def test_every_setting_stands_in_the_configuration_page_with_its_default():
    rows = dict(re.findall(r"^\| `([\w.]+)` \| ([^|]*) \|", _read("docs/configuration.md"), re.M))
    assert set(rows) == {name for name, _ in _settings(Settings)}
    for name, default in _settings(Settings):
        if isinstance(default, str | int | Path) and str(default):
            assert f"`{default}`" in rows[name], name
        elif default == "":
            assert rows[name].strip() == "empty", name


def test_every_command_is_described():
    page = _read("docs/commands.md")
    missing = [name for name in _commands() if f"`baijiamen {name}" not in page]
    assert missing == []


def test_no_command_is_described_that_does_not_exist():
    known = set(_commands())
    described = re.findall(
        r"^\| `baijiamen ([a-z-]+(?: [a-z-]+)?)", _read("docs/commands.md"), re.M
    )
    assert {name.strip() for name in described} == known


@pytest.mark.parametrize("path", _documents(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_between_our_documents_leads_somewhere(path):
    text = _CODE.sub("", path.read_text(encoding="utf-8"))
    for target in _LINK.findall(text):
        if target.startswith(_ELSEWHERE):
            continue
        file, _, anchor = target.partition("#")
        there = (path.parent / file).resolve() if file else path
        assert there.exists(), target
        if anchor:
            assert anchor in _anchors(there), target


def test_every_decision_is_listed_and_every_number_used_once():
    folder = ROOT / "docs" / "decisions"
    names = sorted(path.name for path in folder.glob("[0-9]*.md"))
    listed = re.findall(r"\]\((\d{4}-[\w-]+\.md)\)", _read("docs/decisions/README.md"))
    assert listed == names
    assert [name[:4] for name in names] == [f"{number:04}" for number in range(1, len(names) + 1)]


def test_the_glossary_has_every_status_and_says_which_ones_are_open_to_the_resident():
    rows = _rows(_read("docs/glossary.md"), "Statuses")
    assert set(rows) == {status.value for status in TicketStatus}
    open_ones = {status for status, cells in rows.items() if cells[1] == "yes"}
    assert open_ones == {status.value for status in OPEN_TO_RESIDENT}


def test_the_glossary_names_statuses_as_the_pages_do(texts):
    for status, cells in _rows(_read("docs/glossary.md"), "Statuses").items():
        assert cells[0] == texts.say(f"ticket.status.{status}")


def test_the_glossary_has_every_deadline_class_with_its_spans(taxonomy):
    rows = _rows(_read("docs/glossary.md"), "Deadline classes")
    assert set(rows) == set(taxonomy.deadlines)
    for name, deadline in taxonomy.deadlines.items():
        spans = [
            {"0": "at once"}.get(each, each) for each in (deadline.receive, deadline.first_contact)
        ]
        assert rows[name][1:3] == spans, name


def test_the_glossary_shows_what_each_role_permits():
    page = _read("docs/glossary.md")
    assert all(f"| `{role}` |" in page for role in ROLES)
    head = next(line for line in page.splitlines() if line.startswith("| permission |"))
    roles = [cell.strip(" `") for cell in head.strip("| ").split("|")[1:]]
    rows = _rows(page, "Roles")
    assert roles == list(ROLES)
    for permission in Permission:
        ticked = {
            role for role, cell in zip(roles, rows[permission.value], strict=True) if cell == "✓"
        }
        permitted = {role for role, permissions in ROLES.items() if permission in permissions}
        assert ticked == permitted, permission


def test_the_glossary_has_every_trigger_level_and_request_type_of_the_taxonomy(taxonomy):
    page = _read("docs/glossary.md")
    assert all(f"`{each}`" in page for each in (*taxonomy.request_types, *taxonomy.urgency_names))
    assert f"{len(taxonomy.area_names)} areas, {len(taxonomy.matters)} matters" in page
    assert f"one of {len(taxonomy.triggers)} kinds of emergency" in page


def test_no_document_names_a_machine():
    places = re.compile(r"/(?:work|home|root|tmp)/|localhost:\d{4,5}/simple|pypi\.org/simple")
    found = [path.name for path in _documents() if places.search(path.read_text(encoding="utf-8"))]
    assert found == []
