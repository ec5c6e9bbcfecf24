"""The queue: views with counts, filters, search; rows never move under the hand."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse

from console.frame import VIEWS, Frames, staff_of
from console.lists import PER_PAGE, Row, Waiting, Wish
from console.words import Words
from core.messages import Channel
from people.accounts import list_staff
from people.permissions import Permission
from people.sessions import SignedIn
from tickets.status import UNFINISHED
from web.times import TimeWords

_CHANNELS = (Channel.WEB, Channel.TELEGRAM, Channel.PHONE, Channel.COUNTER, Channel.REST)


@dataclass(frozen=True, slots=True)
class QueueRow:
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

    @router.get("/console/newer")
    async def count_newer(request: Request, signed_in: quiet, since: str) -> Response:
        return await queue.count_newer(request, signed_in, since)

    return router


class Queue:
    """What the routes of the queue do."""

    def __init__(self, frames: Frames) -> None:
        self._frames = frames
        self._deps = frames.deps

    async def show(self, request: Request, signed_in: SignedIn) -> Response:
        """The queue; whoever sees no tickets (an administrator) lands on the people page."""
        me = staff_of(signed_in)
        if not me.may(Permission.TICKET_SEE):
            return await self._frames.render(request, "console/no_tickets.html", signed_in)
        wish = wish_of(request)
        if wish.view == "waiting_for_person" and not wish.q:
            return await self._show_waiting(request, signed_in, wish)
        words, lists = self._frames.words(request), self._frames.lists(me)
        async with self._deps.database.reading() as session:
            rows, total = await lists.list_rows(session, wish)
            names = {each.id: each.name for each in await list_staff(session)}
        pages = max(1, -(-total // PER_PAGE))
        return await self._frames.render(
            request,
            "console/queue.html",
            signed_in,
            current=wish.view,
            view=_named(words, wish.view),
            q=wish.q,
            rows=[self._row(row, wish, words, names, me_id=me.id) for row in rows],
            waiting=(),
            total=total,
            filters=self._filters(wish, words),
            page=wish.page,
            pages=pages,
            before=_page(wish, -1) if wish.page > 1 else "",
            after=_page(wish, 1) if wish.page < pages else "",
            newer=f"/console/newer?{_query(wish, since=self._deps.clock.now().isoformat())}",
        )

    async def count_newer(self, request: Request, signed_in: SignedIn, since: str) -> Response:
        """How many came into the view since the page was made: a number, never rows."""
        lists = self._frames.lists(staff_of(signed_in))
        async with self._deps.database.reading() as session:
            count = await lists.count_newer(
                session, wish_of(request), datetime.fromisoformat(since)
            )
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
            pages=1,
            newer="",
        )

    async def _last_words(self, session: object, waiting: Waiting) -> str:
        messages = await self._deps.log.list_messages(session, waiting.conversation_id)  # type: ignore[arg-type]
        said = [each.text for each in messages if each.author_name is None and each.text]
        return said[-1][:60] if said else ""

    def _row(
        self, row: Row, wish: Wish, words: Words, names: dict[UUID, str], *, me_id: UUID
    ) -> QueueRow:
        looking = self._frames.presence.others(
            row.number, staff_id=str(me_id), now=self._deps.clock.now()
        )
        return QueueRow(
            number=row.number,
            short=row.number[-4:],
            href=f"/console/tickets/{row.number}?{_query(wish)}",
            urgency=row.urgency,
            status=words.status(row.status),
            due_at=row.due_at if row.status in UNFINISHED else None,
            title=row.title,
            confidentiality=row.confidentiality,
            community=words.community(row.community),
            channel=words.channel(row.channel),
            who=_who(row, words, names),
            presence=f"{looking[0]} {words.say('console.ticket.watched')}" if looking else "",
            takeable=row.conversation_id is not None
            and row.held_by_id is None
            and row.status in UNFINISHED
            and row.channel not in (Channel.PHONE, Channel.COUNTER),
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
    page = asked.get("page", "1")
    return Wish(
        view=view if view in (*VIEWS, "all") else "to_dispatch",
        community=asked.get("community", ""),
        area=asked.get("area", ""),
        channel=asked.get("channel", ""),
        q=asked.get("q", "").strip(),
        page=max(int(page), 1) if page.isdecimal() else 1,
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


def _page(wish: Wish, by: int) -> str:
    return f"/console?{_query(wish, page=str(replace(wish, page=wish.page + by).page))}"


def _named(words: Words, view: str) -> NamedView:
    return NamedView(view, words.say(f"ticket.view.{view}"))


def _who(row: Row, words: Words, names: dict[UUID, str]) -> str:
    if row.held_by_id is not None:
        return words.say("console.who.talking", name=names.get(row.held_by_id, ""))
    if row.assignee_id is not None:
        return words.say("console.who.has", name=names.get(row.assignee_id, ""))
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
