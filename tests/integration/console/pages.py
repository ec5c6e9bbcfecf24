"""What tests of the desk's pages look for, and the call sheet that they fill in."""

import re

PHONE, NAME, DOOR = "13912345521", "周小明", "3栋2单元701"


def numbers_in(page) -> list[str]:
    return re.findall(r'<tr data-number="([^"]+)"', page.text)


def has_personal_data(html: str) -> bool:
    return any(secret in html for secret in (PHONE, "1234552", NAME, "2单元", "701"))


def shown_revision(html: str) -> str:
    found = re.search(r'name="revision" value="(\d+)"', html)
    assert found
    return found[1]


async def begin(colleague, **form) -> str:
    answer = await colleague.send("/console/calls", **form)
    return answer.headers["location"].rsplit("/", 1)[1]


SHEET = {
    "words": "想请人给我妈送饭",
    "danger": "no",
    "phone": PHONE,
    "how": "this",
    "wish": "call",
    "community": "c05",
    "address": DOOR,
    "confidentiality": "open",
    "request_type": "help",
    "matter": "elder_care/meal",
}
