"""The certificate on paper: A4, as 民政部令第67号 asks, the same file for the same content."""

from datetime import datetime

from core.clock import CHINA
from core.errors import InvalidInput
from core.texts import Texts
from tickets.certificates import Content, mark_of

_AN_HOUR = 60
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"


def draw_certificate(
    content: Content, texts: Texts, *, verify_at: str, id_number: str | None = None
) -> bytes:
    """
    Draw the PDF; takes up to a second, so call it in a thread.

    `verify_at` is the address of the page for checking, without the code.
    `id_number` is put on this one copy because its holder wishes it, and kept
    nowhere. Raises `Unprintable`.
    """
    from core.paper import Column, Paper  # slow to load and seldom needed

    def say(key: str, **facts: object) -> str:
        return texts.say(f"certificate.{key}", "zh", **facts)

    made_at = datetime.fromisoformat(content.issued_on).replace(tzinfo=CHINA)
    paper = Paper(say("title"), foot=say("foot", number=content.number), made_at=made_at)
    paper.line(say("number", number=content.number), size=10, align="R")
    paper.title(say("title"))
    who = say("who_with_id", name=content.name, id_number=id_number or "")
    paper.line(who if id_number else say("who", name=content.name))
    paper.line(_summary(content, texts))
    paper.gap()
    paper.table(
        [
            Column(say("day"), 26),
            Column(say("hours"), 30),
            Column(say("what"), 94),
            Column(say("minutes"), 20, right=True),
        ],
        [(each.day, each.hours, each.what, str(each.minutes)) for each in content.services],
    )
    paper.gap()
    paper.facts(
        {
            say("issuer"): content.issuer,
            say("contact"): f"{content.contact}  {content.phone}",
            say("signer"): content.signer,
            say("issued_on"): content.issued_on,
        }
    )
    paper.line(say("seal"), align="R")
    paper.gap()
    paper.line(say("verify", address=f"{verify_at}/{content.code}", code=content.code), size=10)
    paper.line(say("mark", mark=mark_of(content)), size=10)
    return paper.bytes()


def checked_id_number(typed: str) -> str | None:
    """An identity number with its check digit right, or None for none; raises `InvalidInput`."""
    number = "".join(typed.split()).upper()
    if not number:
        return None
    body, last = number[:17], number[17:]
    if not body.isascii() or not body.isdigit() or len(number) != 18:
        raise InvalidInput("id_number", "claim.error.id_number")
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, body, strict=True))
    if last != _CHECK[total % 11]:
        raise InvalidInput("id_number", "claim.error.id_number")
    return number


def _summary(content: Content, texts: Texts) -> str:
    hours, minutes = divmod(content.minutes, _AN_HOUR)
    return texts.say(
        "certificate.summary",
        "zh",
        from_day=content.from_day,
        to_day=content.to_day,
        count=len(content.services),
        hours=hours,
        minutes=minutes,
    )
