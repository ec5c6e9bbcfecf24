"""The files of a message: which there are, what kind, how large. Their bytes come later."""

from aiogram.types import Message, PhotoSize

from bot.decoding import clean
from core.messages import Attachment, AttachmentKind

LARGEST = 20 * 1024 * 1024
"""Bytes that a bot may download (Bot API, "getFile")."""
_PLAIN = "application/octet-stream"


def find_attachments(message: Message) -> tuple[Attachment, ...]:
    """The file of a message; albums are several messages."""
    found = _picture(message) or _sound(message) or _film(message) or _paper(message)
    return (found,) if found else ()


def _picture(message: Message) -> Attachment | None:
    if not message.photo:
        return None
    best = _largest(message.photo)
    return Attachment(AttachmentKind.PHOTO, best.file_id, "image/jpeg", best.file_size)


def _sound(message: Message) -> Attachment | None:
    if voice := message.voice:
        mime = voice.mime_type or "audio/ogg"
        return Attachment(
            AttachmentKind.VOICE, voice.file_id, mime, voice.file_size, seconds=voice.duration
        )
    if audio := message.audio:
        return Attachment(
            AttachmentKind.VOICE,
            audio.file_id,
            audio.mime_type or "audio/mpeg",
            audio.file_size,
            _name(audio.file_name),
            audio.duration,
        )
    return None


def _film(message: Message) -> Attachment | None:
    if note := message.video_note:
        return Attachment(
            AttachmentKind.VIDEO, note.file_id, "video/mp4", note.file_size, None, note.duration
        )
    film = message.video or message.animation
    if film is None:
        return None
    return Attachment(
        AttachmentKind.VIDEO,
        film.file_id,
        film.mime_type or "video/mp4",
        film.file_size,
        _name(film.file_name),
        film.duration,
    )


def _paper(message: Message) -> Attachment | None:
    paper = message.document
    if paper is None:
        return None
    mime, name = paper.mime_type or _PLAIN, _name(paper.file_name)
    return Attachment(AttachmentKind.DOCUMENT, paper.file_id, mime, paper.file_size, name)


def _largest(sizes: list[PhotoSize]) -> PhotoSize:
    """The best of the sizes that may be downloaded."""
    allowed = [each for each in sizes if (each.file_size or 0) <= LARGEST] or sizes
    return max(allowed, key=lambda each: each.width * each.height)


def _name(name: str | None) -> str | None:
    return clean(name)[:120] if name else None
