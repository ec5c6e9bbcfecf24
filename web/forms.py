"""
Against forms that another site sends in a reader's name.

Three walls: SameSite=Lax cookies, the Origin check, and a token in every form
— the session's for whoever signed in, the twin of a signed cookie for everybody else.
"""

import hmac
from urllib.parse import urlsplit

from fastapi import Request

from core.errors import FrontDoorError
from web.stamps import Stamp

FIELD = "_token"
HEADER = "x-form-token"
COOKIE = "form"

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class ForeignForm(FrontDoorError):
    """The form did not come from one of our own pages, or is from before the last sign-in."""


async def check_form(request: Request, *, expected: str, public_url: str) -> None:
    """
    Raise `ForeignForm` unless a state-changing request comes from our own page.

    `expected` is the session's token, or a visitor's `cookie_token`.
    """
    if request.method in _SAFE:
        return
    if not _from_here(request, public_url):
        raise ForeignForm("foreign origin")
    given = request.headers.get(HEADER) or await _field(request)
    if not expected or not hmac.compare_digest(expected.encode(), given.encode()):
        raise ForeignForm("wrong token")


def cookie_token(request: Request, stamp: Stamp) -> str:
    """The token that this browser was given by us, or nothing."""
    known = request.cookies.get(COOKIE, "")
    return known if stamp.is_ours(COOKIE, known) else ""


def visitor_token(request: Request, stamp: Stamp) -> tuple[str, bool]:
    """The token of somebody who is not signed in, and whether it is fresh and needs its cookie."""
    known = cookie_token(request, stamp)
    if known:
        return known, False
    if not hasattr(request.state, "visitor_token"):
        request.state.visitor_token = stamp.mint(COOKIE)
    fresh: str = request.state.visitor_token
    return fresh, True


def host_name(netloc: str) -> str:
    """The name in a Host header, without its port and in small letters; nothing for a broken one."""
    try:
        return urlsplit(f"//{netloc}").hostname or ""
    except ValueError:
        return ""


def is_loopback(public_url: str) -> bool:
    """Whether the pages are only reachable from this machine: a first local run."""
    return urlsplit(public_url).hostname in ("127.0.0.1", "localhost", "::1")


async def _field(request: Request) -> str:
    form = await request.form()
    value = form.get(FIELD, "")
    return value if isinstance(value, str) else ""


def _from_here(request: Request, public_url: str) -> bool:
    """Browsers send Origin with every POST; where it is missing, Sec-Fetch-Site or nothing."""
    origin = request.headers.get("origin")
    if origin is None:
        return request.headers.get("sec-fetch-site", "none") in ("same-origin", "none")
    allowed = {urlsplit(public_url).netloc, request.headers.get("host", "")}
    return urlsplit(origin).netloc in allowed - {""}
