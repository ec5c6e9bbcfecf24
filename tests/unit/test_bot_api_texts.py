"""Telegram's reading of HTML and of plain text, as our Bot API double does it."""

import pytest

from tests.bot_api.markup import parse_html
from tests.bot_api.refusals import Refused
from tests.bot_api.texts import find_entities, part, units


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("<foo>x</foo>", 'Unsupported start tag "foo" at byte offset 0'),
        ("字<br>", 'Unsupported start tag "br" at byte offset 3'),
        ("3 < 5", 'Unsupported start tag "" at byte offset 2'),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("<a href", 'Unclosed start tag "a" at byte offset 0'),
        ('<a href="x', "Unclosed start tag at byte offset 0"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<a href=http://x>y</a>", "Unexpected end of name token at byte offset 8"),
        ('<a "x">y</a>', 'Empty attribute name in the tag "a" at byte offset 0'),
    ],
)
def test_wrong_html_is_refused_in_telegrams_words(source: str, reason: str):
    with pytest.raises(Refused) as refused:
        parse_html(source)
    assert refused.value.description == f"Bad Request: can't parse entities: {reason}"


def test_words_and_marks_are_counted_in_utf16_units():
    text, entities = parse_html("😀<b>好<i>人</i></b> &lt;&amp;&gt; &#22909; &nbsp;")
    assert text == "😀好人 <&> 好 &nbsp;"
    assert entities == [
        {"type": "bold", "offset": 2, "length": 2},
        {"type": "italic", "offset": 3, "length": 1},
    ]
    assert (units("😀好"), part(text, entities[1])) == (3, "人")


def test_links_code_and_quotations_bear_what_belongs_to_them():
    source = (
        '<a href="https://example.org/?a=1&amp;b=2">网</a><a href="x y">无</a>'
        '<a href="tg://user?id=7">人</a><pre><code class="language-py">x=1</code></pre>'
        "<blockquote expandable>长</blockquote><tg-spoiler>密</tg-spoiler><b></b>"
    )
    text, entities = parse_html(source)
    assert text == "网无人x=1长密"
    assert entities == [
        {"type": "text_link", "offset": 0, "length": 1, "url": "https://example.org/?a=1&b=2"},
        {"type": "text_mention", "offset": 2, "length": 1, "user": {"id": 7}},
        {"type": "pre", "offset": 3, "length": 3, "language": "py"},
        {"type": "expandable_blockquote", "offset": 6, "length": 1},
        {"type": "spoiler", "offset": 7, "length": 1},
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("/start abc", [("bot_command", "/start")]),
        ("看/help", []),
        ("/help看", []),
        ("去 /help@street_bot 看", [("bot_command", "/help@street_bot")]),
        ("见https://example.org/a。好", [("url", "https://example.org/a")]),
        (
            "写 wang@example.org #路灯 @street_bot",
            [
                ("email", "wang@example.org"),
                ("hashtag", "#路灯"),
                ("mention", "@street_bot"),
            ],
        ),
        ("打 +86 138 0013 8000", [("phone_number", "+86 138 0013 8000")]),
    ],
)
def test_what_telegram_marks_by_itself(text: str, found: list[tuple[str, str]]):
    assert [(each["type"], part(text, each)) for each in find_entities(text)] == found
