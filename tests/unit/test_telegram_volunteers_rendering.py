"""How a reply looks in the volunteers' chat."""

from bot.splitting import LONGEST, units
from bot.telegram_volunteers.rendering import render
from core.messages import Choice, Reply
from core.texts import Texts
from handlers.volunteers.chat.words import MENU


def test_short_steps_stand_beside_each_other_and_long_ones_alone(texts: Texts):
    titles = ["我到了", "要晚到", "陪去医院取药·今天下午2点", "去不了了"]
    reply = Reply("陪诊", tuple(Choice(title, f"x:{title}") for title in titles))
    (part,) = render(reply, texts, group=False)
    rows = [[title for title, _ in row] for row in part.inline]
    assert rows == [["我到了", "要晚到"], ["陪去医院取药·今天下午2点"], ["去不了了"]]


def test_a_list_to_tick_takes_three_in_a_row(texts: Texts):
    choices = tuple(Choice(f"社区{n}", f"/set places {n}") for n in range(7))
    (part,) = render(Reply("哪里", choices), texts, group=False)
    assert [len(row) for row in part.inline] == [3, 3, 1]


def test_the_menu_alone_becomes_a_keyboard_of_four(texts: Texts):
    choices = tuple(Choice(key, payload) for key, payload in MENU)
    (part,) = render(Reply("您好", choices), texts, group=False)
    assert part.keyboard == (("tasks", "mine"), ("me", "staff"))
    assert not part.inline


def test_a_number_is_asked_for_with_telegrams_own_button(texts: Texts):
    (part,) = render(
        Reply("手机号？", (Choice("改上一项", "/back"),), asks=("phone",)), texts, group=False
    )
    assert part.phone == "用我这个号码"
    assert part.keyboard == (("改上一项",),)


def test_long_words_come_in_parts_and_only_the_last_bears_buttons(texts: Texts):
    reply = Reply("<长>&" * 2000, (Choice("好", "x"),))
    parts = render(reply, texts, group=False)
    assert all(0 < units(part.html) <= LONGEST for part in parts)
    assert [bool(part.inline) for part in parts] == [False] * (len(parts) - 1) + [True]
    assert "<长>" not in parts[0].html


def test_nothing_can_be_pressed_in_a_group(texts: Texts):
    (part,) = render(Reply("请单独聊", (Choice("好", "x"),)), texts, group=True)
    assert not part.inline
