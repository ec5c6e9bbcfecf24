"""Wake-ups over a real Redis; and without it, within the process."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from core.limits import WindowLimits
from core.redis_signals import RedisSignals
from core.signals import InProcessSignals, Signal, Signals
from tests.servers import free_port, redis_server

PATIENCE = 20.0
"""Seconds; nothing here waits that long unless it fails."""


@pytest.fixture(params=["in process", "redis"])
async def pair(request: pytest.FixtureRequest) -> AsyncIterator[tuple[Signals, Signals]]:
    """Two ends: one object within a process, two connections over Redis."""
    if request.param == "in process":
        signals = InProcessSignals()
        yield signals, signals
        return
    with redis_server() as url:
        ends = RedisSignals(url), RedisSignals(url)
        yield ends
        for end in ends:
            await end.close()


async def heard(teller: Signals, listener: Signals, topic: str, note: str) -> Signal | None:
    """Tell again until it is heard: a subscription takes a moment to reach Redis."""
    async with listener.subscribe(topic) as subscription, asyncio.timeout(PATIENCE):
        while True:
            await teller.publish(topic, note)
            if signal := await subscription.wait(0.2):
                return signal


async def test_what_one_end_says_the_other_hears(pair: tuple[Signals, Signals]):
    one, other = pair
    assert await heard(one, other, "inbox", "12") == Signal("inbox", "12")


async def test_a_topic_reaches_only_its_listeners(pair: tuple[Signals, Signals]):
    one, other = pair
    async with other.subscribe("outbox") as elsewhere:
        await heard(one, other, "inbox", "")
        assert elsewhere.drain() == []


async def test_a_listener_that_reads_nothing_holds_up_nobody(pair: tuple[Signals, Signals]):
    one, other = pair
    async with other.subscribe("inbox"):
        for number in range(1000):
            await one.publish("inbox", str(number))
    assert await heard(one, other, "inbox", "after") is not None


async def test_without_redis_hints_still_travel_within_the_process():
    signals = RedisSignals(f"redis://127.0.0.1:{free_port()}/0")
    assert not await signals.ping()
    async with signals.subscribe("inbox") as subscription:
        await signals.publish("inbox", "1")
        assert await subscription.wait(PATIENCE) == Signal("inbox", "1")
    await signals.close()


async def test_a_redis_that_goes_away_in_the_middle_is_no_error():
    with contextlib.ExitStack() as stack:
        signals = RedisSignals(stack.enter_context(redis_server()))
        assert await heard(signals, signals, "inbox", "1") is not None
        stack.close()
        assert not await signals.ping()
        async with signals.subscribe("inbox") as subscription:
            await signals.publish("inbox", "2")
            assert await subscription.wait(PATIENCE) == Signal("inbox", "2")
    await signals.close()


async def test_limits_are_shared_over_redis(redis_url: str):
    one, other = WindowLimits(redis_url), WindowLimits(redis_url)
    passed = [await each.hit("3 per 1 hour", "door") for each in (one, other, one, other)]
    await one.close()
    await other.close()
    assert passed == [True, True, True, False]


async def test_limits_without_their_redis_let_everybody_in():
    limits = WindowLimits(f"redis://127.0.0.1:{free_port()}/0")
    assert await limits.hit("1 per 1 hour", "door")
    assert await limits.hit("1 per 1 hour", "door")
    assert await limits.test("1 per 1 hour", "door")
    await limits.close()
