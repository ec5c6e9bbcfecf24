"""One spelling for many, with the way back to the original offsets."""

from hypothesis import given
from hypothesis import strategies as st

from intents.normalise import normalise, plain, shorten_runs


def test_full_width_traditional_and_capital_letters_become_plain():
    assert plain("麻煩ＡＢＣ１２３，謝謝Hello") == "麻烦abc123,谢谢hello"


def test_control_characters_become_spaces_and_invisible_ones_go():
    assert plain("跳\u200b楼\x00了\ufeff") == "跳楼 了"


def test_a_span_leads_back_over_what_was_taken_out():
    text = "我想跳\u200b\u200b楼了"
    normal = normalise(text)
    start = normal.text.index("跳楼")
    first, last = normal.span(start, start + 2)
    assert text[first:last] == "跳\u200b\u200b楼"


def test_a_character_that_is_repeated_is_written_twice():
    assert shorten_runs("急急急急急快点") == "急急快点"


@given(st.text())
def test_any_text_can_be_normalised_and_its_offsets_stay_inside(text):
    normal = normalise(text)
    for place in range(len(normal.text)):
        start, end = normal.span(place, place + 1)
        assert 0 <= start < end <= len(text)


@given(st.text(alphabet=st.characters(exclude_characters="\u200b")))
def test_a_text_without_invisible_characters_keeps_its_length_or_has_a_map(text):
    normal = normalise(text)
    assert normal.origins is not None or len(normal.text) == len(text)
