"""Limits that processes share, and what becomes of them when Redis is away."""

import pytest

from core.limits import WindowLimits
from tests.servers import free_port


async def test_two_processes_count_together_in_redis(redis_url):
    here, there = WindowLimits(redis_url), WindowLimits(redis_url)
    assert await here.hit("2 per 1 hour", "test", "together")
    assert await there.hit("2 per 1 hour", "test", "together")
    assert not await here.hit("2 per 1 hour", "test", "together")
    assert not await there.test("2 per 1 hour", "test", "together")
    await here.close()
    await there.close()


@pytest.mark.parametrize("times", [1, 3])
async def test_without_its_redis_nobody_is_kept_out(times):
    limits = WindowLimits(f"redis://127.0.0.1:{free_port()}/0")
    assert all([await limits.hit("1 per 1 hour", "test", "away") for _ in range(times)])
    assert await limits.test("1 per 1 hour", "test", "away")
    await limits.close()
