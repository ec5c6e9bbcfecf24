"""Sums of money: with a unit, in the spoken short form, or where only money can be meant."""

import re
from collections.abc import Iterator

from intents.entities.found import Found
from intents.entities.numbers import ARABIC, any_number, tidy

SPOKEN = r"[一二两三四五六七八九十百千万零]+"
AMOUNT = rf"(?:{ARABIC}(?:[百千万亿]\d?)?|{SPOKEN})"
UNIT = r"(?:块钱|元钱|万元|万块钱?|千元|千块|元|块|圆)"
NOT_MONEY = (
    r"(?!地|砖|石|玻|木|板|瓷|空|绿|牌|布|表|田|草|屏|肉|豆腐|儿|电池|路|墙|黄|黑|白|红|补丁|疤|污|水泥|区域|大|小|"
    r"场|门|皮|铁|骨|内容|工作|透析)"
)
WITH_UNIT = re.compile(
    rf"(?<![\d.一二两三四五六七八九十百千万])(?:[¥$] ?)?({AMOUNT})(多|来|把|几|余)?({UNIT})(?P<rest>[一二三四五六七八九\d](?:毛|角)?(?!\d|个|年|月|天|张|次|人|楼|栋|号|点))?(?P<more>多(?!少|次|年|天|月))?{NOT_MONEY}"
)
TOGETHER = re.compile(
    r"一块(?:儿)?(?:去|来|住|吃|走|到|过|做|办|坐|玩|帮|给|送|上|下|干|跟|$|[ ,。])"
)
SIGN = re.compile(rf"[¥￥] ?({AMOUNT})(?:元)?")
DIMES = re.compile(
    r"(?<![\d一二两三四五六七八九十块元])([一二两三四五六七八九\d])(?:毛钱|毛|角钱)(?![发衣巾笔病躁孩毛])"
)
COUNTED = (
    r"人|户|个|米|平|斤|公斤|公里|里|步|字|次|份|只|条|张|度|瓦|亩|吨|年|天|月|号|楼|层|栋|多?人|多?户|多?个|多?平|多?米|分|位"
    r"|本|台|辆|件|种|家|名|字|遍|毫|克|升|岁|点|届|路|级|倍|期|回|趟|把|%|块|元"
)
SHORT = re.compile(
    rf"(?<![\d.一二两三四五六七八九十百千万第])((?:[一二两三四五六七八九十]+万[一二三四五六七八九](?:千[一二三四五六七八九]?(?:百)?)?|[一二两三四五六七八九]千[一二三四五六七八九](?:百[一二三四五六七八九]?十?)?|[一二两三四五六七八九]百[一二三四五六七八九]十?|[\d.]+万\d?))"
    rf"(?P<more>多)?(?!{COUNTED}|多(?:{COUNTED})|[二三四五六七八九十百千万\d]|一(?![次个天晚顿人回小张月年]))"
)
CUE = (
    r"(?:工资|底薪|月薪|薪水|退休金|养老金|养老钱|低保金?|补贴|津贴|押金|定金|订金|房租|租金|学费|费用?|电费|水费|物业费|停车费"
    r"|欠|花|交|收|罚|赔|给|补|扣|要|转(?:账|给|走|了|过)|付|掏|存|借|贷|退|领|拿|发|涨到?|降到?|少|多|卖|买|报|骗|充|打|垫|亏|损失|价格?|价钱"
    r"|一个月|每个?月|每人|一人|一年|一次|一回|一天|一餐|一顿|一晚上?|一小时|一平|共|总共|一共|就|才|只有|合计|金额|余额|剩|自费|定价)"
)
GLUE = r"(?:了|我|他|她|我们|你|的是|是|的|着|到|得|人家|过|才|就|只|也|要|将近|快|差不多|大概|大约|至少|起码|整整|有|能|又|:|\s){0,4}"
IMPLIED = re.compile(
    rf"{CUE}{GLUE}(?<![\d.])((?:\d{{3,7}}(?:\.\d+)?|\d+(?:\.\d+)?[千万]|[一二两三四五六七八九十]+[百千万](?:零?[一二三四五六七八九十百千]+)?))(?P<more>多|来)?"
    rf"(?![\d\-.:/年月号点路栋楼室弄]|{COUNTED}|多(?:{COUNTED})|(?:来)(?:{COUNTED}))"
)
BEFORE_NOUN = re.compile(
    r"(?<![\d.一二两三四五六七八九十百千万])((?:\d{3,7}|[\d.]+万|[一二两三四五六七八九十]+[百千万][一二三四五六七八九十百千]*))(?P<more>多|来)?"
    r"(?=一个月|一个?人|一年|一天|一次|一晚|每月|/月|(?:的)?(?:押金|工资|工钱|定金|订金|补偿|赔偿|学费|贷款|房租|罚款|医药费|奖金|货款|退休金|养老金|保证金|现金|存款|会费|彩礼|救助|赔款))"
)
PER = re.compile(
    rf"(?:一晚上?|一天|一餐|一顿|一次|一回|一个?人|一小时|一平|一张|一斤)(?:就?要|就|才|收|是|得)?(?<![\d.])(\d{{1,3}}|[二三四五六七八九]?十[一二三四五六七八九]?)(?P<more>多|来)?"
    rf"(?![\d\-.:/年月号点路栋楼室弄岁]|{COUNTED}|多(?:{COUNTED}))"
)
MILLIONS = re.compile(
    rf"(?<![\d.一二两三四五六七八九十百千])([一二两三四五六七八九\d]{{1,3}}[十百千]?)(?:来|多|几)(万)(?:块钱?|元)?(?!{COUNTED})"
)
RISING = re.compile(r"从(\d{2,6})(?P<more>多)?(?=(?:元|块)?(?:涨|降|加|提|变|升|调)(?:到|至|成))")
FOREIGN = re.compile(r"(?<![\d.a-z])(\d[\d,.]*) ?(?:yuan|rmb|kuai|cny)(?![a-z])")
STILL = re.compile(
    rf"(?:还是|只有|才|到手|变成|成了|是|就)(\d{{3,5}})(?P<more>多)?(?![\d\-.:/年月号点路栋楼室弄]|{COUNTED})"
)
MONEY_TALK = re.compile("工资|退休金|养老金|津贴|补贴|低保|钱|电费|水费|房租|物业费|公积金")
ABOUT = {"千": 1000.0, "百": 100.0, "万": 10_000.0}
ABOUT_THAT = re.compile(r"(?<![一二两三四五六七八九十几\d])([百千万])(?:把|来)(?:块钱?|元)")


def find_money(text: str) -> Iterator[Found]:
    """Amounts in yuan; 几百块 says no number and is left out."""
    yield from _with_unit(text)
    for found in SIGN.finditer(text):
        yield _money(found.start(), found.end(), any_number(found[1]))
    for found in FOREIGN.finditer(text):
        value = any_number(found[1].replace(",", "").rstrip("."))
        yield _money(found.start(), found.end(), value)
    for found in DIMES.finditer(text):
        yield _money(found.start(), found.end(), (any_number(found[1]) or 0) / 10)
    for found in ABOUT_THAT.finditer(text):
        yield _money(found.start(), found.end(), ABOUT[found[1]])
    for found in MILLIONS.finditer(text):
        yield _money(found.start(), found.end(), (any_number(found[1]) or 0) * ABOUT["万"])
    still = (STILL,) if MONEY_TALK.search(text) else ()
    for pattern in (RISING, SHORT, IMPLIED, BEFORE_NOUN, PER, *still):
        for found in pattern.finditer(text):
            end = found.end("more") if found["more"] else found.end(1)
            yield _money(found.start(1), end, any_number(found[1]))


def _with_unit(text: str) -> Iterator[Found]:
    for found in WITH_UNIT.finditer(text):
        if TOGETHER.match(text, found.start()) or found[1] == "零":
            continue
        value = any_number(found[1])
        if value is None:
            continue
        if found[3].startswith("万") and not found[1].endswith("万"):
            value *= 10_000
        elif found[3].startswith("千"):
            value *= 1_000
        if found["rest"]:
            value += (any_number(found["rest"][0]) or 0) / 10
        yield _money(found.start(), found.end(), value)


def _money(start: int, end: int, value: float | None) -> Found:
    return Found("money", start, end, tidy(value or 0.0))
