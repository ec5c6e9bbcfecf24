"""
Hiding what points at one person, where a text is read by more people than need to know.

Telephone and identity numbers disappear, doors lose their numbers (3栋2单元701
becomes **栋**单元**), names of places stay: without them nobody could sort a ticket.
"""

import re

TITLE_LENGTH = 60

_DIGIT = "0-9０-９〇零一二三四五六七八九幺两"
_ANY_NUMBER = r"(?:[0-9０-９]+|[〇零一二三四五六七八九十百两]+|[A-Za-zＡ-Ｚ甲乙丙丁])"
_LONG_NUMBER = re.compile(rf"\+?(?:[{_DIGIT}](?:[\s,，.\-—()（）]|个)*){{6,}}[{_DIGIT}][Xx叉]?")
_DASHED_DOOR = re.compile(r"(?<!\d)\d{1,3}\s*[-—]\s*\d{1,4}(?:\s*[-—]\s*\d{1,4})+(?!\d)")
_BUILDING = re.compile(
    rf"[甲乙丙丁]?{_ANY_NUMBER}\s*(栋|幢|号楼|座|单元|室(?!.?厅)|弄|号(?![线召码称]))"
    rf"(?:\s*[0-9０-９]{{1,2}}门)?(?:\s*(?:附)?[0-9０-９]{{2,4}}(?![0-9０-９年月日点元块岁个:：天号]))?"
)
_TICKET = re.compile(r"BJM-\d{8}-\d{4}$", re.ASCII)
_DATE = re.compile(r"(?:19|20)\d\d-\d{1,2}-\d{1,2}", re.ASCII)
_DATE_DAY = re.compile(r"(?:月\s*)$")


def masked_text(text: str) -> str:
    """The whole text without telephone numbers, identity numbers and door numbers."""
    without = _LONG_NUMBER.sub(_hide_number, text)
    without = _DASHED_DOOR.sub("**", without)
    return _BUILDING.sub(_hide_building, without)


def masked_numbers(text: str) -> str:
    """The text without telephone and identity numbers; doors stay."""
    return _LONG_NUMBER.sub(_hide_number, text)


def masked_title(text: str) -> str:
    """A resident's first words for lists: masked, in one line of at most 60 characters."""
    line = " ".join(masked_text(text).split())
    return line if len(line) <= TITLE_LENGTH else line[: TITLE_LENGTH - 1] + "…"


def masked_phone(phone: str) -> str:
    """A telephone number by its first three and last four digits: 139****5521."""
    digits = "".join(filter(str.isdigit, phone))
    if len(digits) == 13 and digits.startswith("86"):
        digits = digits[2:]
    return "****" if len(digits) < 8 else f"{digits[:3]}****{digits[-4:]}"


def masked_name(name: str) -> str:
    """A name by its first character: 周**."""
    return f"{name.strip()[:1]}**"


def masked_address(address: str) -> str:
    """An address without its doors; what is left names the road or the estate."""
    return masked_text(address)


def _hide_number(found: re.Match[str]) -> str:
    """A ticket's own number is no secret (alone it shows nothing), nor is a date."""
    harmless = _TICKET.search(found.string, 0, found.end()) or _DATE.fullmatch(found[0])
    return found[0] if harmless else "***"


def _hide_building(found: re.Match[str]) -> str:
    before = found.string[: found.start()]
    if found[1] == "号" and _DATE_DAY.search(before):
        return found[0]
    after = found[0][found[0].index(found[1]) + len(found[1]) :].strip()
    door, _, flat = after.rpartition("门")
    return f"**{found[1]}{'**门' if door else ''}{'**' if flat else ''}"
