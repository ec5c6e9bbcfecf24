"""Times that are said: dates, weekdays, festivals, clock times, ranges, and how long already."""

import re
from collections.abc import Iterator

from intents.entities.found import Found
from intents.entities.numbers import any_number

N = r"(?:\d{1,3}|[一二两三四五六七八九十]{1,3})"
YEAR = r"(?:(?:19|20)\d{2}年|(?<!\d)\d{2}年(?=\d|[一二三四五六七八九十]{1,2}月)|[一二][九零〇][零〇一二三四五六七八九]{2}年)"
MONTH = r"(?:(?:1[0-2]|0?[1-9])月份?|(?:十[一二]?|[一二三四五六七八九正腊冬])月份?)"
DAY = r"(?:(?:3[01]|[12]\d|0?[1-9])[日号]|(?:三十一?|二十[一二三四五六七八九]?|十[一二三四五六七八九]?|[一二三四五六七八九])[日号]|初[一二三四五六七八九十])"
NUMERIC_DATE = (
    r"(?<![\d\-./])(?:19|20)\d{2}[-./](?:1[0-2]|0?[1-9])[-./](?:3[01]|[12]\d|0?[1-9])(?![\d])"
)
RELATIVE_YEAR = r"(?:去年|今年|前年|明年|后年|大前年|上半年|下半年|本年度?)"
RELATIVE_MONTH = r"(?:上上?个?月(?:底|初|中旬|[上中下]旬)|上上?个?月|这个月|本月|下个?月|当月|月底|月初|年底|年初|年前|年后)"
RELATIVE_DAY = r"(?:前几天|前些天|前两天|前阵子|大前天|前天|昨天|昨日|昨儿|今天|今日|今儿|明天|明日|明儿|后天|大后天|昨夜|昨晚|今晚|今夜|今早|今晨|明早|明晚|当天|当晚|前晚|次日)"
WEEKDAY = r"(?:(?:上上?个?|下下?个?|这个?|本|每个?)?(?:星期|礼拜|周)(?:[一二三四五六日天末]|[1-6](?!\d|个|天|年|岁|次))|(?:上上?个?|下下?个?|这个?|本)(?:星期|礼拜|周))"
PART = r"(?:大清早|清早|清晨|一大早|一早|早上|早晨|上午|中午|下午|傍晚|晚上|夜里|半夜|凌晨|深夜|晚|早|夜|午)"
CLOCK = r"(?:(?:[01]?\d|2[0-4]):[0-5]\d|(?:[01]?\d|2[0-4]|十[一二]?|[一二两三四五六七八九])(?:点半|点[0-5]\d分?|点(?:[一二三四五]?十[一二三四五六七八九]?|[一二三四五]十)分|点一刻|点三刻|点多钟?|点来钟|点整|点钟|点(?!名|评|击|儿|餐|菜|卡|心|赞|滴|头|燃|火)|时(?!间|候|常|段)(?:[0-5]\d分)?))"
FESTIVAL = r"(?:国庆节?|春节|元旦节?|清明节?|五一(?:劳动节|节)?|端午节?|中秋节?|重阳节?|元宵节?|除夕夜?|年三十|大年三十|大年初[一二三四五六七]|腊八|小年|七夕|三八节|六一(?:儿童节)?|八一|双十一|冬至|圣诞节?|过年|开春|暑假|寒假|儿童节|立冬|三伏天?|入梅|正月)"
POINT = rf"(?:{NUMERIC_DATE}|{YEAR}(?:{MONTH}(?:{DAY})?)?|{RELATIVE_YEAR}(?:{MONTH}(?:{DAY})?|{FESTIVAL}|[春夏秋冬]天|年底|年初)?|{RELATIVE_MONTH}(?:{DAY})?|{MONTH}{DAY}|{MONTH}(?:底|初|中旬|上旬|下旬)?|{FESTIVAL}|{WEEKDAY}|{RELATIVE_DAY}|{DAY}|{CLOCK})"
WHOLE = re.compile(
    rf"(?<![\d.])(?:农历|阴历|阳历)?(?:{PART}(?={CLOCK}))?{POINT}(?:[ ,]?(?:{CLOCK}|{PART}{CLOCK})|(?:{POINT}|{PART}(?!晚|报|点铺|饭|餐|班|就|已|一点|安)))*"
    rf"(?:(?:到|至|-|~|—)(?:{PART}(?={CLOCK}))?(?:{POINT}(?:{PART})?)+)*"
)
MONTH_DAY = re.compile(
    r"(?:((?:19|20)\d{2})[年\-./])?(\d{1,2}|[一二三四五六七八九十]{1,2})[月\-./](\d{1,2}|[一二三四五六七八九十]{1,3})[日号]?"
)

SPAN = rf"(?:{N}(?:多|几|来)?(?:个多?|多个)?(?:天|月|年|星期|礼拜|周|小时|钟头|分钟|宿|夜|晚上?)(?:半|多)?|半(?:个)?(?:多)?(?:天|月|年|小时|钟头|个月)|(?:一|两)(?:天|年)(?:一|两)?夜|{N}个半(?:月|小时|钟头)|{N}年半|半辈子|大半[天年夜]|几十年|十几[天年]|十几个(?:月|小时)|好几[天年]|好几个(?:月|星期|礼拜|小时)|几[天年]|几个(?:月|星期|礼拜|小时))"
LASTED = re.compile(
    rf"(?P<before>(?:[了着]快?|已经?|都快?|快|整整|足足|有|[坏停等拖修排候住欠堵漏领做干交缴关病瘫走丢堆占响吵闹晾卡]))?(?<![\d.每第])(?P<span>{SPAN})(?P<after>了|没|冇|不来往|不联系|不见|不理|还没|都没|未|都冇|以来|多了)?(?!\d|[一二三四五六七八九]千|级|龄|前|后|内|以内|之内|保修|制|工|的?工龄|一次|就要|能)"
)
AGO = re.compile(rf"(?<![\d.每第])(?:{SPAN})(?:以前|之前|前)(?!台|后|还|必须|交|办完)")
NOT_A_DAY = re.compile(
    r"[\d一二三四五六七八九十]{1,3}号(?:楼|线|院|门|窗|台|公告|文件|令|床|车|机|桌|出口|口|选手|病房|库|电梯|井|地块|路|段|店)"
)
HOUSE_BEFORE = re.compile(r"(?:路|街|巷|里|道|村|坊|弄|坡|园|苑|宿舍|大院|附|栋|门牌)$")
CLOCK_BEFORE = re.compile(r"(?:从|到|约|等|定在|就是|改成?|在|每天|中午|才|睡|开|关)$")


def find_times(text: str) -> Iterator[Found]:
    """Only a day with its month has a value (MM-DD or YYYY-MM-DD); all others have an empty one."""
    for found in WHOLE.finditer(text):
        if _is_time(text, found):
            yield Found("time", found.start(), found.end(), _value(found.group()))
    for found in AGO.finditer(text):
        yield Found("time", found.start(), found.end(), "")
    for found in LASTED.finditer(text):
        if found["before"] or found["after"]:
            yield Found("time", found.start("span"), found.end("span"), "")


def _is_time(text: str, found: re.Match[str]) -> bool:
    words, before = found.group(), text[max(0, found.start() - 6) : found.start()]
    if NOT_A_DAY.match(text, found.start()) and "月" not in words:
        return False
    if re.fullmatch(DAY, words) and (
        HOUSE_BEFORE.search(before) or text[found.end() : found.end() + 1] in "栋楼附"
    ):
        return False
    if re.fullmatch(r"[一二两三]点", words):
        return bool(CLOCK_BEFORE.search(before) and _clock_follows(text, found.end()))
    if words.startswith("每") or re.search("每(?:天|个?月)?$", before):
        return bool(re.search(CLOCK, words)) and not words.startswith("每")
    if re.fullmatch(r"[一二三四五六七八九十]月份?", words) and re.search(r"[每几个一]$", before):
        return False
    if re.fullmatch(r"初[一二三]", words) and not re.search(
        r"(?:月|大年|年|农历|阴历|过年)$", before
    ):
        return False
    return not (
        re.fullmatch(r"年[前后底初]", words)
        and re.search(r"[一两三四五六七八九十几多半去今明\d]$", before)
    )


def _clock_follows(text: str, end: int) -> bool:
    """一点 is more often a little than an hour: it needs 开门, 到 or an end."""
    return bool(
        re.match(
            r"$|[,。;!?\s]|到|开|半|左右|就|才|以?[前后]|下班|上班|的(?:号|车|课|票)|去|来|钟",
            text[end : end + 3],
        )
    )


def _value(words: str) -> str:
    found = MONTH_DAY.search(words)
    if not found or not re.search(r"[日号]|[-./]", found.group()):
        return ""
    month, day = int(any_number(found[2]) or 0), int(any_number(found[3]) or 0)
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return ""
    return f"{found[1]}-{month:02}-{day:02}" if found[1] else f"{month:02}-{day:02}"
