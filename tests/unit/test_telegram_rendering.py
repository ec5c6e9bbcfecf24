"""A reply becomes messages that Telegram takes: short enough, escaped, whole, with buttons."""

from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reply_language import language_of
from bot.splitting import LONGEST, split, units
from bot.telegram_residents.menu import Menu
from bot.telegram_residents.rendering import render
from core.messages import Choice, Reply
from handlers.residents import presses

SIGNS = st.text(
    st.one_of(st.characters(codec="utf-8"), st.sampled_from("<>&😀👨‍👩‍👧\n 。，\u200d\ufe0f")),
    max_size=300,
)


@pytest.fixture(scope="module")
def menu(texts) -> Menu:
    return Menu(texts)


def without_blanks(text: str) -> str:
    return "".join(text.split()).replace("\0", "")


class Tags(HTMLParser):
    """Collects the tags that Telegram would see."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.found.append(tag)


@given(SIGNS, st.integers(1, 60))
def test_every_part_fits_and_together_they_say_everything(words, times):
    text = words * times
    parts = split(text)
    assert all(0 < units(part) <= LONGEST for part in parts)
    said = without_blanks("".join(unescape(part) for part in parts))
    assert said == without_blanks(text) or not text.strip() or not text.replace("\0", "").strip()


@given(SIGNS)
def test_no_part_holds_a_tag_or_half_an_escape(words):
    for part in split(words * 20):
        tags = Tags()
        tags.feed(part)
        assert tags.found == []
        assert "<" not in part
        assert part.count("&") == part.count("&lt;") + part.count("&gt;") + part.count("&amp;")


@given(st.integers(0, 40))
def test_a_face_of_two_units_is_never_halved(before):
    parts = split("a" * before + "😀" * 5000)
    assert "\ufffd" not in "".join(parts)
    assert "".join(parts).count("😀") == 5000


def test_a_joined_family_stays_together():
    parts = split("好" * (LONGEST - 3) + "👨‍👩‍👧‍👦" * 3)
    assert len(parts) == 2
    assert parts[1].startswith("👨‍👩‍👧‍👦")


def test_a_long_text_is_parted_between_lines():
    parts = split("\n".join(["一二三四五六七八九。" * 9] * 60))
    assert len(parts) == 2
    assert all(part.endswith("。") for part in parts)


def test_a_lone_surrogate_and_nothing_at_all_can_be_sent():
    assert split("灯\ud800坏了") == ["灯?坏了"]
    assert split(" \n ") == ["…"]


def test_choices_are_inline_and_a_lone_way_to_a_person_is_the_menu(menu):
    person = Choice("找人工", presses.PERSON)
    (asked,) = render(Reply("在哪里？", (Choice("先不说", presses.SKIP), person)), menu)
    assert asked.inline == ((("先不说", "/skip"),), (("找人工", "/person"),))
    (plain,) = render(Reply("好的", (person,)), menu)
    assert plain.inline == ()
    assert [[key.title for key in row] for row in plain.keyboard] == [
        ["养老的事", "救助的事"],
        ["查进度", "找人工"],
    ]


def test_what_can_be_given_with_a_tap_stands_above_the_choices(menu):
    reply = Reply("怎么找您？", (Choice("就在这里回我", presses.HERE),), asks=("phone",))
    (part,) = render(reply, menu)
    assert [key.asks for row in part.keyboard for key in row] == ["phone", None]
    assert part.once


def test_only_the_last_part_of_a_long_answer_bears_the_buttons(menu):
    parts = render(Reply("好" * 9000, (Choice("详细", presses.DETAILS),)), menu)
    assert [bool(part.inline) for part in parts] == [False, False, True]


@given(st.text(min_size=1, max_size=200))
def test_what_a_button_carries_has_at_most_64_bytes(payload):
    assert 1 <= len(presses.short(payload).encode()) <= 64


def test_the_menu_speaks_the_language_of_the_answer(menu):
    assert language_of(Reply("Anything else?")) == "en"
    (part,) = render(Reply("Anything else?"), menu)
    assert part.keyboard[1][1].title == "A person"
    assert menu.find_payload("A person") == menu.find_payload(" 找人工 ") == presses.PERSON
