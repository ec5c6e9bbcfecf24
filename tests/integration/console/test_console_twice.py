"""A form that is pressed twice, or sent once more, says and does its thing once."""

import asyncio
import re
from typing import Any

import pytest

from conversations.models import Conversation
from tests.integration.office import a_ticket, read_ticket, what_was_said
from tickets.history import list_history


async def shown_id(colleague, number: str, act: str) -> str:
    """The id of the form as the page shows it."""
    page = await colleague.get(f"/console/tickets/{number}")
    form = page.text.split(f'action="/console/tickets/{number}/{act}"')[1]
    found = re.search(r'name="form_id" value="([0-9a-f]{32})"', form.split("</form>")[0])
    assert found
    return found[1]


async def notes_of(database, office, number: str) -> list[Any]:
    ticket = await read_ticket(database, number)
    async with database.reading() as session:
        events = await list_history(session, ticket.id, vault=office.desk.vault)
    return [each.note for each in events if each.kind in ("note", "replied")]


@pytest.mark.parametrize("kind", ["reply", "note"])
async def test_a_reply_or_note_pressed_twice_is_said_once(
    database, office, operator, now, vault, kind
):
    number = await a_ticket(database, office, now)
    form = {
        "kind": kind,
        "words": "明天上午来",
        "form_id": await shown_id(operator, number, "write"),
    }
    path = f"/console/tickets/{number}/write"
    answers = await asyncio.gather(*(operator.send(path, **form) for _ in range(3)))
    assert [answer.status_code for answer in answers] == [303] * 3
    assert await notes_of(database, office, number) == ["明天上午来"]
    said = await what_was_said(database, vault, number)
    assert [words for words in said if "明天上午来" in words] == said[: kind == "reply"]


async def test_other_words_under_the_same_id_are_heard(database, office, operator, now):
    number = await a_ticket(database, office, now)
    form_id = await shown_id(operator, number, "write")
    for words in ("第一句", "退回来又写的一句"):
        await operator.act(number, "write", kind="note", words=words, form_id=form_id)
    assert await notes_of(database, office, number) == ["第一句", "退回来又写的一句"]


async def test_the_same_words_from_a_page_shown_anew_are_said_again(
    database, office, operator, now
):
    number = await a_ticket(database, office, now)
    for _ in range(2):
        form_id = await shown_id(operator, number, "write")
        await operator.act(
            number, "write", kind="note", words="又打了一次，没人接", form_id=form_id
        )
    assert len(await notes_of(database, office, number)) == 2


async def test_a_refused_form_may_be_sent_again_as_it_is(database, office, operator, lead, now):
    number = await a_ticket(database, office, now)
    form = {"kind": "reply", "words": "您好", "form_id": await shown_id(operator, number, "write")}
    await lead.act(number, "take-over")
    refused = await operator.act(number, "write", **form)
    assert refused.status_code == 409
    await lead.act(number, "hand-back")
    assert (await operator.act(number, "write", **form)).status_code == 303
    assert await notes_of(database, office, number) == ["您好"]


async def test_a_decision_pressed_twice_is_no_clash_with_oneself(database, office, dispatcher, now):
    number = await a_ticket(database, office, now)
    page = await dispatcher.get(f"/console/tickets/{number}")
    revision = re.search(r'name="revision" value="(\d+)"', page.text)
    assert revision
    form = {
        "unit": "elder_service",
        "revision": revision[1],
        "form_id": await shown_id(dispatcher, number, "dispatch"),
    }
    for _ in range(2):
        answer = await dispatcher.send(f"/console/tickets/{number}/dispatch", **form)
        assert answer.status_code == 303
    assert (await read_ticket(database, number)).status == "dispatched"


async def test_words_to_somebody_without_a_ticket_are_said_once(
    database, office, operator, now, vault
):
    number = await a_ticket(database, office, now)
    talk_id = (await read_ticket(database, number)).conversation_id
    async with database.transaction() as session:
        talk = await session.get_one(Conversation, talk_id)
        talk.held_by_id = office.operator.id
    for _ in range(2):
        path = f"/console/conversations/{talk_id}/reply"
        await operator.send(path, words="您好，我是李梅", form_id="a" * 32)
    assert sum("我是李梅" in words for words in await what_was_said(database, vault, number)) == 1


@pytest.fixture
async def lead(house, office):
    return await house.sign_in(office.lead)
