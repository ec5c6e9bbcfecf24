"""What python-telegram-bot reads out of raw updates, without any network."""

import orjson
import pytest

from bot.decoding import UnreadableMessage
from bot.telegram_volunteers.decoder import VolunteerDecoder
from core.messages import AttachmentKind, InboundKind, Place

CHAT = {"id": 7, "type": "private", "first_name": "何"}
SENDER = {"id": 7, "is_bot": False, "first_name": "何"}


@pytest.fixture(scope="module")
def decoder() -> VolunteerDecoder:
    return VolunteerDecoder()


def message(**fields: object) -> str:
    whole = {"message_id": 5, "date": 1_790_000_000, "chat": CHAT, "from": SENDER, **fields}
    return orjson.dumps({"update_id": 1, "message": whole}).decode()


async def test_words_are_words(decoder):
    read = await decoder.decode(message(text="我要晚一点到"))
    assert (read.kind, read.text) == (InboundKind.TEXT, "我要晚一点到")


async def test_a_command_is_a_button_and_keeps_what_follows_it(decoder):
    entity = [{"type": "bot_command", "offset": 0, "length": 6}]
    read = await decoder.decode(message(text="/start 12345678", entities=entity))
    assert (read.kind, read.payload) == (InboundKind.PRESS, "/start 12345678")


async def test_an_unknown_command_is_plain_words(decoder):
    entity = [{"type": "bot_command", "offset": 0, "length": 5}]
    read = await decoder.decode(message(text="/evil", entities=entity))
    assert (read.kind, read.text) == (InboundKind.TEXT, "/evil")


async def test_a_pressed_button_brings_its_payload(decoder):
    query = {"id": "9", "from": SENDER, "chat_instance": "x", "data": "claim:00"}
    read = await decoder.decode(orjson.dumps({"update_id": 1, "callback_query": query}).decode())
    assert (read.kind, read.payload) == (InboundKind.PRESS, "claim:00")


@pytest.mark.parametrize(("owner", "number"), [(7, "13800001234"), (8, None)])
async def test_only_ones_own_number_counts_as_ones_own(decoder, owner, number):
    contact = {"phone_number": "+8613800001234", "first_name": "何", "user_id": owner}
    assert (await decoder.decode(message(contact=contact))).contact_phone == number


async def test_a_place_is_read(decoder):
    read = await decoder.decode(message(location={"latitude": 30.5, "longitude": 114.3}))
    assert read.place == Place(30.5, 114.3)


async def test_the_largest_photo_is_taken_with_its_caption(decoder):
    sizes = [
        {"file_id": "s", "file_unique_id": "1", "width": 90, "height": 90, "file_size": 100},
        {"file_id": "l", "file_unique_id": "2", "width": 900, "height": 900, "file_size": 9000},
    ]
    read = await decoder.decode(message(photo=sizes, caption="送到了", media_group_id="g1"))
    (photo,) = read.attachments
    assert (photo.kind, photo.source, photo.size) == (AttachmentKind.PHOTO, "l", 9000)
    assert (read.text, read.album) == ("送到了", "g1")


async def test_a_correction_names_the_message_that_it_corrects(decoder):
    whole = {"message_id": 5, "date": 1, "edit_date": 2, "chat": CHAT, "from": SENDER, "text": "改"}
    read = await decoder.decode(orjson.dumps({"update_id": 1, "edited_message": whole}).decode())
    assert (read.kind, read.edits) == (InboundKind.EDIT, "7:5")


async def test_what_is_said_in_a_group_is_known_as_such(decoder):
    group = {"id": -100, "type": "supergroup", "title": "群"}
    read = await decoder.decode(message(chat=group, text="大家好"))
    assert read.kind is InboundKind.GROUP


@pytest.mark.parametrize(("status", "reachable"), [("kicked", False), ("member", True)])
async def test_a_blocked_bot_is_noticed(decoder, status, reachable):
    bot = {"id": 42, "is_bot": True, "first_name": "b"}
    member = {"user": bot, "status": status, "until_date": 0}
    change = {
        "chat": CHAT,
        "from": SENDER,
        "date": 1,
        "old_chat_member": {"user": bot, "status": "member"},
        "new_chat_member": member,
    }
    read = await decoder.decode(orjson.dumps({"update_id": 1, "my_chat_member": change}).decode())
    assert (read.kind, read.reachable) == (InboundKind.REACH, reachable)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "{}",
        '{"update_id": 1, "message": {"message_id": 2}}',
        '{"update_id": 1, "poll_answer": {"poll_id": "1", "option_ids": []}}',
    ],
)
async def test_a_strange_update_is_refused_and_not_swallowed(decoder, body):
    with pytest.raises(UnreadableMessage):
        await decoder.decode(body)


@pytest.mark.parametrize("kind", ["sticker", "dice"])
async def test_what_nobody_can_read_is_named_so_that_it_is_answered_politely(decoder, kind):
    sticker = {
        "file_id": "s",
        "file_unique_id": "1",
        "type": "regular",
        "width": 512,
        "height": 512,
        "is_animated": False,
        "is_video": False,
    }
    content = {"sticker": sticker, "dice": {"emoji": "x", "value": 3}}[kind]
    read = await decoder.decode(message(**{kind: content}))
    assert (read.kind, read.payload) == (InboundKind.OTHER, kind)


@pytest.mark.parametrize("content", [{"pinned_message": None}, {"new_chat_title": "新名"}])
async def test_service_messages_wait_for_no_answer(decoder, content):
    read = await decoder.decode(message(**content))
    assert (read.kind, read.payload) == (InboundKind.OTHER, None)


async def test_an_update_of_a_kind_that_we_never_asked_for_is_passed_over(decoder):
    read = await decoder.decode('{"update_id": 1}')
    assert (read.kind, read.payload) == (InboundKind.OTHER, None)


async def test_a_press_brings_its_title_and_where_it_stood(decoder):
    keys = [[{"text": "我来接", "callback_data": "claim:00"}]]
    card = {"message_id": 9, "date": 1_790_000_000, "chat": CHAT, "text": "陪诊"}
    card["reply_markup"] = {"inline_keyboard": keys}
    query = {"id": "9", "from": SENDER, "chat_instance": "x", "data": "claim:00", "message": card}
    read = await decoder.decode(orjson.dumps({"update_id": 1, "callback_query": query}).decode())
    assert (read.text, read.payload, read.about) == ("我来接", "claim:00", "9")


async def test_a_card_that_telegram_hands_out_no_more_still_brings_the_press(decoder):
    card = {"message_id": 9, "date": 0, "chat": CHAT}
    query = {"id": "9", "from": SENDER, "chat_instance": "x", "data": "claim:00", "message": card}
    read = await decoder.decode(orjson.dumps({"update_id": 1, "callback_query": query}).decode())
    assert (read.kind, read.payload) == (InboundKind.PRESS, "claim:00")


async def test_a_moving_location_is_no_correction(decoder):
    where = {"latitude": 30.5, "longitude": 114.3}
    whole = {"message_id": 5, "date": 1, "edit_date": 2, "chat": CHAT, "from": SENDER}
    whole["location"] = where
    read = await decoder.decode(orjson.dumps({"update_id": 1, "edited_message": whole}).decode())
    assert (read.kind, read.payload) == (InboundKind.OTHER, None)


async def test_a_voice_a_film_and_a_paper_are_files(decoder):
    file = {"file_id": "f", "file_unique_id": "1", "file_size": 9}
    voice = await decoder.decode(message(voice={**file, "duration": 3}))
    film = await decoder.decode(message(video={**file, "duration": 3, "width": 1, "height": 1}))
    paper = await decoder.decode(message(document={**file, "file_name": "单.pdf"}))
    kinds = [each.attachments[0].kind for each in (voice, film, paper)]
    assert kinds == [AttachmentKind.VOICE, AttachmentKind.VIDEO, AttachmentKind.DOCUMENT]
    assert voice.attachments[0].seconds == 3
    assert paper.attachments[0].name == "单.pdf"
