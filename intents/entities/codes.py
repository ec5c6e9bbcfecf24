"""Long numbers: identity cards, telephones, tickets."""

import re
from collections.abc import Iterator
from datetime import date

from intents.entities.found import Found
from intents.entities.numbers import DIGITS, spoken_digits

ONE = "[0-9零〇一幺二两三四五六七八九]"
GAP = r"[ ,、\-]?"
ID_NUMBER = re.compile(rf"(?<![0-9a-z])(?:{ONE}{GAP}){{17}}(?:{ONE}|x|叉)(?![0-9a-z])")
ID_YEARS = range(1880, 2100)

MOBILE = r"1[ \-]?[3-9](?:[ \-,.]{0,2}\d){9}"
MOBILE_PHONE = re.compile(
    rf"(?:\(?\+?(?<!\d)86\)?[ \-]{{0,2}}|0086[ \-]?)?(?<![\d.])(?:\(1[3-9]\d\)[ \-]?\d{{4}}[ \-]?\d{{4}}|{MOBILE})(?![\d])"
)
LANDLINE = re.compile(
    r"(?<![\d\-])(?:\(0\d{2,3}\)|(?:\+?86[ \-]?)?0\d{2,3})[ \-,]{0,2}[2-9]\d{2,3}[ \-]?\d{4}(?!\d)"
)
SERVICE_LINE = re.compile(r"(?<![\d\-])[48]00[ \-]?\d{3,4}[ \-]?\d{3,4}(?![\d\-])")
SHORT_LANDLINE = re.compile(r"(?<![\da-z\-.#])[2-8]\d{3}[ \-]?\d{4}(?![\d\-.a-z元块])")
SPOKEN_TOKEN = rf"(?:[二两三四五六七八2-8]个{ONE}|{ONE})"
SPOKEN = re.compile(rf"(?<![0-9一幺]){SPOKEN_TOKEN}(?:[ ,、\-]{{0,2}}{SPOKEN_TOKEN}){{6,17}}")
SPOKEN_REPEAT = re.compile(rf"([二两三四五六七八2-8])个({ONE})")
SPOKEN_PHONE = re.compile(r"(?:86)?1[3-9]\d{9}|0\d{2,3}[2-9]\d{6,7}")
NOT_A_PHONE = re.compile(
    r"(?:取件码?|验证码|版本号?|群号?|qq号?|卡号|尾号|订单号?|单号|信用代码|存折|账号|账户|批号|密码"
    r"|户号|编号|工号|条码|货号|表号|学号|快递|运单|号码牌|流水号)(?:是|为|:|\s|,|码|是的)*$"
)

TICKET = re.compile(
    r"bjm[ \-_杠—–]{0,3}(\d{4})[ \-]?(\d{2})[ \-]?(\d{2})[ \-_杠—–]{0,3}(\d{4})(?!\d)"
)
TICKET_WORD = r"(?:号单|工单|单号|回执|单子|受理(?:编)?号|受理单|登记号|尾数)"
TICKET_TAIL = re.compile(
    rf"{TICKET_WORD}(?:的|是|为|号|:|\s|,|后面?|末尾|尾号|尾数|最后|后四位|四位|4位|那个|叫){{0,6}}"
    rf"((?<!\d){ONE}{{4}}(?!{ONE}|[年月元块])|(?<!\d)\d{{4}}(?![\d年月元块]))"
)
TAIL_TICKET = re.compile(
    rf"(?<![\d\-.])({ONE}{{4}})(?:号|那个|这个|的那个|的|那张|这张|那|这){{0,2}}(?:工单|单子|回执|单号)"
)
PHONE_BEFORE = re.compile(r"(?:电话|手机|号码|机主|卡)[^,。;!?\s]{0,6}$")


def find_codes(text: str) -> Iterator[Found]:
    """Identity cards first, then tickets, then telephones; later ones may overlap earlier ones."""
    yield from find_id_numbers(text)
    yield from find_tickets(text)
    yield from find_phones(text)


def find_id_numbers(text: str) -> Iterator[Found]:
    """Eighteen places with a possible birthday; the check digit is not held against anyone."""
    for found in ID_NUMBER.finditer(text):
        digits = spoken_digits(found.group()[:-1])
        last = found.group()[-1]
        value = digits + ("X" if last in "x叉" else spoken_digits(last))
        if len(value) == 18 and value[0] != "0" and _has_birthday(value):
            yield Found("id_number", found.start(), found.end(), value)


def _has_birthday(value: str) -> bool:
    return (
        int(value[6:10]) in ID_YEARS
        and 1 <= int(value[10:12]) <= 12
        and 1 <= int(value[12:14]) <= 31
    )


def find_tickets(text: str) -> Iterator[Found]:
    """Whole ticket numbers, and four digits that are called a ticket's."""
    for found in TICKET.finditer(text):
        value = f"BJM-{found[1]}{found[2]}{found[3]}-{found[4]}"
        yield Found("ticket_no", found.start(), found.end(), value)
    for pattern in (TICKET_TAIL, TAIL_TICKET):
        for found in pattern.finditer(text):
            if not PHONE_BEFORE.search(text[max(0, found.start() - 12) : found.start()]):
                yield Found("ticket_no", found.start(1), found.end(1), spoken_digits(found[1]))


def find_phones(text: str) -> Iterator[Found]:
    """Mobile numbers, landlines and numbers that are read out digit by digit."""
    for found in MOBILE_PHONE.finditer(text):
        digits = re.sub(r"\D", "", found.group())
        yield Found("phone", found.start(), found.end(), digits[-11:])
    for pattern in (LANDLINE, SERVICE_LINE, SHORT_LANDLINE):
        for found in pattern.finditer(text):
            if not _is_another_number(text, found):
                digits = re.sub(r"\D", "", found.group())
                yield Found("phone", found.start(), found.end(), _without_country(digits))
    yield from _read_out(text)


def _without_country(digits: str) -> str:
    return digits[2:] if digits.startswith("860") else digits


def _is_another_number(text: str, found: re.Match[str]) -> bool:
    before = text[max(0, found.start() - 14) : found.start()]
    return bool(NOT_A_PHONE.search(before)) or _is_date(re.sub(r"\D", "", found.group()))


def _is_date(digits: str) -> bool:
    if len(digits) != 8 or digits[:2] not in ("19", "20"):
        return False
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return True


def _read_out(text: str) -> Iterator[Found]:
    """幺三八 四个零 一九零七: every stretch of spoken digits in which a telephone fits."""
    for found in SPOKEN.finditer(text):
        if not any(char in DIGITS for char in found.group()):
            continue
        written = SPOKEN_REPEAT.sub(lambda each: each[2] * _times(each[1]), found.group())
        digits = spoken_digits(written)
        if SPOKEN_PHONE.fullmatch(digits):
            value = digits[2:] if digits.startswith("86") and len(digits) == 13 else digits
            yield Found("phone", found.start(), found.end(), value)


def _times(word: str) -> int:
    return int(word) if word.isdigit() else DIGITS[word]
