"""One task of volunteers as staff see it: who goes, what was said, and what may be done."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.ext.asyncio import AsyncSession

from console.fields import read_form, uuid_of
from console.frame import FramedPages, Frames, staff_of
from core.errors import FrontDoorError, NotFound
from handlers.staff.allow_alone import allow_alone
from handlers.staff.answer_volunteer import answer_volunteer
from people.permissions import Permission
from people.sessions import SignedIn
from tickets.claims import Holder, list_holders, may_begin, needs_pair
from tickets.lookups import get_ticket
from tickets.models import Task, Ticket
from tickets.relays import Relayed, list_relayed
from tickets.sight import may_see
from tickets.tasks import get_task


@dataclass(frozen=True, slots=True)
class Going:
    """Somebody who goes, and what went to and fro."""

    holder: Holder
    status: str
    talk: list[Relayed]


def build_tasks(frames: Frames) -> APIRouter:
    """The routes of one task."""
    router = APIRouter(include_in_schema=False)
    tasks, gate = Tasks(frames), frames.deps.gate
    see = Annotated[SignedIn, Depends(gate.needs(Permission.TICKET_SEE))]
    publish = Annotated[SignedIn, Depends(gate.needs(Permission.TASK_PUBLISH))]
    reply = Annotated[SignedIn, Depends(gate.needs(Permission.TICKET_REPLY))]

    @router.get("/console/tasks/{task_id}")
    async def show(request: Request, signed_in: see, task_id: str) -> Response:
        return await tasks.show(request, signed_in, uuid_of(task_id, "task"))

    @router.post("/console/tasks/{task_id}/alone")
    async def alone(request: Request, signed_in: publish, task_id: str) -> Response:
        return await tasks.allow(request, signed_in, uuid_of(task_id, "task"))

    @router.post("/console/tasks/{task_id}/say")
    async def say(request: Request, signed_in: reply, task_id: str) -> Response:
        return await tasks.say(request, signed_in, uuid_of(task_id, "task"))

    return router


class Tasks(FramedPages):
    """What these routes do."""

    async def show(
        self,
        request: Request,
        signed_in: SignedIn,
        task_id: UUID,
        *,
        sentence: str = "",
        status: int = 200,
    ) -> Response:
        """The page; raises `NotFound` outside of what this person sees."""
        words = self._frames.words(request)
        async with self._deps.database.reading() as session:
            task, ticket = await self._read(session, signed_in, task_id)
            holders = await list_holders(session, task_id)
            going = [
                Going(
                    each,
                    words.say(f"ticket.claim_status.{each.status}"),
                    await list_relayed(session, self._deps.vault, each.claim_id),
                )
                for each in holders
            ]
        return await self._frames.render(
            request,
            "console/task.html",
            signed_in,
            status=status,
            task=task_id,
            title=task.title,
            place=task.rough_place,
            starts=task.starts_at,
            number=ticket.number,
            task_status=words.say(f"ticket.task_status.{task.status}"),
            going=going,
            waits=needs_pair(task) and not may_begin(task, holders),
            sentence=sentence,
        )

    async def allow(self, request: Request, signed_in: SignedIn, task_id: UUID) -> Response:
        """One may go in alone."""
        form, me = await read_form(request), staff_of(signed_in)
        try:
            async with self._deps.database.transaction() as session:
                ticket = await self._lock(session, signed_in, task_id)
                await allow_alone(
                    session,
                    self._deps.desk,
                    ticket,
                    task_id,
                    reason=form.get("reason", ""),
                    by=me,
                    now=self._deps.clock.now(),
                )
        except FrontDoorError as error:
            return await self._refused(request, signed_in, task_id, error)
        return await self._done(task_id, ticket)

    async def say(self, request: Request, signed_in: SignedIn, task_id: UUID) -> Response:
        """What a resident said by telephone reaches the volunteer."""
        form, me = await read_form(request), staff_of(signed_in)
        try:
            async with self._deps.database.transaction() as session:
                ticket = await self._lock(session, signed_in, task_id)
                await answer_volunteer(
                    session,
                    self._deps.desk,
                    ticket,
                    uuid_of(form.get("claim_id", ""), "claim"),
                    words=form.get("words", ""),
                    by=me,
                    now=self._deps.clock.now(),
                )
        except FrontDoorError as error:
            return await self._refused(request, signed_in, task_id, error)
        return await self._done(task_id, ticket)

    async def _read(
        self, session: AsyncSession, signed_in: SignedIn, task_id: UUID
    ) -> tuple[Task, Ticket]:
        task = await get_task(session, task_id)
        ticket = await get_ticket(session, task.ticket_id)
        if not may_see(ticket, staff_of(signed_in)):
            raise NotFound("task", task_id)
        return task, ticket

    async def _lock(self, session: AsyncSession, signed_in: SignedIn, task_id: UUID) -> Ticket:
        _, ticket = await self._read(session, signed_in, task_id)
        return await self._deps.desk.get_ticket(session, ticket.number, by=staff_of(signed_in))

    async def _refused(
        self, request: Request, signed_in: SignedIn, task_id: UUID, error: FrontDoorError
    ) -> Response:
        if isinstance(error, NotFound):
            raise error
        status, sentence = self._deps.errors.status_and_sentence(request, error)
        return await self.show(request, signed_in, task_id, sentence=sentence, status=status)

    async def _done(self, task_id: UUID, ticket: Ticket) -> Response:
        await self._frames.tell(ticket.conversation_id, tasks=True)
        return RedirectResponse(f"/console/tasks/{task_id}", status_code=303)
