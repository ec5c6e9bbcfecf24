"""Runs every measurement, prints one table and writes `var/bench.json` beside it."""

import asyncio
import contextlib
import os
import platform
import sys
import tempfile
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from app.configuration import ROOT
from bench import server, telegram, thinking, throughput
from bench.measure import Line
from tests.servers import ServerMissing, postgres_server


def main() -> None:
    """All of it takes about five minutes on an idle machine; `telegram` after the name only that."""
    measure = _measure_telegram if sys.argv[1:] == ["telegram"] else _measure
    with tempfile.TemporaryDirectory(prefix="baijiamen-bench-") as name:
        lines = asyncio.run(measure(Path(name)))
    _show(lines)
    file = ROOT / "var" / "bench.json"
    file.parent.mkdir(exist_ok=True)
    document = {"machine": _machine(), "lines": [line.as_dict() for line in lines]}
    file.write_bytes(orjson.dumps(document, option=orjson.OPT_INDENT_2))
    print(f"\n{file.relative_to(ROOT)}: the same for a program")


async def _measure(folder: Path) -> list[Line]:
    async def sqlite_url(name: str) -> str:
        return f"sqlite:///{folder / f'{name}.db'}"

    lines = thinking.measure()
    lines += await throughput.measure("SQLite", sqlite_url, folder)
    with contextlib.ExitStack() as stack:
        try:
            url = stack.enter_context(postgres_server(durable=True))
        except ServerMissing as missing:
            print(f"could not run: PostgreSQL, because {missing} is missing")
        else:
            lines += await _on_postgres(url, folder)
    lines += await server.measure(folder)
    lines += await _measure_telegram(folder)
    return lines


async def _measure_telegram(folder: Path) -> list[Line]:
    home = folder / "telegram"
    home.mkdir()
    return await telegram.measure(home)


async def _on_postgres(url: str, folder: Path) -> list[Line]:
    async def new_url(name: str) -> str:
        engine = create_async_engine(url, isolation_level="AUTOCOMMIT")
        async with engine.connect() as connection:
            await connection.execute(text(f"CREATE DATABASE bench_{name}"))
        await engine.dispose()
        return url.rsplit("/", 1)[0] + f"/bench_{name}"

    return await throughput.measure("PostgreSQL", new_url, folder)


def _machine() -> dict[str, object]:
    return {
        "python": platform.python_version(),
        "processors": os.cpu_count(),
        "load": os.getloadavg(),
    }


def _show(lines: Sequence[Line]) -> None:
    cells = [("", "value", "unit", "ratio", "aim", "")]
    for line in lines:
        verdict = {True: "met", False: "MISSED", None: ""}[line.met]
        value = f"{line.value:,.0f}" if line.value >= 100 else f"{line.value:,.2f}"
        cells.append((line.what, value, line.unit, line.ratio, line.aim, verdict))
    widths = [max(_width(row[place]) for row in cells) for place in range(6)]
    for row in cells:
        print(
            "  ".join(
                cell + " " * (w - _width(cell)) for cell, w in zip(row, widths, strict=True)
            ).rstrip()
        )
    print(f"load of the machine while measuring: {os.getloadavg()[0]:.1f}; fsync on everywhere")


def _width(cell: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in cell)


if __name__ == "__main__":
    main()
