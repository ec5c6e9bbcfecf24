"""Where in a house: block, entrance, door, floor, room and house number, as one span."""

import re
from collections.abc import Iterator

from intents.entities.found import Found
from intents.entities.numbers import any_number

NUMBER = r"(?:\d{1,4}|[一二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九])"
ROOM = r"(?:\d{3,4}|[一二三四五六七八九](?:[零〇][一二三四五六七八九]|十[一二三四五六七八九]))"
MARK = r"[甲乙丙丁东西南北a-z]?"
STEP = r"[ ,、的之\-/]{0,1}"
UNIT = r"(?:号楼(?![下上里道顶梯外])|栋|幢|单元|楼|层|座|门|室|弄|号|户室)"
PART = rf"(?:{MARK}{NUMBER}{UNIT}|(?<![a-z])[a-z](?:座|栋|幢|单元|区|号楼)|附{NUMBER}号)"
CHAIN = re.compile(
    rf"(?<![\d.第周])(?:第)?(?P<body>{PART}(?:{STEP}{PART})*(?:{STEP}(?:{ROOM}|(?<=[门元号]){NUMBER})(?![\d年月日元块人个天岁级度点.]|{UNIT}))?)"
)
DASHED = re.compile(r"(?<![\d\-.])(\d{1,3})-(\d{1,2})-(\d{1,4})(?![\d\-年月]|元|块)(?:室|号)?")
DASHED_TWO = re.compile(
    r"(?<![\d\-.])(\d{1,3}(?:栋|幢|号楼)?)-(\d{3,4})(?![\d\-年月元块])(?:室|号)?"
)
ENGLISH = re.compile(
    r"(?:building|bldg|block|unit|room|apt)\.? ?(?:no\.? ?)?(\d{1,4}|[a-z](?![a-z]))(?![\d])"
)
ALONE = re.compile(
    r"(?:住(?:在|到)?|漏水的是|淹的是|漏的是|楼上|楼下|对门|隔壁|(?<![a-z])in )(?P<room>(?!19\d\d|20[0-3]\d)\d{3,4})(?![\d年月日元块人个天岁度点.平米万千]| ?(?:yuan|rmb|people))"
)
FLOOR_ENGLISH = re.compile(
    r"(?<![\da-z])(\d{1,2})(?:f|/f|th floor|nd floor|rd floor|st floor)(?![a-z])"
)
ONE_PART = re.compile(rf"({MARK})({NUMBER})({UNIT})|([a-z])(座|栋|幢|单元|区|号楼)|附({NUMBER})号")
HOUSE_BEFORE = re.compile(
    r"(?:路|街|巷|里|道|村|坊|弄|坡|园|苑|宿舍|小区|大院|门牌号?(?:是)?|地址(?:是)?:?)(?:的)?$"
)
IN_THE_HOUSE = ("栋", "单元", "门", "座", "室", "弄")
NOT_AFTER_NUMBER = re.compile(
    r"(?:号(?:线|上午|下午|早|晚|中午|前|后|之前|之后|起|开始|到|至|的?时候|就|去|来|交|发|截止|公告|文|令|车|床|窗口|台|机|楼梯|口|出口|门(?!口)|桌|选手|病))"
)
COUNTED_FLOORS = re.compile(
    r"(?:楼|层)(?:高|楼(?!道|梯|上|下|的|住|老|王|李|张)|套|洋楼|小楼|自建|厚|灰|皮|油|关系|意思)"
)


def find_buildings(text: str) -> Iterator[Found]:
    """Spans and values such as 3栋2单元701 (幢 and 号楼 written 栋, numerals as digits)."""
    yield from _dashed(text)
    for found in CHAIN.finditer(text):
        for start, end in _one_address_each(text, found.start("body"), found.end("body")):
            body = text[start:end]
            if _is_address(text, body, start, end):
                yield Found("building", start, end, _value(body))
    for found in ENGLISH.finditer(text):
        yield Found("building", found.start(), found.end(), found[1])
    for found in ALONE.finditer(text):
        yield Found("building", found.start("room"), found.end("room"), found["room"])
    for found in FLOOR_ENGLISH.finditer(text):
        yield Found("building", found.start(), found.end(), f"{found[1]}楼")


def _dashed(text: str) -> Iterator[Found]:
    for found in DASHED.finditer(text):
        if not _is_month_and_day(found):
            value = f"{found[1]}栋{found[2]}单元{found[3]}"
            yield Found("building", found.start(), found.end(), value)
    for found in DASHED_TWO.finditer(text):
        known = HOUSE_BEFORE.search(text[max(0, found.start() - 8) : found.start()])
        if (
            known
            or found[1][-1] in "栋幢楼"
            or re.search(r"(?:住|在|社区|[一-龥])$", text[: found.start()])
        ):
            yield Found("building", found.start(), found.end(), _value(found.group()))


RANKS = ("弄", "号", "栋", "幢", "号楼", "座", "区", "单元", "门", "楼", "层", "户室", "室")


def _one_address_each(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """5栋 3栋 are two addresses: after a space or comma a part that is no finer begins a new one."""
    rank, begin = -1, start
    for part in ONE_PART.finditer(text, start, end):
        unit = part[3] or part[5] or "号"
        here = RANKS.index(unit) - (unit == "层")
        if here <= rank and text[part.start() - 1] in " ,、":
            yield begin, part.start() - 1
            begin = part.start()
        rank = here
    yield begin, end


def _is_month_and_day(found: re.Match[str]) -> bool:
    """26-11-22 is a date; a flat's number has three digits or a single one."""
    return len(found[1]) == 2 and int(found[2]) <= 12 and len(found[3]) == 2 and int(found[3]) <= 31


def _is_address(text: str, body: str, start: int, end: int) -> bool:
    parts = ONE_PART.findall(body)
    if len(parts) > 1 or any(unit in body for unit in IN_THE_HOUSE[:2]):
        return not (body.endswith("门") and len(parts) == 1)
    before, after = text[max(0, start - 8) : start], text[end - 1 : end + 4]
    if body.endswith("号") or re.search(r"号附?\d*$", body):
        return _is_house_number(body, before, after)
    if body.endswith(("楼", "层")):
        return _is_floor(body, before, text[end - 1 : end + 3])
    if body.endswith("门"):
        return bool(HOUSE_BEFORE.search(before))
    return bool(re.search(r"\d|[a-z一二三四五六七八九]", body))


def _is_house_number(body: str, before: str, after: str) -> bool:
    if NOT_AFTER_NUMBER.match(after) or re.search(
        r"(?:月|周|星期|礼拜|本|这个|下|每月|编|文|今|几|第)$", before
    ):
        return False
    return bool(HOUSE_BEFORE.search(before)) or body.startswith("附") or "附" in body


def _is_floor(body: str, before: str, after: str) -> bool:
    if COUNTED_FLOORS.match(after) or re.search(
        r"(?:一共|总共|共|有|盖了?|加了?|加盖|建了?|高|隔了?|每|几|爬(?:了|上)?)$", before
    ):
        return False
    return body.endswith("楼") or bool(
        re.search(r"(?:第|住|在|到|的|栋|单元|座)$", before) or after[1:2] in "的住那东西上下"
    )


def _value(body: str) -> str:
    """The span in plain digits; 幢 and 号楼 are 栋, 五层 stays a 层."""
    words = (
        re.sub(r"(\d|[一二三四五六七八九十])号楼", r"\1栋", body)
        .replace("幢", "栋")
        .replace("号楼", "栋")
    )
    words = re.sub(r"[ ,、的之/]", "", words)
    return re.sub(r"[零〇一二三四五六七八九十]+", _digits, words).upper()


def _digits(found: re.Match[str]) -> str:
    words = found.group()
    if "十" not in words and len(words) > 1:
        return "".join(str(int(any_number(char) or 0)) for char in words)
    return str(int(any_number(words) or 0))
