"""What a bot says about itself: getMe, commands, menu button, name and descriptions."""

import json
import re

from tests.bot_api.methods import Request, method
from tests.bot_api.refusals import Json, bad_request

_COMMAND = re.compile(r"[a-z0-9_]{1,32}", re.ASCII)
_MOST_COMMANDS = 100
_LONGEST = {"name": 64, "description": 512, "short_description": 120}
_FORMS = {
    "default": (),
    "all_private_chats": (),
    "all_group_chats": (),
    "all_chat_administrators": (),
    "chat": ("chat_id",),
    "chat_administrators": ("chat_id",),
    "chat_member": ("chat_id", "user_id"),
}


@method("getMe")
async def get_me(request: Request) -> object:
    """The bot itself."""
    return request.bot.as_json() | {
        "can_join_groups": True,
        "can_read_all_group_messages": not request.bot.privacy,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


@method("setMyCommands")
async def set_my_commands(request: Request) -> object:
    """The list behind the menu button, for a scope and a language."""
    commands = request.parameters.nested("commands", "commands") or []
    if not isinstance(commands, list):
        raise bad_request("expected an Array of BotCommand")
    if len(commands) > _MOST_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    key = _scope(request)
    request.bot.profile.commands[key] = [_command(each) for each in commands]
    return True


@method("getMyCommands")
async def get_my_commands(request: Request) -> object:
    """The list of exactly this scope and language."""
    return request.bot.profile.commands.get(_scope(request), [])


@method("deleteMyCommands")
async def delete_my_commands(request: Request) -> object:
    """Forget the list of this scope and language."""
    request.bot.profile.commands.pop(_scope(request), None)
    return True


def _command(value: object) -> Json:
    problem = "can't parse BotCommand: "
    if not isinstance(value, dict):
        raise bad_request(f"{problem}expected an Object")
    for name in ("command", "description"):
        if name not in value:
            raise bad_request(f'{problem}Can\'t find field "{name}"')
    command, description = str(value["command"]).removeprefix("/"), str(value["description"])
    if not _COMMAND.fullmatch(command):
        raise bad_request("BOT_COMMAND_INVALID")
    if not description.strip():
        raise bad_request("command description must be non-empty")
    if len(description) > 256:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": command, "description": description}


def _scope(request: Request) -> tuple[str, str]:
    scope = request.parameters.nested("scope", "BotCommandScope") or {"type": "default"}
    language = request.parameters.text("language_code")
    if language and not re.fullmatch(r"[a-z]{2}", language):
        raise bad_request("invalid language_code specified")
    if not isinstance(scope, dict) or scope.get("type") not in _FORMS:
        raise bad_request("can't parse BotCommandScope: Unsupported type specified")
    wanted = _FORMS[scope["type"]]
    for name in wanted:
        if name not in scope:
            raise bad_request(f"can't parse BotCommandScope: Can't find field \"{name}\"")
    if "chat_id" in wanted:
        request.world.get_chat(request.bot, str(scope["chat_id"]))
    kept = {"type": scope["type"]} | {name: str(scope[name]) for name in wanted}
    return json.dumps(kept, sort_keys=True), language


@method("setChatMenuButton")
async def set_chat_menu_button(request: Request) -> object:
    """What stands left of the field for writing: for one private chat, or for all."""
    button = request.parameters.nested("menu_button", "MenuButton") or {"type": "default"}
    if not isinstance(button, dict) or button.get("type") not in {"default", "commands", "web_app"}:
        raise bad_request("can't parse menu button: MenuButton has unsupported type")
    if button["type"] == "web_app" and not (button.get("text") and button.get("web_app")):
        raise bad_request("can't parse menu button: Can't find field \"text\"")
    request.bot.profile.menu_buttons[_menu_chat(request)] = button
    return True


@method("getChatMenuButton")
async def get_chat_menu_button(request: Request) -> object:
    """The button of this chat, or the one for all."""
    buttons = request.bot.profile.menu_buttons
    return buttons.get(_menu_chat(request)) or buttons.get(0) or {"type": "commands"}


def _menu_chat(request: Request) -> int:
    if not request.parameters.text("chat_id"):
        return 0
    chat = request.chat()
    if chat.person is None:
        raise bad_request("chat_id must be of a private chat")
    return chat.id


@method("setMyName")
async def set_my_name(request: Request) -> object:
    """The bot's name, by language."""
    return _set(request, "name", request.bot.profile.names)


@method("getMyName")
async def get_my_name(request: Request) -> object:
    """The bot's name in a language."""
    names = request.bot.profile.names
    language = request.parameters.text("language_code")
    return {"name": names.get(language) or names.get("") or request.bot.first_name}


@method("setMyDescription")
async def set_my_description(request: Request) -> object:
    """What an empty chat shows."""
    return _set(request, "description", request.bot.profile.descriptions)


@method("getMyDescription")
async def get_my_description(request: Request) -> object:
    """What an empty chat shows, in a language."""
    return _get(request, "description", request.bot.profile.descriptions)


@method("setMyShortDescription")
async def set_my_short_description(request: Request) -> object:
    """What the bot's page shows."""
    return _set(request, "short_description", request.bot.profile.short_descriptions)


@method("getMyShortDescription")
async def get_my_short_description(request: Request) -> object:
    """What the bot's page shows, in a language."""
    return _get(request, "short_description", request.bot.profile.short_descriptions)


def _set(request: Request, name: str, kept: dict[str, str]) -> bool:
    text = request.parameters.text(name)
    if len(text) > _LONGEST[name]:
        raise bad_request(f"BOT_{'TITLE' if name == 'name' else 'INFO'}_TOO_LONG")
    kept[request.parameters.text("language_code")] = text
    return True


def _get(request: Request, name: str, kept: dict[str, str]) -> Json:
    return {name: kept.get(request.parameters.text("language_code")) or kept.get("", "")}
