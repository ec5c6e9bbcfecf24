"""What tests may ask for: `bot_api`, a double on the clock that stands."""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest

from core.clock import Clock

if TYPE_CHECKING:
    from tests.bot_api.server import BotApi


@pytest.fixture
async def bot_api(clock: Clock) -> "AsyncIterator[BotApi]":
    """A Bot API server that takes the test's clock and repeats deliveries at once."""
    from tests.bot_api.server import BotApi
    from tests.bot_api.world import Rules

    async with BotApi(clock=clock, rules=Rules(webhook_pace=0.01)) as api:
        yield api
