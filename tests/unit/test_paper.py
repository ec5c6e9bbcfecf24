"""Papers: every character is really there, pages break well, the same content is the same file."""

import re
import zlib
from datetime import UTC, datetime

import pytest

from core.paper import Column, Paper, Unprintable, checked

MADE_AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
RARE_NAMES = "㛃䶮镕喆堃赟翀昇晟淼犇犨犸玥珺琎瑀璟甯㸆𬱖𫖯𬭚𬬻"


def texts_of(pdf: bytes) -> list[str]:
    """What each page says, read back through the font's own map from glyphs to characters."""
    streams = [
        _inflated(each) for each in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.S)
    ]
    maps = [_read_map(each) for each in streams if b"beginbfchar" in each]
    glyphs = {glyph: char for each in maps for glyph, char in each.items()}
    pages = [each for each in streams if b"BT" in each and b"Tj" in each]
    return ["".join(glyphs[glyph] for glyph in _shown(page)) for page in pages]


def _inflated(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return stream


def _read_map(cmap: bytes) -> dict[int, str]:
    pairs = re.findall(rb"<([0-9A-Fa-f]{4})>\s*<([0-9A-Fa-f]+)>", cmap)
    return {int(a, 16): bytes.fromhex(b.decode()).decode("utf-16-be") for a, b in pairs}


def _shown(page: bytes) -> list[int]:
    glyphs: list[int] = []
    for raw in re.findall(rb"\(((?:[^()\\]|\\.)*)\)\s*Tj", page, re.S):
        text = re.sub(rb"\\([()\\rnt])", lambda m: _ESCAPED.get(m[1], m[1]), raw)
        glyphs += [int.from_bytes(text[i : i + 2], "big") for i in range(0, len(text), 2)]
    return glyphs


_ESCAPED = {b"r": b"\r", b"n": b"\n", b"t": b"\t"}


def a_paper(rows: int = 3) -> bytes:
    paper = Paper("证明", foot="编号 1，第 {page} 页，共 {pages} 页", made_at=MADE_AT)
    paper.title("志愿服务记录证明")
    paper.facts({"姓名": "欧阳琳"})
    columns = [Column("日期", 30), Column("做了什么", 100), Column("分钟", 20, right=True)]
    paper.table(
        columns, [(f"第{place}次", "陪去医院取药" * 4, "45") for place in range(1, rows + 1)]
    )
    return paper.bytes()


def test_the_text_can_be_read_back():
    (page,) = texts_of(a_paper())
    for words in ("志愿服务记录证明", "姓名：欧阳琳", "做了什么", "第3次", "编号 1，第 1 页，共"):
        assert words in page


def test_rare_names_are_really_there():
    paper = Paper("名", foot="", made_at=MADE_AT)
    paper.line(RARE_NAMES)
    assert RARE_NAMES in "".join(texts_of(paper.bytes()))


def test_two_hundred_rows_break_into_pages_with_their_heads_and_none_is_lost_or_cut():
    pages = texts_of(a_paper(200))
    assert 6 <= len(pages) <= 10
    assert all("做了什么" in page for page in pages)
    for place in range(1, 201):
        assert sum(page.count(f"第{place}次") for page in pages) == 1
    for number, page in enumerate(pages, start=1):
        assert f"第 {number} 页" in page
        assert page.count("陪去医院取药") % 4 == 0, "a row is whole on its page"


def test_the_same_content_is_the_same_file():
    assert a_paper() == a_paper()


def test_what_the_font_lacks_is_refused_by_name_and_not_printed_as_a_box():
    with pytest.raises(Unprintable) as refused:
        checked("何\U0001f600琳")
    assert refused.value.characters == "\U0001f600"
