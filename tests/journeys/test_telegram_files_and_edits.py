"""Photos, voice and corrections: what no machine reads reaches a person, and nothing is lost."""

import pytest
from sqlalchemy import select

from conversations.holding import take_over
from conversations.models import MessageFile
from core.files import Files
from people.accounts import add_staff
from tests.talking import Talk, notes_of
from tickets.models import Alert
from tickets.opening import DESCRIPTION, PHONE

LAMP = "楼道灯坏了三天没人修，长虹里3栋，电话13800001234"
PHOTO = b"a lamp that is broken " * 100


async def files(talk: Talk) -> list[MessageFile]:
    async with talk.house.database.reading() as session:
        return list(await session.scalars(select(MessageFile).order_by(MessageFile.inbox_id)))


async def content(talk: Talk, row: MessageFile) -> bytes:
    async with talk.house.database.reading() as session:
        return await Files(vault=talk.house.vault).get_content(session, row.file_id)


@pytest.mark.parametrize("kind", ["photo", "voice", "document"])
async def test_what_cannot_be_read_goes_to_a_person_and_says_what_to_do(talk: Talk, kind):
    sends = {
        "photo": talk.person.sends_photo,
        "voice": talk.person.sends_voice,
        "document": lambda each: talk.person.sends_document(each, name="灯.pdf"),
    }
    sends[kind](PHOTO)
    told, waiting = await talk.settle()
    assert "110、119、120" in told.text
    assert "写一句" in told.text
    assert any(each in waiting.text for each in ("叫人", "值班", "在岗"))
    assert (await talk.conversation()).waiting_since_at is not None
    assert len(await talk.tickets()) == 1
    assert await talk.house.fetcher.fetch_due() == 1
    (row,) = await files(talk)
    assert (row.kind, row.status) == (kind, "kept")
    assert await content(talk, row) == PHOTO
    assert PHOTO not in row.source_sealed


async def test_an_album_is_answered_once_and_kept_whole(talk: Talk):
    talk.person.sends_album([PHOTO, PHOTO + b"2", PHOTO + b"3"])
    assert len(await talk.settle()) == 2
    assert len(await talk.tickets()) == 1
    await talk.house.fetcher.fetch_due()
    assert [row.status for row in await files(talk)] == ["kept"] * 3


async def test_words_beside_a_photo_are_a_request_and_the_photo_is_seen_soon(talk: Talk, clock):
    talk.person.sends_photo(PHOTO, caption="楼道灯坏了三天没人修")
    noted, *_, question = await talk.settle()
    assert "照片" in noted.text
    assert "在哪里" in question.text
    assert await talk.tickets() == []
    clock.move(minutes=3)
    assert await talk.house.front_door.finish_silent() == 1
    assert len(await talk.tickets()) == 1


async def test_danger_beside_a_photo_is_an_emergency(talk: Talk):
    talk.person.sends_photo(PHOTO, caption="屋里一股煤气味")
    help_, *_ = await talk.settle()
    assert "119" in help_.text
    async with talk.house.database.reading() as session:
        assert await session.scalar(select(Alert.kind)) == "emergency"


async def test_a_question_beside_a_photo_is_answered_and_a_person_looks_at_the_photo(talk: Talk):
    talk.person.sends_photo(PHOTO, caption="高龄津贴怎么领，要带什么材料")
    answer, *_ = await talk.settle()
    assert "依据" in answer.text
    assert (await talk.conversation()).waiting_since_at is not None


async def test_a_file_that_is_too_large_is_said_so_and_a_person_asks(talk: Talk):
    talk.person.sends_document(PHOTO, name="film.pdf", size=30 * 1024 * 1024)
    told, _ = await talk.settle()
    assert "20 MB" in told.text
    assert [row.status for row in await files(talk)] == ["too_large"]
    assert await talk.house.fetcher.fetch_due() == 0


async def test_a_download_that_fails_is_tried_again_and_holds_up_no_reply(talk: Talk, api, clock):
    api.faults.fail("getFile")
    api.faults.drop_before("file", times=1)
    talk.person.sends_photo(PHOTO)
    assert len(await talk.settle()) == 2
    for _ in range(2):
        assert await talk.house.fetcher.fetch_due() == 0
        clock.move(minutes=1)
    assert await talk.house.fetcher.fetch_due() == 1


async def test_a_file_that_is_gone_is_given_up_and_says_so(talk: Talk, api):
    api.faults.fail("getFile", code=400, description="Bad Request: wrong file_id")
    talk.person.sends_photo(PHOTO)
    await talk.settle()
    assert await talk.house.fetcher.fetch_due() == 0
    assert [row.status for row in await files(talk)] == ["failed"]


async def test_a_correction_reaches_the_ticket_and_the_first_words_stay(talk: Talk):
    said = talk.person.says(LAMP)
    await talk.settle()
    talk.person.edits(said, LAMP.replace("1234", "1235"))
    (told,) = await talk.settle()
    (ticket,) = await talk.tickets()
    assert ticket.number in told.text
    events = await talk.history(ticket)
    (note,) = notes_of(events, "corrected_by_resident")
    assert note == "改成：" + LAMP.replace("1234", "1235")
    vault = talk.house.vault
    assert vault.open(ticket.description_sealed, purpose=DESCRIPTION) == LAMP
    assert vault.open(ticket.phone_sealed, purpose=PHONE) == "+8613800001235"


async def test_a_correction_that_tells_of_danger_is_an_emergency(talk: Talk):
    said = talk.person.says(LAMP)
    await talk.settle()
    talk.person.edits(said, LAMP + "，现在电线冒火花着火了")
    help_, *_ = await talk.settle()
    assert "119" in help_.text
    async with talk.house.database.reading() as session:
        assert "emergency" in set(await session.scalars(select(Alert.kind)))


async def test_a_correction_before_anybody_read_the_first_words_is_handled_after_them(talk: Talk):
    said = talk.person.says(LAMP)
    talk.person.edits(said, LAMP + "，急")
    await talk.settle()
    (ticket,) = await talk.tickets()
    assert notes_of(await talk.history(ticket), "corrected_by_resident") == [
        "改成：" + LAMP + "，急"
    ]


async def test_a_correction_of_an_answer_goes_into_the_unfinished_request(talk: Talk):
    await talk.says("我妈八十三了一个人住，想有人送饭")
    said = talk.person.says("和平里3东")
    await talk.settle()
    talk.person.edits(said, "和平里3栋")
    noted, again = await talk.settle()
    assert "改过来了" in noted.text
    assert "怎么找您" in again.text
    await talk.says("先不说")
    (ticket,) = await talk.tickets()
    words = talk.house.vault.open(ticket.description_sealed, purpose=DESCRIPTION)
    assert "改成：和平里3栋" in words
    assert "和平里3东" in words


async def test_the_same_words_again_and_a_second_correction(talk: Talk):
    said = talk.person.says(LAMP)
    await talk.settle()
    talk.person.edits(said, LAMP)
    assert await talk.settle() == []
    talk.clock.move(seconds=5)
    for words in (LAMP + "。", LAMP + "。", LAMP + "！"):
        talk.clock.move(seconds=5)
        talk.person.edits(said, words)
        await talk.settle()
    (ticket,) = await talk.tickets()
    notes = notes_of(await talk.history(ticket), "corrected_by_resident")
    assert notes == [f"改成：{LAMP}。", f"改成：{LAMP}！"]


async def test_a_correction_of_words_that_we_never_had_is_a_new_message(talk: Talk):
    said = talk.person.says("喂")
    await talk.settle()
    talk.person.edits(said, LAMP)
    *_, receipt = await talk.settle()
    (ticket,) = await talk.tickets()
    assert ticket.number in receipt.text


async def test_while_a_person_talks_corrections_and_places_are_noted_in_silence(talk: Talk):
    said = talk.person.says(LAMP)
    await talk.settle()
    conversation = await talk.conversation()
    async with talk.house.database.transaction() as session:
        limei = await add_staff(
            session,
            login="limei",
            name="李梅",
            number="01",
            roles=("operator",),
            units=(),
            password_hash=None,
            now=talk.clock.now(),
        )
        await take_over(session, conversation.id, staff_id=limei.id, now=talk.clock.now())
    talk.person.edits(said, LAMP + "。")
    talk.person.sends_location(30.59, 114.31)
    talk.person.sends_photo(PHOTO)
    assert await talk.settle() == []
    (ticket,) = await talk.tickets()
    assert notes_of(await talk.history(ticket), "corrected_by_resident") == [f"改成：{LAMP}。"]
    assert ticket.coordinates_sealed is not None
    assert len(await files(talk)) == 1
