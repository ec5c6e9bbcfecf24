"""Communities of the street, and places that have a name."""

import re
from collections.abc import Iterator

from core.taxonomy import Street
from intents.entities.found import Found
from intents.entities.words import words

OFFICE = r"(?:社区居委会|社区居委|社区|居委会|居委)"
PLACE_TAIL = (
    r"(?:[东西南北中]?(?:路|大道|大街|街(?!道办|坊)|巷)|里(?![面头边外]|有)|新村|新苑|小区|花园|家园|公寓|宿舍|公园|广场|苑|坊(?!邻)|坡|园|"
    r"村|城|湾|[一二三四五六]路|渡)"
)
NOT_COMMUNITY = (
    r"(?!路|街|大道|里|巷|园|苑|坊|坡|公园|公寓|新村|新苑|花园|家园|小区|宿舍|西路|渡|一路|二路|三路|东路|南路|北路|"
    r"书店|书城|字典|社(?!区)|电视|彩电|冰箱|空调|品牌|牌|牛奶|乳业|银行|年代|时期|时代|时候|食堂|感|的(?:房|窗|阳台|一面|那面)|"
    r"队|军|战|工程|工地|单位|局|厂|公司|装|部|项|健身|陵|公|先生|大学|中学|小学|医院|派出所|超市|酒店|宾馆|菜场|市场|车站|站|院|区(?!域)|"
    r"市|县|省|鸽|相处|解决|共处|生活|人生|家庭|之家|指数|一家|一生|晚年|来|了|吗|在望|前|后|进|步|用|花|子|门诊|好|新|房|朝|面|楼梯|正大|磊落|网|卡|证|款|牌子)"
)
BEFORE_BARE = r"(?:^|(?<=[\s,。;:!?、(\"'“])|(?<=住)|(?<=在)|(?<=是)|(?<=到)|(?<=我们)|(?<=咱们)|(?<=你们)|(?<=归)|(?<=属)|(?<=于)|(?<=和)|(?<=跟)|(?<=道)|(?<=反映)|(?<=就)|(?<=搬)|(?<=去)|(?<=从)|(?<=来))"
AFTER_BARE = r"(?=$|[\s,。;:!?、)\"'”]|的(?!房|窗|阳台|一面|天)|这边|那边|这里|那里|这块|那块|这片|一带|\d|[一二三四五六七八九十]{1,2}(?:栋|号楼|单元)|[东西南北]门|门口|门卫|居民|网格|菜鸟|跟|和|还是|管|老人|老年|几|不|报|吧|啊|呀|哦|嘛|内|有|住|人|里面|下面|楼)"
OFTEN_WORDS = frozenset(words()["often_words"])

LEFT_STOP = (
    r"在到去从住的我你他她们是往那这个有沿跟和上下了就也叫把被让给向经过靠挨近离自于对着坐乘进出来回找归管属带"
    r"问请与及或还都没不很条座家门前后旁边拐搬走开修堵占停说想要再又,。;:!?、\s\d()a-z"
)
GENERIC_ROAD = frozenset(words()["generic"]["road"])
GENERIC_HOME = frozenset(words()["generic"]["home"])
GENERIC_BODY = frozenset(words()["generic"]["body"])
ROAD = re.compile(
    rf"([^{LEFT_STOP}]{{1,5}}?[东西南北中一二三四五六]?(?:路|大道|大街|街(?!道|坊|上走|心)|巷(?!子)))(?![灯况费线政标牌面由段过人子上的]?[灯况费政标牌由]|边摊|上行|障)"
)
HOME = re.compile(
    rf"([^{LEFT_STOP}]{{2,6}}?(?:小区|花园|新村|宿舍|公园|家园|公寓|广场|佳园|雅苑|名苑|新苑|花苑|新城|山庄|大厦|国际城|嘉园|华庭|豪庭|公馆))"
)
BODY = re.compile(
    rf"([^{LEFT_STOP}]{{1,8}}?(?:派出所|卫生服务中心|卫生院|医院|小学|中学|幼儿园|大学|养老院|敬老院|福利院|火车站|地铁站|客运站|菜市场|农贸市场|市场|菜场|汽车站|体育馆|图书馆|博物馆|商场|百货|老年公寓))"
)
SHORT_HOSPITAL = re.compile(
    r"((?:省|市|区|县|武汉)?(?:第)?[一二三四五六七八九十]{1,2}医院|(?:省|市|区)[一二三四五六七八九]医院|(?:省|市|区|县)(?:中心|人民|中|妇幼|肿瘤|儿童|中西医结合)医院|同济(?:医院)?|协和(?:医院)?(?!伙|同)|亚心)"
)
ENGLISH = re.compile(
    r"(?<![a-z])([a-z]+ (?:garden|gardens|road|street|community|park|square|mansion|plaza))(?![a-z])"
)
NOT_IN_NAME = re.compile(
    r"社区医院|社区卫生|什么|哪|么|每|某|几|多|好|爹|妈|爸|婆|老人|师傅|居民|业主|物业|工作|窗口|办|问题|情况|居委"
)


class PlaceFinder:
    """Finds communities and named places; the street's own are known by name."""

    def __init__(self, street: Street) -> None:
        self._ids = {each.short: each.id for each in street.communities.values()}
        names = "|".join(sorted(map(re.escape, self._ids), key=len, reverse=True))
        self._official = re.compile(rf"({names}){OFFICE}")
        self._bare = re.compile(rf"{BEFORE_BARE}({names}){NOT_COMMUNITY}{AFTER_BARE}")
        rare = "|".join(re.escape(name) for name in self._ids if name not in OFTEN_WORDS)
        self._rare = re.compile(rf"({rare}){NOT_COMMUNITY}") if rare else None
        own = sorted(
            {place for each in street.communities.values() for place in each.places},
            key=len,
            reverse=True,
        )
        self._own = re.compile("|".join(map(re.escape, own)))

    def find_communities(self, text: str) -> Iterator[Found]:
        """Official names, and short ones where they cannot be a road or a common word."""
        for pattern in (self._official, self._bare, self._rare):
            for found in pattern.finditer(text) if pattern else ():
                yield Found("community", found.start(1), found.end(), self._ids[found[1]])

    def find_places(self, text: str) -> Iterator[Found]:
        """Places of the street first, then whatever is built like a name."""
        for found in self._own.finditer(text):
            yield _place(found.start(), found.end(), text)
        for pattern in (SHORT_HOSPITAL, BODY, HOME, ROAD, ENGLISH):
            for found in pattern.finditer(text):
                start, end = found.span(1)
                start = _trim(text, start, end)
                if _is_named(text[start:end]):
                    yield _place(start, end, text)


def _place(start: int, end: int, text: str) -> Found:
    return Found("place", start, end, text[start:end])


def _trim(text: str, start: int, end: int) -> int:
    """Leave out what cannot begin a name: 门口长虹路 → 长虹路."""
    leading = re.match(
        r"(?:看看|看|直接|送|电人|反映|我们|你们|他们|咱们|隔壁|附近|旁边|门口|对面|路口|楼下|就是|位于|地址|家住|武汉市?(?=.{3})|红阳街道?|社区|街道|网格|市民|称|[×xX*]+|听说|学生|孩子|老人|找|查|想|住|有人|居民|投诉|举报|工单|电话|人反映|反映|函寄|寄往?|地点[为是]?|换到?|換到?|本人系|系|就读于?|在读|读(?=.{4})|地处|途经|经过|前往)+",
        text[start:end],
    )
    return start + leading.end() if leading else start


def _is_named(name: str) -> bool:
    if NOT_IN_NAME.search(name) or len(name) < 3:
        return len(name) == 2 and name in ("同济", "协和", "亚心")
    for tail, generic in (
        (r"(?:路|大道|大街|街|巷)$", GENERIC_ROAD),
        (r"(?:小区|花园|新村|宿舍|公园|家园|公寓|广场)$", GENERIC_HOME),
        (
            r"(?:派出所|卫生服务中心|卫生院|医院|小学|中学|幼儿园|大学|养老院|敬老院|福利院|火车站|地铁站|客运站|菜市场|农贸市场|市场|菜场|汽车站|体育馆|图书馆|博物馆|商场|百货|老年公寓)$",
            GENERIC_BODY,
        ),
    ):
        stem = re.sub(tail, "", name)
        if stem != name:
            return len(stem) >= 1 and stem not in generic
    return True
