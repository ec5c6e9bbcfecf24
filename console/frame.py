"""What stands around every page of the desk: views with counts, who is on duty, what rings."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from fastapi import Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from console.deps import ConsoleDeps
from console.lists import Lists, Ringing
from console.presence import Presence
from console.words import Words
from core.dates import today_in_china
from editorial.article_lists import Duty, count_waiting
from handlers.staff.vet_volunteer import OFFICE
from knowledge_base.answer import compose, known_offices
from knowledge_base.article import Audience
from people.permissions import Permission, StaffMember
from people.rota import get_duty
from people.sessions import SignedIn
from tickets.alerts import STEPS
from web.times import TimeWords

KEYS_COOKIE = "keys"
VIEWS = (
    "mine",
    "to_dispatch",
    "waiting_for_person",
    "due_soon",
    "overdue",
    "reports",
    "to_call_back",
    "returns",
    "approvals",
    "parked",
    "open",
)


@dataclass(frozen=True, slots=True)
class ViewLink:
    """One view in the list on the left."""

    id: str
    words: str
    href: str
    count: int | str
    current: bool


@dataclass(frozen=True, slots=True)
class Bell:
    """One alert across the top. Only a P0 is loud."""

    words: str
    title: str
    href: str
    action: str
    alert_id: UUID
    since: str
    loud: bool


@dataclass(frozen=True, slots=True)
class Frame:
    """Everything around a page."""

    views: Sequence[ViewLink]
    waiting: int
    duty: str
    ringing: Sequence[Bell]
    keys: str
    idle_minutes: int
    online: int


class Frames:
    """Renders pages of the desk with their frame."""

    def __init__(self, deps: ConsoleDeps, presence: Presence) -> None:
        self.deps = deps
        self.presence = presence

    def words(self, request: Request) -> Words:
        """The names in the reader's language."""
        language = self.deps.pages.preferences(request).language
        today = today_in_china(self.deps.clock.now())
        return Words(self.deps.texts, self.deps.taxonomy, self.deps.street, language, today)

    def when(self, request: Request) -> TimeWords:
        """The words for instants in the reader's language."""
        language = self.deps.pages.preferences(request).language
        return TimeWords(self.deps.texts, language, self.deps.clock.now())

    def lists(self, me: StaffMember) -> Lists:
        """The queue as this person sees it now."""
        return Lists(
            taxonomy=self.deps.taxonomy,
            street=self.deps.street,
            me=me,
            now=self.deps.clock.now(),
        )

    async def render(
        self,
        request: Request,
        template: str,
        signed_in: SignedIn,
        *,
        current: str = "",
        status: int = 200,
        notice: str = "",
        **facts: Any,
    ) -> Response:
        """
        A page with its frame; `current` is the view that is marked.

        `notice` stands at the top; without one it is the sentence for `?done=…`,
        which an act leaves in the address that it leads to.
        """
        me = staff_of(signed_in)
        async with self.deps.database.reading() as session:
            frame = await self.read(session, request, me, current=current)
        done = request.query_params.get("done", "")
        notice = notice or (done and self.words(request).find(f"console.done.{done}")) or ""
        return self.deps.pages.render(
            request,
            template,
            signed_in=signed_in,
            status=status,
            frame=frame,
            notice=notice,
            **facts,
        )

    async def read(
        self, session: AsyncSession, request: Request, me: StaffMember, *, current: str = ""
    ) -> Frame:
        """The frame for one person."""
        words, when = self.words(request), self.when(request)
        sees = me.may(Permission.TICKET_SEE)
        lists = self.lists(me)
        counts = await lists.count_views(session) if sees else {}
        duty = await get_duty(session, desk=self.deps.settings.desk, now=self.deps.clock.now())
        ringing = await lists.list_ringing(session) if sees else []
        calls = await lists.count_calls(session) if me.may(Permission.TICKET_CALL_BACK) else None
        articles = (
            await count_waiting(session, _duty(me)) if me.may(Permission.ARTICLE_SEE) else None
        )
        return Frame(
            views=[*_views(words, counts, current), *_more(words, me, current, calls, articles)],
            waiting=counts.get("waiting_for_person", 0),
            duty=duty.person.name if duty.person else "",
            ringing=[_bell(each, words, when) for each in ringing],
            keys="off" if request.cookies.get(KEYS_COOKIE) == "off" else "on",
            idle_minutes=self.deps.settings.security.idle_minutes,
            online=self.presence.count(self.deps.clock.now()),
        )

    def articles_for(self, matter: str, title: str, limit: int = 3) -> list[tuple[str, str]]:
        """Titles and short answers of the articles that fit a ticket best."""
        today = today_in_china(self.deps.clock.now())
        offices = known_offices(self.deps.taxonomy, self.deps.settings.desk.offices)
        hits = self.deps.articles.search(
            title, matter=matter or None, today=today, limit=limit, audience=Audience.STAFF
        )
        return [
            (hit.article.title, answer.short + answer.source_line)
            for hit in hits
            for answer in [
                compose(hit.article, today=today, offices=offices, texts=self.deps.texts)
            ]
        ]

    async def tell(
        self, conversation_id: UUID | None, *, rings: bool = False, tasks: bool = False
    ) -> None:
        """Hints after a commit: the console, the conversation, the sender, lists of open tasks."""
        signals = self.deps.signals
        await signals.publish("console", "ring" if rings else "ticket")
        if tasks:
            await signals.publish("tasks", "ticket")
        if conversation_id is not None:
            await signals.publish(f"conversation:{conversation_id}")
            await signals.publish("outbox")


def staff_of(signed_in: SignedIn) -> StaffMember:
    """The member of staff behind a check for staff."""
    assert signed_in.staff is not None
    return signed_in.staff


def _views(words: Words, counts: dict[str, int], current: str) -> list[ViewLink]:
    return [
        ViewLink(
            id=view,
            words=words.say(f"ticket.view.{view}"),
            href=f"/console?view={view}",
            count=counts[view],
            current=view == current,
        )
        for view in VIEWS
        if view in counts
    ]


def _duty(me: StaffMember) -> Duty:
    """What of the articles this person has to look at."""
    return Duty(
        edits=me.may(Permission.ARTICLE_EDIT),
        reviews=me.may(Permission.ARTICLE_REVIEW),
        units=me.units,
    )


def _more(
    words: Words, me: StaffMember, current: str, calls: int | None, articles: int | None
) -> list[ViewLink]:
    pages: list[tuple[str, str, Permission, int | str]] = [
        ("call_backs", "/console/call-backs", Permission.TICKET_CALL_BACK, calls or 0),
        ("knowledge", "/console/knowledge", Permission.ARTICLE_SEE, articles or ""),
        ("volunteers", "/console/volunteers", Permission.VOLUNTEER_SEE, ""),
        ("hours", "/console/hours", Permission.HOURS_APPROVE, ""),
        ("people", "/console/people", Permission.PEOPLE_SEE, ""),
    ]
    return [
        ViewLink(name, words.say(f"console.views.{name}"), href, count, name == current)
        for name, href, permission, count in pages
        if me.may(permission) and (name != "volunteers" or me.works_for(OFFICE))
    ]


class FramedPages:
    """What the routes of one part of the desk share: the frame, and what stands behind it."""

    def __init__(self, frames: Frames) -> None:
        self._frames = frames
        self._deps = frames.deps


def _bell(ringing: Ringing, words: Words, when: TimeWords) -> Bell:
    kind = words.say(f"ticket.alert.{ringing.kind}")
    step = words.say(f"ticket.alert_step.{STEPS[ringing.step]}")
    return Bell(
        words=words.say("console.alert.words", kind=kind, step=step),
        title=f"{words.short(ringing.number)} {ringing.title}",
        href=f"/console/tickets/{ringing.number}",
        action=f"/console/tickets/{ringing.number}/acknowledge",
        alert_id=ringing.alert_id,
        since=when.clock(ringing.opened_at),
        loud=ringing.kind == "emergency",
    )
