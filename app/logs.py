"""Structured logs on standard error: ids and kinds, never a resident's words or numbers."""

import logging
import sys
from collections.abc import Iterable, MutableMapping, Sequence
from typing import Any

import structlog

from core.settings import LogSettings

_QUIET = (
    "httpx",
    "httpcore",
    "aiosqlite",
    "asyncio",
    "uvicorn.access",
    "alembic",
    "aiogram",
    "aiohttp",
    "telegram",
)
"""Libraries whose INFO lines are noise, or URLs with a bot's token in them."""


def configure_logs(settings: LogSettings, secrets: Iterable[str] = ()) -> None:
    """Send every log line through one formatter, which lets none of the secrets through."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        _Discreet(
            [each for each in secrets if each],
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _where_it_failed,
                _renderer(settings),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(settings.level.upper())
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


class _Discreet(structlog.stdlib.ProcessorFormatter):
    """Writes `***` for secrets: a bot's token is part of every URL that a library may log."""

    def __init__(self, secrets: Sequence[str], **more: Any) -> None:
        super().__init__(**more)
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        line = super().format(record)
        for secret in self._secrets:
            line = line.replace(secret, "***")
        return line


def _renderer(settings: LogSettings) -> Any:
    on_terminal = sys.stderr.isatty()
    if settings.format == "text" or (settings.format == "auto" and on_terminal):
        return structlog.dev.ConsoleRenderer(colors=on_terminal)
    return structlog.processors.JSONRenderer(ensure_ascii=False)


def _where_it_failed(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """
    Replace an exception by its type and the lines it came through.

    Its message is left out: drivers put bound values, and so residents' words, into it.
    """
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    if isinstance(info, BaseException):
        info = (type(info), info, info.__traceback__)
    if info and info[0] is not None:
        event["error"] = info[0].__name__
        event["at"] = _frames(info[2])
    return event


def _frames(trace: Any) -> list[str]:
    frames = []
    while trace is not None:
        code = trace.tb_frame.f_code
        frames.append(f"{code.co_filename.rsplit('/', 2)[-1]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return frames[-12:]
