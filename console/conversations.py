"""Somebody who waits for a person, perhaps without a ticket: take over, talk, hand back."""

import json
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.ext.asyncio import AsyncSession

from console.fields import read_form, uuid_of
from console.frame import FramedPages, Frames, staff_of
from console.history import HistoryWriter, Line
from conversations.models import Conversation
from core.errors import FrontDoorError, NotFound
from handlers.staff.desk import acting, needed
from handlers.staff.hand_back import hand_back_conversation
from handlers.staff.take_over import reply_in_conversation, take_over_conversation
from people.accounts import list_staff
from people.drafts import drop_draft, find_draft
from people.permissions import Permission, StaffMember
from people.sent_forms import take_form
from people.sessions import SignedIn
from people.view_log import has_viewed_since, record_view
from tickets.lookups import list_in_conversation
from tickets.models import Ticket
from tickets.sight import may_see
from web.lengths import check_lengths


@dataclass(frozen=True, slots=True)
class Linked:
    """A ticket of the conversation."""

    number: str
    title: str
    status: str


def build_conversations(frames: Frames) -> APIRouter:
    """The routes of a conversation without a ticket page."""
    router = APIRouter(include_in_schema=False)
    talks = Conversations(frames)
    gate = frames.deps.gate
    hold = Annotated[SignedIn, Depends(gate.needs(Permission.CONVERSATION_HOLD))]
    quietly = gate.needs(Permission.CONVERSATION_HOLD, quiet=True)
    quiet = Annotated[SignedIn, Depends(quietly)]
    say = Annotated[SignedIn, Depends(gate.needs(Permission.TICKET_REPLY))]

    @router.get("/console/conversations/{conversation_id}")
    async def show_talk(request: Request, signed_in: hold, conversation_id: str) -> Response:
        return await talks.show(request, signed_in, uuid_of(conversation_id, "conversation"))

    @router.get("/console/conversations/{conversation_id}/history")
    async def show_history(request: Request, signed_in: quiet, conversation_id: str) -> Response:
        return await talks.show_history(
            request, signed_in, uuid_of(conversation_id, "conversation")
        )

    @router.post("/console/conversations/{conversation_id}/take-over")
    async def take_over(request: Request, signed_in: hold, conversation_id: str) -> Response:
        return await talks.take_over(request, signed_in, uuid_of(conversation_id, "conversation"))

    @router.post("/console/conversations/{conversation_id}/hand-back")
    async def hand_back(signed_in: hold, conversation_id: str) -> Response:
        return await talks.hand_back(signed_in, uuid_of(conversation_id, "conversation"))

    @router.post("/console/conversations/{conversation_id}/reply")
    async def reply(request: Request, signed_in: say, conversation_id: str) -> Response:
        return await talks.reply(request, signed_in, uuid_of(conversation_id, "conversation"))

    return router


class Conversations(FramedPages):
    """What these routes do."""

    async def show(
        self,
        request: Request,
        signed_in: SignedIn,
        conversation_id: UUID,
        *,
        sentence: str = "",
        typed: str = "",
    ) -> Response:
        """What was said; that this person read it is recorded. `typed` comes back into the box."""
        me, words = staff_of(signed_in), self._frames.words(request)
        async with self._deps.database.transaction() as session:
            talk, tickets = await self._get(session, conversation_id, me)
            history = await self._history(session, request, talk)
            draft = await find_draft(session, self._deps.vault, me.id, f"talk:{conversation_id}")
            await self._record_look(session, conversation_id, me)
        return await self._frames.render(
            request,
            "console/conversation.html",
            signed_in,
            current="waiting_for_person",
            status=409 if sentence else 200,
            conversation_id=str(conversation_id),
            channel=words.channel(talk.channel),
            history=history,
            tickets=[
                Linked(each.number, each.title, words.status(each.status)) for each in tickets
            ],
            mine=talk.held_by_id == me.id,
            may_take=talk.held_by_id is None,
            draft=typed or (json.loads(draft.body).get("words", "") if draft else ""),
            phrases=[
                words.say(f"console.phrase.{key}", name=me.name)
                for key in ("hello", "when", "where", "waiting", "danger")
            ],
            failed={"sentence": sentence},
        )

    async def show_history(
        self, request: Request, signed_in: SignedIn, conversation_id: UUID
    ) -> Response:
        """What was said again, for a page that is open and was told that something happened."""
        me, now = staff_of(signed_in), self._deps.clock.now()
        async with self._deps.database.reading() as session:
            talk, _ = await self._get(session, conversation_id, me)
            history = await self._history(session, request, talk)
            recorded = await has_viewed_since(
                session,
                me.id,
                subject_kind="conversation",
                subject_id=conversation_id,
                since=now - self._deps.gate.lifetime,
            )
        if not recorded:  # asked for without the page around it: a look like any other
            async with self._deps.database.transaction() as session:
                await self._record_look(session, conversation_id, me)
        return self._deps.pages.render(
            request, "console/history.html", signed_in=signed_in, history=history
        )

    async def _record_look(
        self, session: AsyncSession, conversation_id: UUID, me: StaffMember
    ) -> None:
        await record_view(
            session,
            viewer=acting(me),
            action="view",
            subject_kind="conversation",
            subject_id=conversation_id,
            now=self._deps.clock.now(),
        )

    async def _get(
        self, session: AsyncSession, conversation_id: UUID, me: StaffMember
    ) -> tuple[Conversation, list[Ticket]]:
        """The conversation with its tickets; one of another area does not exist."""
        talk = await session.get(Conversation, conversation_id)
        tickets = await list_in_conversation(session, conversation_id)
        if talk is None or not all(may_see(each, me) for each in tickets):
            raise NotFound("conversation", conversation_id)
        return talk, tickets

    async def _history(
        self, session: AsyncSession, request: Request, talk: Conversation
    ) -> list[Line]:
        messages = await self._deps.log.list_messages(session, talk.id)
        names = {each.id: each.name for each in await list_staff(session)}
        words, when = self._frames.words(request), self._frames.when(request)
        writer = HistoryWriter(words, when, names, may_read=True)
        return writer.lines(messages, [], talk.channel)

    async def take_over(
        self, request: Request, signed_in: SignedIn, conversation_id: UUID
    ) -> Response:
        """From now on this person talks; of two exactly one gets it."""
        try:
            async with self._deps.database.transaction() as session:
                ticket = await take_over_conversation(
                    session,
                    self._deps.desk,
                    conversation_id,
                    by=staff_of(signed_in),
                    now=self._deps.clock.now(),
                )
        except FrontDoorError as error:
            _, sentence = self._deps.errors.status_and_sentence(request, error)
            return await self.show(request, signed_in, conversation_id, sentence=sentence)
        await self._frames.tell(conversation_id)
        page = f"tickets/{ticket.number}" if ticket else f"conversations/{conversation_id}"
        return RedirectResponse(f"/console/{page}?done=take-over", status_code=303)

    async def hand_back(self, signed_in: SignedIn, conversation_id: UUID) -> Response:
        """The bot talks again."""
        async with self._deps.database.transaction() as session:
            await hand_back_conversation(
                session,
                self._deps.desk,
                conversation_id,
                by=staff_of(signed_in),
                now=self._deps.clock.now(),
            )
        await self._frames.tell(conversation_id)
        return RedirectResponse("/console?view=waiting_for_person&done=hand-back", status_code=303)

    async def reply(self, request: Request, signed_in: SignedIn, conversation_id: UUID) -> Response:
        """Say something to somebody who has no ticket yet."""
        me, form = staff_of(signed_in), await read_form(request)
        now = self._deps.clock.now()
        try:
            check_lengths(form)
            async with self._deps.database.transaction() as session:
                if await take_form(session, form, place=f"{me.id} {conversation_id}", now=now):
                    await reply_in_conversation(
                        session,
                        self._deps.desk,
                        conversation_id,
                        needed(form.get("words"), "words"),
                        by=me,
                        now=now,
                    )
                await drop_draft(session, me.id, f"talk:{conversation_id}")
        except FrontDoorError as error:
            _, sentence = self._deps.errors.status_and_sentence(request, error)
            typed = form.get("words", "")
            return await self.show(
                request, signed_in, conversation_id, sentence=sentence, typed=typed
            )
        await self._frames.tell(conversation_id)
        return RedirectResponse(f"/console/conversations/{conversation_id}", status_code=303)
