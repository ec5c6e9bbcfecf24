"""Spans and values of entities, kind by kind; the text between 「」 is what must be found."""

import re
from itertools import pairwise

import pytest

from core.taxonomy import load_street
from intents.entities.finder import EntityFinder
from intents.normalise import normalise

FINDER = EntityFinder(load_street())
MARKED = re.compile("「([^」]*)」")


def found(text: str, kind: str, context: str | None = None) -> list[tuple[str, object]]:
    entities = FINDER.find(normalise(text), context=context)
    return [(text[each.start : each.end], each.value) for each in entities if each.entity == kind]


def check(kind: str, marked: str, *values: object) -> None:
    text = MARKED.sub(r"\1", marked)
    spans = MARKED.findall(marked)
    assert found(text, kind) == list(zip(spans, values, strict=True)), marked


PHONES = [
    ("电话「13800001234」", ["13800001234"]),
    ("打我手机「138-0000-1234」莫打座机", ["13800001234"]),
    ("「138 0000 1234」王师傅", ["13800001234"]),
    ("「+86 13800001234」", ["13800001234"]),
    ("座机「027-80001234」转802", ["02780001234"]),
    ("座机「(027)80001234」", ["02780001234"]),
    ("屋里电话「80001234」", ["80001234"]),
    ("「一三八零零零零一二三四」", ["13800001234"]),
    ("幺幺零打不通 你记「幺三八 四个零 一二三四」", ["13800001234"]),
    ("「１３８００００１２３４」全角的", ["13800001234"]),
    ("不是「13800001111」是「13800002222」", ["13800001111", "13800002222"]),
    ("打12345没人接 打110也没人", []),
    ("一二三四五热线", []),
    ("尾号1235", []),
    ("取件码是80001234", []),
    ("验证码 802311", []),
    ("QQ群号 81234567", []),
    ("20261122那天", []),
    ("订单号 86661234", []),
]


@pytest.mark.parametrize(("marked", "values"), PHONES)
def test_a_telephone_is_the_whole_number_and_nothing_else(marked, values):
    check("phone", marked, *values)


IDS = [
    ("身份证「420199194503121234」", ["420199194503121234"]),
    ("证号「420199 19450312 123x」", ["42019919450312123X"]),
    ("「42019919800101001叉」", ["42019919800101001X"]),
    ("四二零不是，是「四二零一九九一九五零零一零一零零一二」", ["420199195001010012"]),
    ("社会信用代码91420100MA4K12345X", []),
    ("存折账号 622848004512345678", []),
]


@pytest.mark.parametrize(("marked", "values"), IDS)
def test_an_identity_number_has_eighteen_places_and_a_birthday(marked, values):
    check("id_number", marked, *values)


AGES = [
    ("我妈「八十三」了一个人住", [83]),
    ("「82岁」的老娘", [82]),
    ("「四岁半」的伢上哪里", [4]),
    ("「七十多岁」了", [70]),
    ("「八十来岁」的婆婆", [80]),
    ("我外婆今年虚岁「九十有三」", [93]),
    ("刚满「82」", [82]),
    ("杨爹爹，「71」，要人陪", [71]),
    ("女「36」，产后", [36]),
    ("我「九十」了", [90]),
    ("我「六十九岁半」还差半年", [69]),
    ("都「七十」的人了", [70]),
    ("65岁以上免费体检在哪", []),
    ("80岁以上老人有津贴", []),
    ("4050人员怎么认定", []),
    ("80后创业", []),
    ("3到6岁的班", []),
    ("年满60周岁才能办", []),
    ("等了八十天", []),
    ("我有三十平", []),
]


@pytest.mark.parametrize(("marked", "values"), AGES)
def test_an_age_is_a_person_s_and_not_a_policy_s(marked, values):
    check("age", marked, *values)


def test_a_bare_number_is_an_age_when_the_bot_has_asked_for_it():
    assert found("七十八", "age", context="老人今年多大年纪？") == [("七十八", 78)]
    assert found("78", "age", context="请问是几栋几单元？") == []


COMMUNITIES = [
    ("「长虹社区」3栋", ["c01"]),
    ("我是「新华社区居委会」的", ["c02"]),
    ("「翠柳」的网格员", ["c10"]),
    ("住「光明」那边", ["c04"]),
    ("「和平居委」几点开门", ["c05"]),
    ("长虹电视坏了", []),
    ("和平年代", []),
    ("订了光明牛奶", []),
    ("去建设银行取钱", []),
    ("向阳的房间热", []),
    ("长红社区", []),
    ("胜利了", []),
    ("长虹路28号", []),
]


@pytest.mark.parametrize(("marked", "values"), COMMUNITIES)
def test_a_community_is_named_and_not_a_word_that_looks_like_it(marked, values):
    check("community", marked, *values)


PLACES = [
    "「长虹路」路口红绿灯不亮",
    "「和平大道」19号门口",
    "在「光明花园」8栋",
    "「武宁路派出所」的民警",
    "送到「市三医院」去了",
    "「竞秀公园」里头",
    "「新塔路」那边送货",
    "住「纱厂宿舍」",
    "菜场门口",
    "社区医院几点开门",
    "我们小区",
    "派出所没人管",
    "工地半夜施工",
    "过马路危险",
    "我走路不方便",
]


@pytest.mark.parametrize("marked", PLACES)
def test_a_place_has_a_name_of_its_own(marked):
    check("place", marked, *MARKED.findall(marked))


BUILDINGS = [
    ("「3栋2单元701」", ["3栋2单元701"]),
    ("和平大道「19号3栋2门8号」", ["19号3栋2门8号"]),
    ("长虹路「113号附1号」", ["113号附1号"]),
    ("住「4-2-102」", ["4栋2单元102"]),
    ("「五楼」养狗", ["5楼"]),
    ("「三幢二单元」", ["3栋2单元"]),
    ("「12号楼」停水", ["12栋"]),
    ("「A座」门口", ["A座"]),
    ("「甲3栋」", ["甲3栋"]),
    ("不是「3栋」是「5栋」", ["3栋", "5栋"]),
    ("光明路「８号」", ["8号"]),
    ("楼顶漏水", []),
    ("地下室进水", []),
    ("8号去办", []),
    ("坐3号线", []),
    ("爬三层楼", []),
    ("左边那间", []),
]


@pytest.mark.parametrize(("marked", "values"), BUILDINGS)
def test_a_building_is_one_span_of_all_its_parts(marked, values):
    check("building", marked, *values)


RELATIONS = [
    ("「我妈」瘫了", ["mother"]),
    ("「我屋里爹爹」不会走", ["grandparent"]),
    ("「俺娘」七十", ["mother"]),
    ("「其母」卧床", ["mother"]),
    ("「来电人母亲」住院", ["mother"]),
    ("「隔壁李爷爷」天天咳", ["neighbour"]),
    ("「楼上那户」漏水", ["neighbour"]),
    ("「楼下大爷」", ["neighbour"]),
    ("「前夫」又来了", ["spouse"]),
    ("「我伢」上学", ["child"]),
    ("「岳父」从孝感来", ["other"]),
    ("「我本人」去", ["self"]),
    ("「闺女」在外地", ["child"]),
    ("「外公」走了", ["grandparent"]),
    ("老人没人管", []),
    ("孩子上学难", []),
    ("小伢在楼道玩", []),
    ("有个老太太摔了", []),
    ("我要办卡", []),
    ("他妈的", []),
]


@pytest.mark.parametrize(("marked", "values"), RELATIONS)
def test_a_relation_comes_with_its_possessive(marked, values):
    check("relation", marked, *values)


TIMES = [
    ("「昨天下午三点」就没水了", [""]),
    ("从「上周三」起停的", [""]),
    ("「11月20号」交的", ["11-20"]),
    ("「2026年3月5日」", ["2026-03-05"]),
    ("「十一月二十号到二十五号」", ["11-20"]),
    ("每天「六点半到九点」吵", [""]),
    ("「周一到周五」", [""]),
    ("「去年」评上的", [""]),
    ("「春节」慰问", [""]),
    ("坏了「3天」", [""]),
    ("「半年」了没人管", [""]),
    ("7个工作日办结", []),
    ("每月都来", []),
    ("天天吵", []),
    ("一个月1500", []),
    ("能不能快一点", []),
    ("便宜一点", []),
]


@pytest.mark.parametrize(("marked", "values"), TIMES)
def test_a_time_is_a_point_or_how_long_already(marked, values):
    check("time", marked, *values)


MONEY = [
    ("每月「1500元」", [1500]),
    ("一共花了「三千六」", [3600]),
    ("「一百五」一次", [150]),
    ("押金「两千块」不退", [2000]),
    ("「一万二」的保健品", [12000]),
    ("退休金「两百五」", [250]),
    ("「四千多」一个月", [4000]),
    ("早点「三块五」一碗", [3.5]),
    ("「¥300」", [300]),
    ("一个月「1500」", [1500]),
    ("「1.5万」", [15000]),
    ("「五毛钱」", [0.5]),
    ("我们一块去", []),
    ("门口那块地", []),
    ("两百人排队", []),
    ("三千米", []),
]


@pytest.mark.parametrize(("marked", "values"), MONEY)
def test_money_is_the_number_with_its_unit(marked, values):
    check("money", marked, *values)


TICKETS = [
    ("单号「BJM-20261122-0031」", ["BJM-20261122-0031"]),
    ("「bjm 20261122 0031」办到哪了", ["BJM-20261122-0031"]),
    ("「BJM杠20261122杠0031」", ["BJM-20261122-0031"]),
    ("回执尾号「0031」那个", ["0031"]),
    ("单子最后四位「1207」", ["1207"]),
    ("电话尾号3307", []),
    ("2026年的单子", []),
]


@pytest.mark.parametrize(("marked", "values"), TICKETS)
def test_a_ticket_number_is_written_in_one_way_whatever_was_typed(marked, values):
    check("ticket_no", marked, *values)


def test_offsets_are_those_of_the_text_as_it_was_written():
    text = "我\u200b媽八\u200b十三歲 電話１３８００００１２３４"
    spans = {each.entity: text[each.start : each.end] for each in FINDER.find(normalise(text))}
    assert spans == {
        "relation": "我\u200b媽",
        "age": "八\u200b十三歲",
        "phone": "１３８００００１２３４",
    }


def test_no_two_entities_overlap():
    text = "我妈82岁住长虹社区和平大道19号3栋2门8号，13800001234，昨天交了一百五，单号BJM-20261122-0031"
    entities = FINDER.find(normalise(text))
    assert all(one.end <= two.start for one, two in pairwise(entities))
    assert len(entities) >= 8
