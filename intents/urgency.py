"""How urgent a message is: danger first, then the taxonomy's rules; the machine never lowers."""

import re
from collections.abc import Sequence

from core.taxonomy import Taxonomy
from intents.understanding import Danger

RAISING = re.compile(
    r"((八|九)十|(?<!\d)[89]\d岁)[^。!?;]*(一个人|独居|独自|孤)|(独居|孤老|一个人住)[^。!?;]*((八|九)十|(?<!\d)[89]\d)"
    r"|(瘫|失能|卧床|重残|植物人)[^。!?;]{0,12}(没人|冇得?人|无人)|临产|快生了|羊水|要生了"
    r"|(婴儿|毛毛|宝宝|月子|几个月大|不到(一|1|两|2|三|3)岁|奶粉)|(呼吸机|制氧|氧气|透析机)"
    r"|(红色|高温|寒潮|暴雪|暴雨)预警|半夜|深夜|大半夜"
)
OLD_TROUBLE = re.compile(
    r"(好|几|多|两|三|四|五|十)(几)?年了?|长期|一直以来|老(是|问题|毛病)|经常|每年|常年|反复|多次反映"
    r"|计划(内)?(停|检修)|(里头|里面|里)(没|冇|无)得?人|早(就)?出来了|没有?(危险|伤人|困人)"
)
ONE_HIGHER = {"P1": "P0", "P0": "P0"}


def raise_level(danger: Danger, text: str, groups: Sequence[str]) -> str:
    """The danger's level after the taxonomy's `raise_one_level_if`; `text` is normalised."""
    alone_and_old = "elder_alone" in groups and "elder_80" in groups
    if alone_and_old or RAISING.search(text):
        return ONE_HIGHER[danger.level]
    return danger.level


def urgency_of(
    taxonomy: Taxonomy,
    *,
    matter_id: str | None,
    request_type: str,
    danger: Danger | None,
    text: str,
) -> str:
    """
    P0..P3 for the message.

    A danger that is past raises nothing by itself: the bot asks first. An
    urgent matter that is an old trouble without danger counts as ordinary
    (taxonomy `urgency_rules`).
    """
    level = taxonomy.urgency_for(matter_id, request_type)
    if level == "P1" and OLD_TROUBLE.search(text):
        level = "P2"
    return min(level, danger.level) if danger and not danger.past else level
