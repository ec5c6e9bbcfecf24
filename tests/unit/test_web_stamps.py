"""Cookies of visitors carry our signature, each for one purpose."""

import pytest

from web.stamps import Stamp

OURS = Stamp("a key of this house")


def test_a_minted_cookie_is_known_again_after_a_restart():
    minted = OURS.mint("chat")
    assert Stamp("a key of this house").is_ours("chat", minted)


def test_no_two_minted_cookies_are_the_same():
    assert len({OURS.mint("chat") for _ in range(50)}) == 50


def test_the_cookie_of_a_form_opens_no_chat():
    assert not OURS.is_ours("chat", OURS.mint("form"))


def test_another_house_signs_otherwise():
    assert not OURS.is_ours("chat", Stamp("a key of another house").mint("chat"))


@pytest.mark.parametrize("forged", ["", ".", "x", "x.", ".y", "ä.ö", "a" * 100_000, "\udcff.x"])
def test_what_nobody_signed_is_not_ours(forged):
    assert not OURS.is_ours("chat", forged)


def test_a_changed_letter_breaks_the_signature():
    minted = OURS.mint("chat")
    assert not OURS.is_ours("chat", ("b" if minted[0] == "a" else "a") + minted[1:])
