"""Where the Bot API is: Telegram's own server or any other that speaks the same."""

from dataclasses import dataclass, field

from core.settings import TelegramSettings


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Addresses without the token, and the proxy that leads there (empty: none)."""

    api: str
    files: str
    proxy: str = field(default="", repr=False)

    @classmethod
    def from_settings(cls, settings: TelegramSettings) -> "Endpoints":
        """Without a file address of its own a server hands files out under `/file`."""
        api = _base(settings.api_base_url)
        files = _base(settings.file_base_url) or f"{api}/file"
        return cls(api, f"{api}/file" if files == api else files, settings.proxy)

    def method(self, token: str, method: str) -> str:
        """The URL of a method. It holds the token: never log it."""
        return f"{self.api}/bot{token}/{method}"

    def file(self, token: str, path: str) -> str:
        """The URL of a file. It holds the token: never log it."""
        return f"{self.files}/bot{token}/{path}"


def _base(url: str) -> str:
    return url.strip().rstrip("/").removesuffix("/bot")
