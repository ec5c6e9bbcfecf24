"""The queue: views with counts, filters, search; rows never move under the hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from console.fields import moment
from console.frame import VIEWS, FramedPages, Frames, staff_of
from console.lists import PER_PAGE, Talk, Waiting, Wish
from console.words import Words
from core.errors import DatabaseUnavailable, FrontDoorError
from core.messages import Channel
from handlers.staff.dispatch import dispatch
from people.accounts import list_staff
from people.permissions import Permission, StaffMember
from people.sessions import SignedIn
from tickets.queries import QueueRow
from tickets.status import UNFINISHED
from web.times import TimeWords

_CHANNELS = (Channel.WEB, Channel.TELEGRAM, Channel.PHONE, Channel.COUNTER, Channel.REST)


@dataclass(frozen=True, slots=True)
class Line:
    """One line as the page shows it."""

    number: str
    short: str
    href: str
    urgency: str
    status: str
    due_at: datetime | None
    title: str
    confidentiality: str
    community: str
    channel: str
    who: str
    presence: str
    takeable: bool


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """Somebody who waits for a person."""

    id: str
    since: str
    channel: str
    words: str
    href: str
    action: str


def build_queue(frames: Frames) -> APIRouter:
    """The routes of the queue."""
    router = APIRouter(include_in_schema=False)
    queue = Queue(frames)
    gate = frames.deps.gate
    home = Annotated[SignedIn, Depends(gate.any_staff())]
    quiet = Annotated[SignedIn, Depends(gate.needs(Permission.TICKET_SEE, quiet=True))]

    @router.get("/console")
    async def show_queue(request: Request, signed_in: home) -> Response:
        return await queue.show(request, signed_in)

    dispatches = Annotated[SignedIn, Depends(gate.needs(Permission.TICKET_DISPATCH))]

    @router.post("/console/picked/dispatch")
    async def dispatch_picked(request: Request, signed_in: dispatches) -> Response:
        return await queue.dispatch_picked(request, signed_in)

    @router.get("/console/newer")
    async def count_newer(request: Request, signed_in: quiet, since: str) -> Response:
        return await queue.count_newer(request, signed_in, since)

    return router


class Queue(FramedPages):
    """What the routes of the queue do."""

    async def show(self, request: Request, signed_in: SignedIn) -> Response:
        """The queue; whoever sees no tickets (an administrator) lands on the people page."""
        me = staff_of(signed_in)
        if not me.may(Permission.TICKET_SEE):
            return await self._frames.render(request, "console/no_tickets.html", signed_in)
        wish = wish_of(request)
        if wish.view == "waiting_for_person" and not wish.q:
            return await self._show_waiting(request, signed_in, wish)
        words, lists = self._frames.words(request), self._frames.lists(me)
        asked_at = self._deps.clock.now()
        async with self._deps.database.reading() as session:
            found = await lists.list_page(session, wish)
            talks = await lists.find_talks(session, found.rows)
            counts = await lists.count_views(session)
            names = {each.id: each.name for each in await list_staff(session)}
        return await self._frames.render(
            request,
            "console/queue.html",
            signed_in,
            current=wish.view,
            view=_named(words, wish.view),
            q=wish.q,
            rows=[
                self._line(row, talks.get(row.number), wish, words, names, me_id=me.id)
                for row in found.rows
            ],
            waiting=(),
            total="" if wish.is_narrowed else counts.get(wish.view, ""),
            filters=self._filters(wish, words),
            may_pick=wish.view == "to_dispatch" and me.may(Permission.TICKET_DISPATCH),
            notice=self._notice(request),
            before=f"/console?{_query(wish)}" if wish.after else "",
            after=_next_page(wish, found.next_after),
            newer=f"/console/newer?{_query(wish, since=asked_at.isoformat())}",
        )

    async def dispatch_picked(self, request: Request, signed_in: SignedIn) -> Response:
        """
        Each picked ticket to the department of its matter, as the catalogue says.

        One transaction a ticket: what cannot be sent stays where it is, and the
        page says how many those are.
        """
        posted = await request.form()
        sent = left = 0
        for number in posted.getlist("number")[:PER_PAGE]:
            if await self._dispatch(str(number), staff_of(signed_in)):
                sent += 1
            else:
                left += 1
        return RedirectResponse(f"/console?view=to_dispatch&sent={sent}&left={left}", 303)

    async def _dispatch(self, number: str, me: StaffMember) -> bool:
        try:
            async with self._deps.database.transaction() as session:
                ticket = await self._deps.desk.get_ticket(session, number, by=me)
                matter = self._deps.taxonomy.get_matter(ticket.matter or "")
                await dispatch(
                    session,
                    self._deps.desk,
                    ticket,
                    matter.department,
                    by=me,
                    now=self._deps.clock.now(),
                )
        except DatabaseUnavailable:
            raise
        except FrontDoorError:
            return False
        await self._frames.tell(ticket.conversation_id)
        return True

    def _notice(self, request: Request) -> str:
        """What became of the picked tickets."""
        sent, left = (request.query_params.get(name, "") for name in ("sent", "left"))
        if not (sent.isdecimal() and left.isdecimal()):
            return ""
        words = self._frames.words(request)
        notice = words.say("console.picked.sent", count=sent)
        if left != "0":
            notice += words.say("console.picked.left", count=left)
        return notice

    async def count_newer(self, request: Request, signed_in: SignedIn, since: str) -> Response:
        """How many came into the view since the page was made: a number, never rows."""
        lists = self._frames.lists(staff_of(signed_in))
        async with self._deps.database.reading() as session:
            count = await lists.count_newer(session, wish_of(request), moment(since, field="since"))
        return JSONResponse({"count": count})

    async def _show_waiting(self, request: Request, signed_in: SignedIn, wish: Wish) -> Response:
        words, when = self._frames.words(request), self._frames.when(request)
        lists = self._frames.lists(staff_of(signed_in))
        async with self._deps.database.reading() as session:
            waiting = await lists.list_waiting(session)
            rows = [
                _waiting_row(each, await self._last_words(session, each), words, when)
                for each in waiting
            ]
        return await self._frames.render(
            request,
            "console/queue.html",
            signed_in,
            current=wish.view,
            view=_named(words, wish.view),
            q="",
            rows=(),
            waiting=rows,
            total=len(rows),
            filters=(),
            may_pick=False,
            before="",
            after="",
            newer="",
        )

    async def _last_words(self, session: object, waiting: Waiting) -> str:
        messages = await self._deps.log.list_messages(session, waiting.conversation_id)  # type: ignore[arg-type]
        said = [each.text for each in messages if each.author_name is None and each.text]
        return said[-1][:60] if said else ""

    def _line(
        self,
        row: QueueRow,
        talk: Talk | None,
        wish: Wish,
        words: Words,
        names: dict[UUID, str],
        *,
        me_id: UUID,
    ) -> Line:
        looking = self._frames.presence.others(
            row.number, staff_id=str(me_id), now=self._deps.clock.now()
        )
        unfinished = row.status in UNFINISHED
        typed = row.channel in (Channel.PHONE, Channel.COUNTER)
        return Line(
            number=row.number,
            short=words.short(row.number),
            href=f"/console/tickets/{row.number}?{_query(wish)}",
            urgency=row.urgency,
            status=words.status(row.status),
            due_at=row.next_due_at if unfinished else None,
            title=row.title,
            confidentiality=row.confidentiality,
            community=words.community(row.community),
            channel=words.channel(row.channel),
            who=_who(row, talk, words, names),
            presence=f"{looking[0]} {words.say('console.ticket.watched')}" if looking else "",
            takeable=talk is not None and talk.held_by_id is None and unfinished and not typed,
        )

    def _filters(
        self, wish: Wish, words: Words
    ) -> list[tuple[str, str, Sequence[tuple[str, str]], str]]:
        areas = list(self._deps.taxonomy.area_names.items())
        channels = [(str(channel), words.channel(channel)) for channel in _CHANNELS]
        say = words.say
        return [
            ("community", say("console.queue.community"), words.communities(), wish.community),
            ("area", say("console.queue.matter"), areas, wish.area),
            ("channel", say("console.queue.channel"), channels, wish.channel),
        ]


@dataclass(frozen=True, slots=True)
class NamedView:
    """A view and what it is called."""

    id: str
    words: str


def wish_of(request: Request) -> Wish:
    """What the address asks for; anything unknown falls back to the view of what to dispatch."""
    asked = request.query_params
    view = asked.get("view", "to_dispatch")
    return Wish(
        view=view if view in (*VIEWS, "all") else "to_dispatch",
        community=asked.get("community", ""),
        area=asked.get("area", ""),
        channel=asked.get("channel", ""),
        q=asked.get("q", "").strip(),
        after=asked.get("after", ""),
    )


def _query(wish: Wish, **more: str) -> str:
    kept = {
        "view": wish.view,
        "community": wish.community,
        "area": wish.area,
        "channel": wish.channel,
        "q": wish.q,
        **more,
    }
    return urlencode({name: value for name, value in kept.items() if value})


def query_of(wish: Wish) -> str:
    """The wish as the query of an address, to come back to the same list."""
    return _query(wish)


def _next_page(wish: Wish, after: str | None) -> str:
    return f"/console?{_query(wish, after=after)}" if after else ""


def _named(words: Words, view: str) -> NamedView:
    return NamedView(view, words.say(f"ticket.view.{view}"))


def _who(row: QueueRow, talk: Talk | None, words: Words, names: dict[UUID, str]) -> str:
    if talk is not None and talk.held_by_id is not None:
        return words.say("console.who.talking", name=names.get(talk.held_by_id, ""))
    if row.assignee is not None:
        return words.say("console.who.has", name=row.assignee)
    return words.unit(row.unit) or words.say("console.who.nobody")


def _waiting_row(waiting: Waiting, last: str, words: Words, when: TimeWords) -> WaitingRow:
    address = f"/console/conversations/{waiting.conversation_id}"
    return WaitingRow(
        id=str(waiting.conversation_id),
        since=when.since(waiting.since),
        channel=words.channel(waiting.channel),
        words=last or words.say("console.waiting_list.no_words"),
        href=address,
        action=f"{address}/take-over",
    )
