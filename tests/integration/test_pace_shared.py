"""Several senders share one bot's permits through Redis, and do without it."""

from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from notifications.pace import TELEGRAM, Bucket, Rate, Scope, buckets_of
from notifications.redis_pace import RedisPacer
from tests.conftest import FixedClock
from tests.servers import free_port

LANE = "telegram:residents"
SLOW = [Bucket(Scope.LANE, f"{LANE}:slow", Rate(0.01, 3))]


@pytest.fixture
async def pacers(redis_url: str, clock: FixedClock) -> AsyncIterator[list[RedisPacer]]:
    redis: Redis = Redis.from_url(redis_url)
    await redis.flushdb()
    await redis.aclose()
    found = [RedisPacer(redis_url, clock) for _ in range(2)]
    yield found
    for each in found:
        await each.close()


async def test_two_senders_together_get_no_more_than_one_alone(pacers):
    refusals = [await pacers[turn % 2].take(LANE, SLOW) for turn in range(5)]
    assert [each is None for each in refusals] == [True, True, True, False, False]
    assert 90 < refusals[-1].seconds <= 100


async def test_a_refused_permit_takes_none_of_the_others(pacers):
    chat = buckets_of(TELEGRAM, LANE, "1", broadcast=False)
    for _ in range(3):
        assert await pacers[0].take(LANE, chat) is None
    refused = await pacers[0].take(LANE, chat)
    assert refused.scope is Scope.CHAT
    other = buckets_of(TELEGRAM, LANE, "2", broadcast=False)
    assert await pacers[1].take(LANE, other) is None


async def test_a_pause_counts_for_all_and_is_never_made_shorter(pacers):
    await pacers[0].pause(LANE, 30)
    await pacers[1].pause(LANE, 1)
    assert 25 < await pacers[1].paused(LANE) <= 30
    refused = await pacers[1].take(LANE, SLOW)
    assert refused.scope is Scope.LANE
    assert await pacers[1].take("telegram:volunteers", SLOW) is None


async def test_without_its_redis_each_sender_counts_for_itself(clock):
    alone = RedisPacer(f"redis://127.0.0.1:{free_port()}/0", clock)
    taken = [await alone.take(LANE, SLOW) for _ in range(4)]
    assert [each is None for each in taken] == [True, True, True, False]
    await alone.pause("telegram:volunteers", 30)
    assert await alone.paused("telegram:volunteers") == 30
    await alone.close()
