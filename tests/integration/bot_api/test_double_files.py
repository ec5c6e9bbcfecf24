"""Photos, files, voice and albums on our Bot API double, both ways."""

import aiogram
import pytest
import telegram
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import BufferedInputFile, InputMediaPhoto

from tests.bot_api.accounts import BotAccount
from tests.bot_api.people import PersonInChat
from tests.bot_api.server import BotApi
from tests.integration.bot_api.raw import RawBot, a_picture


async def test_a_photo_comes_in_sizes_and_its_bytes_are_fetched_by_both_libraries(
    wang: PersonInChat, aiogram_bot: aiogram.Bot, ptb: telegram.Bot
):
    picture = a_picture()
    wang.sends_photo(picture, caption="路灯坏了 #路灯")
    (update,) = await aiogram_bot.get_updates()
    assert update.message is not None
    assert update.message.photo is not None
    assert [each.width for each in update.message.photo] == [90, 320, 800, 1000]
    assert update.message.caption == "路灯坏了 #路灯"
    largest = update.message.photo[-1]
    fetched = await aiogram_bot.download(largest.file_id)
    assert fetched is not None
    assert fetched.read() == picture
    file = await ptb.get_file(largest.file_id)
    assert bytes(await file.download_as_bytearray()) == picture


async def test_an_album_is_several_messages_of_one_group(
    wang: PersonInChat, aiogram_bot: aiogram.Bot
):
    wang.sends_album([a_picture(), a_picture(300, 300)], caption="两张")
    updates = await aiogram_bot.get_updates()
    messages = [each.message for each in updates if each.message]
    assert len({each.media_group_id for each in messages}) == 1
    assert [each.caption for each in messages] == ["两张", None]


async def test_more_than_20_megabytes_cannot_be_fetched(wang: PersonInChat, raw: RawBot):
    wang.sends_document(b"%PDF", size=21 * 1024 * 1024)
    wang.sends_voice(b"OggS")
    document, voice = await raw.result("getUpdates")
    too_big = document["message"]["document"]["file_id"]
    assert await raw.refusal("getFile", file_id=too_big) == "400 file is too big"
    file = await raw.result("getFile", file_id=voice["message"]["voice"]["file_id"])
    assert file["file_path"].endswith(".oga")


async def test_a_file_id_is_worth_nothing_to_another_bot(
    bot_api: BotApi, wang: PersonInChat, raw: RawBot, ptb: telegram.Bot
):
    wang.sends_document(b"%PDF-1.7")
    (update,) = await raw.result("getUpdates")
    file_id = update["message"]["document"]["file_id"]
    other = bot_api.create_bot("volunteers_bot")
    token = f"{bot_api.url}/bot{other.token}"
    answer = await raw.http.post(f"{token}/getFile", json={"file_id": file_id})
    assert answer.json()["description"] == (
        "Bad Request: wrong file_id or the file is temporarily unavailable"
    )
    bot_api.chat(other, wang.person).starts()
    send = {"chat_id": wang.person.id, "document": file_id}
    answer = await raw.http.post(f"{token}/sendDocument", json=send)
    assert answer.json()["description"] == ("Bad Request: wrong file identifier/HTTP URL specified")
    path = (await raw.result("getFile", file_id=file_id))["file_path"]
    assert (await raw.http.get(f"{bot_api.url}/file/bot{other.token}/{path}")).status_code == 404
    sent = await ptb.send_document(wang.person.id, file_id)
    assert sent.document is not None
    assert sent.document.file_id == file_id


async def test_what_both_libraries_send_arrives(
    wang: PersonInChat, aiogram_bot: aiogram.Bot, ptb: telegram.Bot, bot_api: BotApi
):
    upload = BufferedInputFile(a_picture(), "lamp.jpg")
    await aiogram_bot.send_photo(wang.person.id, upload, caption="<i>好了</i>", parse_mode="HTML")
    assert (wang.last.text, wang.last.entities[0]["type"]) == ("好了", "italic")
    await ptb.send_document(wang.person.id, b"%PDF-1.7", filename="证书.pdf")
    document = wang.last.body["document"]
    assert document["file_name"] == "证书.pdf"
    assert bot_api.world.files[document["file_id"]].content == b"%PDF-1.7"
    await ptb.send_voice(wang.person.id, b"OggS", duration=4)
    assert wang.last.body["voice"]["duration"] == 4
    album = [InputMediaPhoto(media=upload, caption="一"), InputMediaPhoto(media=upload)]
    sent = await aiogram_bot.send_media_group(wang.person.id, list(album))
    assert len({each.media_group_id for each in sent}) == 1
    assert len(wang.messages) == 5


async def test_an_album_with_a_wrong_file_names_it_and_sends_nothing(
    wang: PersonInChat, raw: RawBot
):
    wang.sends_photo(a_picture())
    (update,) = await raw.result("getUpdates")
    known = update["message"]["photo"][-1]["file_id"]
    media = [{"type": "photo", "media": known}, {"type": "photo", "media": "nothing"}]
    assert await raw.refusal("sendMediaGroup", chat_id=wang.person.id, media=media) == (
        "400 failed to send message #2 with the error message "
        '"Wrong file identifier/HTTP URL specified"'
    )
    assert wang.messages == []


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"no picture", "IMAGE_PROCESS_FAILED"),
        (a_picture(2100, 100), "PHOTO_INVALID_DIMENSIONS"),
    ],
)
async def test_what_is_no_photo_is_refused(
    wang: PersonInChat, aiogram_bot: aiogram.Bot, content: bytes, refusal: str
):
    with pytest.raises(TelegramBadRequest, match=refusal):
        await aiogram_bot.send_photo(wang.person.id, BufferedInputFile(content, "x.jpg"))


async def test_a_caption_of_more_than_1024_units_is_refused(
    wang: PersonInChat, ptb: telegram.Bot, bot: BotAccount
):
    await ptb.send_document(wang.person.id, b"x", caption="字" * 1024)
    with pytest.raises(telegram.error.BadRequest, match="Message caption is too long"):
        await ptb.send_document(wang.person.id, b"x", caption="字" * 1025)


async def test_more_than_50_megabytes_are_not_taken(
    wang: PersonInChat, raw: RawBot, bot_api: BotApi
):
    files = {"document": ("big.bin", b"\0" * (bot_api.world.rules.largest_upload + 1))}
    answer = await raw.http.post("sendDocument", data={"chat_id": wang.person.id}, files=files)
    assert answer.json() == {
        "ok": False,
        "error_code": 413,
        "description": "Request Entity Too Large",
    }
