"""The double as a program: `python -m tests.bot_api --port 8081`; told what to do by HTTP."""

import argparse
import asyncio
import contextlib
import sys

from tests.bot_api.limits import NO_LIMITS, Limits
from tests.bot_api.server import BotApi
from tests.bot_api.world import Rules


def main() -> None:
    """Serve until interrupted; the address stands in the first line of the output."""
    parser = argparse.ArgumentParser(prog="python -m tests.bot_api")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--limits", action="store_true", help="send as slowly as Telegram wants")
    parser.add_argument("--webhook-pace", type=float, default=1.0, help="0.02 retries at once")
    parser.add_argument("--webhook-timeout", type=float, default=60.0, help="seconds")
    parser.add_argument("--poll-pace", type=float, default=1.0)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(parser.parse_args()))


async def _serve(options: argparse.Namespace) -> None:
    rules = Rules(
        webhook_pace=options.webhook_pace,
        webhook_timeout=options.webhook_timeout,
        poll_pace=options.poll_pace,
    )
    api = BotApi(rules=rules, limits=Limits() if options.limits else NO_LIMITS)
    await api.start(options.port)
    sys.stdout.write(f"{api.url}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    main()
