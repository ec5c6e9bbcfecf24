"""Rasa's REST channel: `POST /webhooks/rest/webhook`, one message in, its answers out."""

import hashlib
from collections.abc import Sequence
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Header, HTTPException, Request
from pydantic import BaseModel, ConfigDict, Field

from bot.decoding import LONGEST, encode_text
from core.clock import Clock
from core.database import Database
from core.limits import Limits
from core.messages import Address, Channel, RawInbound, Reply
from handlers.front_door import FrontDoor
from people.tokens import find_token_owner
from web.forms import host_name

_PER_SENDER = "60 per 1 minute"


class RestMessage(BaseModel):
    """What a program sends; `message_id` makes a second delivery harmless."""

    model_config = ConfigDict(extra="ignore")

    sender: str = Field(min_length=1, max_length=128, pattern=r"^[^\x00]+$")
    message: str = Field(max_length=LONGEST)
    message_id: str | None = Field(None, min_length=1, max_length=128)


class RestButton(BaseModel):
    """A choice; send `payload` back as the message to press it."""

    title: str
    payload: str


class RestReply(BaseModel):
    """One answer. `buttons` is there only where there are any."""

    recipient_id: str
    text: str
    buttons: list[RestButton] | None = None


class RestChannel:
    """
    Answers programs.

    With an API token every sender lives in that token's own space. Without one
    it answers only while the pages are on loopback (the first local run), and
    only under a loopback name or the house's own: a page from elsewhere whose
    name was made to point here asks under its own (DNS rebinding).
    """

    def __init__(
        self,
        *,
        front_door: FrontDoor,
        database: Database,
        limits: Limits,
        clock: Clock,
        own_hosts: frozenset[str],
    ) -> None:
        """`own_hosts`: the names under which no token is needed; none: always a token."""
        self._front_door = front_door
        self._database = database
        self._limits = limits
        self._clock = clock
        self._own_hosts = own_hosts

    def router(self) -> APIRouter:
        """The channel's two addresses."""
        router = APIRouter(prefix="/webhooks/rest", tags=["rest"])
        router.get("/", openapi_extra=_PERMISSION)(self.status)
        router.post(
            "/webhook",
            response_model=list[RestReply],
            response_model_exclude_none=True,
            openapi_extra=_PERMISSION,
        )(self.webhook)
        return router

    async def status(self) -> dict[str, str]:
        """Rasa's own sign of life."""
        return {"status": "ok"}

    async def webhook(
        self,
        body: RestMessage,
        request: Request,
        authorization: Annotated[str | None, Header()] = None,
    ) -> list[RestReply]:
        """Handle one message; when it answers 200, everything is committed."""
        account = await self._account(authorization, request.headers.get("host", ""))
        if not await self._limits.hit(_PER_SENDER, "rest", account, body.sender):
            raise HTTPException(429, "too many messages; wait a minute")
        raw = RawInbound(
            address=Address(Channel.REST, account, body.sender),
            external_id=_external_id(body.sender, body.message_id or uuid4().hex),
            body=encode_text(body.message),
            received_at=self._clock.now(),
        )
        return _replies(body.sender, await self._front_door.answer_at_once(raw))

    async def _account(self, authorization: str | None, host: str) -> str:
        """The space in which a sender's name is an identity."""
        if authorization is None:
            if host_name(host) in self._own_hosts:
                return ""
            raise HTTPException(401, "needs a bearer token", {"WWW-Authenticate": "Bearer"})
        secret = authorization.removeprefix("Bearer ").strip()
        async with self._database.reading() as session:
            owner = await find_token_owner(session, secret)
        if owner is None:
            raise HTTPException(401, "unknown token", {"WWW-Authenticate": "Bearer"})
        return owner.token_id.hex


def _external_id(sender: str, message_id: str) -> str:
    """
    One name for a sender's message.

    A digest, because no two pairs may share it: sender `a:b` with the message
    `c` is somebody else than `a` with `b:c`, and two long ids that end
    differently are two messages.
    """
    text = f"{len(sender)}:{sender}:{message_id}"
    return hashlib.sha256(text.encode()).hexdigest()


_PERMISSION = {"x-permission": "token"}


def _replies(sender: str, replies: Sequence[Reply]) -> list[RestReply]:
    return [
        RestReply(
            recipient_id=sender,
            text=each.text,
            buttons=[
                RestButton(title=choice.title, payload=choice.payload) for choice in each.choices
            ]
            or None,
        )
        for each in replies
    ]
