"""Shows volunteers their pages: what is open, what is theirs, one task, help, themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from bot.volunteer_filters import ChipGroup, Filters, filter_groups
from bot.volunteer_self_views import OwnWords
from bot.volunteer_views import VolunteerViews, is_active
from core.clock import Clock
from core.database import Database
from core.errors import InvalidInput, NotFound
from core.limits import Limits
from core.signals import Signals
from handlers.staff.desk import Desk
from handlers.volunteers.cards import ClaimedTask, TaskCard
from handlers.volunteers.list_tasks import (
    get_task_card,
    list_open_tasks,
    list_own_tasks,
    list_tasks_out_of_reach,
    open_own_task,
)
from handlers.volunteers.needed import count_needed
from handlers.volunteers.relay import LONGEST
from handlers.volunteers.run_late import LATE_MINUTES
from handlers.volunteers.standing import read_standing
from people.accounts import get_staff
from people.permissions import VolunteerMember
from people.sessions import SignedIn
from tickets.alerts import get_alert
from tickets.offers import list_offers_to
from tickets.relays import list_relayed
from tickets.suitability import LackReason
from tickets.tasks import HELD, TaskStatus, find_claim, get_own_claim, get_task
from web.gate import Gate
from web.pages import Pages
from web.times import TimeWords

_SHOWN_OUT_OF_REACH = 5
_SHOWN_BEFORE = 20
_OWN_CHOICE = frozenset({LackReason.AREA, LackReason.PAUSED, LackReason.TIME, LackReason.VETTING})
"""Said once for the whole page, or chosen: no reason to list every task."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VolunteerDeps:
    """What the volunteers' pages work with."""

    database: Database
    desk: Desk
    signals: Signals
    clock: Clock
    pages: Pages
    gate: Gate
    limits: Limits


@dataclass(frozen=True, slots=True)
class Called:
    """A call for help: for which task, and the alert that rings."""

    task_id: UUID
    alert_id: UUID


@dataclass(frozen=True, slots=True)
class Refused:
    """Words that were not taken: at which step, why, and what they were."""

    step: str = ""
    sentence: str = ""
    words: str = ""


NOTHING_REFUSED = Refused()


class VolunteerPages:
    """Renders each page for the volunteer who is signed in."""

    def __init__(self, deps: VolunteerDeps) -> None:
        self._deps = deps

    async def open_tasks(
        self, request: Request, signed_in: SignedIn, *, taken: bool = False, status: int = 200
    ) -> Response:
        """What this volunteer can take; `taken` says that somebody else was faster just now."""
        member, filters = volunteer_of(signed_in), self.filters(request)
        async with self._deps.database.reading() as session:
            every = await self._open(session, member, Filters())
            shown = await self._open(session, member, filters) if filters.any else every
            beyond = await self._out_of_reach(session, member)
            own = await list_own_tasks(session, by=member)
            standing = await read_standing(session, by=member, now=self._deps.clock.now())
            needed = await count_needed(session, now=self._deps.clock.now())
        views = self.views(request)
        return self._render(
            request,
            "volunteer.html",
            signed_in,
            own,
            status=status,
            tasks=[views.task(card, filters.query) for card in shown],
            beyond=[views.task(card) for card in beyond],
            groups=self._groups(request, every, filters),
            filters=filters,
            taken=taken,
            not_now=request.query_params.get("not_now") == "1",
            standing=self.own_words(request).standing(standing),
            needed=self.own_words(request).needed(needed),
        )

    async def own_tasks(self, request: Request, signed_in: SignedIn) -> Response:
        """What is still to be done, the soonest first, and what was, the latest first."""
        own = await self._own(signed_in)
        views, now = self.views(request), self._deps.clock.now()
        ahead = [each for each in own if is_active(each) or _called_off_ahead(each, now)]
        before = [each for each in own if each not in ahead][:_SHOWN_BEFORE]
        return self._render(
            request,
            "volunteer_mine.html",
            signed_in,
            own,
            ahead=[views.own(each) for each in reversed(ahead)],
            before=[views.own(each) for each in before],
        )

    async def refuse_words(
        self,
        request: Request,
        signed_in: SignedIn,
        task_id: UUID,
        step: str,
        words: str,
        error: InvalidInput,
    ) -> Response:
        """The task's page again, with the reason at the top and the words still there."""
        sentence = self._deps.pages.say(request, error.text, **error.facts)
        refused = Refused(step, sentence, words)
        return await self.task(request, signed_in, task_id, changed=False, refused=refused)

    async def task(
        self,
        request: Request,
        signed_in: SignedIn,
        task_id: UUID,
        *,
        changed: bool,
        refused: Refused = NOTHING_REFUSED,
    ) -> Response:
        """
        One task: the card before the claim, name and door while one holds a place.

        Raises `NotFound` for a task that is over or never was; one that
        somebody else has is a 404 too, with what is still open.
        """
        member = volunteer_of(signed_in)
        async with self._deps.database.reading() as session:
            claim = await find_claim(session, task_id, member.id)
            task = await get_task(session, task_id)
            own = await list_own_tasks(session, by=member)
        if task.status == TaskStatus.OPEN and (claim is None or claim.status not in HELD):
            return await self._before_claim(request, signed_in, task_id, own)
        if claim is None and task.status == TaskStatus.TAKEN:
            return await self.open_tasks(request, signed_in, taken=True, status=404)
        if claim is None:
            raise NotFound("task", task_id)
        return await self._own_task(
            request, signed_in, task_id, own, changed=changed, refused=refused
        )

    async def help(self, request: Request, signed_in: SignedIn, called: Called | None) -> Response:
        """Calling the desk for a task that one is busy with; then whether somebody answered."""
        own = await self._own(signed_in)
        views = self.views(request)
        taken_by = await self._taken_by(signed_in, called) if called else None
        return self._render(
            request,
            "volunteer_help.html",
            signed_in,
            own,
            active=[views.own(each).task for each in own if is_active(each)],
            called=called,
            taken_by=taken_by,
        )

    async def profile(self, request: Request, signed_in: SignedIn) -> Response:
        """What the street knows of this volunteer, and what was given so far."""
        member = volunteer_of(signed_in)
        async with self._deps.database.reading() as session:
            own = await list_own_tasks(session, by=member)
            standing = await read_standing(session, by=member, now=self._deps.clock.now())
        return self._render(
            request,
            "volunteer_me.html",
            signed_in,
            own,
            profile=self.views(request).profile(member, own),
            standing=self.own_words(request).standing(standing),
            done=request.query_params.get("done", ""),
        )

    def filters(self, request: Request) -> Filters:
        """What the address asks for."""
        return Filters.read(request.query_params, self._deps.desk.street)

    def views(self, request: Request) -> VolunteerViews:
        """Words in the reader's language, now."""
        return VolunteerViews(
            self._deps.desk.texts,
            self._deps.desk.street,
            language=self._deps.pages.preferences(request).language,
            now=self._deps.clock.now(),
        )

    def own_words(self, request: Request) -> OwnWords:
        """Words about the reader themselves."""
        language = self._deps.pages.preferences(request).language
        texts, now = self._deps.desk.texts, self._deps.clock.now()
        times = TimeWords(texts, language, now)
        return OwnWords(texts, self._deps.desk.street, language=language, times=times)

    async def open_ids(self, member: VolunteerMember, filters: Filters) -> list[str]:
        """The ids of what the list would show now."""
        async with self._deps.database.reading() as session:
            return [str(card.id) for card in await self._open(session, member, filters)]

    # ------------------------------------------------------------ one task

    async def _before_claim(
        self, request: Request, signed_in: SignedIn, task_id: UUID, own: Sequence[ClaimedTask]
    ) -> Response:
        async with self._deps.database.reading() as session:
            card = await get_task_card(
                session,
                task_id,
                by=volunteer_of(signed_in),
                now=self._deps.clock.now(),
                steps=self._deps.desk.street.steps_between,
            )
            offers = await list_offers_to(session, volunteer_of(signed_in).id)
        return self._render(
            request,
            "volunteer_task.html",
            signed_in,
            own,
            task=self.views(request).task(card),
            filters=self.filters(request),
            offered=task_id in offers,
        )

    async def _own_task(
        self,
        request: Request,
        signed_in: SignedIn,
        task_id: UUID,
        own: Sequence[ClaimedTask],
        *,
        changed: bool,
        refused: Refused,
    ) -> Response:
        async with self._deps.database.transaction() as session:
            opened = await open_own_task(
                session,
                task_id,
                vault=self._deps.desk.vault,
                by=volunteer_of(signed_in),
                now=self._deps.clock.now(),
            )
            talk = await list_relayed(session, self._deps.desk.vault, opened.claim_id)
        return self._render(
            request,
            "volunteer_own_task.html",
            signed_in,
            own,
            task=self.views(request).own(opened, talk if is_active(opened) else ()),
            late_minutes=LATE_MINUTES,
            changed=changed,
            status=422 if refused.sentence else 200,
            refused=refused,
            longest_said=LONGEST,
        )

    # ------------------------------------------------------------ reading

    async def _own(self, signed_in: SignedIn) -> list[ClaimedTask]:
        async with self._deps.database.reading() as session:
            return await list_own_tasks(session, by=volunteer_of(signed_in))

    async def _open(
        self, session: AsyncSession, member: VolunteerMember, filters: Filters
    ) -> list[TaskCard]:
        cards = await list_open_tasks(
            session,
            by=member,
            now=self._deps.clock.now(),
            community=filters.community,
            today_only=filters.today,
            not_in_home=filters.no_home,
            steps=self._deps.desk.street.steps_between,
        )
        return [card for card in cards if filters.kind in (None, card.kind)]

    async def _out_of_reach(self, session: AsyncSession, member: VolunteerMember) -> list[TaskCard]:
        """What asks for a skill or a training; what the volunteer chose not to do is left out."""
        cards = await list_tasks_out_of_reach(session, by=member, now=self._deps.clock.now())
        return [card for card in cards if card.lacks not in _OWN_CHOICE][:_SHOWN_OUT_OF_REACH]

    async def _taken_by(self, signed_in: SignedIn, called: Called) -> str:
        """Who answered the call; empty while nobody did. Raises `NotFound` for another's call."""
        async with self._deps.database.reading() as session:
            await get_own_claim(session, called.task_id, volunteer_of(signed_in).id)
            task = await get_task(session, called.task_id)
            alert = await get_alert(session, called.alert_id, ticket_id=task.ticket_id)
            if alert.acknowledged_by_id is None:
                return ""
            return (await get_staff(session, alert.acknowledged_by_id)).name

    # ------------------------------------------------------------ rendering

    def _groups(
        self, request: Request, cards: Sequence[TaskCard], filters: Filters
    ) -> list[ChipGroup]:
        language = self._deps.pages.preferences(request).language
        desk = self._deps.desk
        return filter_groups(
            cards, filters, street=desk.street, texts=desk.texts, language=language
        )

    def _render(
        self,
        request: Request,
        template: str,
        signed_in: SignedIn,
        own: Sequence[ClaimedTask],
        *,
        status: int = 200,
        **facts: Any,
    ) -> Response:
        return self._deps.pages.render(
            request,
            template,
            status=status,
            signed_in=signed_in,
            mine=sum(is_active(each) for each in own),
            duty_phone=self._deps.desk.settings.duty_phone,
            **facts,
        )


def volunteer_of(signed_in: SignedIn) -> VolunteerMember:
    """The volunteer behind a sign-in; the gate lets nobody else through."""
    if signed_in.volunteer is None:
        raise NotFound("volunteer", signed_in.session_id)
    return signed_in.volunteer


def _called_off_ahead(own: ClaimedTask, now: datetime) -> bool:
    called_off = own.card.status == TaskStatus.CANCELLED
    return called_off and own.card.ends_at > now and own.completed_at is None
