"""In which language something was said, for what a channel adds to it by itself."""

from core.messages import Reply


def language_of(reply: Reply) -> str:
    """The language a reply is written in: Chinese as soon as one character is."""
    words = reply.text + "".join(choice.title for choice in reply.choices)
    return "zh" if any("\u4e00" <= character <= "\u9fff" for character in words) else "en"
