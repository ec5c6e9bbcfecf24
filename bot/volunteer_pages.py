"""
The volunteers' pages: see what is open, take it with one tap, go, say that it is done.

Every action is a form that answers with a redirect, so it works without script
and may be pressed twice. Who a task is for stands only on the page of somebody
who holds a place in it, and each look at that page is recorded.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request, Response, UploadFile
from fastapi.responses import RedirectResponse
from sqlalchemy.ext.asyncio import AsyncSession

from bot.volunteer_filters import OPEN_PATH, Filters
from bot.volunteer_showing import Called, VolunteerDeps, VolunteerPages, volunteer_of
from core.errors import InvalidInput
from core.files import Files
from handlers.volunteers.ask_for_help import ask_for_help
from handlers.volunteers.check_in import check_in
from handlers.volunteers.claim_task import claim_task
from handlers.volunteers.complete_claim import complete_claim
from handlers.volunteers.photo import LARGEST, clean_photo
from handlers.volunteers.release_claim import release_claim
from people.sessions import SignedIn
from tickets.claims import PartnerMissing
from tickets.tasks import ClaimStepNotAllowed, TaskAlreadyClaimed, VolunteerNotSuited
from web.gate import VOLUNTEER_COOKIE, VolunteerCheck
from web.lengths import check_lengths
from web.streams import StreamEvent, named, stream_response

__all__ = ["VolunteerDeps", "build_volunteer_pages"]

_LOOK_SECONDS = 20.0
"""A list that hears no hint looks again after so long."""

Words = Annotated[str, Form()]
Step = Callable[[AsyncSession], Awaitable[object]]


def build_volunteer_pages(deps: VolunteerDeps) -> APIRouter:
    """Everything under `/volunteer` but the sign-in, for volunteers who are signed in."""
    router = APIRouter(prefix="/volunteer", include_in_schema=False)
    pages, volunteer = VolunteerPages(deps), deps.gate.volunteers()
    _add_pages(router, pages, volunteer)
    _add_steps(router, TaskSteps(deps, pages), volunteer)
    _add_stream(router, OpenTasks(deps, pages), deps.gate.volunteers(quiet=True))
    return router


def _add_pages(router: APIRouter, pages: VolunteerPages, volunteer: VolunteerCheck) -> None:
    @router.get("")
    async def open_tasks(
        request: Request, taken: str = "", signed_in: SignedIn = Depends(volunteer)
    ) -> Response:
        return await pages.open_tasks(request, signed_in, taken=bool(taken))

    @router.get("/mine")
    async def own_tasks(request: Request, signed_in: SignedIn = Depends(volunteer)) -> Response:
        return await pages.own_tasks(request, signed_in)

    @router.get("/me")
    async def profile(request: Request, signed_in: SignedIn = Depends(volunteer)) -> Response:
        return await pages.profile(request, signed_in)

    @router.get("/tasks/{task_id:uuid}")
    async def task(
        request: Request, task_id: UUID, changed: str = "", signed_in: SignedIn = Depends(volunteer)
    ) -> Response:
        return await pages.task(request, signed_in, task_id, changed=bool(changed))

    @router.get("/help")
    async def help_page(request: Request, signed_in: SignedIn = Depends(volunteer)) -> Response:
        return await pages.help(request, signed_in, None)

    @router.get("/help/{task_id:uuid}/{alert_id:uuid}")
    async def called(
        request: Request, task_id: UUID, alert_id: UUID, signed_in: SignedIn = Depends(volunteer)
    ) -> Response:
        return await pages.help(request, signed_in, Called(task_id, alert_id))


def _add_steps(router: APIRouter, steps: "TaskSteps", volunteer: VolunteerCheck) -> None:
    @router.post("/tasks/{task_id:uuid}/claim")
    async def claim(task_id: UUID, signed_in: SignedIn = Depends(volunteer)) -> Response:
        return await steps.claim(signed_in, task_id)

    @router.post("/tasks/{task_id:uuid}/check-in")
    async def arrive(task_id: UUID, signed_in: SignedIn = Depends(volunteer)) -> Response:
        return await steps.check_in(signed_in, task_id)

    @router.post("/tasks/{task_id:uuid}/complete")
    async def complete(
        request: Request,
        task_id: UUID,
        words: Words = "",
        photo: UploadFile | None = None,
        signed_in: SignedIn = Depends(volunteer),
    ) -> Response:
        content = await photo.read(LARGEST + 1) if photo and photo.filename else b""
        return await steps.complete(request, signed_in, task_id, words, content)

    @router.post("/tasks/{task_id:uuid}/release")
    async def release(
        request: Request,
        task_id: UUID,
        words: Words = "",
        signed_in: SignedIn = Depends(volunteer),
    ) -> Response:
        return await steps.release(request, signed_in, task_id, words)

    @router.post("/tasks/{task_id:uuid}/help")
    async def call_for_help(
        task_id: UUID, words: Words = "", signed_in: SignedIn = Depends(volunteer)
    ) -> Response:
        return await steps.ask_for_help(signed_in, task_id, words)

    @router.post("/help")
    async def call_for_one_of(
        task_id: Annotated[UUID, Form()],
        words: Words = "",
        signed_in: SignedIn = Depends(volunteer),
    ) -> Response:
        return await steps.ask_for_help(signed_in, task_id, words)


def _add_stream(router: APIRouter, live: "OpenTasks", volunteer: VolunteerCheck) -> None:
    @router.get("/stream", dependencies=[Depends(volunteer)])
    async def stream(request: Request) -> Response:
        return stream_response(live.events(request))


class TaskSteps:
    """What a volunteer does to a task; each step is one transaction and ends in a redirect."""

    def __init__(self, deps: VolunteerDeps, pages: VolunteerPages) -> None:
        self._deps = deps
        self._pages = pages

    async def claim(self, signed_in: SignedIn, task_id: UUID) -> Response:
        """One tap. Whoever is slower reads so, beside what is still open."""
        by, now, desk = volunteer_of(signed_in), self._deps.clock.now(), self._deps.desk
        try:
            async with self._deps.database.transaction() as session:
                await claim_task(session, desk, task_id, by=by, now=now)
        except TaskAlreadyClaimed:
            return _to(f"{OPEN_PATH}?taken=1")
        except VolunteerNotSuited:
            return _to(_page(task_id))
        await self._tell("ticket")
        return _to(_page(task_id))

    async def check_in(self, signed_in: SignedIn, task_id: UUID) -> Response:
        """The volunteer is there."""
        by, now, desk = volunteer_of(signed_in), self._deps.clock.now(), self._deps.desk
        return await self._step(
            task_id, lambda session: check_in(session, desk, task_id, by=by, now=now)
        )

    async def complete(
        self, request: Request, signed_in: SignedIn, task_id: UUID, words: str, photo: bytes
    ) -> Response:
        """It is done; words and a picture are for the office."""
        if too_long := _find_too_long(words):
            return await self._pages.refuse_words(
                request, signed_in, task_id, "complete", words, too_long
            )
        by, now, desk = volunteer_of(signed_in), self._deps.clock.now(), self._deps.desk
        files, sealed, said = Files(vault=desk.vault), b"", words.strip()
        if photo:
            photo = await asyncio.to_thread(clean_photo, photo)
            sealed = await asyncio.to_thread(files.seal, photo)

        async def finish(session: AsyncSession) -> None:
            photo_id = (
                await files.keep(session, sealed, size=len(photo), now=now) if sealed else None
            )
            await complete_claim(
                session, desk, task_id, words=said, photo_id=photo_id, by=by, now=now
            )

        return await self._step(task_id, finish)

    async def release(
        self, request: Request, signed_in: SignedIn, task_id: UUID, words: str
    ) -> Response:
        """Cannot go after all."""
        if too_long := _find_too_long(words):
            return await self._pages.refuse_words(
                request, signed_in, task_id, "release", words, too_long
            )
        by, now, desk = volunteer_of(signed_in), self._deps.clock.now(), self._deps.desk
        said = words.strip()
        return await self._step(
            task_id,
            lambda session: release_claim(session, desk, task_id, words=said, by=by, now=now),
            then="/volunteer/mine",
        )

    async def ask_for_help(self, signed_in: SignedIn, task_id: UUID, words: str) -> Response:
        """Ring at the desk, then show whether somebody answered. No length of words stops it."""
        by, now, desk = volunteer_of(signed_in), self._deps.clock.now(), self._deps.desk
        async with self._deps.database.transaction() as session:
            alert_id = await ask_for_help(session, desk, task_id, words.strip(), by=by, now=now)
        await self._tell("ring")
        return _to(f"/volunteer/help/{task_id}/{alert_id}")

    async def _step(self, task_id: UUID, step: Step, *, then: str | None = None) -> Response:
        try:
            async with self._deps.database.transaction() as session:
                await step(session)
        except (ClaimStepNotAllowed, PartnerMissing):
            return _to(f"{_page(task_id)}?changed=1")
        await self._tell("ticket")
        return _to(then or _page(task_id))

    async def _tell(self, note: str) -> None:
        for topic in ("tasks", "console", "outbox"):
            await self._deps.signals.publish(topic, note)


class OpenTasks:
    """Tells an open list what is in it now; the page decides what to show and never jumps."""

    def __init__(self, deps: VolunteerDeps, pages: VolunteerPages) -> None:
        self._deps = deps
        self._pages = pages

    async def events(self, request: Request) -> AsyncIterator[StreamEvent]:
        """The ids under the page's filters, whenever they change, while the sign-in lasts."""
        filters: Filters = self._pages.filters(request)
        told: list[str] | None = None
        async with self._deps.signals.subscribe("tasks") as subscription:
            while signed_in := await self._deps.gate.find(request, VOLUNTEER_COOKIE):
                ids = await self._pages.open_ids(volunteer_of(signed_in), filters)
                if ids != told:
                    told = ids
                    yield named("tasks", open=ids)
                await subscription.wait(_LOOK_SECONDS)
                subscription.drain()
        yield named("signed-out")


def _find_too_long(words: str) -> InvalidInput | None:
    try:
        check_lengths({"words": words})
    except InvalidInput as error:
        return error
    return None


def _page(task_id: UUID) -> str:
    return f"/volunteer/tasks/{task_id}"


def _to(address: str) -> Response:
    return RedirectResponse(address, status_code=303)
