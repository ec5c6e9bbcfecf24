"""The flood control of our Bot API double."""

from datetime import datetime, timedelta

import pytest

from tests.bot_api.limits import FloodControl, Limits
from tests.bot_api.refusals import Refused


def _retry_after(
    control: FloodControl, now: datetime, *, bot: int = 1, chat: int = 7, count: int = 1
) -> int:
    """Seconds to wait; 0 if the message may be sent."""
    try:
        control.take(bot, chat, now, count)
    except Refused as refused:
        return int(refused.parameters["retry_after"])
    return 0


def test_one_a_second_in_a_chat_is_never_refused(now: datetime):
    control = FloodControl(Limits())
    moments = [now + timedelta(seconds=second) for second in range(100)]
    assert {_retry_after(control, each) for each in moments} == {0}


def test_bots_and_chats_are_counted_apart(now: datetime):
    control = FloodControl(Limits())
    assert [_retry_after(control, now) for _ in range(5)] == [0, 0, 0, 0, 2]
    assert _retry_after(control, now, chat=8) == 0
    assert _retry_after(control, now, bot=2) == 0


def test_a_group_takes_twenty_a_minute(now: datetime):
    control = FloodControl(Limits())
    moments = [now + timedelta(seconds=2 * number) for number in range(21)]
    waits = [_retry_after(control, each, chat=-1) for each in moments]
    assert (set(waits[:20]), waits[20]) == ({0}, 20)


def test_an_album_counts_as_many(now: datetime):
    control = FloodControl(Limits())
    assert _retry_after(control, now, count=4) == 0
    assert _retry_after(control, now) == 2


def test_who_sends_on_waits_longer_and_longer(now: datetime):
    control = FloodControl(Limits())
    for _ in range(4):
        control.take(1, 7, now)
    waits = []
    for second in range(0, 10, 2):
        waits.append(_retry_after(control, now + timedelta(seconds=second * 0.75)))
    assert waits == [2, 4, 8, 16, 32]


def test_messages_under_way_when_the_first_is_refused_do_no_harm(now: datetime):
    control = FloodControl(Limits())
    assert [_retry_after(control, now) for _ in range(10)] == [0] * 4 + [2] * 6
    assert _retry_after(control, now + timedelta(seconds=2)) == 0


@pytest.mark.parametrize("chats", [30, 31])
def test_thirty_a_second_for_all_chats_together(now: datetime, chats: int):
    control = FloodControl(Limits())
    waits = [_retry_after(control, now, chat=number) for number in range(chats)]
    assert waits == [0] * 30 + [1] * (chats - 30)
