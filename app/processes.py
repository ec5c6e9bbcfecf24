"""The roles and how they run: web, telegram, worker, sender, clock; in one process or several."""

import asyncio
import contextlib
import ctypes
import gc
import signal
import socket
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass

import structlog
import uvicorn

from app.revision import is_current
from app.telegram import KEPT_OUT, has_token, is_kept_out, record_permission
from app.website import build_website
from app.wiring import House
from core.errors import DatabaseUnavailable, SettingsError
from core.signals import Signal, Subscription

ROLES = ("web", "telegram", "worker", "sender", "clock")
_GRACE_SECONDS = 8
_LOOK_SECONDS = 2.0
"""A worker that missed a wake-up looks again after so long."""
_RETRY_SECONDS = 1.0
_TICK_SECONDS = 1.0
_MODEL_SECONDS = 5.0
"""A promoted model serves after so long."""
_ARTICLES_SECONDS = 3.0
"""A process that missed the wake-up knows of a publication after so long."""

log = structlog.get_logger(__name__)

Step = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Loop:
    """One role that is no server: what to do, which signal wakes it, how long it sleeps."""

    name: str
    step: Step
    topic: str | None
    seconds: float
    rest: Callable[[Subscription, float], Awaitable[object]] = Subscription.wait
    """How it waits; for a signal, unless it knows better."""
    finish: Step | None = None
    """What it does when it is told to stop."""


def check_roles(house: House, roles: Sequence[str]) -> None:
    """Raise `SettingsError` for roles that cannot run so."""
    unknown = sorted(set(roles) - set(ROLES))
    if unknown:
        raise SettingsError("--roles", f"{unknown[0]} is no role", f"Use {', '.join(ROLES)}.")
    missing = _needed(house) - set(roles)
    if house.database.is_sqlite and missing:
        raise SettingsError(
            "--roles",
            "SQLite has one writer, so all roles run in one process",
            "Leave --roles out, or set DATABASE__URL to PostgreSQL.",
        )
    if missing and not house.settings.redis.url:
        raise SettingsError(
            "REDIS__URL",
            "is needed when roles run in several processes",
            "Set it to redis://host:6379/0.",
        )


def _needed(house: House) -> set[str]:
    """What has to run for everything to be done; without a bot there is nothing for `telegram`."""
    return set(ROLES) - (set() if house.bots else {"telegram"})


def give_back_memory() -> None:
    """
    Let go of what only the start needed: parsed files, unpacked models.

    The C library keeps freed memory unless it is told (glibc's `malloc_trim`; others lack it).
    What is left lives until the end, so the collector need not look at it again.
    """
    gc.collect()
    gc.freeze()
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)


async def serve(house: House, roles: Sequence[str], *, ready: Callable[[], None]) -> None:
    """
    Run the roles until SIGTERM or SIGINT; finish what is begun, within 10 s.

    Raises `DatabaseUnavailable`, or `SettingsError` for an old schema or a taken port.
    """
    check_roles(house, roles)
    await _check_database(house)
    await _check_region(house)
    await house.articles.begin(house.clock.now())
    listening = _listen(house) if "web" in roles else None
    stop = asyncio.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(each, stop.set)
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_run(house, loop, stop)) for loop in _loops(house, roles)]
        if "telegram" in roles:
            tasks += [group.create_task(bot.run(stop)) for bot in house.bots.values()]
        give_back_memory()
        if listening is not None:
            group.create_task(_web(house, listening, stop, ready))
        else:
            ready()
        await stop.wait()
        await _stop(tasks)
    await house.close()


def _loops(house: House, roles: Sequence[str]) -> list[Loop]:
    known = {
        "worker": Loop("worker", house.front_door.work_through, "inbox", _LOOK_SECONDS),
        "sender": Loop(
            "sender",
            house.sender.begin,
            "outbox",
            _LOOK_SECONDS,
            rest=house.sender.rest,
            finish=house.sender.finish,
        ),
        "model": Loop("model", house.look_for_model, None, _MODEL_SECONDS),
        "articles": Loop("articles", house.look_for_articles, "knowledge", _ARTICLES_SECONDS),
        "files": Loop("files", house.fetcher.fetch_due, "files", _LOOK_SECONDS),
        "clock": Loop("clock", house.timekeeper.tick, None, _TICK_SECONDS),
    }
    # whoever handles messages also fetches what came with them; whoever understands keeps up
    wanted = [*roles, *(["files"] if "worker" in roles else [])]
    wanted += ["model", "articles"] if {"web", "worker"} & set(roles) else []
    return [known[name] for name in wanted if name in known]


async def _run(house: House, loop: Loop, stop: asyncio.Event) -> None:
    """The outermost loop of a role: whatever happens in a step, the next one is tried."""
    async with (
        house.signals.subscribe(*([loop.topic] if loop.topic else [])) as subscription,
        asyncio.TaskGroup() as group,
    ):
        group.create_task(_wake_at(stop, subscription))
        while not stop.is_set():
            try:
                await loop.step()
            except DatabaseUnavailable as error:
                log.warning("database_unavailable", role=loop.name, error=str(error))
                await asyncio.sleep(_RETRY_SECONDS)
            except Exception:
                log.exception("step_failed", role=loop.name)
                await asyncio.sleep(_RETRY_SECONDS)
            await loop.rest(subscription, loop.seconds)
            subscription.drain()
        if loop.finish is not None:
            await loop.finish()


async def _wake_at(stop: asyncio.Event, subscription: Subscription) -> None:
    """Let a loop that waits see the end at once, not at its next look."""
    await stop.wait()
    subscription.put(Signal("stop"))


async def _web(
    house: House, listening: socket.socket, stop: asyncio.Event, ready: Callable[[], None]
) -> None:
    config = uvicorn.Config(
        build_website(house),
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=2,
        forwarded_allow_ips=house.settings.web.trusted_proxies or None,
        lifespan="off",
    )
    server = _Server(config, ready)
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    server.should_exit = True
    stop.set()
    await serving


class _Server(uvicorn.Server):
    """A server that leaves the signals to us, because all roles stop together."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets)
        if self.started:
            self._ready()


def _listen(house: House) -> socket.socket:
    host, port = house.settings.web.host, house.settings.web.port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise SettingsError(
            "WEB__PORT",
            f"{host}:{port} cannot be used ({error.strerror})",
            "Something else listens there? Try another: PORT=8001 make run.",
        ) from None
    listening.listen(512)
    return listening


async def _check_database(house: House) -> None:
    await house.database.ping()
    if not await is_current(house.database):
        raise SettingsError(
            "DATABASE__URL", "the database has an older schema", "Run `baijiamen db upgrade`."
        )


async def _check_region(house: House) -> None:
    """Say once a start that Telegram is off, or record why it is not."""
    if house.settings.region and has_token(house.settings):
        if is_kept_out(house.settings):
            log.warning("telegram_kept_out", why=KEPT_OUT)
            return
        async with house.database.transaction() as session:
            await record_permission(session, house.settings, house.clock.now())
        log.warning("telegram_allowed_in_region", region=house.settings.region)


async def _stop(tasks: Sequence[asyncio.Task[None]]) -> None:
    """Loops that wait are woken; one in the middle of a step may finish it."""
    _, pending = await asyncio.wait(tasks, timeout=_GRACE_SECONDS) if tasks else (set(), set())
    for task in pending:
        task.cancel()
