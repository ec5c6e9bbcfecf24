"""A chat becomes a volunteer's by a one-time code, and what is told reaches page and chat."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from conversations.models import Conversation
from core.database import Database
from core.messages import Address, Channel
from core.vault import Vault
from handlers.volunteers.chat.payloads import NOT_NOW, pack
from handlers.volunteers.tell import tell_volunteer
from notifications.models import OutboxMessage
from notifications.outbox import Outbox
from people.permissions import VolunteerMember
from people.volunteer_chats import (
    CODES_AT_MOST,
    LIFETIME,
    TRIES_AT_MOST,
    LinkCode,
    LinkRefusal,
    TooManyCodes,
    find_volunteer_of_chat,
    link_chat,
    list_chats_of,
    make_link_code,
    unlink_chat,
)
from people.volunteer_notices import NoticeKind, count_unseen, list_notices, mark_seen
from tests.integration.office import Office, add_volunteers

CHAT = Address(Channel.TELEGRAM, "volunteers", "4711")


async def a_code(database: Database, vault: Vault, by: VolunteerMember, now: datetime) -> LinkCode:
    async with database.transaction() as session:
        return await make_link_code(session, vault, by.id, now=now)


async def link(
    database: Database, vault: Vault, code: str, now: datetime, chat: Address = CHAT
) -> VolunteerMember | LinkRefusal:
    async with database.transaction() as session:
        return await link_chat(session, vault, chat, code, now=now)


async def owner(database: Database, chat: Address = CHAT) -> VolunteerMember | None:
    async with database.reading() as session:
        return await find_volunteer_of_chat(session, chat)


async def test_the_code_from_the_page_joins_the_chat_whatever_way_it_is_typed(
    database: Database, vault: Vault, now: datetime
) -> None:
    (one,) = await add_volunteers(database, 1, now)
    code = await a_code(database, vault, one, now)
    typed = code.spaced.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    assert await link(database, vault, typed, now) == one
    assert await owner(database) == one


async def test_a_code_works_once_and_for_ten_minutes(
    database: Database, vault: Vault, now: datetime
) -> None:
    (one,) = await add_volunteers(database, 1, now)
    used = await a_code(database, vault, one, now)
    await link(database, vault, used.digits, now)
    other = Address(Channel.TELEGRAM, "volunteers", "other")
    assert await link(database, vault, used.digits, now, other) is LinkRefusal.WRONG
    late = await a_code(database, vault, one, now)
    assert await link(database, vault, late.digits, now + LIFETIME, other) is LinkRefusal.WRONG
    assert await owner(database, other) is None


async def test_a_new_code_ends_the_one_before(
    database: Database, vault: Vault, now: datetime
) -> None:
    (one,) = await add_volunteers(database, 1, now)
    first = await a_code(database, vault, one, now)
    await a_code(database, vault, one, now)
    assert await link(database, vault, first.digits, now) is LinkRefusal.WRONG


async def test_who_guesses_is_made_to_wait_even_with_the_right_code(
    database: Database, vault: Vault, now: datetime
) -> None:
    (one,) = await add_volunteers(database, 1, now)
    code = await a_code(database, vault, one, now)
    wrong = "00000000" if code.digits != "00000000" else "11111111"
    for _ in range(TRIES_AT_MOST):
        assert await link(database, vault, wrong, now) is LinkRefusal.WRONG
    assert await link(database, vault, code.digits, now) is LinkRefusal.RESTING
    later = now + LIFETIME + timedelta(seconds=1)
    fresh = await a_code(database, vault, one, later)
    assert await link(database, vault, fresh.digits, later) == one


async def test_nobody_asks_for_codes_without_end(
    database: Database, vault: Vault, now: datetime
) -> None:
    (one,) = await add_volunteers(database, 1, now)
    for _ in range(CODES_AT_MOST):
        await a_code(database, vault, one, now)
    with pytest.raises(TooManyCodes):
        await a_code(database, vault, one, now)


async def test_a_chat_has_one_volunteer_and_a_volunteer_one_chat_on_an_account(
    database: Database, vault: Vault, now: datetime
) -> None:
    one, two = await add_volunteers(database, 2, now)
    new_phone = Address(Channel.TELEGRAM, "volunteers", "4712")
    await link(database, vault, (await a_code(database, vault, one, now)).digits, now)
    await link(database, vault, (await a_code(database, vault, one, now)).digits, now, new_phone)
    assert (await owner(database), await owner(database, new_phone)) == (None, one)
    await link(database, vault, (await a_code(database, vault, two, now)).digits, now, new_phone)
    assert await owner(database, new_phone) == two
    async with database.reading() as session:
        assert await list_chats_of(session, one.id) == []


async def test_a_parted_chat_is_nobodys(database: Database, vault: Vault, now: datetime) -> None:
    (one,) = await add_volunteers(database, 1, now)
    await link(database, vault, (await a_code(database, vault, one, now)).digits, now)
    async with database.transaction() as session:
        assert await unlink_chat(session, CHAT, now=now)
        assert not await unlink_chat(session, CHAT, now=now)
    assert await owner(database) is None


async def tell(database: Database, office: Office, by: VolunteerMember, now: datetime) -> None:
    async with database.transaction() as session:
        await tell_volunteer(
            session,
            office.desk,
            by.id,
            "volunteer.notice.offer",
            kind=NoticeKind.OFFER,
            now=now,
            choices=[("volunteer.choice.not_now", pack(NOT_NOW, by.id))],
            what="陪诊",
            place="和平里",
            starts=office.desk.moment(now, now),
            count=1,
            why="",
        )


async def test_what_is_told_stands_on_the_page_and_in_the_linked_chat(
    database: Database, office: Office, vault: Vault, now: datetime
) -> None:
    one, two = await add_volunteers(database, 2, now)
    await link(database, vault, (await a_code(database, vault, one, now)).digits, now)
    for each in (one, two):
        await tell(database, office, each, now)
    async with database.reading() as session:
        rows = (await session.scalars(select(OutboxMessage))).all()
        (notice,) = await list_notices(session, vault, two.id)
        assert await count_unseen(session, one.id) == 1
    said = [Outbox(vault=vault).opened(row).reply for row in rows]
    assert [row.peer for row in rows] == [CHAT.peer]
    assert [choice.title for choice in said[0].choices] == ["这次去不了"]
    assert notice.words == said[0].text
    assert "陪诊" in notice.words
    async with database.transaction() as session:
        await mark_seen(session, two.id, now=now)
        assert await count_unseen(session, two.id) == 0


async def test_a_chat_that_is_closed_to_us_is_passed_over_and_the_page_still_says_it(
    database: Database, office: Office, vault: Vault, now: datetime
) -> None:
    (one,) = await add_volunteers(database, 1, now)
    await link(database, vault, (await a_code(database, vault, one, now)).digits, now)
    await tell(database, office, one, now)
    async with database.transaction() as session:
        (chat,) = (await session.scalars(select(Conversation))).all()
        chat.reachable = False
    await tell(database, office, one, now)
    async with database.reading() as session:
        assert len((await session.scalars(select(OutboxMessage))).all()) == 1
        assert await count_unseen(session, one.id) == 2
