"""Puts onto the application what every page needs, whichever door it belongs to."""

from fastapi import FastAPI

from core.clock import Clock
from core.limits import Limits
from web.components import build_components
from web.errors import ErrorPages
from web.gate import Gate
from web.headers import SecurityHeaders
from web.heads import HeadAnswers
from web.pages import Pages
from web.sign_in import build_sign_in


def add_pages(
    app: FastAPI, *, pages: Pages, gate: Gate, limits: Limits, clock: Clock
) -> ErrorPages:
    """
    Add headers, HEAD, static files, sign-in, switches, the component page and error pages.

    Gives back the table of errors, so that a door can add its own to it.
    """
    app.add_middleware(HeadAnswers)
    app.add_middleware(SecurityHeaders, https=pages.https)
    app.include_router(pages.static.router())
    app.include_router(build_sign_in(pages=pages, gate=gate, limits=limits))
    app.include_router(build_components(pages=pages, gate=gate, clock=clock))
    errors = ErrorPages(pages)
    errors.install(app)
    return errors
