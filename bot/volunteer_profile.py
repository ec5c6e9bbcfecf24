"""
Volunteers about themselves: register, describe, pause, join a chat, read what they were told.

Works without script; a form that is refused comes back as it was filled in.
"""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from bot.volunteer_forms import (
    Filled,
    abilities_of,
    application_of,
    filled_from,
    form_choices,
    pause_of,
    read_filled,
)
from bot.volunteer_showing import VolunteerDeps, volunteer_of
from core.dates import today_in_china
from core.errors import InvalidInput
from handlers.volunteers.answer_offer import say_not_now
from handlers.volunteers.avoid import rather_not_again
from handlers.volunteers.list_tasks import list_own_tasks
from people.accounts import check_password_strength
from people.passwords import hash_password
from people.profiles import get_profile
from people.registration import describe_self, end_pause, pause, register
from people.sessions import SignedIn, open_session
from people.volunteer_chats import LinkCode, TooManyCodes, make_link_code, unlink_volunteer
from people.volunteer_notices import list_notices, mark_seen
from web.gate import VolunteerCheck
from web.lengths import check_lengths
from web.sign_in import VOLUNTEER_DOOR, let_in

REGISTRATIONS = "5 per 1 hour"
"""From one address; a family or an office shares one."""
ME = "/volunteer/me"


def build_volunteer_profile(deps: VolunteerDeps) -> APIRouter:
    """Registration for everybody, the rest for volunteers who are signed in."""
    router = APIRouter(prefix="/volunteer", include_in_schema=False)
    _add_registration(router, Registration(deps))
    _add_own(router, OwnPages(deps), deps.gate.volunteers())
    return router


def _add_registration(router: APIRouter, registration: "Registration") -> None:
    anyone = [Depends(registration.deps.gate.anyone())]

    @router.get("/register", dependencies=anyone)
    async def show(request: Request) -> Response:
        return registration.show(request)

    @router.post("/register", dependencies=anyone)
    async def send(request: Request) -> Response:
        return await registration.send(request)


def _add_own(router: APIRouter, own: "OwnPages", volunteer: VolunteerCheck) -> None:
    @router.get("/me/edit")
    async def edit(request: Request, signed_in: SignedIn = Depends(volunteer)) -> Response:
        return await own.edit(request, signed_in)

    @router.post("/me/edit")
    async def change(request: Request, signed_in: SignedIn = Depends(volunteer)) -> Response:
        return await own.change(request, signed_in)

    @router.get("/me/pause")
    async def show_pause(request: Request, signed_in: SignedIn = Depends(volunteer)) -> Response:
        return await own.show_pause(request, signed_in)

    @router.post("/me/pause")
    async def pause_self(request: Request, signed_in: SignedIn = Depends(volunteer)) -> Response:
        return await own.pause(request, signed_in)

    @router.post("/me/resume")
    async def resume(signed_in: SignedIn = Depends(volunteer)) -> Response:
        return await own.resume(signed_in)

    @router.post("/me/code")
    async def code(request: Request, signed_in: SignedIn = Depends(volunteer)) -> Response:
        return await own.code(request, signed_in)

    @router.post("/me/unlink")
    async def unlink(signed_in: SignedIn = Depends(volunteer)) -> Response:
        return await own.unlink(signed_in)

    @router.get("/notices")
    async def notices(request: Request, signed_in: SignedIn = Depends(volunteer)) -> Response:
        return await own.notices(request, signed_in)

    @router.post("/tasks/{task_id:uuid}/not-now")
    async def not_now(task_id: UUID, signed_in: SignedIn = Depends(volunteer)) -> Response:
        return await own.not_now(signed_in, task_id)

    @router.post("/tasks/{task_id:uuid}/not-again")
    async def not_again(task_id: UUID, signed_in: SignedIn = Depends(volunteer)) -> Response:
        return await own.not_again(signed_in, task_id)


class Registration:
    """A stranger becomes an applicant and is signed in at once."""

    def __init__(self, deps: VolunteerDeps) -> None:
        self.deps = deps

    def show(
        self, request: Request, filled: Filled | None = None, error: InvalidInput | None = None
    ) -> Response:
        """The form, empty or as it was refused."""
        return self.deps.pages.render(
            request,
            "volunteer_register.html",
            status=422 if error else 200,
            filled=filled or Filled(),
            failed=_failed(self.deps, request, error),
            **_choices(self.deps, request),
        )

    async def send(self, request: Request) -> Response:
        """Put the registration down; the first thing to see is what happens next."""
        filled, deps, now = await read_filled(request), self.deps, self.deps.clock.now()
        street = deps.desk.street
        try:
            check_lengths(filled.words)
            await self._check_often(request)
            application = application_of(filled, street, today=today_in_china(now))
            check_password_strength(filled.words.get("password", ""))
            password_hash = await hash_password(filled.words.get("password", ""))
            async with deps.database.transaction() as session:
                member = await register(
                    session,
                    deps.desk.vault,
                    application,
                    communities=street.communities.keys(),
                    password_hash=password_hash,
                    now=now,
                )
                opened = await open_session(
                    session,
                    staff_id=None,
                    volunteer_id=member.id,
                    lifetime=deps.gate.lifetime,
                    now=now,
                )
        except InvalidInput as error:
            return self.show(request, filled, error)
        await deps.signals.publish("console", "volunteer")
        return let_in(
            deps.pages, deps.gate, VOLUNTEER_DOOR, opened.secret, came_from=f"{ME}?done=registered"
        )

    async def _check_often(self, request: Request) -> None:
        source = request.client.host if request.client else ""
        if not await self.deps.limits.hit(REGISTRATIONS, "volunteer-register", source):
            raise InvalidInput("main", "volunteer.error.too_many")


class OwnPages:
    """What a volunteer changes of themselves."""

    def __init__(self, deps: VolunteerDeps) -> None:
        self._deps = deps

    async def edit(
        self,
        request: Request,
        signed_in: SignedIn,
        filled: Filled | None = None,
        error: InvalidInput | None = None,
    ) -> Response:
        """Skills, places, times, languages and wishes."""
        async with self._deps.database.reading() as session:
            profile = await get_profile(session, volunteer_of(signed_in).id)
        known = self._deps.desk.taxonomy.helps
        return await self._render(
            request,
            "volunteer_edit.html",
            signed_in,
            error=error,
            filled=filled or filled_from(profile, known),
            **_choices(self._deps, request),
        )

    async def change(self, request: Request, signed_in: SignedIn) -> Response:
        """Write it down; the list of tasks follows at once."""
        filled, street = await read_filled(request), self._deps.desk.street
        try:
            check_lengths(filled.words)
            abilities = abilities_of(filled, street)
            async with self._deps.database.transaction() as session:
                await describe_self(
                    session,
                    volunteer_of(signed_in).id,
                    abilities,
                    communities=street.communities.keys(),
                )
        except InvalidInput as error:
            return await self.edit(request, signed_in, filled, error)
        return _to(f"{ME}?done=saved")

    async def show_pause(
        self,
        request: Request,
        signed_in: SignedIn,
        filled: Filled | None = None,
        error: InvalidInput | None = None,
    ) -> Response:
        """From when until when to be left alone."""
        return await self._render(
            request, "volunteer_pause.html", signed_in, error=error, filled=filled or Filled()
        )

    async def pause(self, request: Request, signed_in: SignedIn) -> Response:
        """A rest; no reason asked."""
        filled = await read_filled(request)
        try:
            check_lengths(filled.words)
            from_at, until_at = pause_of(filled, self._deps.clock.now())
            async with self._deps.database.transaction() as session:
                await pause(session, volunteer_of(signed_in).id, from_at=from_at, until_at=until_at)
        except InvalidInput as error:
            return await self.show_pause(request, signed_in, filled, error)
        return _to(f"{ME}?done=paused")

    async def resume(self, signed_in: SignedIn) -> Response:
        """Back again."""
        async with self._deps.database.transaction() as session:
            await end_pause(session, volunteer_of(signed_in).id)
        return _to(f"{ME}?done=resumed")

    async def code(self, request: Request, signed_in: SignedIn) -> Response:
        """A one-time code for the chat, shown once and nowhere kept in clear."""
        deps, code, error = self._deps, None, None
        try:
            async with deps.database.transaction() as session:
                code = await make_link_code(
                    session, deps.desk.vault, volunteer_of(signed_in).id, now=deps.clock.now()
                )
        except TooManyCodes:
            error = InvalidInput("main", "volunteer.error.codes")
        return await self._show_code(request, signed_in, code, error)

    async def unlink(self, signed_in: SignedIn) -> Response:
        """Part every chat."""
        async with self._deps.database.transaction() as session:
            await unlink_volunteer(session, volunteer_of(signed_in).id, now=self._deps.clock.now())
        return _to(f"{ME}?done=unlinked")

    async def notices(self, request: Request, signed_in: SignedIn) -> Response:
        """Everything that was told, the latest first; now it is seen."""
        deps, member = self._deps, volunteer_of(signed_in)
        async with deps.database.transaction() as session:
            found = await list_notices(session, deps.desk.vault, member.id)
            await mark_seen(session, member.id, now=deps.clock.now())
        return await self._render(request, "volunteer_notices.html", signed_in, notices=found)

    async def not_now(self, signed_in: SignedIn, task_id: UUID) -> Response:
        """Asked, and it does not suit; no reason wanted."""
        async with self._deps.database.transaction() as session:
            await say_not_now(
                session, task_id, by=volunteer_of(signed_in), now=self._deps.clock.now()
            )
        return _to("/volunteer?not_now=1")

    async def not_again(self, signed_in: SignedIn, task_id: UUID) -> Response:
        """No more tasks of this resident; nobody hears of it."""
        async with self._deps.database.transaction() as session:
            await rather_not_again(
                session, task_id, by=volunteer_of(signed_in), now=self._deps.clock.now()
            )
        return _to(f"{ME}?done=apart")

    async def _show_code(
        self,
        request: Request,
        signed_in: SignedIn,
        code: LinkCode | None,
        error: InvalidInput | None,
    ) -> Response:
        return await self._render(request, "volunteer_code.html", signed_in, error=error, code=code)

    async def _render(
        self,
        request: Request,
        template: str,
        signed_in: SignedIn,
        *,
        error: InvalidInput | None = None,
        **facts: Any,
    ) -> Response:
        async with self._deps.database.reading() as session:
            own = await list_own_tasks(session, by=volunteer_of(signed_in))
        return self._deps.pages.render(
            request,
            template,
            status=422 if error else 200,
            signed_in=signed_in,
            mine=sum(each.claim_status in ("claimed", "checked_in") for each in own),
            failed=_failed(self._deps, request, error),
            **facts,
        )


def _failed(deps: VolunteerDeps, request: Request, error: InvalidInput | None) -> tuple[str, str]:
    """Field and sentence of what was refused; empty when nothing was."""
    if error is None:
        return "", ""
    return error.field, deps.pages.say(request, error.text, **error.facts)


def _choices(deps: VolunteerDeps, request: Request) -> dict[str, Any]:
    desk = deps.desk
    language = deps.pages.preferences(request).language
    return form_choices(desk.street, desk.taxonomy, desk.texts, language)


def _to(address: str) -> Response:
    return RedirectResponse(address, status_code=303)
