"""Telling a volunteer something: on the volunteers' page always, in a chat where one is linked."""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from conversations.models import Conversation
from core.errors import FrontDoorError
from core.messages import Choice, Reply
from handlers.notices import BOT_AUTHOR
from handlers.staff.desk import Desk
from handlers.volunteers.chat.payloads import unpack
from notifications.outbox import Priority
from people.volunteer_chats import list_chats_of
from people.volunteer_notices import NoticeKind, add_notice


class UnknownPayload(FrontDoorError):
    """A button whose verb stands in nobody's table: whoever writes it must add the verb."""


Fact = object | Callable[[str], str]
"""Something to fill into a sentence; a function is asked for it in the volunteer's language."""


async def tell_volunteer(
    session: AsyncSession,
    desk: Desk,
    volunteer_id: UUID,
    text_key: str,
    *,
    kind: NoticeKind,
    now: datetime,
    task_id: UUID | None = None,
    choices: Sequence[tuple[str, str]] = (),
    **facts: Fact,
) -> None:
    """
    Tell one thing, e.g. `volunteer.notice.offer`.

    `choices` are pairs of text key and payload, e.g. `("volunteer.choice.claim",
    pack(CLAIM, task_id))`; the page has its own buttons for them. A chat that
    is closed to us is passed over: the page still says it. Raises
    `UnknownPayload` for a button that the chat would not understand.
    """
    for _, sent in choices:
        if unpack(sent) is None:
            raise UnknownPayload(sent)
    await add_notice(
        session,
        desk.vault,
        volunteer_id,
        _say(desk, text_key, "zh", facts),
        kind=kind,
        now=now,
        task_id=task_id,
    )
    for address in await list_chats_of(session, volunteer_id):
        standing = await desk.inbox.get_or_begin(session, address, now=now)
        chat = await session.get_one(Conversation, standing.id)
        if not chat.reachable:
            continue
        reply = Reply(
            _say(desk, text_key, standing.language, facts),
            tuple(Choice(desk.texts.say(key, standing.language), sent) for key, sent in choices),
        )
        await desk.notices.say_in(
            session, standing.id, reply, author=BOT_AUTHOR, now=now, priority=Priority.NOTICE
        )


def _say(desk: Desk, key: str, language: str, facts: dict[str, Fact]) -> str:
    said = {name: fact(language) if callable(fact) else fact for name, fact in facts.items()}
    return desk.texts.say(key, language, **said)
