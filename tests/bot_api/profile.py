"""What a bot says about itself: getMe, commands, menu button, descriptions."""

from tests.bot_api.methods import Request, method


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
