"""Rules of danger: what rings, what takes it back, and what is only past."""

import pytest

from core.taxonomy import load_taxonomy
from intents.emergencies import DangerFinder, Verdict
from intents.normalise import normalise
from intents.sentences import sentences
from intents.understanding import Danger

TAXONOMY = load_taxonomy()
FINDER = DangerFinder(TAXONOMY)


def find(text: str, score: float = -9.0, trigger_id: str = "medical") -> Danger | None:
    normal = normalise(text)
    signs = FINDER.signs(normal.text)
    return FINDER.find(text, normal, signs, lambda a, b: Verdict(score, trigger_id), alarm=0.0)


@pytest.mark.parametrize("trigger", TAXONOMY.triggers.values(), ids=lambda each: each.id)
def test_every_phrase_of_the_taxonomy_rings_whatever_the_model_thinks(trigger):
    for phrase in trigger.phrases:
        danger = find(phrase)
        assert danger is not None, phrase
        assert danger.level in ("P0", "P1")


@pytest.mark.parametrize("trigger", TAXONOMY.triggers.values(), ids=lambda each: each.id)
def test_a_false_alarm_that_the_taxonomy_names_does_not_ring(trigger):
    for words in trigger.not_if:
        danger = find(words)
        assert danger is None or danger.past or danger.trigger_id != trigger.id, words


@pytest.mark.parametrize(
    "text",
    [
        "跳\u200b楼",
        "我活著沒意思",
        "先问下医保怎么交。还有件事，隔壁好大煤气味。",
        "（顺便说一句，我不想活了）物业费几时交",
        "手机死机了。我不想活了",
    ],
)
def test_danger_is_heard_wherever_and_however_it_is_written(text):
    assert find(text) is not None


def test_danger_at_the_end_of_a_giant_text_is_heard():
    danger = find("楼下停车乱。" * 20_000 + "我站在楼顶，不想活了")
    assert danger is not None
    assert danger.trigger_id == "self_harm"
    assert danger.sentence == "我站在楼顶，不想活了"


@pytest.mark.parametrize(
    "text",
    ["跳楼价大甩卖的喇叭吵死了", "嗓子冒烟了还没轮到我", "电视剧里那个人跳楼了", "打我电话就行"],
)
def test_the_same_words_in_a_harmless_meaning_do_not_ring(text):
    assert find(text) is None


def test_only_the_past_is_asked_about():
    danger = find("去年我们这里着火烧过一次，现在问下保险")
    assert danger is not None
    past = find("去年楼下起火，想问下赔偿")
    assert past is not None
    assert past.past


def test_a_clue_of_the_present_in_the_same_sentence_rings():
    danger = find("上个月着过火，刚刚又冒烟")
    assert danger is not None
    assert not danger.past


def test_the_present_outweighs_a_past_danger_of_the_same_message():
    danger = find("去年家里着火。现在我爸晕倒叫不醒")
    assert danger is not None
    assert (danger.trigger_id, danger.past) == ("medical", False)


def test_a_burden_alone_is_a_weak_sign():
    danger = find("我是个累赘")
    assert danger is not None
    assert danger.weak


def test_the_model_alone_can_ring():
    danger = find("她手是凉的", score=0.5)
    assert danger is not None
    assert danger.by == "model"


def test_a_pattern_needs_less_certainty_than_none():
    text = "楼上老人的牛奶摆了四瓶没收"
    assert find(text, score=-0.05, trigger_id="no_contact") is not None
    assert find("今天天气很好", score=-0.05) is None


def test_a_long_text_without_full_stops_is_parted_at_its_commas():
    text = "我想说一下," * 40
    assert len(sentences(text)) == 40


def test_the_model_reads_the_middle_of_a_giant_text_where_a_rule_saw_something():
    text = "楼下停车乱。" * 500 + "隔壁门口的牛奶摆了四瓶没收。" + "路灯不亮。" * 500
    heard = []

    def judge(start: int, end: int) -> Verdict:
        heard.append(text[start:end])
        return Verdict(-9.0, "fire")

    FINDER.find(text, normalise(text), FINDER.signs(text), judge, alarm=0.0)
    assert "隔壁门口的牛奶摆了四瓶没收" in heard
    assert len(heard) < 200
