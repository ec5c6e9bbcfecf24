"""Chats: what a bot may know of them, its presence in them."""

from tests.bot_api.accounts import Chat
from tests.bot_api.groups import leave
from tests.bot_api.methods import Request, method
from tests.bot_api.refusals import Json, bad_request

_ACTIONS = {
    "choose_sticker",
    "find_location",
    "record_audio",
    "record_video",
    "record_video_note",
    "record_voice",
    "typing",
    "upload_audio",
    "upload_document",
    "upload_photo",
    "upload_video",
    "upload_video_note",
    "upload_voice",
}


@method("sendChatAction")
async def send_chat_action(request: Request) -> object:
    """Show that the bot is doing something; it lasts 5 s or until its next message."""
    action = request.parameters.text("action")
    if action not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    chat = request.chat_to_write()
    chat.actions.append((request.now, action))
    request.world.changed.ring()
    return True


@method("getChat")
async def get_chat(request: Request) -> object:
    """A Bot API `ChatFullInfo`."""
    chat = request.chat()
    info: Json = {"accent_color_id": 0, "max_reaction_count": 11}
    info["accepted_gift_types"] = {
        "unlimited_gifts": False,
        "limited_gifts": False,
        "unique_gifts": False,
        "premium_subscription": False,
        "gifts_from_channels": False,
    }
    return chat.as_json() | info


@method("getChatMember")
async def get_chat_member(request: Request) -> object:
    """Whether somebody is in a chat."""
    chat = request.chat()
    user_id = request.parameters.integer("user_id")
    person = request.world.persons.get(user_id)
    bot = next((each for each in request.world.bots.values() if each.id == user_id), None)
    if person is None and bot is None:
        raise bad_request("PARTICIPANT_ID_INVALID")
    someone = person.as_json() if person else bot.as_json() if bot else {}
    return {"user": someone, "status": _status(chat, user_id)}


def _status(chat: Chat, user_id: int) -> str:
    return "member" if user_id in chat.members else "left"


@method("leaveChat")
async def leave_chat(request: Request) -> object:
    """Go out of a group."""
    chat = request.chat()
    if chat.person:
        raise bad_request("chat member status can't be changed in private chats")
    request.world.may_write(request.bot, chat)
    leave(request.world, request.bot, chat)
    return True
