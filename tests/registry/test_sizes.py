"""Modules and functions stay small, and every package stands in the import rules."""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

from app.configuration import ROOT

LONGEST_MODULE = 400
LONGEST_FUNCTION = 50
BESIDE_THE_CODE = {"tests", "migrations", "bench", "locales", "docs", "var"}
"""Folders that no layer imports."""


def packages() -> list[str]:
    found = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    return sorted(
        name for name in found if not name.startswith(".") and name not in BESIDE_THE_CODE
    )


def modules() -> Iterator[Path]:
    for name in (*packages(), "bench"):
        yield from (ROOT / name).rglob("*.py")


def functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or 0) - node.lineno + 1


def test_no_module_is_longer_than_400_lines():
    long = {
        path.relative_to(ROOT).as_posix(): lines
        for path in modules()
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_MODULE
    }
    assert long == {}


def test_no_function_is_longer_than_50_lines():
    long = {
        f"{path.relative_to(ROOT).as_posix()}:{name}": lines
        for path in modules()
        for name, lines in functions(path)
        if lines > LONGEST_FUNCTION
    }
    assert long == {}


def test_nine_functions_in_ten_have_at_most_25_lines():
    lengths = sorted(lines for path in modules() for _, lines in functions(path))
    assert lengths[int(len(lengths) * 0.9)] <= 25


def test_every_package_stands_in_the_import_rules_and_in_the_type_checks():
    document = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    linter = document["tool"]["importlinter"]
    layers = " | ".join(linter["contracts"][0]["layers"]).split(" | ")
    assert sorted(layers) == packages()
    assert sorted(linter["root_packages"]) == packages()
    assert sorted(document["tool"]["mypy"]["packages"]) == packages()


def test_the_wheel_holds_every_package():
    document = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    built = set(document["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])
    assert built == {*packages(), "locales", "migrations"}
