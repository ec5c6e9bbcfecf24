"""The simulated month is the same every time, and its tasks are such as could be asked for."""

from bench.matching import SEED, TASKS, VOLUNTEERS, generate, simulate
from core.taxonomy import Street


def test_the_same_seed_gives_the_same_month(street: Street) -> None:
    first, second = generate(SEED, street), generate(SEED, street)
    assert first == second
    assert (len(first[0]), len(first[2])) == (VOLUNTEERS, TASKS)
    assert generate(SEED + 1, street) != first


def test_tasks_begin_by_day_and_after_they_were_asked_for(street: Street) -> None:
    _, _, wishes = generate(SEED, street)
    assert all(wish.asked_at < wish.needs.starts_at for wish in wishes)
    assert all(7 <= wish.needs.starts_at.hour < 22 for wish in wishes)


def test_first_come_first_served_writes_to_nobody() -> None:
    figures = simulate("list")
    assert figures.messages == 0
    assert 0 < figures.filled < 1
