"""Ages: with 岁, or a number that stands where an age would."""

import re
from collections.abc import Iterator

from intents.entities.found import Found
from intents.entities.numbers import any_number

UNDER_120 = r"(?:1[01]\d|[1-9]?\d|[一二三四五六七八九]?十(?:[一二三四五六七八九]{1,2})?|百|一百(?:零?[一二三四五六七八九]|[一二]?十[一二三四五六七八九]?)?|[一二两三四五六七八九]{1,2}(?:十[一二三四五六七八九]?)?)"
FROM_TEN = r"(?:1[01]\d|[1-9]\d|[一二三四五六七八九]?十[一二三四五六七八九]{0,2}|[六七八九]{2}十|九十九|一百(?:零[一二三四五六七八九])?)"
MORE = r"(?:多|来|几|好几|出头|把|有[一二三四五六七八九]|大几)"
WITH_SUI = re.compile(
    rf"(?<![\d.一二三四五六七八九十百])({UNDER_120}){MORE}?(?:周)?岁(?:半|多|零\d个?月)?"
)
PERSON = (
    r"妈|爸|娘|爹|母|父|母亲|父亲|爷爷|奶奶|外公|外婆|姥姥|姥爷|家家|婆婆|公公|岳父|岳母|老伴|老公|老婆|爱人"
    r"|媳妇|儿子|女儿|姑娘|闺女|孙子|孙女|外孙|哥|姐|弟|妹|叔|伯|姑|舅|姨|老人家?|老头子?|老太太|太婆|爹爹"
    r"|老子|舅爷|姑爷|自己|师傅|阿姨|大爷|大妈|老汉|老太|我|他|她|本人|人|伢|娃|先生|女士|某|两口子|俩"
)
CUE = r"年(?=[六七八九]十)|今年|虚岁|实岁|周岁|年纪|年龄|高龄|都快|都|快到?|已经|已|刚满|满|才|刚过|刚|过了|上了|奔|今年都|将近|快要"
NOT_A_UNIT = (
    r"(?![\d.%:\-~/多来几])(?!(?:多|来|几|好几)?(?:元|块|毛|万|千|百|个|年|月|天|号|日|栋|幢|楼|层|点|分|次|回|平|斤|公斤|级|度|户|家|人"
    r"|米|公里|里|条|张|份|只|路|线|期|届|班|组|单元|门|座|室|弄|岁以上|%|钟|小时|秒|本|台|辆|颗|片|粒|盒|瓶|桌|套|件|种|样|遍|趟|届|届|后|多(?:块|元|个|年|天|平|斤|号|户|家|人|米|次)))"
)
BARE = re.compile(
    rf"(?:(?:{PERSON})[ ,(]?(?:(?:{CUE}|有)){{0,2}}|(?:{CUE})(?:有)?)({FROM_TEN}{MORE}?){NOT_A_UNIT}"
    rf"(?=了|的人|[ ,。;!?)、]|$|一个人|独居|瘫|还|住|腿|身体|岁|耳|眼|老|高|走|能|符|没|有|，|我|他|她)"
)
OPERATOR = re.compile(
    rf"(?:[男女][ ,/]?|[一-龥]{{1,3}}(?:爹爹|婆婆|师傅|某|阿姨|女士|先生|爷爷|奶奶|老人|小?[a-z])[,(/ ])({FROM_TEN}|\d{{1,2}})(?=[ ,)/、。;]|$)"
)
OLD_MANS = re.compile(
    rf"(?<![\d一二三四五六七八九])({FROM_TEN}{MORE}?)(?=的人了|大几了?的)|(?:^|[\s,。;])({FROM_TEN}{MORE}?)(?=了(?:$|[\s,。;]))"
)
APART = re.compile(
    r"(?<=[\s,。;])([四五六七八九]十[一二三四五六七八九]?|[三四五六七八九]十[一二三四五六七八九])(?=[\s,。;])"
)
"""A bare number in Chinese characters between two breaks, after a person was named."""
ENGLISH = re.compile(
    r"(?<![\da-z.])(\d{1,3})[ -]?(?:years?|yrs?)[ -]old|(?:is|am|aged) (\d{1,3})(?![\d:.]| ?(?:month|day|week|hour|minute|min|yuan|rmb|km|floor|people))"
)
ANSWER = re.compile(rf"\D{{0,4}}?({FROM_TEN}{MORE}?|\d)(?:了|咯|啦|呢|吧|的)?[。!]?")
ASKED = re.compile("多大|年龄|年纪|岁|高寿|贵庚")
LIMIT_AFTER = re.compile(
    r"(?:周)?(?:及以[上下]|以[上下内后前]|往上|朝上|起步|之[上下]|后(?![天来面])|的(?:老人|人)(?:可以|才|都|能|就)|才(?:能|有|可以)|就(?:能|可以|有|免))"
)
RANGE_BEFORE = re.compile(r"(?:\d|[一二三四五六七八九十])(?:岁|周岁)?(?:-|~|到|至)$")
RANGE_AFTER = re.compile(r"(?:-|~|到|至)(?:\d|[一二三四五六七八九十])")
LIMIT_BEFORE = re.compile(r"(?:年满|满|不到|未满|超过|低于|大于|小于|够|到)$")
OF_SOMEBODY = re.compile(
    rf"(?:{PERSON}|今年|刚|已|已经|才|都|也|快|还)(?:今年|才|都|已经|刚|还|也|快|差)?(?:年满|满|不到|未满|超过|够|到)$"
)


def find_ages(text: str, context: str | None = None) -> Iterator[Found]:
    """
    Ages of persons; limits of a policy (65岁以上, 年满60岁才能) are none.

    `context` is the bot's last sentence in plain spelling: after it asked for
    the age, a bare number is one.
    """
    for found in WITH_SUI.finditer(text):
        if not _is_a_limit(text, found.start(), found.end()):
            yield _age(found.start(), found.end(), found[1])
    for pattern in (BARE, OPERATOR, OLD_MANS):
        for found in pattern.finditer(text):
            group = 1 if found[1] else found.lastindex or 1
            if not _is_a_limit(text, found.start(group), found.end(group)):
                yield _age(found.start(group), found.end(group), found[group])
    for found in APART.finditer(text):
        if re.search(PERSON, text[max(0, found.start() - 12) : found.start()]):
            yield _age(found.start(1), found.end(1), found[1])
    for found in ENGLISH.finditer(text):
        whole = 0 if found[1] else 2
        yield _age(found.start(whole), found.end(whole), found[1] or found[2])
    if context and ASKED.search(context):
        answer = ANSWER.fullmatch(text.strip())
        if answer:
            shift = len(text) - len(text.lstrip())
            yield _age(answer.start(1) + shift, answer.end(1) + shift, answer[1])


def _age(start: int, end: int, words: str) -> Found:
    return Found("age", start, end, _years(words))


def _years(words: str) -> int:
    """八十有三 is 83, 七十多 is 70, 七八 is 7."""
    plus = re.search(r"有([一二三四五六七八九])$", words)
    bare = re.sub(r"(?:多|来|几|好几|出头|把|大几|有[一二三四五六七八九])$", "", words)
    years = int(any_number(bare) or 0)
    return years + int(any_number(plus[1]) or 0) if plus else years


def _is_a_limit(text: str, start: int, end: int) -> bool:
    before, after = text[max(0, start - 8) : start], text[end : end + 8]
    if LIMIT_AFTER.match(after) and not _is_said_of_somebody(before):
        return True
    if RANGE_BEFORE.search(before) or RANGE_AFTER.match(after):
        return True
    return bool(LIMIT_BEFORE.search(before)) and not OF_SOMEBODY.search(before)


def _is_said_of_somebody(before: str) -> bool:
    return re.search(
        rf"(?:{PERSON}|今年|都|快)(?:今年|都|快|已经)?$", before
    ) is not None and not re.search("人$", before)
