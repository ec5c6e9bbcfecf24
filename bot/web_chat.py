"""
The residents' web chat: a page that works without script, and live with it.

Whoever comes gets a signed random secret in a cookie; its digest names the chat. A
message is stored before the page says that it arrived; answers come over an
event stream that resumes after the number it has seen.
"""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from bot.chat_views import Bubble, ChatViews
from bot.decoding import LONGEST, encode_text
from conversations.inbox import Inbox, Standing
from conversations.log import ConversationLog
from conversations.speech import Speech
from core.clock import Clock
from core.database import Database
from core.errors import FrontDoorError
from core.limits import Limits
from core.messages import Address, Channel, RawInbound
from core.signals import Signals
from handlers.front_door import FrontDoor
from people.accounts import get_staff
from web.gate import Gate
from web.pages import Pages
from web.streams import StreamEvent, last_event_id, stream_response

COOKIE = "chat"
_YEAR = 365 * 24 * 3600
_LOOK_SECONDS = 5.0
_ANSWER_SECONDS = 2.0
"""A page without script waits so long for the answer before it is shown again."""
_MESSAGES = "40 per 1 minute"
_NEW_CHATS = "120 per 1 hour"


_BUTTONS_STAY = 12
"""A button of so many replies ago is still known by its title; an older one is an old button."""


class TooManyMessages(FrontDoorError):
    """One chat writes faster than any person does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatDeps:
    """What the web chat works with."""

    database: Database
    front_door: FrontDoor
    inbox: Inbox
    speech: Speech
    log: ConversationLog
    signals: Signals
    limits: Limits
    clock: Clock
    pages: Pages
    gate: Gate


class WebChat:
    """The chat's page, its two forms and its stream."""

    def __init__(self, deps: ChatDeps) -> None:
        self._deps = deps
        self._views = ChatViews(deps.pages.texts)

    def router(self) -> APIRouter:
        """Everything under `/` and `/chat`."""
        anyone = self._deps.gate.anyone()
        router = APIRouter(dependencies=[Depends(anyone)], include_in_schema=False)
        router.get("/")(self.page)
        router.post("/chat/messages")(self.post_message)
        router.post("/chat/press")(self.post_press)
        router.get("/chat/stream")(self.stream)
        return router

    async def page(self, request: Request) -> Response:
        """The whole conversation."""
        return await self._show(request, self._secret(request))

    async def post_message(
        self,
        request: Request,
        text: Annotated[str, Form()] = "",
        client_id: Annotated[str | None, Form(max_length=64)] = None,
    ) -> Response:
        """Store a message; a second delivery of the same `client_id` changes nothing."""
        if len(text) > LONGEST:
            return await self._refuse(request, "web_chat.too_long", text)
        if not text.strip():
            return await self._refuse(request, "web_chat.empty", text)
        return await self._take(request, encode_text(text), client_id, text)

    async def post_press(
        self,
        request: Request,
        payload: Annotated[str, Form(max_length=200)],
        client_id: Annotated[str | None, Form(max_length=64)] = None,
    ) -> Response:
        """Store a pressed button under the title that it showed."""
        title = await self._title(request, payload)
        shown = title or self._say(request, "web_chat.old_button")
        return await self._take(request, encode_text(shown, payload=payload), client_id, "")

    async def stream(self, request: Request) -> Response:
        """Answers after a number, as they come; beats while there are none."""
        secret = self._secret(request)
        if secret is None:
            return Response(status_code=204)
        seen = last_event_id(request) or "0"
        after = int(seen) if seen.isdecimal() and len(seen) < 12 else 0
        language = self._deps.pages.preferences(request).language
        return stream_response(self._events(secret, after, language))

    # ------------------------------------------------------------ taking

    async def _take(
        self, request: Request, body: str, client_id: str | None, text: str
    ) -> Response:
        secret = self._secret(request) or self._mint()
        async with self._deps.signals.subscribe(f"web:{_peer(secret)}") as answered:
            try:
                await self._receive(request, secret, body, client_id)
            except TooManyMessages:
                return await self._refuse(request, "web_chat.too_many", text)
            if _wants_part(request):
                response = Response(status_code=204)
            else:
                await answered.wait(_ANSWER_SECONDS)
                response = RedirectResponse("/#composer", 303)
        self._remember(response, secret)
        return response

    async def _receive(
        self, request: Request, secret: str, body: str, client_id: str | None
    ) -> None:
        deps, peer = self._deps, _peer(secret)
        source = request.client.host if request.client else ""
        if self._secret(request) is None and not await deps.limits.hit(_NEW_CHATS, "web", source):
            raise TooManyMessages
        if not await deps.limits.hit(_MESSAGES, "web_chat", peer):
            raise TooManyMessages
        raw = RawInbound(
            address=Address(Channel.WEB, "", peer),
            external_id=f"{peer[:32]}:{client_id or uuid4().hex}",
            body=body,
            received_at=deps.clock.now(),
        )
        await deps.front_door.receive(raw)

    async def _title(self, request: Request, payload: str) -> str | None:
        """What the button said: one of the last replies', or of those that the page always has."""
        language = self._deps.pages.preferences(request).language
        offered = {each: title for title, each in self._views.standing_choices(language)}
        secret = self._secret(request)
        standing = await self._find(secret) if secret else None
        if standing is not None:
            after = max(0, standing.last_number - _BUTTONS_STAY)
            async with self._deps.database.reading() as session:
                said = await self._deps.speech.list_after(session, standing.id, after)
            offered |= {each.payload: each.title for one in said for each in one.reply.choices}
        return offered.get(payload)

    # ------------------------------------------------------------ showing

    async def _show(
        self,
        request: Request,
        secret: str | None,
        *,
        status: int = 200,
        error: str = "",
        draft: str = "",
    ) -> HTMLResponse:
        language = self._deps.pages.preferences(request).language
        bubbles, holder, last = await self._bubbles(secret, language)
        response = self._deps.pages.render(
            request,
            "chat.html",
            status=status,
            bubbles=bubbles or [self._views.greeting(language, self._deps)],
            holder=holder,
            last=last,
            error=error,
            draft=draft,
            begun=secret is not None,
        )
        self._remember(response, secret or self._mint())
        return response

    async def _refuse(self, request: Request, key: str, draft: str) -> Response:
        """A clear sentence, and what was written stays."""
        sentence = self._say(request, key)
        if _wants_part(request):
            return Response(sentence, 422, media_type="text/plain; charset=utf-8")
        return await self._show(
            request, self._secret(request), status=422, error=sentence, draft=draft[:LONGEST]
        )

    async def _bubbles(self, secret: str | None, language: str) -> tuple[list[Bubble], str, int]:
        standing = await self._find(secret) if secret else None
        if standing is None:
            return [], "", 0
        async with self._deps.database.reading() as session:
            messages = await self._deps.log.list_messages(session, standing.id)
        bubbles = self._views.bubbles(messages, language, now=self._deps.clock.now())
        holder = self._views.holder(standing, await self._holder_name(standing), language)
        return bubbles, holder, max((each.number or 0 for each in messages), default=0)

    async def _find(self, secret: str) -> Standing | None:
        address = Address(Channel.WEB, "", _peer(secret))
        async with self._deps.database.reading() as session:
            return await self._deps.inbox.find_standing(session, address)

    # ------------------------------------------------------------ streaming

    async def _events(self, secret: str, after: int, language: str) -> AsyncIterator[StreamEvent]:
        """Rows after a number, on a wake-up or at the latest after five seconds."""
        conversation_id: UUID | None = None
        while True:
            known = conversation_id
            topics = [f"web:{_peer(secret)}", *([f"conversation:{known}"] if known else [])]
            async with self._deps.signals.subscribe(*topics) as subscription:
                while conversation_id == known:
                    standing = await self._find(secret)
                    conversation_id = standing.id if standing else None
                    if standing is not None:
                        for event in await self._new_rows(standing.id, after, language):
                            after = int(event.id or after)
                            yield event
                        yield await self._holder_event(standing, language)
                    await subscription.wait(_LOOK_SECONDS)
                    subscription.drain()

    async def _holder_event(self, standing: Standing, language: str) -> StreamEvent:
        words = self._views.holder(standing, await self._holder_name(standing), language)
        return StreamEvent(words, name="holder")

    async def _holder_name(self, standing: Standing) -> str | None:
        if standing.held_by_id is None:
            return None
        async with self._deps.database.reading() as session:
            return (await get_staff(session, standing.held_by_id)).name

    async def _new_rows(
        self, conversation_id: UUID, after: int, language: str
    ) -> list[StreamEvent]:
        async with self._deps.database.reading() as session:
            said = await self._deps.speech.list_after(session, conversation_id, after)
        now = self._deps.clock.now()
        return [
            StreamEvent(
                self._deps.pages.fragment(
                    language, "bubble.html", bubble=self._views.said(each, language, now=now)
                ),
                id=str(each.number),
                name="bubble",
            )
            for each in said
        ]

    # ------------------------------------------------------------ small things

    def _secret(self, request: Request) -> str | None:
        secret = request.cookies.get(COOKIE, "")
        return secret if self._deps.gate.stamp.is_ours(COOKIE, secret) else None

    def _mint(self) -> str:
        return self._deps.gate.stamp.mint(COOKIE)

    def _remember(self, response: Response, secret: str) -> None:
        response.set_cookie(
            COOKIE,
            secret,
            max_age=_YEAR,
            httponly=True,
            samesite="lax",
            secure=self._deps.pages.https,
        )

    def _say(self, request: Request, key: str) -> str:
        return self._deps.pages.say(request, key)


def _peer(secret: str) -> str:
    """The chat's name: a digest, so that the table cannot be used to enter a chat."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _wants_part(request: Request) -> bool:
    return request.headers.get("x-requested-with") == "chat"
