"""Before a task is published: who would be likely to take it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from console.act_forms import new_task
from console.fields import read_form
from console.frame import Frames, staff_of
from console.tickets import Failed, TicketPages
from core.errors import FrontDoorError
from handlers.staff.likely_volunteers import find_likely
from handlers.volunteers.explaining import explain
from people.permissions import Permission
from people.sessions import SignedIn
from tickets.lookups import get_ticket_by_number
from web.lengths import check_lengths


def build_likely(frames: Frames) -> APIRouter:
    """The one route: the same form as for publishing, and nothing is published."""
    router = APIRouter(include_in_schema=False)
    pages, deps = TicketPages(frames), frames.deps
    publishes = Annotated[SignedIn, Depends(deps.gate.needs(Permission.TASK_PUBLISH))]

    @router.post("/console/tickets/{number}/likely")
    async def show_likely(request: Request, signed_in: publishes, number: str) -> Response:
        me, form, now = staff_of(signed_in), await read_form(request), deps.clock.now()
        words = frames.words(request)
        try:
            check_lengths(form)
            async with deps.database.reading() as session:
                ticket = await get_ticket_by_number(session, number)
                likely = await find_likely(
                    session, deps.desk, ticket, new_task(form), by=me, now=now
                )
        except FrontDoorError as error:
            status, sentence = deps.errors.status_and_sentence(request, error)
            failed = Failed("publish", sentence, form, status)
            return await pages.show(request, signed_in, number, failed=failed)
        rows = [
            (name, explain(reasons, words.texts, words.language, to="staff"))
            for name, reasons in likely.best
        ]
        return await pages.show(
            request,
            signed_in,
            number,
            failed=Failed("publish", "", form, 200),
            likely=(likely.count, rows),
        )

    return router
