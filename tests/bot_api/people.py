"""What persons do in their chats, and what they see there."""

from collections.abc import Callable

from tests.bot_api.accounts import BotAccount, CallbackQuery, Chat, Person, StoredMessage
from tests.bot_api.refusals import Json
from tests.bot_api.sent_media import SendsMedia
from tests.bot_api.telling import bots_in, membership, tell_bots
from tests.bot_api.texts import find_entities
from tests.bot_api.updates import CALLBACK_KEPT
from tests.bot_api.world import World


class PersonInChat(SendsMedia):
    """A person with a chat open before them: alone with a bot, or in a group."""

    def __init__(self, world: World, person: Person, chat: Chat) -> None:
        self.world = world
        self.person = person
        self.chat = chat

    # --- what they do -------------------------------------------------------------------

    def starts(self, payload: str = "") -> StoredMessage:
        """Press START, or follow a link that carries a payload."""
        return self.says(f"/start {payload}".strip())

    def says(self, text: str, *, reply_to: StoredMessage | None = None) -> StoredMessage:
        """Write a text; commands, links and the like are marked as Telegram marks them."""
        content: Json = {"text": text}
        if entities := find_entities(text):
            content["entities"] = entities
        return self.sends(content, reply_to=reply_to)

    def sends(self, content: Json, *, reply_to: StoredMessage | None = None) -> StoredMessage:
        """Send any content of a Bot API `Message`."""
        self.chat.started = True
        if reply_to:
            content = content | {"reply_to_message": reply_to.as_json()}
        message = self.chat.add(self.person.as_json(), content, self.world.now())
        tell_bots(self.world, "message", message)
        return message

    def edits(self, message: StoredMessage, text: str) -> StoredMessage:
        """Change a message (or its caption) that they sent before."""
        message.versions.append(dict(message.body))
        name = "caption" if "caption" in message.body or "text" not in message.body else "text"
        entities_name = "entities" if name == "text" else "caption_entities"
        message.body.pop(entities_name, None)
        message.body[name] = text
        if entities := find_entities(text):
            message.body[entities_name] = entities
        message.body["edit_date"] = int(self.world.now().timestamp())
        tell_bots(self.world, "edited_message", message)
        return message

    def sends_location(self, latitude: float, longitude: float) -> StoredMessage:
        """Where they are."""
        return self.sends({"location": {"latitude": latitude, "longitude": longitude}})

    def sends_contact(self, phone_number: str, *, of: Person | None = None) -> StoredMessage:
        """Their own number, as the button does, or somebody else's from the address book."""
        whose = of or self.person
        contact: Json = {
            "phone_number": phone_number,
            "first_name": whose.first_name,
            "user_id": whose.id,
        }
        return self.sends({"contact": contact})

    def sends_strangers_contact(self, phone_number: str, first_name: str) -> StoredMessage:
        """The number of somebody without Telegram: there is no `user_id`."""
        return self.sends({"contact": {"phone_number": phone_number, "first_name": first_name}})

    def presses(self, words: str, message: StoredMessage | None = None) -> CallbackQuery:
        """Press the inline button with these words, under the last message that has it."""
        places = [message] if message else reversed(self.messages)
        for each in places:
            for button in each.buttons:
                if button["text"] == words and "callback_data" in button:
                    return self.presses_data(button["callback_data"], each)
        raise AssertionError(f"no button {words!r} under {[each.text for each in self.messages]}")

    def presses_data(
        self, data: str, message: StoredMessage, *, inaccessible: bool = False
    ) -> CallbackQuery:
        """
        Send this data as if a button of the message had it: forged, or from long ago.

        `inaccessible` shows the bot no more than the message's number, as for
        messages that Telegram does not hand out any more.
        """
        bot = self._bot_of(message)
        number = str(4_000_000_000_000_000_000 + next(self.world.numbers))
        query = CallbackQuery(number, bot, self.chat, self.person, data, self.world.now())
        self.world.queries[query.id] = query
        body = message.as_json()
        if inaccessible or message.deleted:
            body = {"chat": self.chat.as_json(), "message_id": message.message_id, "date": 0}
        value: Json = {
            "id": query.id,
            "from": self.person.as_json(),
            "message": body,
            "chat_instance": str(abs(self.chat.id) * 7919),
            "data": data,
        }
        bot.queue.add("callback_query", value, queue=("press", self.person.id), kept=CALLBACK_KEPT)
        return query

    def blocks(self) -> None:
        """Stop and block the bot; it is told and may not write any more."""
        self._changes_membership("member", "kicked")
        self.chat.blocked = True

    def unblocks(self) -> None:
        """Let the bot write again."""
        self.chat.blocked = False
        self._changes_membership("kicked", "member")

    # --- what they see ------------------------------------------------------------------

    @property
    def messages(self) -> list[StoredMessage]:
        """What bots have written here and is still there, oldest first."""
        bots = {each.id for each in self.world.bots.values()}
        found = self.chat.messages.values()
        return [each for each in found if each.sender_id in bots and not each.deleted]

    @property
    def texts(self) -> list[str]:
        """The words of these messages."""
        return [each.text for each in self.messages]

    @property
    def last(self) -> StoredMessage:
        """The newest of these messages."""
        assert self.messages, f"nobody has written to {self.person.id}"
        return self.messages[-1]

    @property
    def keyboard(self) -> Json:
        """The reply keyboard that they see now; empty if there is none."""
        for each in reversed(self.messages):
            if "keyboard" in each.markup:
                return each.markup
            if "remove_keyboard" in each.markup:
                return {}
        return {}

    @property
    def actions(self) -> list[str]:
        """What bots were seen doing here: `typing` and the like."""
        return [name for _, name in self.chat.actions]

    async def sees(
        self, wanted: Callable[[StoredMessage], bool] | str, *, within: float = 30.0
    ) -> StoredMessage:
        """Wait until a message is there that contains these words, or that fits."""

        def fits(message: StoredMessage) -> bool:
            return wanted in message.text if isinstance(wanted, str) else wanted(message)

        def found() -> StoredMessage | None:
            return next((each for each in reversed(self.messages) if fits(each)), None)

        result = await self.world.changed.until(found, within=within, otherwise=lambda: self.texts)
        assert result is not None
        return result

    async def sees_count(self, count: int, *, within: float = 30.0) -> list[StoredMessage]:
        """Wait until so many messages are there."""
        await self.world.changed.until(
            lambda: len(self.messages) >= count, within=within, otherwise=lambda: self.texts
        )
        return self.messages

    def _bot_of(self, message: StoredMessage) -> BotAccount:
        (found,) = [each for each in self.world.bots.values() if each.id == message.sender_id]
        return found

    def _changes_membership(self, before: str, after: str) -> None:
        actor = self.person.as_json()
        for bot in bots_in(self.world, self.chat):
            value = membership(self.chat, actor, bot, before, after, self.world)
            bot.queue.add("my_chat_member", value, queue=("member", self.chat.id))
