"""What pages fetch while they are open: hints, ringing alerts, drafts, the key setting."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from console.frame import KEYS_COOKIE, Frames, staff_of
from core.errors import InvalidInput
from core.signals import Signals
from people.drafts import save_draft
from people.permissions import Permission
from people.sessions import SignedIn
from web.preferences import YEAR, local_path
from web.streams import StreamEvent, stream_response

_PLACES = ("write:", "talk:")
_LONGEST = 8000


def build_live(frames: Frames) -> APIRouter:
    """Routes without a page of their own."""
    router = APIRouter(include_in_schema=False)
    deps = frames.deps
    quietly = deps.gate.needs(Permission.TICKET_SEE, quiet=True)
    quiet = Annotated[SignedIn, Depends(quietly)]
    see = Annotated[SignedIn, Depends(deps.gate.needs(Permission.TICKET_SEE))]

    @router.get("/console/stream", dependencies=[Depends(quietly)])
    async def stream() -> Response:
        return stream_response(_hints(deps.signals))

    @router.get("/console/alerts/ringing")
    async def ringing(request: Request, signed_in: quiet) -> Response:
        async with deps.database.reading() as session:
            frame = await frames.read(session, request, staff_of(signed_in))
        return deps.pages.render(request, "console/ringing.html", signed_in=signed_in, frame=frame)

    @router.post("/console/drafts")
    async def keep_draft(
        signed_in: see, place: Annotated[str, Form()], body: Annotated[str, Form()] = ""
    ) -> Response:
        if not place.startswith(_PLACES) or len(place) > 80 or len(body) > _LONGEST:
            raise InvalidInput("place", "web.error.invalid")
        async with deps.database.transaction() as session:
            await save_draft(
                session,
                deps.vault,
                staff_of(signed_in).id,
                place,
                body,
                now=deps.clock.now(),
            )
        return Response(status_code=204)

    @router.post("/console/settings/keys", dependencies=[Depends(deps.gate.any_staff())])
    async def set_keys(
        keys: Annotated[str, Form()] = "on",
        next: Annotated[str, Form()] = "/console",  # noqa: A002
    ) -> Response:
        response = RedirectResponse(local_path(next, "/console"), status_code=303)
        value = "off" if keys == "off" else "on"
        response.set_cookie(
            KEYS_COOKIE, value, httponly=True, samesite="lax", secure=deps.pages.https, max_age=YEAR
        )
        return response

    return router


async def _hints(signals: Signals) -> AsyncIterator[StreamEvent]:
    """
    One hint for whatever piled up: a page looks once, however much happened.

    The first comes at once: what happened between the page's making and this
    stream's opening would otherwise stay unseen until the next hint.
    """
    async with signals.subscribe("console") as subscription:
        yield StreamEvent("ticket", name="hint")
        while True:
            signal = await subscription.wait(60)
            if signal is not None:
                subscription.drain()
                yield StreamEvent(signal.note or "ticket", name="hint")
