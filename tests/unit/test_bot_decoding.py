"""What our own channels store can always be written as JSON, kept by a database and read back."""

import orjson
import pytest

from bot.decoding import LONGEST, PlainDecoder, UnreadableMessage, clean, encode_text
from core.messages import InboundKind


def test_nul_characters_are_dropped():
    assert clean("电梯\0坏了\0") == "电梯坏了"


@pytest.mark.parametrize(
    ("text", "kept"),
    [("灯\ud800坏了", "灯?坏了"), ("\udfff", "?"), ("\ud83d\ude00", "??"), ("a\udc80\0b", "a?b")],
)
def test_a_lone_surrogate_becomes_a_question_mark_that_json_can_carry(text, kept):
    assert clean(text) == kept
    assert orjson.loads(orjson.dumps(clean(text))) == kept


def test_a_text_is_cut_at_the_longest_that_is_kept():
    assert LONGEST == 100_000
    assert clean("好" * 100_001) == "好" * 100_000


def test_what_goes_does_not_count_towards_the_length():
    assert clean("\0" + "好" * 100_000) == "好" * 100_000


@pytest.mark.parametrize("text", ["谢谢😀", "👨‍👩‍👧在家", "𠮷野家", "👍🏽", "一行\n两行\t"])
async def test_emoji_rare_characters_and_lines_are_kept(text):
    assert clean(text) == text
    assert (await PlainDecoder().decode(encode_text(text))).text == text


async def test_a_pressed_button_with_what_json_cannot_carry_is_stored_and_read_back():
    message = await PlainDecoder().decode(encode_text("找人工\ud800", payload="/per\0son\udc00"))
    assert message.kind == InboundKind.PRESS
    assert (message.text, message.payload) == ("找人工?", "/person?")


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"text": 1}', '{"text": "\\ud800"}'])
async def test_a_body_that_is_in_no_form_of_ours_is_refused(body):
    with pytest.raises(UnreadableMessage):
        await PlainDecoder().decode(body)
