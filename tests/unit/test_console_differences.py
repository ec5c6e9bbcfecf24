"""Two texts side by side."""

from console.differences import Line, compare_texts


def shown(lines: list[Line]) -> list[str]:
    """Each line as one reads it: marked pieces in brackets."""
    return [
        line.kind + " " + "".join(f"[{text}]" if marked else text for text, marked in line.parts)
        for line in lines
    ]


def test_equal_texts_have_no_differences():
    assert compare_texts("一\n二", "一\n二") == []


def test_words_that_differ_are_marked_within_their_line():
    lines = compare_texts("一\n每月 100 元\n三", "一\n每月 120 元\n三")
    assert shown(lines) == ["same 一", "gone 每月 1[0]0 元", "new 每月 1[2]0 元", "same 三"]


def test_lines_that_have_little_in_common_are_shown_whole():
    assert shown(compare_texts("要带身份证", "星期六不开门啊")) == [
        "gone 要带身份证",
        "new 星期六不开门啊",
    ]


def test_what_stayed_is_left_out_but_for_two_lines_around():
    before = [f"第{n}行" for n in range(20)]
    after = [*before[:3], "换了", *before[4:16], "也换", *before[17:]]
    kinds = [line.kind for line in compare_texts("\n".join(before), "\n".join(after))]
    assert kinds.count("left_out") == 1
    assert kinds.count("same") == 8


def test_added_and_removed_lines_stand_alone():
    assert shown(compare_texts("一", "一\n二")) == ["same 一", "new 二"]
    assert shown(compare_texts("一\n二", "一")) == ["same 一", "gone 二"]
