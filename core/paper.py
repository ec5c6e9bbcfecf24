"""Papers: PDFs with an embedded Chinese font, the same bytes for the same content."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import TableCellFillMode, WrapMode
from fpdf.fonts import FontFace

from core.errors import FrontDoorError

FONT = Path(__file__).parent / "fonts" / "NotoSansSC-subset.otf"
_NAME = "sans"
_MARGIN = 20
"""Millimetres; A4 has 210 across, so 170 are left."""
_GREY = 235
_DARK_GREY = 90


class Unprintable(FrontDoorError):
    """The font lacks these characters: nothing is printed rather than an empty box."""

    def __init__(self, characters: str) -> None:
        super().__init__(f"the font has no {characters}")
        self.characters = characters


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table: its head and its share of the width."""

    head: str
    width: int
    right: bool = False


class Paper:
    """
    One document on A4, from top to bottom.

    `foot` stands at the bottom of every page, with the page's number;
    `{page}` and `{pages}` in it are filled in. Every text raises `Unprintable`
    for characters that the font lacks. `made_at` is the only date in the file,
    so that the same content gives the same bytes.
    """

    def __init__(self, title: str, *, foot: str, made_at: datetime, language: str = "zh") -> None:
        self._pdf = _Document(checked(foot))
        self._pdf.set_creation_date(made_at)
        self._pdf.set_lang("zh-CN" if language == "zh" else "en")
        self._pdf.set_title(checked(title))
        self._pdf.add_font(_NAME, "", FONT)
        self._pdf.set_margins(_MARGIN, _MARGIN, _MARGIN)
        self._pdf.set_auto_page_break(True, margin=24)
        self._pdf.add_page()

    def title(self, words: str) -> None:
        """The heading, in the middle."""
        self._write(words, size=22, height=12, align="C")
        self._pdf.ln(4)

    def line(self, words: str, *, size: float = 12, align: str = "L") -> None:
        """A paragraph, broken where it must be; `align` is L, C or R."""
        self._write(words, size=size, height=size * 0.6, align=align)

    def gap(self, millimetres: float = 4) -> None:
        """Some white."""
        self._pdf.ln(millimetres)

    def facts(self, rows: Mapping[str, str]) -> None:
        """Names and values, one pair a line."""
        for name, words in rows.items():
            self.line(f"{name}：{words}")

    def table(self, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
        """A table whose heads are repeated on each page and whose rows are never broken."""
        self._pdf.set_font(_NAME, size=10)
        with self._pdf.table(
            col_widths=tuple(each.width for each in columns),
            text_align=tuple("RIGHT" if each.right else "LEFT" for each in columns),
            headings_style=FontFace(emphasis="", fill_color=_GREY),
            cell_fill_mode=TableCellFillMode.NONE,
            line_height=6,
            padding=1,
            repeat_headings=1,
            wrapmode=WrapMode.CHAR,
        ) as table:
            for cells in (tuple(each.head for each in columns), *rows):
                row = table.row()
                for cell in cells:
                    row.cell(checked(cell))

    def bytes(self) -> bytes:
        """The finished PDF."""
        return bytes(self._pdf.output())

    def _write(self, words: str, *, size: float, height: float, align: str) -> None:
        self._pdf.set_font(_NAME, size=size)
        self._pdf.multi_cell(
            0,
            height,
            checked(words),
            align=align,
            new_x="LMARGIN",
            new_y="NEXT",
            wrapmode=WrapMode.CHAR,
        )


class _Document(FPDF):
    """A4 with a foot on every page."""

    def __init__(self, foot: str) -> None:
        super().__init__(format="A4")
        self._foot = foot

    def footer(self) -> None:
        """The line at the bottom of a page."""
        self.set_y(-16)
        self.set_font(_NAME, size=9)
        self.set_text_color(_DARK_GREY)
        words = self._foot.replace("{page}", str(self.page_no()))
        self.cell(0, 6, words.replace("{pages}", "{nb}"), align="C")
        self.set_text_color(0)


def checked(words: str) -> str:
    """The words, if the font has every character of them; raises `Unprintable`."""
    missing = sorted({each for each in words if each not in "\n" and ord(each) not in _known()})
    if missing:
        raise Unprintable("".join(missing))
    return words


@cache
def _known() -> frozenset[int]:
    from fontTools.ttLib import TTFont  # comes with fpdf2; reading the map takes a moment, once

    with TTFont(FONT, lazy=True) as font:
        return frozenset(font.getBestCmap() or ())
