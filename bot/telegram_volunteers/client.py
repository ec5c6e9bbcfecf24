"""python-telegram-bot's client for our server address and proxy; and what its errors mean to us."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import httpx
from telegram import Bot
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.request import HTTPXRequest

from notifications.deliveries import (
    ChatClosed,
    NeverDeliverable,
    OutcomeUnknown,
    TemporarilyUnreachable,
)

_SECONDS = 30.0
_TOKEN_PAUSE = timedelta(minutes=5)


class StaysAsItIs(NeverDeliverable):
    """A message was to be changed into what it says already."""


def open_bot(token: str, *, api_base_url: str, file_base_url: str, proxy: str = "") -> Bot:
    """
    A client for one bot.

    `api_base_url` stands before `/bot<token>/<method>`, `file_base_url` before
    `/bot<token>/<path>`; nothing is called until somebody is written to.
    """
    # the library's own way of asking for spans of time; without it reading one warns
    os.environ.setdefault("PTB_TIMEDELTA", "true")
    request = HTTPXRequest(
        connection_pool_size=32,
        read_timeout=_SECONDS,
        connect_timeout=_SECONDS,
        proxy=proxy or None,
    )
    return Bot(
        token,
        base_url=f"{api_base_url.rstrip('/')}/bot",
        base_file_url=f"{file_base_url.rstrip('/')}/bot",
        request=request,
        get_updates_request=request,
    )


@contextmanager
def understood() -> Iterator[None]:
    """Turn what the library raises into the sender's three words; no text of theirs is kept."""
    try:
        yield
    except RetryAfter as error:
        raise TemporarilyUnreachable(_pause(error)) from None
    except InvalidToken:
        # the token is wrong, not the volunteer: everything waits until somebody mends it
        raise TemporarilyUnreachable(_TOKEN_PAUSE) from None
    except Forbidden:
        raise ChatClosed("blocked") from None
    except (BadRequest, ChatMigrated) as error:
        raise _of_refusal(error) from None
    except (TimedOut, NetworkError) as error:
        raise _of_network(error) from None
    except TelegramError:
        raise TemporarilyUnreachable from None


def _of_refusal(error: TelegramError) -> NeverDeliverable:
    """A chat that is gone takes nothing else either; a message can also be wrong by itself."""
    reason = error.message[:120].lower()
    if "not modified" in reason:
        return StaysAsItIs(reason)
    return (ChatClosed if "chat not found" in reason else NeverDeliverable)(reason)


def _pause(error: RetryAfter) -> timedelta:
    wait = error.retry_after
    return wait if isinstance(wait, timedelta) else timedelta(seconds=wait)


def _of_network(error: NetworkError) -> Exception:
    """Never connected, or refused by a gateway: surely not sent. Cut off later: nobody knows."""
    cause = error.__cause__
    if isinstance(cause, (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)):
        return TemporarilyUnreachable()
    if isinstance(cause, httpx.HTTPError):
        return OutcomeUnknown("cut off after sending")
    return TemporarilyUnreachable()
