"""What went wrong, in the reader's words: one table from error to status and sentence."""

from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import urlencode, urlsplit

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.exceptions import HTTPException

from core.errors import (
    DatabaseUnavailable,
    FrontDoorError,
    InvalidInput,
    NotFound,
    NotPermitted,
    TextNotStorable,
)
from core.texts import TextMissing
from people.accounts import SignInLocked, SignInRefused
from tickets.duties import OwnWork
from tickets.tasks import VolunteerNotSuited
from tickets.volunteer_rules import NotForVolunteers
from web.forms import ForeignForm
from web.gate import SignedOut
from web.headers import ALWAYS
from web.pages import Pages
from web.preferences import local_path

log = structlog.get_logger(__name__)

TABLE: Mapping[type[FrontDoorError], tuple[int, str]] = {
    NotFound: (404, "web.error.not_found"),
    NotPermitted: (403, "web.error.not_permitted"),
    ForeignForm: (403, "web.error.foreign_form"),
    InvalidInput: (422, "web.error.invalid"),
    TextNotStorable: (422, "web.error.odd_characters"),
    SignInRefused: (422, "web.sign_in.refused"),
    SignInLocked: (422, "web.sign_in.refused"),
    DatabaseUnavailable: (503, "web.error.unavailable"),
    OwnWork: (403, "ticket.refused.OwnWork"),
    NotForVolunteers: (409, "ticket.not_for_volunteers.{why}"),
    VolunteerNotSuited: (409, "ticket.lacks.{lacks}"),
}
"""
Status and sentence of each error; braces in the key are filled from the error's facts.

Whatever else a rule refuses is a 409 with the sentence `ticket.refused.<its
name>`. A door adds its own (`ErrorPages.also`).
"""

OTHER_DOORS = (
    "/api/",
    "/open311/",
    "/webhooks/",
    "/model/",
    "/telegram/",
    "/metrics",
    "/healthz",
    "/readyz",
)
"""Addresses for programs: their errors are not pages."""


class ErrorPages:
    """Turns errors into pages (or into a sentence, where htmx asked for a part of one)."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._table = dict(TABLE)

    def also(self, table: Mapping[type[FrontDoorError], tuple[int, str]]) -> None:
        """Add what another door's rules raise: error to status and sentence."""
        self._table |= table

    def status_and_sentence(self, request: Request, error: FrontDoorError) -> tuple[int, str]:
        """The status and the sentence for an error; its nearest known ancestor decides."""
        if isinstance(error, InvalidInput):
            return 422, self._pages.say(request, error.text, **error.facts)
        for kind in type(error).__mro__:
            if kind in self._table:
                status, key = self._table[kind]
                return status, self._pages.say(request, key.format(**vars(error)), **vars(error))
        try:
            return 409, self._refusal(request, error)
        except TextMissing:
            return 409, self._pages.say(request, "web.error.changed")

    def _refusal(self, request: Request, error: FrontDoorError) -> str:
        """The sentence that a rule's error has under its own name, with what it knows."""
        key = f"ticket.refused.{type(error).__name__}"
        return self._pages.say(request, key, **vars(error))

    def page(self, request: Request, status: int, sentence: str) -> Response:
        """The error page; htmx gets only the sentence, a program problem+json (RFC 9457)."""
        if not is_page(request):
            return _problem(status, sentence)
        part = bool(request.headers.get("hx-request"))
        template = "error_part.html" if part else "error.html"
        return self._pages.render(
            request, template, status=status, sentence=sentence, code=status, back=_back(request)
        )

    async def on_front_door_error(self, request: Request, error: Exception) -> Response:
        """A rule said no."""
        assert isinstance(error, FrontDoorError)
        if isinstance(error, SignedOut):
            return _to_sign_in(request, error.door)
        status, sentence = self.status_and_sentence(request, error)
        return self.page(request, status, sentence)

    async def on_http_error(self, request: Request, error: Exception) -> Response:
        """The framework said no: no such address, wrong method."""
        status = error.status_code if isinstance(error, HTTPException) else 422
        if not is_page(request):
            return _refusal(error, status)
        key = "web.error.not_found" if status in (404, 405) else "web.error.invalid"
        return self.page(request, status, self._pages.say(request, key))

    async def on_any_error(self, request: Request, error: Exception) -> Response:
        """Our own mistake: log where, tell the reader that it is not theirs."""
        log.error("page_failed", path=request.url.path, error=type(error).__name__)
        page = self.page(request, 500, self._pages.say(request, "web.error.ours"))
        page.headers.update(ALWAYS)  # this answer is made outside of every middleware
        return page

    def install(self, app: FastAPI) -> None:
        """Handle the errors of every page of the application; other doors handle their own."""
        app.add_exception_handler(FrontDoorError, self.on_front_door_error)
        app.add_exception_handler(HTTPException, self.on_http_error)
        app.add_exception_handler(RequestValidationError, self.on_http_error)
        app.add_exception_handler(Exception, self.on_any_error)


def _refusal(error: Exception, status: int) -> Response:
    """What the framework refused, told to a program: which field, and what is wrong with it."""
    if isinstance(error, HTTPException):
        return _problem(status, str(error.detail), error.headers)
    wrong = error.errors() if isinstance(error, RequestValidationError) else []
    fields = [f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in wrong]
    return _problem(status, "; ".join(fields) or "not as documented")


def _problem(status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    title = HTTPStatus(status).phrase
    return JSONResponse(
        {"type": "about:blank", "title": title, "status": status, "detail": detail},
        status,
        headers=dict(headers or {}),
        media_type="application/problem+json",
    )


def is_page(request: Request) -> bool:
    """Whether a person reads the answer, and not a program."""
    return not request.url.path.startswith(OTHER_DOORS)


def _to_sign_in(request: Request, door: str) -> Response:
    """To the sign-in page and afterwards back to the page where the reader was."""
    came_from = str(request.url) if request.method == "GET" else request.headers.get("referer", "")
    if request.headers.get("hx-request"):
        came_from = request.headers.get("hx-current-url", came_from)
    parts = urlsplit(came_from)
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    back = local_path(path, door)
    asked = {"next": back} if back != door else {}
    if request.method != "GET" or request.headers.get("hx-request"):
        asked["ended"] = "1"
    address = f"{door}?{urlencode(asked)}" if asked else door
    if request.headers.get("hx-request"):
        return Response(status_code=204, headers={"HX-Redirect": address})
    return RedirectResponse(address, status_code=303)


def _back(request: Request) -> str:
    for prefix in ("/console", "/volunteer"):
        if request.url.path.startswith(prefix):
            return prefix
    return "/"
