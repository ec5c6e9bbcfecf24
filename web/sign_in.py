"""Sign-in and sign-out for staff and volunteers; the switches for language and text size."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from core.limits import Limits
from people.accounts import AccountKind, SignInLocked, SignInRefused, sign_in
from people.sessions import end_session
from web.gate import STAFF_COOKIE, VOLUNTEER_COOKIE, Gate
from web.pages import Pages
from web.preferences import LANGUAGE_COOKIE, SIZE_COOKIE, SIZES, YEAR, local_path

Text = Annotated[str, Form()]


@dataclass(frozen=True, slots=True)
class Door:
    """One of the two doors with a lock: its account kind, cookie and home page."""

    kind: AccountKind
    cookie: str
    home: str


STAFF_DOOR = Door(AccountKind.STAFF, STAFF_COOKIE, "/console")
VOLUNTEER_DOOR = Door(AccountKind.VOLUNTEER, VOLUNTEER_COOKIE, "/volunteer")


def build_sign_in(*, pages: Pages, gate: Gate, limits: Limits) -> APIRouter:
    """The routes of both doors, and of the switches that every page has."""
    router = APIRouter(include_in_schema=False)
    for door in (STAFF_DOOR, VOLUNTEER_DOOR):
        _add_door(router, door, pages, gate, limits)
    _add_switches(router, gate)
    return router


def _add_door(router: APIRouter, door: Door, pages: Pages, gate: Gate, limits: Limits) -> None:
    _add_showing(router, door, pages, gate)
    _add_signing_in(router, door, pages, gate, limits)
    _add_signing_out(router, door, gate)


def _add_showing(router: APIRouter, door: Door, pages: Pages, gate: Gate) -> None:
    @router.get(f"{door.home}/sign-in", dependencies=[Depends(gate.anyone())])
    async def show_sign_in(request: Request, next: str = "", ended: str = "") -> Response:  # noqa: A002
        if await gate.find(request, door.cookie):
            return RedirectResponse(local_path(next, door.home), status_code=303)
        return _form(pages, request, door, came_from=next, ended=bool(ended))


def _add_signing_in(
    router: APIRouter, door: Door, pages: Pages, gate: Gate, limits: Limits
) -> None:
    @router.post(f"{door.home}/sign-in", dependencies=[Depends(gate.anyone())])
    async def do_sign_in(
        request: Request,
        login: Text = "",
        password: Text = "",
        next: Text = "",  # noqa: A002
    ) -> Response:
        try:
            opened = await sign_in(
                gate.database,
                limits,
                kind=door.kind,
                login=login,
                password=password,
                source=request.client.host if request.client else "",
                lifetime=gate.lifetime,
                now=gate.clock.now(),
            )
        except (SignInRefused, SignInLocked):
            return _form(pages, request, door, came_from=next, login=login, refused=True)
        return let_in(pages, gate, door, opened.secret, came_from=next)


def _add_signing_out(router: APIRouter, door: Door, gate: Gate) -> None:
    check = gate.any_staff() if door is STAFF_DOOR else gate.volunteers()

    @router.post(f"{door.home}/sign-out", dependencies=[Depends(check)])
    async def sign_out(request: Request) -> Response:
        signed_in = await gate.find(request, door.cookie)
        if signed_in:
            async with gate.database.transaction() as session:
                await end_session(session, signed_in.session_id, now=gate.clock.now())
        response = RedirectResponse(f"{door.home}/sign-in", status_code=303)
        response.delete_cookie(door.cookie)
        return response


def let_in(pages: Pages, gate: Gate, door: Door, secret: str, *, came_from: str) -> Response:
    """A redirect that carries the cookie of a fresh session."""
    response = RedirectResponse(local_path(came_from, door.home), status_code=303)
    response.set_cookie(
        door.cookie,
        secret,
        httponly=True,
        samesite="lax",
        secure=pages.https,
        max_age=int(gate.lifetime.total_seconds()),
    )
    return response


def _form(
    pages: Pages,
    request: Request,
    door: Door,
    *,
    came_from: str,
    login: str = "",
    refused: bool = False,
    ended: bool = False,
) -> Response:
    return pages.render(
        request,
        "sign_in.html",
        status=422 if refused else 200,
        door=door.kind.value,
        action=f"{door.home}/sign-in",
        next=local_path(came_from, door.home),
        login=login,
        refused=refused,
        ended=ended,
    )


def _add_switches(router: APIRouter, gate: Gate) -> None:
    """Harmless and idempotent: any page may send them, so they ask for no token."""

    @router.post("/settings/text-size", dependencies=[Depends(gate.harmless())])
    async def set_text_size(size: Text = "", next: Text = "/") -> Response:  # noqa: A002
        response = RedirectResponse(local_path(next), status_code=303)
        if size in SIZES:
            response.set_cookie(SIZE_COOKIE, size, samesite="lax", max_age=YEAR)
        return response

    @router.post("/settings/language", dependencies=[Depends(gate.harmless())])
    async def set_language(language: Text = "", next: Text = "/") -> Response:  # noqa: A002
        response = RedirectResponse(local_path(next), status_code=303)
        if language in ("zh", "en"):
            response.set_cookie(LANGUAGE_COOKIE, language, samesite="lax", max_age=YEAR)
        return response
