"""Kin and neighbours: 我妈, 其母, 隔壁李爷爷, 楼上那户."""

import re
from collections.abc import Iterator, Mapping, Sequence

from intents.entities.found import Found
from intents.entities.words import words

KIN: Mapping[str, Sequence[str]] = words()["kin"]
ALONE = frozenset(words()["kin_alone"])
PREFIX = r"(?:来电人|我屋里|我们家|我们屋里|我家里|俺家|我家|我们|咱家|阿拉|我|俺|咱|其|my )"
NEAR = r"(?:隔壁|楼上|楼下|对门|对面|同楼|同单元|邻居|楼栋里?|一楼|二楼|三楼|四楼|五楼|六楼|七楼)"
TITLE = r"(?:爷爷|奶奶|婆婆|爹爹|大爷|大妈|阿姨|叔叔|伯伯|师傅|嫂子|嫂|哥|姐|太婆|老师傅|老太太|老头|老爹爹|老婆婆|太|老师|老两口|两口子|小两口)"
SURNAME = "[" + words()["surnames"] + "]"
NEIGHBOUR = re.compile(
    rf"{NEAR}(?:的)?(?<!的)(?:(?:那|这)(?:个|一)?(?:家|户)(?:人家?)?|(?:那个|的)?(?:老)?{SURNAME}{TITLE}|[老小]{SURNAME}(?:家)?|{SURNAME}家|{TITLE}|邻居)"
)
BARE_NEIGHBOUR = re.compile(
    r"(?:我|我们|我家)?(?:隔壁|楼上|楼下|对门)?(?:老)?(?:邻居|街坊)(?!们?好|里|纠纷|关系|大战)|neighbou?r"
)
SELF = re.compile(r"我本人|我自己|(?:来电人)?本人(?!的?身份证(?:复|原))")
OPERATORS = re.compile(
    r"(?:其|来电人)(?P<kin>父|母|夫|妻|子|女|兄|弟|姐|妹|婆|岳母|岳父)(?![亲女子母]|士)|(?<=[代替为询:,。;])(?P<short>父|母|妻|夫|子|女)(?=[询问办查讲说报申\d年月,患住现(]|今年|已)"
)
SHORT_KIN = {
    "父": "father",
    "母": "mother",
    "夫": "spouse",
    "妻": "spouse",
    "子": "child",
    "女": "child",
}
NOT_AFTER: Mapping[str, str] = words()["not_kin_before"]
NOT_BEFORE = {
    word: rule.replace("<surname>", SURNAME) for word, rule in words()["not_kin_after"].items()
}


def _table() -> dict[str, str]:
    return {word: value for value, names in KIN.items() for word in names}


VALUES = _table()
WORDS = "|".join(sorted(VALUES, key=len, reverse=True))
KINSHIP = re.compile(rf"(?P<prefix>{PREFIX})?(?P<kin>{WORDS})")


def find_relations(text: str) -> Iterator[Found]:
    """Words for kin with the possessive before them, neighbours, and the speaker."""
    for found in NEIGHBOUR.finditer(text):
        yield Found("relation", found.start(), found.end(), "neighbour")
    for found in SELF.finditer(text):
        yield Found("relation", found.start(), found.end(), "self")
    for found in OPERATORS.finditer(text):
        group = "kin" if found["kin"] else "short"
        start = found.start() if found["kin"] else found.start(group)
        yield Found("relation", start, found.end(group), SHORT_KIN.get(found[group], "other"))
    for found in KINSHIP.finditer(text):
        if _is_kin(text, found):
            yield Found("relation", found.start(), found.end(), VALUES[found["kin"]])
    for found in BARE_NEIGHBOUR.finditer(text):
        yield Found("relation", found.start(), found.end(), "neighbour")


def _is_kin(text: str, found: re.Match[str]) -> bool:
    word, prefix = found["kin"], found["prefix"]
    after = NOT_AFTER.get(word)
    if after and re.match(after, text[found.end() : found.end() + 3]):
        return False
    if word.isascii():
        return _is_whole_word(text, found)
    if prefix:
        return not (prefix == "我们" and word in ("老大", "同学"))
    before = text[max(0, found.start() - 3) : found.start()]
    wrong = NOT_BEFORE.get(word)
    if wrong and re.search(f"(?:{wrong})$", before):
        return False
    return word in ALONE or _is_short_but_clear(word, before, text[found.end() : found.end() + 2])


def _is_whole_word(text: str, found: re.Match[str]) -> bool:
    around = text[max(0, found.start() - 1) : found.start()] + text[found.end() : found.end() + 1]
    return not any(char.isascii() and char.isalpha() for char in around)


def _is_short_but_clear(word: str, before: str, after: str) -> bool:
    """A bare 妈 or 爸 counts after 他/她/替/帮/给/带/陪 or at the beginning of a clause."""
    if word not in ("妈", "爸"):
        return False
    if after[:1] in ("妈", "爸", "的", "呀", "耶"):
        return False
    return bool(re.search(r"(?:^|[他她替帮给带陪和跟与是为代\s,。;!?:])$", before))
