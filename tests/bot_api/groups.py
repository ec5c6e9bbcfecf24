"""Groups: who is in them, what bots see of them, how bots come and go."""

from typing import Any

from tests.bot_api.accounts import BotAccount, Chat, Person, StoredMessage
from tests.bot_api.people import PersonInChat
from tests.bot_api.refusals import Json
from tests.bot_api.telling import membership, tell_bots
from tests.bot_api.world import World


class Group:
    """A group as the one sees it who opened it."""

    def __init__(self, world: World, owner: Person, chat: Chat) -> None:
        self.world = world
        self.owner = owner
        self.chat = chat
        chat.members.add(owner.id)

    def member(self, person: Person) -> PersonInChat:
        """Somebody in the group; who is not yet comes in."""
        if person.id not in self.chat.members:
            self.chat.members.add(person.id)
            self._service(person.as_json(), {"new_chat_members": [person.as_json()]})
        return PersonInChat(self.world, person, self.chat)

    def adds(self, bot: BotAccount) -> None:
        """Bring a bot in; it is told."""
        before = "kicked" if bot.id in self.chat.kicked else "left"
        self.chat.kicked.discard(bot.id)
        self.chat.left.discard(bot.id)
        self.chat.members.add(bot.id)
        self._membership(bot, before, "member")
        self._service(self.owner.as_json(), {"new_chat_members": [bot.as_json()]})

    def removes(self, bot: BotAccount) -> None:
        """Throw a bot out; it is told and may not write any more."""
        self._membership(bot, "member", "kicked")
        self.chat.members.discard(bot.id)
        self.chat.kicked.add(bot.id)

    @property
    def messages(self) -> list[StoredMessage]:
        """What bots have written here."""
        return PersonInChat(self.world, self.owner, self.chat).messages

    def _membership(self, bot: BotAccount, before: str, after: str) -> None:
        value = membership(self.chat, self.owner.as_json(), bot, before, after, self.world)
        bot.queue.add("my_chat_member", value, queue=("member", self.chat.id))

    def _service(self, sender: Json, content: dict[str, Any]) -> None:
        message = self.chat.add(sender, content, self.world.now())
        tell_bots(self.world, "message", message)


def leave(world: World, bot: BotAccount, chat: Chat) -> None:
    """A bot goes by itself."""
    chat.members.discard(bot.id)
    chat.left.add(bot.id)
    value = membership(chat, bot.as_json(), bot, "member", "left", world)
    bot.queue.add("my_chat_member", value, queue=("member", chat.id))
    chat.add(bot.as_json(), {"left_chat_member": bot.as_json()}, world.now())
    world.changed.ring()
