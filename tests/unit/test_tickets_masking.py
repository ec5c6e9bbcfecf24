"""What lists show of a resident's words: no telephone, no identity number, no door."""

import pytest

from tickets.masking import masked_name, masked_phone, masked_text, masked_title


@pytest.mark.parametrize(
    "words",
    [
        "电话13912345521找我",
        "电话139 1234 5521",
        "电话139-1234-5521",
        "打+86 139 1234 5521",
        "座机027-80001234",
        "号码是一三九一二三四五五二一",
        "幺三九幺二三四五五二幺",
        "身份证420199194303121234",
        "身份证42019919430312123X",
        "身份证 420199 19430312 123x",
    ],
)
def test_numbers_of_persons_disappear(words: str) -> None:
    masked = masked_text(words)
    assert "***" in masked
    for part in ("5521", "1234", "五五二", "1943"):
        assert part not in masked


@pytest.mark.parametrize(
    ("words", "masked"),
    [
        ("和平里3栋2单元701漏水", "和平里**栋**单元**漏水"),
        ("和平里3栋2单元701室漏水", "和平里**栋**单元**室漏水"),
        ("住19号3栋2门8号", "住**号**栋**门**号"),
        ("光明花园12号楼楼道灯坏了", "光明花园**号楼楼道灯坏了"),
        ("4-2-102没水", "**没水"),
        ("三栋一单元停电", "**栋**单元停电"),
    ],
)
def test_doors_lose_their_numbers_and_places_keep_their_names(words: str, masked: str) -> None:
    assert masked_text(words) == masked


@pytest.mark.parametrize(
    "words",
    [
        "我妈八十三了一个人住 想有人送饭",
        "楼道电线冒火花，有股焦味",
        "整栋楼停水，从昨晚到现在",
        "11月12号停水到现在",
        "坐2号线去医院",
        "打了12345没人管",
        "欠了3500块工资",
        "两室一厅漏水",
        "老年卡在哪里办",
    ],
)
def test_what_points_at_nobody_stays(words: str) -> None:
    assert masked_text(words) == words


def test_a_title_is_one_line_of_at_most_sixty_characters() -> None:
    title = masked_title("楼上天天半夜\n拖桌子，" * 20)
    assert len(title) == 60
    assert "\n" not in title
    assert title.endswith("…")


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("+8613912345521", "139****5521"),
        ("13912345521", "139****5521"),
        ("027-80001234", "027****1234"),
        ("110", "****"),
    ],
)
def test_a_telephone_keeps_its_ends(phone: str, masked: str) -> None:
    assert masked_phone(phone) == masked


def test_a_name_keeps_its_first_character() -> None:
    assert masked_name("周小明") == "周**"


@pytest.mark.parametrize(
    "text", ["收到了，编号 BJM-20261123-0001。", "依据：某办法；更新于 2026-11-22"]
)
def test_ticket_numbers_and_dates_stay_readable(text):
    assert masked_text(text) == text
