"""HEAD for every address that has GET: the same status and headers, and no body."""

from contextlib import suppress

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class HeadAnswers:
    """
    ASGI middleware: a HEAD goes the way of a GET and loses its body.

    Whoever watches a server asks so (RFC 9110 §9.3.2). The routes see a GET,
    so nobody has to name the method; an event stream ends at its headers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, without the body of the answer."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return
        with suppress(_HeadersSent):
            await self._app({**scope, "method": "GET"}, receive, _Headers(send))


class _HeadersSent(Exception):
    """The answer has more to come, and nobody wants it."""


class _Headers:
    """Sends the start of an answer and stops whoever goes on to fill it."""

    def __init__(self, send: Send) -> None:
        self._send = send

    async def __call__(self, message: Message) -> None:
        if message["type"] != "http.response.body":
            await self._send(message)
            return
        await self._send({"type": "http.response.body", "body": b""})
        if message.get("more_body"):
            raise _HeadersSent
