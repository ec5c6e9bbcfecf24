"""Photos, voice, files and albums that persons send."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from tests.bot_api.accounts import Chat, StoredMessage
from tests.bot_api.files import described, photo_sizes, store
from tests.bot_api.refusals import Json
from tests.bot_api.telling import bots_in
from tests.bot_api.world import World


class SendsMedia(ABC):
    """What a person in a chat can send besides words."""

    world: World
    chat: Chat

    @abstractmethod
    def sends(self, content: Json, *, reply_to: StoredMessage | None = None) -> StoredMessage:
        """Send any content of a Bot API `Message`."""

    def sends_photo(self, content: bytes, *, caption: str = "", size: int = 0) -> StoredMessage:
        """
        A photo, told in several sizes; `size` says another number of bytes than it has.

        What is no picture passes too, as one size of 800x600.
        """
        sizes = photo_sizes(self.world, self._bot_id, content, size=size)
        return self.sends({"photo": sizes} | _caption(caption))

    def sends_voice(self, content: bytes, *, seconds: int = 5, size: int = 0) -> StoredMessage:
        """Something spoken."""
        file = store(self.world, self._bot_id, "voice", content, size=size)
        voice = described(file) | {"duration": seconds, "mime_type": "audio/ogg"}
        return self.sends({"voice": voice})

    def sends_document(
        self,
        content: bytes,
        *,
        name: str = "材料.pdf",
        mime_type: str = "application/pdf",
        caption: str = "",
        size: int = 0,
    ) -> StoredMessage:
        """A file; `size` says another number of bytes than it has."""
        file = store(self.world, self._bot_id, "document", content, name=name, size=size)
        document = described(file) | {"file_name": name, "mime_type": mime_type}
        return self.sends({"document": document} | _caption(caption))

    def sends_album(self, photos: Sequence[bytes], *, caption: str = "") -> list[StoredMessage]:
        """Several photos at once: a message each, one `media_group_id`, the caption on the first."""
        group = str(14_000_000_000_000_000 + next(self.world.numbers))
        found = []
        for number, content in enumerate(photos):
            body: Json = {
                "media_group_id": group,
                "photo": photo_sizes(self.world, self._bot_id, content),
            }
            found.append(self.sends(body | _caption("" if number else caption)))
        return found

    def sends_sticker(self, emoji: str = "👍") -> StoredMessage:
        """Something that most bots have no use for."""
        file = store(self.world, self._bot_id, "sticker", b"RIFF", name="sticker.webp")
        look: Json = {
            "type": "regular",
            "width": 512,
            "height": 512,
            "is_animated": False,
            "is_video": False,
            "emoji": emoji,
        }
        return self.sends({"sticker": described(file) | look})

    @property
    def _bot_id(self) -> int:
        """Whose file ids they are; in a group with several bots those of the first."""
        bots = bots_in(self.world, self.chat)
        return bots[0].id if bots else 0


def _caption(caption: str) -> Json:
    return {"caption": caption} if caption else {}
