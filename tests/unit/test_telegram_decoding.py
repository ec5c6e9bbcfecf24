"""Whatever Telegram hands over is read: as words, a press, a place, files, or nothing at all."""

import json

import pytest

from bot.decoding import UnreadableMessage
from bot.telegram_residents.decoder import ResidentsDecoder
from bot.telegram_residents.menu import Menu
from core.messages import AttachmentKind, InboundKind, Place
from handlers.residents import presses

ANNA = {"id": 7, "is_bot": False, "first_name": "安娜"}
ALONE = {"id": 7, "type": "private", "first_name": "安娜"}
BOT = {"id": 1, "is_bot": True, "first_name": "红阳街道"}
GROUP = {"id": -5, "type": "supergroup", "title": "邻居群"}


@pytest.fixture(scope="module")
def decoder(texts) -> ResidentsDecoder:
    return ResidentsDecoder(Menu(texts))


def message(chat=ALONE, **content) -> dict:
    return {"message_id": 3, "date": 1795000000, "chat": chat, "from": ANNA, **content}


def update(kind="message", **value) -> str:
    return json.dumps({"update_id": 9, kind: value})


def sent(chat=ALONE, **content) -> str:
    return update(**message(chat, **content))


def card(**more) -> dict:
    markup = {"inline_keyboard": [[{"text": "先不说", "callback_data": "/skip"}]]}
    return message(text="在哪里？", reply_markup=markup, **more) | {"from": BOT}


def pressed(data="/skip", **card_or_none) -> str:
    value = {"id": "5", "from": ANNA, "chat_instance": "1", "data": data, **card_or_none}
    return update("callback_query", **value)


async def test_words_are_words(decoder):
    read = await decoder.decode(sent(text="楼道灯坏了"))
    assert (read.kind, read.text, read.payload) == (InboundKind.TEXT, "楼道灯坏了", None)


@pytest.mark.parametrize(
    ("words", "payload"),
    [
        ("找人工", presses.PERSON),
        ("Elder care", f"{presses.TOPIC}elder_care"),
        ("/start", presses.START),
        ("/START@bjm_bot ref123", presses.START),
        ("/person", presses.PERSON),
        ("/progress", presses.PROGRESS),
    ],
)
async def test_menu_and_commands_are_presses(decoder, words, payload):
    read = await decoder.decode(sent(text=words))
    assert (read.kind, read.payload, read.text) == (InboundKind.PRESS, payload, words)


async def test_a_press_carries_its_title_and_its_card(decoder):
    read = await decoder.decode(pressed(message=card()))
    assert (read.kind, read.text, read.payload) == (InboundKind.PRESS, "先不说", "/skip")
    assert read.about == "3"


async def test_a_forged_press_has_no_title_and_an_old_card_none_either(decoder):
    forged = await decoder.decode(pressed("/solved", message=card()))
    assert forged.text == "（旧按钮）"
    old = {"message_id": 3, "date": 0, "chat": ALONE}
    assert (await decoder.decode(pressed(message=old))).text == "（旧按钮）"


async def test_ones_own_number_counts_and_anybody_elses_does_not(decoder):
    contact = {"phone_number": "+8613800001234", "first_name": "安娜"}
    own = await decoder.decode(sent(contact=contact | {"user_id": 7}))
    assert own.contact_phone == own.text == "13800001234"
    bare = {"phone_number": "8613800001234", "first_name": "安娜", "user_id": 7}
    assert (await decoder.decode(sent(contact=bare))).contact_phone == "13800001234"
    for other in ({"user_id": 8}, {}):
        read = await decoder.decode(sent(contact=contact | other))
        assert (read.kind, read.payload) == (InboundKind.OTHER, "contact")
        assert read.contact_phone is None


async def test_a_place_and_a_venue(decoder):
    here = {"latitude": 30.59, "longitude": 114.31}
    read = await decoder.decode(sent(location=here))
    assert (read.kind, read.place) == (InboundKind.PLACE, Place(30.59, 114.31))
    venue = {"location": here, "title": "和平里菜场", "address": "和平路 3 号"}
    read = await decoder.decode(sent(location=here, venue=venue))
    assert read.text == "和平路 3 号 和平里菜场"


FILE = {"file_id": "F", "file_unique_id": "U"}


@pytest.mark.parametrize(
    ("content", "kind", "mime"),
    [
        ({"voice": FILE | {"duration": 4}}, AttachmentKind.VOICE, "audio/ogg"),
        ({"audio": FILE | {"duration": 4}}, AttachmentKind.VOICE, "audio/mpeg"),
        ({"video_note": FILE | {"duration": 4, "length": 240}}, AttachmentKind.VIDEO, "video/mp4"),
        (
            {"video": FILE | {"duration": 4, "width": 2, "height": 2}},
            AttachmentKind.VIDEO,
            "video/mp4",
        ),
        (
            {"document": FILE | {"mime_type": "application/pdf"}},
            AttachmentKind.DOCUMENT,
            "application/pdf",
        ),
    ],
)
async def test_files_of_every_kind(decoder, content, kind, mime):
    read = await decoder.decode(sent(**content))
    (file,) = read.attachments
    assert (read.kind, file.kind, file.mime, file.source) == (InboundKind.MEDIA, kind, mime, "F")


async def test_the_best_picture_that_may_be_downloaded_with_its_words_and_album(decoder):
    sizes = [
        FILE | {"file_id": str(width), "width": width, "height": width, "file_size": size}
        for width, size in ((90, 900), (800, 90_000), (9000, 30_000_000))
    ]
    read = await decoder.decode(sent(photo=sizes, caption="灯坏了", media_group_id="A"))
    assert (read.text, read.album, read.attachments[0].source) == ("灯坏了", "A", "800")


async def test_an_edit_names_what_it_corrects_and_a_moving_place_is_none(decoder):
    read = await decoder.decode(update("edited_message", **message(text="三栋", edit_date=1)))
    assert (read.kind, read.text, read.edits) == (InboundKind.EDIT, "三栋", "7:3")
    moved = message(location={"latitude": 1, "longitude": 2, "live_period": 60}, edit_date=1)
    moving = await decoder.decode(update("edited_message", **moved))
    assert (moving.kind, moving.payload) == (InboundKind.OTHER, None)


async def test_a_quoted_message_is_named(decoder):
    read = await decoder.decode(
        sent(text="还没来", reply_to_message=message(text="…") | {"from": BOT})
    )
    assert read.about == "3"


def membership(chat, status) -> str:
    member = {"user": BOT, "status": status}
    if status == "kicked":
        member["until_date"] = 0
    return update(
        "my_chat_member",
        chat=chat,
        date=1,
        old_chat_member={"user": BOT, "status": "member"},
        new_chat_member=member,
        **{"from": ANNA},
    )


async def test_a_block_and_its_end(decoder):
    read = await decoder.decode(membership(ALONE, "kicked"))
    assert (read.kind, read.reachable) == (InboundKind.REACH, False)
    assert (await decoder.decode(membership(ALONE, "member"))).reachable


async def test_groups_are_told_apart(decoder):
    for body in (
        sent(GROUP, text="/start@bjm_bot"),
        membership(GROUP, "member"),
        pressed(message=card(chat=GROUP)),
    ):
        assert (await decoder.decode(body)).kind is InboundKind.GROUP
    joined = await decoder.decode(sent(GROUP, new_chat_members=[ANNA]))
    assert joined.kind is InboundKind.OTHER


@pytest.mark.parametrize(
    "content",
    [
        {"dice": {"emoji": "🎲", "value": 3}},
        {
            "sticker": FILE
            | {"type": "regular", "width": 1, "height": 1, "is_animated": False, "is_video": False}
        },
        {"something_new_in_2030": {"deep": [1]}},
    ],
)
async def test_what_people_send_and_nobody_can_use_is_answered(decoder, content):
    read = await decoder.decode(sent(**content))
    assert read.kind is InboundKind.OTHER
    assert read.payload


@pytest.mark.parametrize(
    "body",
    [
        json.dumps({"update_id": 1}),
        json.dumps({"update_id": 1, "brand_new": {"id": 2}}),
        update(
            "channel_post", **message({"id": -9, "type": "channel", "title": "告示"}, text="会")
        ),
        update("inline_query", id="1", query="x", offset="", **{"from": ANNA}),
        sent(pinned_message=message(text="x")),
        pressed(inline_message_id="4"),
    ],
)
async def test_what_nobody_waits_for_stays_unanswered(decoder, body):
    read = await decoder.decode(body)
    assert (read.kind, read.payload) == (InboundKind.OTHER, None)


@pytest.mark.parametrize(
    "body", ["", "{", "[]", '{"update_id": "x"}', '{"update_id":1,"message":{}}']
)
async def test_what_is_no_update_says_so(decoder, body):
    with pytest.raises(UnreadableMessage):
        await decoder.decode(body)
