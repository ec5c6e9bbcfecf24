"""Bytes that bots fetch and send: file ids, sizes of a photo, getFile."""

import hashlib
import io
import secrets
from dataclasses import dataclass

from PIL import Image, UnidentifiedImageError

from tests.bot_api.methods import Request, method
from tests.bot_api.parameters import Parameters, UploadedFile
from tests.bot_api.refusals import Json, bad_request
from tests.bot_api.world import StoredFile, World

_SIDES = (90, 320, 800, 1280)
"""Longest side of each size that Telegram makes of a photo."""
_FOLDERS = {"photo": "photos", "voice": "voice", "document": "documents"}
IMAGE_PROCESS_FAILED = bad_request("IMAGE_PROCESS_FAILED")
PHOTO_INVALID_DIMENSIONS = bad_request("PHOTO_INVALID_DIMENSIONS")
TOO_BIG = bad_request("file is too big")
INVALID_FILE_ID = bad_request("invalid file_id")
UNAVAILABLE = bad_request("wrong file_id or the file is temporarily unavailable")
WRONG_IDENTIFIER = bad_request("wrong file identifier/HTTP URL specified")
NO_CONTENT = bad_request("failed to get HTTP URL content")


@dataclass(frozen=True)
class Incoming:
    """A file that a bot sends: new bytes, or one that it knows."""

    content: bytes
    name: str
    content_type: str
    known: StoredFile | None = None


def store(
    world: World, bot_id: int, kind: str, content: bytes, *, name: str = "", size: int = 0
) -> StoredFile:
    """Keep bytes for one bot; `size` may say more than there really is."""
    digest = hashlib.sha256(content).hexdigest()
    number = next(world.numbers)
    suffix = name.rpartition(".")[2] if "." in name else {"photo": "jpg", "voice": "oga"}.get(kind)
    ending = f".{suffix}" if suffix else ""
    file = StoredFile(
        file_id=f"{kind[:1].upper()}gAC{secrets.token_urlsafe(36)}",
        unique_id=f"AQAD{digest[:12]}",
        bot_id=bot_id,
        path=f"{_FOLDERS.get(kind, 'files')}/file_{number}{ending}",
        content=content,
        kind=kind,
        size=size or len(content),
    )
    world.files[file.file_id] = file
    return file


def described(file: StoredFile) -> Json:
    """The fields that all Bot API files have."""
    return {"file_id": file.file_id, "file_unique_id": file.unique_id, "file_size": file.size}


def photo_sizes(world: World, bot_id: int, content: bytes, *, size: int = 0) -> list[Json]:
    """`PhotoSize`s of a photo, smallest first; what is no picture counts as one of 800x600."""
    try:
        picture = Image.open(io.BytesIO(content))
        picture.load()
    except UnidentifiedImageError:
        file = store(world, bot_id, "photo", content, size=size)
        return [described(file) | {"width": 800, "height": 600}]
    found = []
    longest = max(picture.size)
    for side in [each for each in _SIDES if each < longest]:
        small = picture.convert("RGB")
        small.thumbnail((side, side))
        buffer = io.BytesIO()
        small.save(buffer, "JPEG")
        found.append(_size(world, bot_id, buffer.getvalue(), small.size, 0))
    if longest <= _SIDES[-1]:
        found.append(_size(world, bot_id, content, picture.size, size))
    return found


def _size(world: World, bot_id: int, content: bytes, pixels: tuple[int, int], size: int) -> Json:
    file = store(world, bot_id, "photo", content, size=size)
    return described(file) | {"width": pixels[0], "height": pixels[1]}


def check_photo(content: bytes) -> None:
    """Refused what Telegram cannot make a photo of; https://core.telegram.org/bots/api#sendphoto."""
    try:
        width, height = Image.open(io.BytesIO(content)).size
    except UnidentifiedImageError:
        raise IMAGE_PROCESS_FAILED from None
    if width + height > 10_000 or max(width, height) > 20 * min(width, height):
        raise PHOTO_INVALID_DIMENSIONS


def read_file(request: Request, name: str, value: str | None = None) -> Incoming:
    """
    The file that a parameter carries: uploaded, `attach://`, or the id of a known one.

    Raises `Refused` if there is none, it is too big, or it belongs to another bot.
    """
    parameters = request.parameters
    uploaded = _uploaded(parameters, name, value)
    if uploaded:
        return _checked(request.world, uploaded)
    said = parameters.text(name) if value is None else value
    if not said:
        raise bad_request(f"there is no {name} in the request")
    if said.startswith(("http://", "https://")):
        raise NO_CONTENT
    known = request.world.files.get(said)
    if known is None or known.bot_id != request.bot.id:
        raise WRONG_IDENTIFIER
    return Incoming(known.content, known.path.rpartition("/")[2], "", known)


def _uploaded(parameters: Parameters, name: str, value: str | None) -> UploadedFile | None:
    said = parameters.text(name) if value is None else value
    if said.startswith("attach://"):
        return parameters.file(said.removeprefix("attach://"))
    return parameters.file(name) if value is None else None


def _checked(world: World, file: UploadedFile) -> Incoming:
    if not file.content:
        raise bad_request("file must be non-empty")
    if len(file.content) > world.rules.largest_upload:
        raise TOO_BIG
    return Incoming(file.content, file.name, file.content_type)


@method("getFile")
async def get_file(request: Request) -> object:
    """Where to fetch a file; not for more than 20 MB."""
    file_id = request.parameters.text("file_id")
    if not file_id:
        raise bad_request("file_id not specified")
    file = request.world.files.get(file_id)
    if file is None:
        raise INVALID_FILE_ID
    if file.bot_id != request.bot.id:
        raise UNAVAILABLE
    if file.size > request.world.rules.largest_download:
        raise TOO_BIG
    return described(file) | {"file_path": file.path}
