"""How people are called: a surname is enough where more need not be known."""

COMPOUND = frozenset(
    [
        "欧阳",
        "司马",
        "上官",
        "诸葛",
        "夏侯",
        "皇甫",
        "尉迟",
        "公孙",
        "慕容",
        "令狐",
        "宇文",
        "长孙",
        "司徒",
        "司空",
        "端木",
        "东方",
        "独孤",
        "南宫",
        "百里",
        "呼延",
        "轩辕",
        "申屠",
        "太史",
        "钟离",
        "闻人",
        "澹台",
        "万俟",
        "赫连",
        "拓跋",
        "公冶",
        "濮阳",
        "淳于",
        "单于",
        "宗政",
        "第五",
        "左丘",
        "东郭",
        "西门",
    ]
)
"""Chinese surnames of two characters."""


def surname_of(name: str) -> str:
    """The surname: 何 of 何琳, 欧阳 of 欧阳琳; of a name with spaces the last word."""
    name = name.strip()
    if name.isascii():
        return name.split()[-1] if name else ""
    return name[:2] if name[:2] in COMPOUND else name[:1]
