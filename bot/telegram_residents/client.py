"""aiogram's client, set up for our server address and proxy; and what its errors mean to us."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    AiogramError,
    ClientDecodeError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramRetryAfter,
)
from aiohttp import ClientConnectionError, ClientConnectorError, ClientSession, TCPConnector
from pydantic import ValidationError

from notifications.sender import (
    ChatClosed,
    NeverDeliverable,
    OutcomeUnknown,
    TemporarilyUnreachable,
)

_SECONDS = 30.0


class _Session(AiohttpSession):
    """aiogram's session over an HTTP proxy without another library."""

    def __init__(self, api: TelegramAPIServer, proxy: str) -> None:
        super().__init__(api=api, timeout=_SECONDS)
        self._http_proxy = proxy or None
        self._client: ClientSession | None = None

    async def create_session(self) -> ClientSession:
        """The one connection pool, made when it is first needed."""
        if self._client is None or self._client.closed:
            connector = TCPConnector(**self._connector_init)
            self._client = ClientSession(connector=connector, proxy=self._http_proxy)
        return self._client

    async def close(self) -> None:
        """Let go of the connections."""
        if self._client is not None and not self._client.closed:
            await self._client.close()


def open_bot(token: str, *, api_base_url: str, file_base_url: str, proxy: str = "") -> Bot:
    """
    A client for one bot.

    `api_base_url` stands before `/bot<token>/<method>`, `file_base_url` before
    `/bot<token>/<path>`; nothing is called until somebody is written to.
    """
    server = TelegramAPIServer(
        base=f"{_literal(api_base_url)}/bot{{token}}/{{method}}",
        file=f"{_literal(file_base_url)}/bot{{token}}/{{path}}",
    )
    return Bot(token, session=_Session(server, proxy))


@contextmanager
def understood() -> Iterator[None]:
    """Turn what aiogram raises into the sender's three words; no text of theirs is kept."""
    try:
        yield
    except TelegramRetryAfter as error:
        raise TemporarilyUnreachable(timedelta(seconds=error.retry_after)) from None
    except TelegramForbiddenError:
        raise ChatClosed("blocked") from None
    except (TelegramBadRequest, TelegramMigrateToChat) as error:
        raise _of_refusal(error) from None
    except TelegramNetworkError as error:
        raise _of_network(error) from None
    except ClientDecodeError as error:
        raise _of_answer(error) from None
    except (TelegramAPIError, AiogramError):
        raise TemporarilyUnreachable from None


def _of_refusal(error: TelegramAPIError) -> NeverDeliverable:
    """A chat that is gone takes nothing else either; a message can also be wrong by itself."""
    kind = ChatClosed if "chat not found" in error.message.lower() else NeverDeliverable
    return kind(_kind(error))


def _of_network(error: TelegramNetworkError) -> Exception:
    """Never connected: surely not sent. Cut off later: nobody knows."""
    cause = error.__cause__
    if isinstance(cause, ClientConnectorError) or not isinstance(
        cause, ClientConnectionError | TimeoutError
    ):
        return TemporarilyUnreachable()
    return OutcomeUnknown("cut off after sending")


def _of_answer(error: ClientDecodeError) -> Exception:
    """A gateway's page is a refusal; Telegram's own JSON in a shape we do not know is a yes."""
    if isinstance(error.original, ValidationError):
        return OutcomeUnknown("an answer in an unknown shape")
    return TemporarilyUnreachable()


def _kind(error: TelegramAPIError) -> str:
    """Telegram's reason, which names no person."""
    return error.message[:120]


def _literal(address: str) -> str:
    """An address in a format string."""
    return address.rstrip("/").replace("{", "{{").replace("}", "}}")
