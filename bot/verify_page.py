"""`/verify/<code>`: whether a certificate of service is genuine, and no more than is needed."""

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from bot.volunteer_showing import VolunteerDeps
from core.limits import Limits
from tickets.certificates import Verified, find_verified, read_code

TRIES = "30 per 1 hour"
"""From one address; a code has eighty bits, so this is only for peace."""
_LENGTH = 16
_AN_HOUR = 60


def build_verify_page(deps: VolunteerDeps, limits: Limits) -> APIRouter:
    """A form for the code, and what is known of it."""
    router = APIRouter(include_in_schema=False, dependencies=[Depends(deps.gate.anyone())])

    @router.get("/verify")
    async def form(request: Request, code: str = "") -> Response:
        if code.strip():
            return RedirectResponse(f"/verify/{read_code(code)[:32]}", status_code=303)
        return _page(deps, request, "", None, known=False)

    @router.get("/verify/{code}")
    async def check(request: Request, code: str) -> Response:
        peer = request.client.host if request.client else ""
        if not await limits.hit(TRIES, "verify", peer):
            return _page(deps, request, code, None, known=False, key="too_often", status=429)
        found = None
        if len(read_code(code)) == _LENGTH:
            async with deps.database.reading() as session:
                found = await find_verified(session, deps.desk.vault, code)
        return _page(deps, request, code, found, known=True, status=200 if found else 404)

    return router


def _page(
    deps: VolunteerDeps,
    request: Request,
    code: str,
    found: Verified | None,
    *,
    known: bool,
    key: str = "unknown",
    status: int = 200,
) -> Response:
    return deps.pages.render(
        request,
        "verify.html",
        status=status,
        code=code[:32],
        found=found,
        hours=divmod(found.minutes, _AN_HOUR) if found else (0, 0),
        refusal=key if known or status != 200 else "",
    )
