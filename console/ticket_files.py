"""Photos, voice and papers of a ticket's conversation: who opens one is recorded."""

from collections import defaultdict
from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from sqlalchemy.ext.asyncio import AsyncSession

from console.deps import ConsoleDeps
from console.frame import Frames, staff_of
from console.history import FileLink
from console.words import Words
from conversations.attachments import Attachments, FileStatus, KeptAttachment
from core.errors import NotFound
from core.files import Files
from handlers.staff.desk import acting
from people.permissions import Permission, StaffMember
from people.sessions import SignedIn
from people.view_log import record_view
from tickets.lookups import get_ticket_by_number
from tickets.models import Ticket
from tickets.sight import may_know_requester, may_see

_SHOWN = frozenset(
    {
        "image/jpeg",
        "image/png",
        "image/webp",
        "image/gif",
        "audio/ogg",
        "audio/mpeg",
        "audio/mp4",
        "video/mp4",
    }
)
"""What a browser shows by itself and cannot run; everything else is saved, never opened here."""
_POLICY = "default-src 'none'; img-src 'self'; media-src 'self'; sandbox"
_MB = 1024 * 1024


def build_ticket_files(frames: Frames) -> APIRouter:
    """The route of one file."""
    router = APIRouter(include_in_schema=False)
    deps = frames.deps
    see = Annotated[SignedIn, Depends(deps.gate.needs(Permission.TICKET_SEE))]

    @router.get("/console/tickets/{number}/files/{attachment_id}")
    async def show_file(signed_in: see, number: str, attachment_id: UUID) -> Response:
        async with deps.database.transaction() as session:
            found, content = await _open(
                session, deps, number, attachment_id, by=staff_of(signed_in)
            )
        return _answer(found, content)

    return router


async def list_links(
    session: AsyncSession, deps: ConsoleDeps, ticket: Ticket, words: Words
) -> dict[int, tuple[FileLink, ...]]:
    """The files of a ticket's conversation by the message that they came with."""
    if ticket.conversation_id is None:
        return {}
    attachments = Attachments(vault=deps.vault)
    links: dict[int, tuple[FileLink, ...]] = defaultdict(tuple)
    for each in await attachments.list_in_conversation(session, ticket.conversation_id):
        links[each.inbox_id] += (_link(each, ticket.number, words),)
    return links


def _link(file: KeptAttachment, number: str, words: Words) -> FileLink:
    name = words.say(f"console.file.{file.kind}")
    if file.status is not FileStatus.KEPT:
        return FileLink(f"{name}（{words.say(f'console.file.status.{file.status}')}）", "")
    size = f"{file.size / _MB:.1f} MB" if file.size else ""
    facts = [f"{file.seconds} s" if file.seconds else "", size]
    more = "，".join(filter(None, facts))
    said = words.say("console.file.open", what=f"{name} {more}".strip())
    return FileLink(said, f"/console/tickets/{number}/files/{file.id}")


async def _open(
    session: AsyncSession, deps: ConsoleDeps, number: str, attachment_id: UUID, *, by: StaffMember
) -> tuple[KeptAttachment, bytes]:
    """The file with its bytes, and the look at it in the log. Raises `NotFound`."""
    ticket = await get_ticket_by_number(session, number)
    if not may_see(ticket, by) or not may_know_requester(ticket, by):
        raise NotFound("ticket", number)
    if ticket.conversation_id is None:
        raise NotFound("attachment", attachment_id)
    found = await Attachments(vault=deps.vault).get_attachment(
        session, attachment_id, conversation_id=ticket.conversation_id
    )
    if found.file_id is None:
        raise NotFound("attachment", attachment_id)
    content = await Files(vault=deps.vault).get_content(session, found.file_id)
    await record_view(
        session,
        viewer=acting(by),
        action="view",
        subject_kind="ticket",
        subject_id=ticket.id,
        fields=[found.kind.value],
        now=deps.clock.now(),
    )
    return found, content


def _answer(file: KeptAttachment, content: bytes) -> Response:
    mime = file.mime.split(";")[0].strip().lower()
    shown = mime in _SHOWN
    name = quote(file.name or file.kind.value)
    headers = {
        "Content-Disposition": f"{'inline' if shown else 'attachment'}; filename*=UTF-8''{name}",
        "Content-Security-Policy": _POLICY,
    }
    kind = mime if shown else "application/octet-stream"
    return Response(content, media_type=kind, headers=headers)
