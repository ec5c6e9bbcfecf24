"""Telegram's refusals, in its own words and codes (tdlib/telegram-bot-api, Client.cpp)."""

from typing import Any

Json = dict[str, Any]
"""A JSON object as Telegram writes it."""


class Refused(Exception):
    """The method is answered with `ok: false`."""

    def __init__(self, code: int, description: str, parameters: Json | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters: Json = parameters or {}

    def as_json(self) -> Json:
        """The answer's body."""
        body: Json = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            body["parameters"] = self.parameters
        return body


def bad_request(reason: str) -> Refused:
    """400: the request cannot be carried out as it is."""
    return Refused(400, f"Bad Request: {reason}")


def forbidden(reason: str) -> Refused:
    """403: the bot may not write there."""
    return Refused(403, f"Forbidden: {reason}")


def conflict(reason: str) -> Refused:
    """409: somebody else receives this bot's updates."""
    return Refused(409, f"Conflict: {reason}")


def too_many_requests(retry_after: int) -> Refused:
    """429: wait so many seconds."""
    return Refused(
        429, f"Too Many Requests: retry after {retry_after}", {"retry_after": retry_after}
    )


UNAUTHORIZED = Refused(401, "Unauthorized")
INVALID_TOKEN = Refused(401, "Unauthorized: invalid token specified")
NOT_FOUND = Refused(404, "Not Found")
METHOD_NOT_FOUND = Refused(404, "Not Found: method not found")
TOO_LARGE = Refused(413, "Request Entity Too Large")

WEBHOOK_ACTIVE = conflict(
    "can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)
OTHER_POLLER = conflict(
    "terminated by other getUpdates request; make sure that only one bot instance is running"
)
WEBHOOK_SET_MEANWHILE = conflict("terminated by setWebhook request")

NOT_MODIFIED = bad_request(
    "message is not modified: specified new message content and reply markup are exactly "
    "the same as a current content and reply markup of the message"
)
QUERY_TOO_OLD = bad_request("query is too old and response timeout expired or query ID is invalid")
CHAT_NOT_FOUND = bad_request("chat not found")
BLOCKED = forbidden("bot was blocked by the user")
CANNOT_BEGIN = forbidden("bot can't initiate conversation with a user")
DEACTIVATED = forbidden("user is deactivated")
