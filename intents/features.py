"""
What the model looks at in a text: runs of one to four characters, sounds and concepts.

Training and scoring both use this module, so they cannot drift apart. A
feature is a string whose first character tells its kind; which of them count,
and how much, the training decides.
"""

import re
from collections.abc import Iterator

from intents.concepts import concept_grams
from intents.normalise import plain, shorten_runs
from intents.sounds import sound_table

SEPARATORS = re.compile(r"[\s!-/:-@\[-`{-~、。〈-】〔-〟·…—‘-”¥→]+")
LONG_NUMBER = re.compile(r"\d{5,}")
LONGEST_GRAM = 4
SOUND_GRAMS = (2, 3)


def prepare(text: str) -> str:
    """The normalised text as segments between single spaces, long numbers as one sign."""
    text = LONG_NUMBER.sub("#", text)
    return shorten_runs(" " + SEPARATORS.sub(" ", text).strip() + " ")


def grams(prepared: str) -> Iterator[str]:
    """Every run of one to four characters; the space marks where a segment begins or ends."""
    for size in range(1, LONGEST_GRAM + 1):
        for start in range(len(prepared) - size + 1):
            yield prepared[start : start + size]


def sound_grams(prepared: str) -> Iterator[str]:
    """Runs of two and three syllables."""
    sounds = prepared.translate(sound_table())
    for size in SOUND_GRAMS:
        for start in range(len(sounds) - size + 1):
            yield "~" + sounds[start : start + size]


def text_grams(text: str) -> Iterator[str]:
    """All features of a normalised text."""
    prepared = prepare(text)
    yield from grams(prepared)
    yield from sound_grams(prepared)
    yield from concept_grams(text)


KINDS = (
    ("survey", re.compile("回访|满意|解决了吗|修好了吗|使用正常|办结|认可|好些了吗|恢复了吗")),
    (
        "open",
        re.compile("还有(什么|其他)|需要补充|想(咨询|办)什么|请(说|描述)|怎么帮|能帮您|慢慢说"),
    ),
    ("yes_no", re.compile("吗[??]?$|是否|对不对|是不是|可以吗|好吗|要不要|请确认|同意")),
    ("ask", re.compile("[??]$|请(问|提供|告诉|输入|选择|留)|怎么称呼|哪个|哪里|多少|几")),
    ("told", re.compile(".")),
)


def context_grams(context: str | None) -> Iterator[str]:
    """Features of the bot's last sentence; they count for the act alone."""
    if not context:
        yield "^none"
        return
    prepared = prepare(plain(context))
    yield "^kind:" + next((name for name, rule in KINDS if rule.search(context)), "told")
    for size in (2, 3):
        for start in range(len(prepared) - size + 1):
            yield "^" + prepared[start : start + size]
