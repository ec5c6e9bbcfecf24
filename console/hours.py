"""Volunteers' hours, certificates and thanks: what counts, what the street vouches for."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.ext.asyncio import AsyncSession

from console.fields import read_form, uuid_of
from console.frame import FramedPages, Frames, staff_of
from core.actors import Actor
from core.errors import FrontDoorError, NotFound
from core.files import Files
from handlers.staff.approve_hours import approve_hours, decide_hours
from handlers.staff.certificates import (
    decline_certificate,
    issue_certificate,
    revoke_certificate,
)
from handlers.volunteers.certificate_paper import draw_certificate
from handlers.volunteers.photo import MIME
from handlers.volunteers.thank import take_back_thanks
from people.permissions import Permission, StaffMember
from people.sessions import SignedIn
from people.view_log import record_view
from tickets.certificates import get_certificate, list_certificates, open_content
from tickets.hours import get_visit, list_corrections, list_unapproved
from tickets.thanks import list_thanks

PAGE = "/console/hours"
Act = Callable[[AsyncSession, StaffMember], Awaitable[None]]


def build_hours(frames: Frames) -> APIRouter:
    """The routes; each act states its own permission, the page that of seeing the lists."""
    router = APIRouter(include_in_schema=False)
    hours, gate = Hours(frames), frames.deps.gate
    approve = Annotated[SignedIn, Depends(gate.needs(Permission.HOURS_APPROVE))]
    certify = Annotated[SignedIn, Depends(gate.needs(Permission.CERTIFICATE_ISSUE))]
    hide = Annotated[SignedIn, Depends(gate.needs(Permission.THANKS_HIDE))]

    @router.get(PAGE)
    async def show(request: Request, signed_in: approve) -> Response:
        return await hours.show(request, signed_in)

    @router.get(f"{PAGE}/{{claim_id}}/photo")
    async def photo(claim_id: str, signed_in: approve) -> Response:
        return await hours.photo(signed_in, uuid_of(claim_id, "claim"))

    @router.post(f"{PAGE}/{{claim_id}}")
    async def let_count(request: Request, signed_in: approve, claim_id: str) -> Response:
        return await hours.approve(request, signed_in, uuid_of(claim_id, "claim"))

    @router.post("/console/corrections/{correction_id}")
    async def decide(request: Request, signed_in: approve, correction_id: str) -> Response:
        return await hours.decide(request, signed_in, uuid_of(correction_id, "correction"))

    @router.post("/console/certificates/{certificate_id}")
    async def certificate(request: Request, signed_in: certify, certificate_id: str) -> Response:
        return await hours.certificate(request, signed_in, uuid_of(certificate_id, "certificate"))

    @router.get("/console/certificates/{certificate_id}")
    async def paper(signed_in: certify, certificate_id: str) -> Response:
        return await hours.paper(signed_in, uuid_of(certificate_id, "certificate"))

    @router.post("/console/thanks/{task_id}")
    async def hide_words(request: Request, signed_in: hide, task_id: str) -> Response:
        return await hours.hide(request, signed_in, uuid_of(task_id, "task"))

    return router


class Hours(FramedPages):
    """What these routes do."""

    async def show(
        self, request: Request, signed_in: SignedIn, *, sentence: str = "", status: int = 200
    ) -> Response:
        """What waits for a decision, and what was decided of late."""
        vault = self._deps.vault
        async with self._deps.database.reading() as session:
            visits = await list_unapproved(session)
            corrections = await list_corrections(session, vault)
            certificates = await list_certificates(session, vault, limit=50)
            thanks = await list_thanks(session, vault)
        return await self._frames.render(
            request,
            "console/hours.html",
            signed_in,
            current="hours",
            status=status,
            visits=visits,
            corrections=corrections,
            certificates=certificates,
            thanks=thanks,
            issuer_phone=self._deps.desk.volunteering.issuer_phone
            or self._deps.desk.settings.duty_phone,
            sentence=sentence,
        )

    async def approve(self, request: Request, signed_in: SignedIn, claim_id: UUID) -> Response:
        """Let minutes count, as recorded or as changed with a reason."""
        form = await read_form(request)

        async def act(session: AsyncSession, by: StaffMember) -> None:
            await approve_hours(
                session,
                self._deps.desk,
                claim_id,
                minutes=_whole(form.get("minutes", "")),
                reason=form.get("reason", ""),
                by=by,
                now=self._deps.clock.now(),
            )

        return await self._do(request, signed_in, act)

    async def decide(self, request: Request, signed_in: SignedIn, correction_id: UUID) -> Response:
        """A volunteer's wish: granted or kept with a reason."""
        form = await read_form(request)

        async def act(session: AsyncSession, by: StaffMember) -> None:
            await decide_hours(
                session,
                self._deps.desk,
                correction_id,
                granted=form.get("granted") == "yes",
                answer=form.get("reason", ""),
                by=by,
                now=self._deps.clock.now(),
            )

        return await self._do(request, signed_in, act)

    async def certificate(
        self, request: Request, signed_in: SignedIn, certificate_id: UUID
    ) -> Response:
        """Issue, decline or revoke."""
        form, desk, now = await read_form(request), self._deps.desk, self._deps.clock.now()
        reason = form.get("reason", "")

        async def act(session: AsyncSession, by: StaffMember) -> None:
            step = form.get("step")
            if step == "issue":
                phone = form.get("phone", "")
                await issue_certificate(session, desk, certificate_id, phone=phone, by=by, now=now)
            elif step == "decline":
                await decline_certificate(
                    session, desk, certificate_id, reason=reason, by=by, now=now
                )
            else:
                await revoke_certificate(
                    session, desk, certificate_id, reason=reason, by=by, now=now
                )

        return await self._do(request, signed_in, act)

    async def paper(self, signed_in: SignedIn, certificate_id: UUID) -> Response:
        """The PDF, to be stamped; recorded."""
        async with self._deps.database.transaction() as session:
            row = await get_certificate(session, certificate_id)
            content = open_content(row, self._deps.vault)
            await self._note(session, signed_in, "export", "certificate", certificate_id)
        verify_at = f"{self._deps.pages.public_url}/verify"
        pdf = await asyncio.to_thread(
            draw_certificate, content, self._deps.texts, verify_at=verify_at
        )
        headers = {"Content-Disposition": f'attachment; filename="{content.number}.pdf"'}
        return Response(pdf, media_type="application/pdf", headers=headers)

    async def photo(self, signed_in: SignedIn, claim_id: UUID) -> Response:
        """The picture that came with a visit; recorded."""
        async with self._deps.database.transaction() as session:
            visit = await get_visit(session, claim_id)
            if visit.photo_id is None:
                raise NotFound("photo", claim_id)
            content = await Files(vault=self._deps.vault).get_content(session, visit.photo_id)
            await self._note(session, signed_in, "view", "claim", claim_id)
        return Response(content, media_type=MIME)

    async def hide(self, request: Request, signed_in: SignedIn, task_id: UUID) -> Response:
        """Words that hurt are taken from the volunteers' pages."""

        async def act(session: AsyncSession, by: StaffMember) -> None:
            await take_back_thanks(session, task_id, by=by, now=self._deps.clock.now())

        return await self._do(request, signed_in, act)

    async def _note(
        self, session: AsyncSession, signed_in: SignedIn, action: str, kind: str, about: UUID
    ) -> None:
        await record_view(
            session,
            viewer=Actor.staff(staff_of(signed_in).id),
            action=action,
            subject_kind=kind,
            subject_id=about,
            fields=("content",),
            reason=None,
            now=self._deps.clock.now(),
        )

    async def _do(self, request: Request, signed_in: SignedIn, act: Act) -> Response:
        try:
            async with self._deps.database.transaction() as session:
                await act(session, staff_of(signed_in))
        except NotFound:
            raise
        except FrontDoorError as error:
            status, sentence = self._deps.errors.status_and_sentence(request, error)
            return await self.show(request, signed_in, sentence=sentence, status=status)
        await self._frames.tell(None, tasks=True)
        await self._deps.signals.publish("outbox")
        return RedirectResponse(f"{PAGE}?done=hours", status_code=303)


def _whole(text: str) -> int | None:
    """Minutes as typed; None where nothing was, zero (which is refused) for no number."""
    if not text.strip():
        return None
    return int(text) if text.strip().isdecimal() else 0
