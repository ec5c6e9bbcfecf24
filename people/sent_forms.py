"""Forms that were taken: pressed twice or sent again, they say and do nothing a second time."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Table, delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from people.models import SentForm

FORM_ID = "form_id"
"""The hidden field with a random text, fresh in every form that is shown."""
SENT_FORMS = cast(Table, SentForm.__table__)
_REMEMBERED = timedelta(days=1)


async def take_form(
    session: AsyncSession, form: Mapping[str, str], *, place: str, now: datetime
) -> bool:
    """
    Whether this form comes for the first time; False: its twin was taken before.

    `place` says where it was sent and by whom. Only the same words under the
    same id are a repetition: whoever goes back in the browser and writes
    something else is heard. Belongs into the transaction that does what the
    form says, so that a refused form may be sent again. A form without an id is
    always new.
    """
    if not form.get(FORM_ID):
        return True
    forgotten = SENT_FORMS.c.sent_at < now - _REMEMBERED
    await session.execute(delete(SENT_FORMS).where(forgotten))
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    taken = await session.execute(
        insert(SENT_FORMS)
        .values(digest=_digest(form, place), sent_at=now)
        .on_conflict_do_nothing()
        .returning(SENT_FORMS.c.digest)
    )
    return taken.one_or_none() is not None


def _digest(form: Mapping[str, str], place: str) -> str:
    """Says nothing about the words: the random id is part of it and kept nowhere."""
    text = json.dumps([place, sorted(form.items())], ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
