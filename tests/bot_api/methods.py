"""The methods of the Bot API by name, and what each of them is handed."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from tests.bot_api.accounts import BotAccount, Chat
from tests.bot_api.parameters import Parameters
from tests.bot_api.refusals import METHOD_NOT_FOUND
from tests.bot_api.world import World


@dataclass(frozen=True)
class Request:
    """One call of a method by a bot."""

    world: World
    bot: BotAccount
    parameters: Parameters
    gone: Callable[[], bool] = lambda: False
    """Whether the caller has hung up meanwhile."""

    @property
    def now(self) -> datetime:
        return self.world.now()

    def chat(self) -> Chat:
        """The chat that `chat_id` names; refused if the bot has not met it."""
        return self.world.get_chat(self.bot, self.parameters.text("chat_id"))

    def chat_to_write(self) -> Chat:
        """The same, refused also where the bot may not write."""
        chat = self.chat()
        self.world.may_write(self.bot, chat)
        return chat


Method = Callable[[Request], Awaitable[object]]
_METHODS: dict[str, Method] = {}


def method(name: str) -> Callable[[Method], Method]:
    """Register a method of the Bot API; capitals do not matter in its name."""

    def register(function: Method) -> Method:
        _METHODS[name.lower()] = function
        return function

    return register


async def carry_out(name: str, request: Request) -> object:
    """The result of a method; raises `Refused`."""
    if name.lower() not in _METHODS:
        raise METHOD_NOT_FOUND
    return await _METHODS[name.lower()](request)
