"""
What the model looks at in a text: runs of one to four characters, and concepts.

Training and scoring both use this module, so they cannot drift apart. A
feature is a string whose first character tells its kind; which of them count,
and how much, the training decides.
"""

import re

from intents.concepts import concept_grams
from intents.normalise import plain, shorten_runs

SEPARATORS = re.compile(r"[\s!-/:-@\[-`{-~、。〈-】〔-〟·…—‘-”¥→]+")
LONG_NUMBER = re.compile(r"\d{5,}")
LONGEST_GRAM = 4


def prepare(text: str) -> str:
    """The normalised text as segments between single spaces, long numbers as one sign."""
    text = LONG_NUMBER.sub("#", text)
    return shorten_runs(" " + SEPARATORS.sub(" ", text).strip() + " ")


def text_grams(text: str) -> list[str]:
    """All features of a normalised text, repeated as often as they occur."""
    prepared = prepare(text)
    found = [gram for size in range(1, LONGEST_GRAM + 1) for gram in _runs(prepared, size)]
    found += concept_grams(text)
    return found


def _runs(text: str, size: int) -> list[str]:
    return [text[start : start + size] for start in range(len(text) - size + 1)]


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


def context_grams(context: str | None) -> list[str]:
    """Features of the bot's last sentence; they count for the act alone."""
    if not context:
        return ["^none"]
    prepared = prepare(plain(context))
    kind = next((name for name, rule in KINDS if rule.search(context)), "told")
    return ["^kind:" + kind, *("^" + gram for size in (2, 3) for gram in _runs(prepared, size))]
