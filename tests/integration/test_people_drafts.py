"""Nothing typed is lost."""

import asyncio

import pytest

from people import accounts, drafts
from people.models import Draft


@pytest.fixture
async def limei(database, now):
    async with database.transaction() as session:
        return await accounts.add_staff(
            session, login="limei", name="李梅", roles=["operator"], password_hash=None, now=now
        )


async def save(database, vault, person, body, now, place="reply:1"):
    async with database.transaction() as session:
        await drafts.save_draft(session, vault, person.id, place, body, now=now)


async def find(database, vault, person, place="reply:1"):
    async with database.reading() as session:
        found = await drafts.find_draft(session, vault, person.id, place)
    return found.body if found else None


async def test_the_latest_words_are_kept_sealed(database, vault, limei, now):
    await save(database, vault, limei, "您好，", now)
    await save(database, vault, limei, "您好，明天上午有人上门。", now)
    assert await find(database, vault, limei) == "您好，明天上午有人上门。"
    async with database.reading() as session:
        row = await session.get(Draft, (limei.id, "reply:1"))
    assert "上门".encode() not in row.body_sealed


async def test_an_emptied_box_forgets_its_draft(database, vault, limei, now):
    await save(database, vault, limei, "写了又删", now)
    await save(database, vault, limei, "  ", now)
    assert await find(database, vault, limei) is None


async def test_two_tabs_that_save_at_once_both_succeed(database, vault, limei, now):
    await asyncio.gather(*(save(database, vault, limei, f"第{n}遍", now) for n in range(5)))
    assert (await find(database, vault, limei)).startswith("第")


async def test_drafts_are_listed_by_what_they_are_for(database, vault, limei, clock):
    await save(database, vault, limei, "电话一", clock.now(), place="call:1")
    await save(database, vault, limei, "电话二", clock.move(minutes=1), place="call:2")
    await save(database, vault, limei, "回复", clock.now(), place="reply:1")
    async with database.reading() as session:
        found = await drafts.list_drafts(session, vault, limei.id, prefix="call:")
    assert [each.body for each in found] == ["电话二", "电话一"]
