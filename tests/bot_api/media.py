"""Photos, documents, voice and albums that a bot sends."""

from collections.abc import Callable

from tests.bot_api.files import (
    TOO_BIG,
    Incoming,
    check_photo,
    described,
    photo_sizes,
    read_file,
    store,
)
from tests.bot_api.methods import Request, method
from tests.bot_api.parameters import Parameters
from tests.bot_api.refusals import Json, Refused, bad_request
from tests.bot_api.sending import put, put_all, read_caption

MOST_IN_AN_ALBUM = 10


@method("sendPhoto")
async def send_photo(request: Request) -> object:
    """A photo."""
    content = photo(request, read_file(request, "photo"))
    return put(request, content | read_caption(request.parameters)).as_json()


@method("sendDocument")
async def send_document(request: Request) -> object:
    """Any file."""
    content = document(request, read_file(request, "document"))
    return put(request, content | read_caption(request.parameters)).as_json()


@method("sendVoice")
async def send_voice(request: Request) -> object:
    """Something spoken."""
    content = voice(request, read_file(request, "voice"))
    return put(request, content | read_caption(request.parameters)).as_json()


@method("sendLocation")
async def send_location(request: Request) -> object:
    """A point on the map."""
    place = {}
    for name in ("latitude", "longitude"):
        if not request.parameters.text(name):
            raise bad_request(f"{name} is empty")
        place[name] = float(request.parameters.text(name))
    return put(request, {"location": place}).as_json()


@method("sendContact")
async def send_contact(request: Request) -> object:
    """A telephone number with a name."""
    contact = {}
    for name in ("phone_number", "first_name"):
        if not request.parameters.text(name):
            raise bad_request(f'parameter "{name}" is required')
        contact[name] = request.parameters.text(name)
    return put(request, {"contact": contact}).as_json()


@method("sendMediaGroup")
async def send_media_group(request: Request) -> object:
    """Up to ten photos or documents as one album."""
    items = request.parameters.nested("media", "media")
    if items is None:
        raise bad_request('parameter "media" is required')
    if not isinstance(items, list):
        raise bad_request("expected an Array of InputMedia")
    contents = [_item(request, number, each) for number, each in enumerate(items, 1)]
    if not contents:
        raise bad_request("there are no messages to send")
    if len(contents) > MOST_IN_AN_ALBUM:
        raise bad_request("too many messages to send as an album")
    if len({"document" in each for each in contents}) > 1:
        raise bad_request("document can't be mixed with other media types")
    return [each.as_json() for each in put_all(request, contents)]


def _item(request: Request, number: int, item: object) -> Json:
    problem = "can't parse InputMedia: "
    if not isinstance(item, dict):
        raise bad_request(f"{problem}expected an Object")
    make = _ALBUM_KINDS.get(item.get("type", ""))
    if make is None:
        raise bad_request(f'{problem}type "{item.get("type")}" can\'t be used in sendMediaGroup')
    if not item.get("media"):
        raise bad_request(f"{problem}media not found")
    caption = read_caption(Parameters(item))
    try:
        return make(request, read_file(request, "media", str(item["media"]))) | caption
    except Refused as why:
        reason = why.description.removeprefix("Bad Request: ")
        reason = reason[:1].upper() + reason[1:]
        failed = f"failed to send message #{number} with the error message"
        raise bad_request(f'{failed} "{reason}"') from None


def photo(request: Request, file: Incoming) -> Json:
    """The content of a message with a photo."""
    if file.known and file.known.kind != "photo":
        raise bad_request(f"can't use file of type {file.known.kind.capitalize()} as Photo")
    check_photo(file.content)
    if len(file.content) > request.world.rules.largest_photo:
        raise TOO_BIG
    return {"photo": photo_sizes(request.world, request.bot.id, file.content)}


def document(request: Request, file: Incoming) -> Json:
    """The content of a message with a file."""
    kept = file.known or store(
        request.world, request.bot.id, "document", file.content, name=file.name
    )
    kind = file.content_type or "application/octet-stream"
    return {"document": described(kept) | {"file_name": file.name, "mime_type": kind}}


def voice(request: Request, file: Incoming) -> Json:
    """The content of a message with something spoken."""
    kept = file.known or store(request.world, request.bot.id, "voice", file.content)
    duration = request.parameters.integer("duration")
    return {"voice": described(kept) | {"duration": duration, "mime_type": "audio/ogg"}}


_ALBUM_KINDS: dict[str, Callable[[Request, Incoming], Json]] = {
    "photo": photo,
    "document": document,
}
