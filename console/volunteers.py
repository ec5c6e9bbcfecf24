"""Volunteers as the street's volunteer office sees them: who waits, who may what, what runs out."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.ext.asyncio import AsyncSession

from console.fields import read_form, uuid_of
from console.frame import FramedPages, Frames, staff_of
from console.volunteer_view import file_view, row_view
from core.dates import today_in_china
from core.errors import FrontDoorError, InvalidInput, NotFound, NotPermitted
from handlers.staff.vet_volunteer import (
    decide_volunteer,
    end_proof,
    list_running_out,
    open_homes,
    record_proof,
)
from handlers.staff.volunteer_files import list_volunteers, open_volunteer_file, reveal_volunteer
from handlers.volunteers.avoid import keep_apart
from people.accounts import list_staff
from people.permissions import Permission
from people.profiles import PROOFS, Vetting
from people.sessions import SignedIn
from web.lengths import check_lengths

HOME = "/console/volunteers"
Form = dict[str, str]
Step = Callable[[AsyncSession], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Failed:
    """What was refused, and what was typed."""

    action: str
    sentence: str
    form: Form


def build_volunteers(frames: Frames) -> APIRouter:
    """The routes of the volunteers' files."""
    router = APIRouter(include_in_schema=False)
    files, gate = Volunteers(frames), frames.deps.gate
    see = Annotated[SignedIn, Depends(gate.needs(Permission.VOLUNTEER_SEE))]
    vet = Annotated[SignedIn, Depends(gate.needs(Permission.VOLUNTEER_VET))]

    @router.get(HOME)
    async def show_list(request: Request, signed_in: see) -> Response:
        return await files.show_list(request, signed_in)

    @router.get(HOME + "/{volunteer_id}")
    async def show_file(request: Request, signed_in: see, volunteer_id: str) -> Response:
        return await files.show(request, signed_in, uuid_of(volunteer_id, "volunteer"))

    @router.post(HOME + "/{volunteer_id}/{action}")
    async def act(request: Request, signed_in: vet, volunteer_id: str, action: str) -> Response:
        return await files.act(request, signed_in, uuid_of(volunteer_id, "volunteer"), action)

    return router


class Volunteers(FramedPages):
    """What these routes do."""

    async def show_list(self, request: Request, signed_in: SignedIn) -> Response:
        """Who waits for an answer first, then everybody; above them what runs out soon."""
        me, now = staff_of(signed_in), self._deps.clock.now()
        words = self._frames.words(request)
        async with self._deps.database.reading() as session:
            profiles = await list_volunteers(session, by=me)
            ends = await list_running_out(session, by=me, now=now)
        names = {each.id: each.name for each in profiles}
        return await self._frames.render(
            request,
            "console/volunteers.html",
            signed_in,
            current="volunteers",
            waiting=[row_view(each, words) for each in profiles if each.status == Vetting.APPLIED],
            others=[row_view(each, words) for each in profiles if each.status != Vetting.APPLIED],
            ends=[
                (who, names[who], words.say(f"volunteer.proof.{kind}"), until.isoformat())
                for who, kind, until in ends
                if who in names
            ],
        )

    async def show(
        self,
        request: Request,
        signed_in: SignedIn,
        volunteer_id: UUID,
        *,
        failed: Failed | None = None,
        opened: dict[str, str] | None = None,
    ) -> Response:
        """One file."""
        me, now, words = staff_of(signed_in), self._deps.clock.now(), self._frames.words(request)
        async with self._deps.database.transaction() as session:
            file = await open_volunteer_file(session, self._deps.desk, volunteer_id, by=me, now=now)
            names = {each.id: each.name for each in await list_staff(session)}
        shown = [
            (words.say(f"console.volunteers.open.{name}"), text.removeprefix("+86"))
            for name, text in (opened or {}).items()
        ]
        return await self._frames.render(
            request,
            "console/volunteer.html",
            signed_in,
            current="volunteers",
            status=422 if failed else 200,
            file=file_view(file, names, words, self._frames.when(request), now),
            kinds=words.options("volunteer.proof", PROOFS),
            today=today_in_china(now).isoformat(),
            may_vet=me.may(Permission.VOLUNTEER_VET),
            failed=failed or Failed("", "", {}),
            opened=shown,
        )

    async def act(
        self, request: Request, signed_in: SignedIn, volunteer_id: UUID, action: str
    ) -> Response:
        """One decision in one transaction; what is refused comes back with the words."""
        form = await read_form(request)
        try:
            check_lengths(form)
            async with self._deps.database.transaction() as session:
                result = await self._do(session, signed_in, volunteer_id, action, form)
        except (NotFound, NotPermitted):
            raise
        except FrontDoorError as error:
            _, sentence = self._deps.errors.status_and_sentence(request, error)
            failed = Failed(action, sentence, form)
            return await self.show(request, signed_in, volunteer_id, failed=failed)
        if action == "reveal":
            return await self.show(request, signed_in, volunteer_id, opened=result)
        for topic in ("outbox", "tasks", "console"):
            await self._deps.signals.publish(topic, "volunteer")
        return RedirectResponse(f"{HOME}/{volunteer_id}?done=volunteer", status_code=303)

    async def _do(
        self,
        session: AsyncSession,
        signed_in: SignedIn,
        volunteer_id: UUID,
        action: str,
        form: Form,
    ) -> dict[str, str] | None:
        desk, by, now = self._deps.desk, staff_of(signed_in), self._deps.clock.now()
        words = form.get("words", "")
        if action == "reveal":
            return await reveal_volunteer(session, desk, volunteer_id, words=words, by=by, now=now)
        if action in tuple(Vetting):
            await decide_volunteer(
                session,
                desk,
                volunteer_id,
                Vetting(action),
                words=words,
                identity_checked=form.get("identity") == "yes",
                interviewed=form.get("interview") == "yes",
                by=by,
                now=now,
            )
        elif action in ("open-homes", "close-homes"):
            opened = action == "open-homes"
            await open_homes(session, desk, volunteer_id, opened, words=words, by=by, now=now)
        elif action == "proof":
            await record_proof(
                session,
                desk,
                volunteer_id,
                form.get("kind", ""),
                valid_from=_day(form.get("from", ""), "from"),
                valid_until=_day(form["until"], "until") if form.get("until") else None,
                details=form.get("details", ""),
                by=by,
                now=now,
            )
        elif action == "apart":
            number = form.get("number", "")
            await keep_apart(session, desk, volunteer_id, number, words=words, by=by, now=now)
        elif action == "end-proof":
            proof_id = uuid_of(form.get("proof_id", ""), "proof")
            await end_proof(session, desk, proof_id, by=by, now=now)
        else:
            raise NotFound("action", action)
        return None


def _day(text: str, field: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput(field, "ticket.error.proof_date") from None
