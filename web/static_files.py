"""Static files under addresses that carry their content's hash, so that browsers may keep them."""

import hashlib
import mimetypes
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter, Request, Response

from core.errors import NotFound

_KEEP = "public, max-age=31536000, immutable"
_DIGITS = 10


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file, read at start: all of ours together are a few hundred kilobytes."""

    name: str
    digest: str
    body: bytes
    media_type: str

    @property
    def url(self) -> str:
        """The address that changes when the content does."""
        return f"/static/{self.digest}/{self.name}"


class StaticFiles:
    """Every file below the given folders, by its path within its folder."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._files: Mapping[str, StaticFile] = {
            file.name: file for folder in folders for file in _read(folder)
        }

    def url(self, name: str) -> str:
        """The address of a file; raises `NotFound` for one that we do not have."""
        return self.get(name).url

    def get(self, name: str) -> StaticFile:
        """The file of this name; raises `NotFound`."""
        try:
            return self._files[name]
        except KeyError:
            raise NotFound("static file", name) from None

    def router(self) -> APIRouter:
        """The route that hands the files out; open to everybody, signed in or not."""
        router = APIRouter(include_in_schema=False)

        @router.get("/static/{digest}/{name:path}", openapi_extra={"x-permission": "anyone"})
        async def static_file(digest: str, name: str, request: Request) -> Response:
            file = self.get(name)
            if request.headers.get("if-none-match") == f'"{file.digest}"':
                return Response(status_code=304)
            fresh = digest == file.digest
            headers = {"ETag": f'"{file.digest}"', "Cache-Control": _KEEP if fresh else "no-cache"}
            return Response(file.body, media_type=file.media_type, headers=headers)

        return router


def _read(folder: Path) -> list[StaticFile]:
    found = []
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        body = path.read_bytes()
        found.append(
            StaticFile(
                name=path.relative_to(folder).as_posix(),
                digest=hashlib.sha256(body).hexdigest()[:_DIGITS],
                body=body,
                media_type=_media_type(path),
            )
        )
    return found


def _media_type(path: Path) -> str:
    guessed = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return f"{guessed}; charset=utf-8" if guessed.startswith("text/") else guessed
