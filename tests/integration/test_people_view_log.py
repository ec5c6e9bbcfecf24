"""Who saw what: every look is kept, in one unbroken chain."""

import asyncio
from uuid import uuid4

import pytest
from sqlalchemy import delete, update

from core.actors import Actor
from people.models import ViewRecord
from people.view_log import START, list_views, record_view, verify_chain

VIEWER = Actor.staff(uuid4())


async def look(database, now, *, subject=None, reason="要打电话"):
    async with database.transaction() as session:
        await record_view(
            session,
            viewer=VIEWER,
            action="reveal",
            subject_kind="ticket",
            subject_id=subject or uuid4(),
            fields=["phone"],
            reason=reason,
            now=now,
        )


async def check(database):
    async with database.reading() as session:
        return await verify_chain(session)


async def test_who_saw_this_is_answered_newest_first(database, clock):
    ticket = uuid4()
    await look(database, clock.now(), subject=ticket, reason="第一次")
    await look(database, clock.move(minutes=5), subject=ticket, reason="第二次")
    await look(database, clock.now())
    async with database.reading() as session:
        views = await list_views(session, subject_kind="ticket", subject_id=ticket)
    assert [view.reason for view in views] == ["第二次", "第一次"]
    assert views[0].viewer_id == VIEWER.person_id
    assert views[0].fields == ("phone",)


async def test_an_empty_log_is_whole(database):
    found = await check(database)
    assert (found.rows, found.broken_at_id, found.head) == (0, None, START)


async def test_many_at_once_do_not_fork_the_chain(database, now):
    await asyncio.gather(*(look(database, now) for _ in range(30)))
    found = await check(database)
    assert found.rows == 30
    assert found.broken_at_id is None


async def test_a_look_that_is_rolled_back_leaves_the_chain_whole(database, now):
    await look(database, now)

    async def look_and_fail() -> None:
        async with database.transaction() as session:
            await record_view(
                session,
                viewer=VIEWER,
                action="view",
                subject_kind="ticket",
                subject_id=uuid4(),
                now=now,
            )
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await look_and_fail()
    await look(database, now)
    assert (await check(database)).broken_at_id is None


@pytest.mark.parametrize("change", ["reason", "removal"])
async def test_a_changed_or_removed_row_shows(database, now, change):
    for _ in range(3):
        await look(database, now)
    async with database.transaction() as session:
        second = ViewRecord.id == 2
        if change == "removal":
            await session.execute(delete(ViewRecord).where(second))
        else:
            await session.execute(update(ViewRecord).where(second).values(reason="别的"))
    found = await check(database)
    assert found.broken_at_id == (3 if change == "removal" else 2)


async def test_a_look_at_the_latest_rows_alone_follows_from_the_one_before(database, now):
    for _ in range(5):
        await look(database, now)
    async with database.reading() as session:
        whole, latest = await verify_chain(session), await verify_chain(session, last=2)
    assert (latest.rows, latest.broken_at_id, latest.head) == (2, None, whole.head)
