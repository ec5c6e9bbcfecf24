"""
What volunteers do about a claim, their hours and their certificates, on their pages.

Forms that answer with a redirect; a form that is refused comes back as a page
that says why. The PDF is drawn in a thread, outside of any transaction.
"""

import asyncio
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from bot.volunteer_showing import VolunteerDeps, VolunteerPages, volunteer_of
from core.actors import Actor
from core.dates import today_in_china
from core.errors import FrontDoorError, InvalidInput, NotFound
from handlers.volunteers.ask_certificate import ask_certificate
from handlers.volunteers.ask_correction import ask_correction
from handlers.volunteers.certificate_paper import checked_id_number, draw_certificate
from handlers.volunteers.confirm import confirm_claim
from handlers.volunteers.list_tasks import list_own_tasks
from handlers.volunteers.relay import write_to_resident
from handlers.volunteers.run_late import run_late
from people.sent_forms import FORM_ID, take_form
from people.sessions import SignedIn
from people.view_log import record_view
from tickets.certificates import get_certificate, list_certificates, open_content
from tickets.hours import list_visits_of, list_waiting_for, stars, sum_approved_minutes
from tickets.tasks import ClaimStatus, ClaimStepNotAllowed
from tickets.thanks import list_thanks_for
from web.gate import VolunteerCheck
from web.lengths import check_lengths

HOURS = "/volunteer/hours"
_AN_HOUR = 60

Words = Annotated[str, Form()]


def build_volunteer_claims(deps: VolunteerDeps) -> APIRouter:
    """The routes, for volunteers who are signed in."""
    router = APIRouter(prefix="/volunteer", include_in_schema=False)
    volunteer = deps.gate.volunteers()
    _add_steps(router, ClaimSteps(deps, VolunteerPages(deps)), volunteer)
    _add_hours(router, Hours(deps), volunteer)
    return router


def _add_steps(router: APIRouter, steps: "ClaimSteps", volunteer: VolunteerCheck) -> None:
    @router.post("/tasks/{task_id:uuid}/confirm")
    async def confirm(task_id: UUID, signed_in: SignedIn = Depends(volunteer)) -> Response:
        return await steps.confirm(signed_in, task_id)

    @router.post("/tasks/{task_id:uuid}/late")
    async def late(
        task_id: UUID,
        minutes: Annotated[int, Form()],
        signed_in: SignedIn = Depends(volunteer),
    ) -> Response:
        return await steps.late(signed_in, task_id, minutes)

    @router.post("/tasks/{task_id:uuid}/say")
    async def say(
        request: Request,
        task_id: UUID,
        words: Words = "",
        form_id: Annotated[str, Form()] = "",
        signed_in: SignedIn = Depends(volunteer),
    ) -> Response:
        return await steps.say(request, signed_in, task_id, words, form_id)


def _add_hours(router: APIRouter, hours: "Hours", volunteer: VolunteerCheck) -> None:
    @router.get("/hours")
    async def show(request: Request, signed_in: SignedIn = Depends(volunteer)) -> Response:
        return await hours.show(request, signed_in)

    @router.post("/tasks/{task_id:uuid}/hours")
    async def correct(
        request: Request,
        task_id: UUID,
        minutes: Annotated[str, Form()] = "",
        reason: Words = "",
        signed_in: SignedIn = Depends(volunteer),
    ) -> Response:
        return await hours.correct(request, signed_in, task_id, minutes, reason)

    @router.post("/certificates")
    async def ask(
        request: Request,
        from_day: Annotated[str, Form()] = "",
        to_day: Annotated[str, Form()] = "",
        signed_in: SignedIn = Depends(volunteer),
    ) -> Response:
        return await hours.ask(request, signed_in, from_day, to_day)

    @router.post("/certificates/{certificate_id:uuid}")
    async def download(
        request: Request,
        certificate_id: UUID,
        id_number: Annotated[str, Form(max_length=40)] = "",
        signed_in: SignedIn = Depends(volunteer),
    ) -> Response:
        return await hours.download(request, signed_in, certificate_id, id_number)


class ClaimSteps:
    """Between the claim and the door."""

    def __init__(self, deps: VolunteerDeps, pages: VolunteerPages) -> None:
        self._deps = deps
        self._pages = pages

    async def confirm(self, signed_in: SignedIn, task_id: UUID) -> Response:
        """「我会去」."""
        by, now = volunteer_of(signed_in), self._deps.clock.now()
        try:
            async with self._deps.database.transaction() as session:
                await confirm_claim(session, self._deps.desk, task_id, by=by, now=now)
        except ClaimStepNotAllowed:
            return _to(f"{_page(task_id)}?changed=1")
        return await self._done(task_id)

    async def late(self, signed_in: SignedIn, task_id: UUID, minutes: int) -> Response:
        """「我要晚到」."""
        by, now = volunteer_of(signed_in), self._deps.clock.now()
        try:
            async with self._deps.database.transaction() as session:
                await run_late(session, self._deps.desk, task_id, minutes, by=by, now=now)
        except ClaimStepNotAllowed:
            return _to(f"{_page(task_id)}?changed=1")
        return await self._done(task_id)

    async def say(
        self, request: Request, signed_in: SignedIn, task_id: UUID, words: str, form_id: str
    ) -> Response:
        """Words for the resident; what is refused comes back with the reason."""
        by, now = volunteer_of(signed_in), self._deps.clock.now()
        form = {FORM_ID: form_id, "words": words}
        try:
            async with self._deps.database.transaction() as session:
                if await take_form(session, form, place=f"{by.id} {task_id}", now=now):
                    await write_to_resident(
                        session, self._deps.desk, task_id, words, by=by, now=now
                    )
        except InvalidInput as error:
            return await self._pages.refuse_words(request, signed_in, task_id, "say", words, error)
        return await self._done(task_id, "#talk")

    async def _done(self, task_id: UUID, anchor: str = "") -> Response:
        for topic in ("tasks", "console", "outbox"):
            await self._deps.signals.publish(topic, "ticket")
        return _to(_page(task_id) + anchor)


class Hours:
    """What was given, what counts, stars, thanks and certificates."""

    def __init__(self, deps: VolunteerDeps) -> None:
        self._deps = deps

    async def show(
        self, request: Request, signed_in: SignedIn, *, error: str = "", status: int = 200
    ) -> Response:
        """The page."""
        me, vault = volunteer_of(signed_in), self._deps.desk.vault
        async with self._deps.database.reading() as session:
            visits = await list_visits_of(session, me.id)
            waiting = await list_waiting_for(session, me.id)
            counted = await sum_approved_minutes(session, me.id)
            certificates = await list_certificates(session, vault, volunteer_id=me.id)
            thanks = await list_thanks_for(session, vault, me.id)
            own = await list_own_tasks(session, by=me)
        task_of = {each.claim_id: each.card.id for each in own}
        today = today_in_china(self._deps.clock.now())
        return self._deps.pages.render(
            request,
            "volunteer_hours.html",
            status=status,
            signed_in=signed_in,
            mine=sum(each.claim_status in _UNDER_WAY for each in own),
            visits=[(each, task_of[each.claim_id], each.claim_id in waiting) for each in visits],
            hours=divmod(counted, _AN_HOUR),
            stars=stars(counted, self._deps.desk.volunteering.star_hours),
            next_star=_next_star(counted, self._deps.desk.volunteering.star_hours),
            certificates=certificates,
            thanks=thanks,
            year=(date(today.year, 1, 1).isoformat(), today.isoformat()),
            error=error,
            done=request.query_params.get("done", ""),
        )

    async def correct(
        self, request: Request, signed_in: SignedIn, task_id: UUID, minutes: str, reason: str
    ) -> Response:
        """「时长记得不对」."""
        try:
            check_lengths({"reason": reason})
            async with self._deps.database.transaction() as session:
                await ask_correction(
                    session,
                    self._deps.desk,
                    task_id,
                    minutes=int(minutes) if minutes.strip().isdecimal() else 0,
                    reason=reason,
                    by=volunteer_of(signed_in),
                    now=self._deps.clock.now(),
                )
        except FrontDoorError as error:
            return await self._refused(request, signed_in, error)
        return await self._told("correction")

    async def ask(
        self, request: Request, signed_in: SignedIn, from_day: str, to_day: str
    ) -> Response:
        """Ask for a certificate."""
        try:
            async with self._deps.database.transaction() as session:
                await ask_certificate(
                    session,
                    from_day=_day(from_day),
                    to_day=_day(to_day),
                    by=volunteer_of(signed_in),
                    now=self._deps.clock.now(),
                )
        except FrontDoorError as error:
            return await self._refused(request, signed_in, error)
        return await self._told("certificate")

    async def download(
        self, request: Request, signed_in: SignedIn, certificate_id: UUID, id_number: str
    ) -> Response:
        """The PDF; an identity number stands on this copy and is kept nowhere."""
        me, desk = volunteer_of(signed_in), self._deps.desk
        try:
            number = checked_id_number(id_number)
        except InvalidInput as error:
            return await self._refused(request, signed_in, error)
        async with self._deps.database.transaction() as session:
            row = await get_certificate(session, certificate_id)
            if row.volunteer_id != me.id or row.status != "issued":
                raise NotFound("certificate", certificate_id)
            content = open_content(row, desk.vault)
            await record_view(
                session,
                viewer=Actor.volunteer(me.id),
                action="export",
                subject_kind="certificate",
                subject_id=certificate_id,
                fields=("content",),
                reason=None,
                now=self._deps.clock.now(),
            )
        verify_at = f"{self._deps.pages.public_url}/verify"
        pdf = await asyncio.to_thread(
            draw_certificate, content, desk.texts, verify_at=verify_at, id_number=number
        )
        return pdf_response(pdf, content.number)

    async def _told(self, done: str) -> Response:
        await self._deps.signals.publish("console", "ticket")
        return _to(f"{HOURS}?done={done}")

    async def _refused(
        self, request: Request, signed_in: SignedIn, error: FrontDoorError
    ) -> Response:
        if isinstance(error, NotFound):
            raise error
        pages = self._deps.pages
        if isinstance(error, InvalidInput):
            sentence = pages.say(request, error.text, **error.facts)
        else:
            sentence = pages.say(request, f"ticket.refused.{type(error).__name__}")
        return await self.show(request, signed_in, error=sentence, status=422)


_UNDER_WAY = (ClaimStatus.CLAIMED, ClaimStatus.CHECKED_IN)


def pdf_response(pdf: bytes, number: str) -> Response:
    """A PDF to be kept, with its number as its name."""
    headers = {"Content-Disposition": f'attachment; filename="{number}.pdf"'}
    return Response(pdf, media_type="application/pdf", headers=headers)


def _next_star(minutes: int, thresholds: list[int]) -> int:
    """The hours at which the next star comes; 0 when there is none."""
    return next((each for each in thresholds if minutes < each * _AN_HOUR), 0)


def _day(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a civil day
    except ValueError:
        raise InvalidInput("from_day", "claim.error.days") from None


def _page(task_id: UUID) -> str:
    return f"/volunteer/tasks/{task_id}"


def _to(address: str) -> Response:
    return RedirectResponse(address, status_code=303)
