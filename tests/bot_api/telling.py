"""Which bots learn of what happens in a chat, and how it is told."""

from typing import Any

from tests.bot_api.accounts import BotAccount, Chat, StoredMessage
from tests.bot_api.refusals import Json
from tests.bot_api.texts import part
from tests.bot_api.world import World


def tell_bots(world: World, kind: str, message: StoredMessage) -> None:
    """Put a message, new or edited, into the queue of every bot that may see it."""
    for bot in bots_in(world, message.chat):
        if message.chat.person or may_see(world, bot, message):
            queue = ("chat", message.chat.id)
            message.update_ids[bot.id] = bot.queue.add(kind, message.as_json(), queue=queue)


def bots_in(world: World, chat: Chat) -> list[BotAccount]:
    """The bots of a chat, none if the person has blocked it."""
    found = [each for each in world.bots.values() if each.id in chat.members]
    return [] if chat.blocked else found


def membership(
    chat: Chat, actor: Json, bot: BotAccount, before: str, after: str, world: World
) -> Json:
    """A Bot API `ChatMemberUpdated` about the bot itself."""

    def member(status: str) -> dict[str, Any]:
        found: dict[str, Any] = {"user": bot.as_json(), "status": status}
        return found | ({"until_date": 0} if status == "kicked" else {})

    return {
        "chat": chat.as_json(),
        "from": actor,
        "date": int(world.now().timestamp()),
        "old_chat_member": member(before),
        "new_chat_member": member(after),
    }


def may_see(world: World, bot: BotAccount, message: StoredMessage) -> bool:
    """
    What a bot sees of a group in privacy mode.

    Commands meant for it, replies to it, its name, service messages
    (https://core.telegram.org/bots/features#privacy-mode).
    """
    body = message.body
    if not bot.privacy or "new_chat_members" in body or "left_chat_member" in body:
        return True
    if body.get("reply_to_message", {}).get("from", {}).get("id") == bot.id:
        return True
    return any(_meant(world, bot, message, each) for each in message.entities)


def _meant(world: World, bot: BotAccount, message: StoredMessage, entity: Json) -> bool:
    name, words = f"@{bot.username}".lower(), part(message.text, entity).lower()
    if entity["type"] == "mention":
        return words == name
    if entity["type"] != "bot_command":
        return False
    alone = len(bots_in(world, message.chat)) == 1
    return words.endswith(name) or ("@" not in words and alone)
