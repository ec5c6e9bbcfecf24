"""Plain words, pictures and corrections in a volunteer's chat: answers to what was asked."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from uuid import UUID

from core.errors import InvalidInput
from core.messages import AttachmentKind, Choice
from handlers.turn import Outcome
from handlers.volunteers.add_photo import add_photo
from handlers.volunteers.add_words import add_words, find_visit_of
from handlers.volunteers.ask_correction import ask_correction
from handlers.volunteers.chat import applying, doing, payloads
from handlers.volunteers.chat.looking import call_staff, show_own
from handlers.volunteers.chat.talk import CHANGED, Talk
from handlers.volunteers.list_tasks import ACTIVE, list_own_tasks
from handlers.volunteers.relay import write_to_resident
from tickets.masking import masked_numbers
from tickets.relays import list_relayed
from tickets.tasks import ClaimStatus, get_own_claim, get_task

Answer = Callable[[Talk, UUID], Awaitable[Outcome]]

_ABOUT_A_VISIT = re.compile(
    r"到了|晚到|迟到|晚点|堵车|去不了|来不了|办好|办完|做完|会去|出发"
    r"|\b(late|arrived|here|done|finished|cannot|can't|going)\b",
    re.IGNORECASE,
)
"""What somebody on the way types; the buttons that they mean are shown."""
_STOP_WAITING = "/stop_waiting"
"""A button of the residents' verbs, which keep the queue for a person."""


async def hear(talk: Talk) -> Outcome:
    """Plain words: the answer to what was asked, or something that we do not understand."""
    asked, answer = talk.asked, _ANSWERS.get(talk.asked.question)
    if asked.question in (applying.APPLY, applying.EDIT):
        return await applying.take(talk)
    if answer is not None and asked.about is not None and talk.words:
        return await answer(talk, asked.about)
    if talk.wants_person:
        return await call_staff(talk)
    if talk.turn.standing.waiting_since_at is not None:
        stop = talk.wording.choice("stop_waiting", _STOP_WAITING)
        return talk.stay(talk.wording.say("staff_waiting", stop))
    if _ABOUT_A_VISIT.search(talk.words) and await _has_visits(talk):
        return await show_own(talk)
    return talk.stay(talk.wording.say("not_understood", *talk.menu()))


async def look(talk: Talk) -> Outcome:
    """A picture, a voice or a paper; several sent together are answered once."""
    album, asked = talk.turn.message.album, talk.asked
    if album is not None and album == talk.turn.dialogue.album:
        return talk.stay()
    outcome = await _looked(talk, asked.question, asked.about)
    return replace(outcome, dialogue=replace(outcome.dialogue, album=album))


async def correct(talk: Talk) -> Outcome:
    """An earlier message was changed: what came of it is told of the change, both stay."""
    original = talk.turn.original
    if original is None or original.latest.strip() == talk.words:
        return talk.stay()
    if talk.asked.question == applying.APPLY:
        return applying.correct(talk, original.latest.strip())
    if talk.by is None:
        return talk.stay()
    task_id = await find_visit_of(talk.session, original.inbox_id, talk.member.id)
    if task_id is None:
        return talk.stay(talk.wording.say("corrected_unused"))
    words = talk.desk.texts.say("ticket.corrected_to", words=talk.words)
    await _say_again(talk, task_id, original.latest, words)
    return replace(
        talk.stay(talk.wording.say("corrected")),
        ticket_id=(await get_task(talk.session, task_id)).ticket_id,
        topics=CHANGED,
    )


async def _say_again(talk: Talk, task_id: UUID, before: str, words: str) -> None:
    """To the resident what the resident was told, to the office what was for the office."""
    claim = await get_own_claim(talk.session, task_id, talk.member.id)
    told = await list_relayed(talk.session, talk.desk.vault, claim.id)
    passed_on = any(each.words == masked_numbers(before.strip()) for each in told)
    verb = write_to_resident if passed_on else add_words
    await verb(talk.session, talk.desk, task_id, words, by=talk.member, now=talk.turn.now)


async def _note(talk: Talk, task_id: UUID) -> Outcome:
    return await doing.complete(talk, task_id, talk.words)


async def _more(talk: Talk, task_id: UUID) -> Outcome:
    """Words to the picture, or why a place was given back."""
    await add_words(talk.session, talk.desk, task_id, talk.words, by=talk.member, now=talk.turn.now)
    return await _noted(talk, task_id, "more_noted")


async def _happened(talk: Talk, task_id: UUID) -> Outcome:
    await doing.ring(talk, task_id, talk.words)
    return replace(await _noted(talk, task_id, "called_words"), rings=True)


async def _pass_on(talk: Talk, task_id: UUID) -> Outcome:
    read = await write_to_resident(
        talk.session, talk.desk, task_id, talk.words, by=talk.member, now=talk.turn.now
    )
    again = talk.wording.about("say_again", payloads.SAY, task_id)
    back = talk.wording.about("open", payloads.OPEN, task_id)
    return await _noted(talk, task_id, "said" if read else "said_by_call", again, back)


async def _minutes(talk: Talk, task_id: UUID) -> Outcome:
    """A number, then why."""
    minutes = re.search(r"\d+", talk.words)
    if minutes is None or len(minutes[0]) > 4:
        raise InvalidInput("minutes", "claim.error.minutes")
    question = f"{doing.WHY}:{task_id.hex}:{minutes[0]}"
    return talk.ask("ask_why", question, talk.skip("never_mind"), minutes=int(minutes[0]))


async def _why(talk: Talk, task_id: UUID) -> Outcome:
    await ask_correction(
        talk.session,
        talk.desk,
        task_id,
        minutes=int(talk.asked.extra or 0),
        reason=talk.words,
        by=talk.member,
        now=talk.turn.now,
    )
    return await _noted(talk, task_id, "correction_asked", *talk.menu())


_ANSWERS: Mapping[str, Answer] = {
    doing.NOTE: _note,
    doing.MORE: _more,
    doing.REASON: _more,
    doing.HELP: _happened,
    doing.SAY: _pass_on,
    doing.MINUTES: _minutes,
    doing.WHY: _why,
}
"""Which words answer which question; after words to a finished visit a picture may follow."""


async def _noted(talk: Talk, task_id: UUID, key: str, *choices: Choice) -> Outcome:
    """Say that it is written down; the ticket is named, so that a correction finds it."""
    task = await get_task(talk.session, task_id)
    reply = talk.wording.say(key, *choices)
    return talk.answer(reply, ticket_id=task.ticket_id, topics=CHANGED)


async def _looked(talk: Talk, question: str, task_id: UUID | None) -> Outcome:
    """What the file is for; what nobody asked for is kept, and staff see it in the talk."""
    files = talk.turn.message.attachments
    if talk.turn.standing.waiting_since_at is not None or task_id is None:
        return await _unasked(talk)
    pictures = any(each.kind is AttachmentKind.PHOTO for each in files)
    picture = talk.turn.inbox_id if pictures else None
    label = "" if pictures else talk.desk.texts.say(f"chat.media.label.{files[0].kind}")
    if question == doing.NOTE:
        return await doing.complete(talk, task_id, talk.words or label, picture=picture)
    if question == doing.HELP:
        words = talk.words or talk.desk.texts.say(f"chat.media.label.{files[0].kind}")
        await doing.ring(talk, task_id, words)
        return replace(await _noted(talk, task_id, "called_words"), rings=True)
    if question == doing.PHOTO and picture is not None:
        await add_photo(talk.session, task_id, picture, by=talk.member)
        if talk.words:
            await _more(talk, task_id)
        return await _noted(talk, task_id, "photo_noted")
    return await _unasked(talk)


async def _unasked(talk: Talk) -> Outcome:
    """A file that answers nothing: what it may be for, with the button for it."""
    if talk.turn.standing.waiting_since_at is not None:
        return talk.stay(talk.wording.say("staff_waiting"))
    if talk.asked.question == doing.SAY:
        return talk.stay(talk.wording.say("say_words_only", talk.skip("say_nothing")))
    there = [
        each.card
        for each in (await list_own_tasks(talk.session, by=talk.member) if talk.by else [])
        if each.claim_status == ClaimStatus.CHECKED_IN
    ]
    if not there:
        return talk.stay(talk.wording.say("media_unasked", *talk.menu()))
    buttons = [talk.wording.about("done", payloads.DONE, card.id) for card in there[:1]]
    return talk.stay(talk.wording.say("photo_later", *buttons))


async def _has_visits(talk: Talk) -> bool:
    own = await list_own_tasks(talk.session, by=talk.member)
    return any(each.claim_status in ACTIVE for each in own)
