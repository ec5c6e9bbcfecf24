"""Who saw this: every look at a ticket, by whom, when, at what and why."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from console.frame import Frames, staff_of
from console.words import Words
from core.errors import NotFound
from people.accounts import list_staff
from people.permissions import Permission
from people.sessions import SignedIn
from people.view_log import View, list_views, verify_chain
from tickets.lookups import get_ticket_by_number
from tickets.sight import may_see
from web.times import TimeWords

_CHECKED = 2000
"""So many of the latest rows are checked for each page; the whole log is a command's work."""


@dataclass(frozen=True, slots=True)
class SeenRow:
    """One look."""

    at: str
    who: str
    action: str
    fields: str
    reason: str


def build_seen(frames: Frames) -> APIRouter:
    """The route of the log."""
    router = APIRouter(include_in_schema=False)
    deps = frames.deps
    see = Annotated[SignedIn, Depends(deps.gate.needs(Permission.VIEWS_SEE))]

    @router.get("/console/tickets/{number}/views")
    async def who_saw_this(request: Request, signed_in: see, number: str) -> Response:
        words, when = frames.words(request), frames.when(request)
        async with deps.database.reading() as session:
            ticket = await get_ticket_by_number(session, number)
            if not may_see(ticket, staff_of(signed_in)):
                raise NotFound("ticket", number)
            views = await list_views(session, subject_kind="ticket", subject_id=ticket.id)
            names = {each.id: f"{each.name} {each.number}" for each in await list_staff(session)}
            chain = await verify_chain(session, last=_CHECKED)
        return await frames.render(
            request,
            "console/seen.html",
            signed_in,
            number=number,
            seen=[
                _row(each, names.get(each.viewer_id) if each.viewer_id else None, words, when)
                for each in views
            ],
            broken=chain.broken_at_id,
        )

    return router


def _row(view: View, name: str | None, words: Words, when: TimeWords) -> SeenRow:
    fields = (words.find(f"console.reveal.field.{each}") or each for each in view.fields)
    return SeenRow(
        at=when.clock(view.at),
        who=name or words.say("console.ticket.someone"),
        action=words.find(f"console.seen.actions.{view.action}") or view.action,
        fields="、".join(fields),
        reason=_reason(view.reason, words),
    )


def _reason(reason: str | None, words: Words) -> str:
    """`contact：要约时间` with its code in words."""
    code, mark, rest = (reason or "").partition("：")
    name = words.find(f"ticket.reason.reveal.{code}")
    return f"{name}{mark}{rest}" if name else reason or ""
