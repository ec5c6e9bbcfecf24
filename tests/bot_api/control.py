"""The hands of tests over HTTP, for a double that runs in a process of its own."""

import base64
import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.bot_api.accounts import BotAccount, StoredMessage
from tests.bot_api.calls import busiest
from tests.bot_api.faults import Fault, Kind
from tests.bot_api.limits import NO_LIMITS, Limits
from tests.bot_api.people import PersonInChat
from tests.bot_api.refusals import Json

if TYPE_CHECKING:
    from tests.bot_api.server import BotApi


class Control:
    """
    One verb a method: `POST /control/say` with its arguments as a JSON object.

    The answer is `{"result": …}`, or status 400 with `{"error": …}`. Bots and
    persons are named by id, messages by `message_id`.
    """

    def __init__(self, api: "BotApi") -> None:
        self._api = api

    async def handle(self, http: web.Request) -> web.Response:
        """Find the verb and do it."""
        verb = http.match_info["verb"]
        method = None if verb.startswith("_") or verb == "handle" else getattr(self, verb, None)
        if method is None:
            return web.json_response({"error": f"no verb {verb}"}, status=400)
        body = await http.text()
        try:
            result = method(**(json.loads(body) if body else {}))
        except (TypeError, ValueError, LookupError, AssertionError) as wrong:
            return web.json_response({"error": f"{type(wrong).__name__}: {wrong}"}, status=400)
        return web.json_response({"result": result})

    # --- who there is ---------------------------------------------------------------------

    def create_bot(self, username: str = "street_bot", **more: Any) -> Json:
        """A bot: `id`, `token`, `username`. Give a `token` to have a bot known already."""
        bot = self._api.create_bot(username, **more)
        return {"id": bot.id, "token": bot.token, "username": bot.username}

    def create_person(self, first_name: str = "王秀英", **more: str) -> Json:
        """A person: a Bot API `User`."""
        return self._api.create_person(first_name, **more).as_json()

    def create_readers(self, bot_id: int, count: int) -> list[int]:
        """Many persons who have written to the bot before; their ids."""
        found = []
        for _ in range(count):
            person = self._api.create_person()
            self._chat(bot_id, person.id).chat.started = True
            found.append(person.id)
        return found

    # --- what persons do ------------------------------------------------------------------

    def say(self, bot_id: int, person_id: int, text: str, reply_to: int | None = None) -> Json:
        """Write a text."""
        chat = self._chat(bot_id, person_id)
        answered = chat.chat.messages[reply_to] if reply_to else None
        return _told(chat.says(text, reply_to=answered))

    def say_many(self, bot_id: int, texts: list[tuple[int, str]]) -> list[Json]:
        """Many texts at once, as pairs of person and text."""
        return [self.say(bot_id, person_id, text) for person_id, text in texts]

    def edit(self, bot_id: int, person_id: int, message_id: int, text: str) -> Json:
        """Change a message."""
        chat = self._chat(bot_id, person_id)
        return _told(chat.edits(chat.chat.messages[message_id], text))

    def send(self, bot_id: int, person_id: int, content: Json) -> Json:
        """Any content of a Bot API `Message`, such as `{"location": {…}}`."""
        return _told(self._chat(bot_id, person_id).sends(content))

    def send_photo(self, bot_id: int, person_id: int, content: str, caption: str = "") -> Json:
        """A photo; its bytes in base64."""
        chat = self._chat(bot_id, person_id)
        return _told(chat.sends_photo(base64.b64decode(content), caption=caption))

    def send_contact(self, bot_id: int, person_id: int, phone_number: str) -> Json:
        """The person's own number."""
        return _told(self._chat(bot_id, person_id).sends_contact(phone_number))

    def press(
        self,
        bot_id: int,
        person_id: int,
        text: str = "",
        data: str = "",
        message_id: int | None = None,
    ) -> Json:
        """Press the button with these words, or send data that no button has."""
        chat = self._chat(bot_id, person_id)
        message = chat.chat.messages[message_id] if message_id else None
        query = chat.presses_data(data, message or chat.last) if data else None
        query = query or chat.presses(text, message)
        return {"query_id": query.id, "data": query.data}

    def block(self, bot_id: int, person_id: int) -> bool:
        """Block the bot."""
        self._chat(bot_id, person_id).blocks()
        return True

    def unblock(self, bot_id: int, person_id: int) -> bool:
        """Let it write again."""
        self._chat(bot_id, person_id).unblocks()
        return True

    # --- what they see --------------------------------------------------------------------

    def messages(self, bot_id: int, person_id: int) -> list[Json]:
        """What the bot has written to the person, as it stands now, markup of replies included."""
        found = self._chat(bot_id, person_id).messages
        return [each.as_json(for_bot=False) | {"edits": len(each.versions)} for each in found]

    def answer(self, query_id: str) -> Json | None:
        """How a press was answered; None if not yet."""
        return self._api.world.queries[query_id].answer

    def count_messages(self, bot_id: int) -> int:
        """How many messages the bot has written to all persons together."""
        return sum(
            1
            for (owner, _), chat in self._api.world.private.items()
            for message in chat.messages.values()
            if owner == bot_id and message.sender_id == bot_id
        )

    # --- updates --------------------------------------------------------------------------

    def redeliver(self, bot_id: int, update_id: int) -> bool:
        """Bring an update once more, with its old number."""
        self._bot(bot_id).queue.redeliver(update_id)
        return True

    def add_update(self, bot_id: int, body: Json, queue: int = 0) -> int:
        """An update with any body, strange as it may be; gives its number."""
        return self._bot(bot_id).queue.add_raw(body, queue=("chat", queue))

    def jump(self, bot_id: int, update_id: int) -> bool:
        """Number the next updates from here."""
        self._bot(bot_id).queue.jump(update_id)
        return True

    # --- troubles and limits --------------------------------------------------------------

    def add_fault(self, kind: str, method: str, **more: Any) -> bool:
        """A trouble for the next calls; see `Fault`."""
        self._api.faults.add(Fault(Kind(kind), method, **more))
        return True

    def clear_faults(self) -> bool:
        """No more troubles."""
        self._api.faults.clear()
        return True

    def limit(self, on: bool = True) -> bool:
        """Switch flood control on or off."""
        self._api.world.limits.limits = Limits() if on else NO_LIMITS
        return True

    # --- figures --------------------------------------------------------------------------

    def stats(self, bot_id: int) -> Json:
        """Calls by method and code, what waits, the most sent within one second."""
        calls = self._api.calls.of(bot_id=bot_id)
        sent = [each for each in calls if each.method.lower().startswith("send")]
        return {
            "calls": Counter(f"{each.method} {each.code}" for each in calls),
            "pending_updates": self._bot(bot_id).queue.pending_count,
            "messages": self.count_messages(bot_id),
            "most_sent_in_a_second": busiest([each for each in sent if each.code == 200], 1),
            "refused_for_speed": self._api.world.limits.refused,
        }

    def calls(self, bot_id: int, method: str = "", after: int = 0) -> list[Json]:
        """The calls themselves, those after the first so many."""
        wanted = (method,) if method else ()
        found = self._api.calls.of(*wanted, bot_id=bot_id)[after:]
        return [
            {
                "at": each.at.timestamp(),
                "monotonic": each.monotonic,
                "method": each.method,
                "chat_id": each.chat_id,
                "code": each.code,
                "description": each.description,
                "parameters": each.parameters,
            }
            for each in found
        ]

    def _bot(self, bot_id: int) -> BotAccount:
        for bot in self._api.world.bots.values():
            if bot.id == bot_id:
                return bot
        raise LookupError(f"no bot {bot_id}")

    def _chat(self, bot_id: int, person_id: int) -> PersonInChat:
        return self._api.chat(self._bot(bot_id), self._api.world.persons[person_id])


def _told(message: StoredMessage) -> Json:
    numbers = [each for each in message.update_ids.values() if each is not None]
    return {"message_id": message.message_id, "update_id": numbers[0] if numbers else None}
