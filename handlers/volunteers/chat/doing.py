"""What a volunteer does with a task in the chat: take, go, be late, arrive, finish, give back."""

from uuid import UUID

from core.messages import Choice
from handlers.turn import Outcome
from handlers.volunteers.answer_offer import say_not_now
from handlers.volunteers.ask_for_help import ask_for_help
from handlers.volunteers.chat import payloads
from handlers.volunteers.chat.looking import own_card
from handlers.volunteers.chat.talk import CHANGED, Talk
from handlers.volunteers.check_in import check_in
from handlers.volunteers.claim_task import claim_task
from handlers.volunteers.complete_claim import complete_claim
from handlers.volunteers.confirm import confirm_claim
from handlers.volunteers.release_claim import release_claim
from handlers.volunteers.run_late import LATE_MINUTES, run_late
from tickets.relays import RelayClosed, find_standing
from tickets.tasks import ClaimStatus, ClaimStepNotAllowed, get_own_claim, get_task

NOTE, MORE, PHOTO = "note", "more", "photo"
"""Asked when a task is done: words or a picture; more words to a picture; a picture to words."""
REASON, HELP, SAY, MINUTES, WHY = "reason", "call", "say", "minutes", "why"
"""Asked: why not; what has happened; what to pass on; how many minutes; why so many."""


async def claim(talk: Talk) -> Outcome:
    """One tap; whoever is slower hears so and sees what is still open."""
    own = await claim_task(talk.session, talk.desk, talk.about, by=talk.member, now=talk.turn.now)
    words = talk.wording
    return talk.answer(words.say("claimed"), words.own(own), topics=CHANGED)


async def not_now(talk: Talk) -> Outcome:
    """Not this time: a thank-you, and no more asking for this task."""
    await say_not_now(talk.session, talk.about, by=talk.member, now=talk.turn.now)
    words = talk.wording
    return talk.answer(words.say("not_now", words.choice("tasks", payloads.TASKS)))


async def go(talk: Talk) -> Outcome:
    """「我会去」."""
    await confirm_claim(talk.session, talk.desk, talk.about, by=talk.member, now=talk.turn.now)
    return talk.answer(talk.wording.say("going", *_later(talk)), topics=CHANGED)


async def late(talk: Talk) -> Outcome:
    """How late, then until when; whoever waits is told."""
    words, minutes = talk.wording, talk.press.extra
    if not minutes:
        await get_own_claim(talk.session, talk.about, talk.member.id)
        return talk.answer(words.say("ask_late", *_minutes(talk)))
    until = await run_late(
        talk.session,
        talk.desk,
        talk.about,
        int(minutes) if minutes.isascii() and minutes.isdigit() else 0,
        by=talk.member,
        now=talk.turn.now,
    )
    return talk.answer(words.say("late", *_later(talk), at=words.moment(until)), topics=CHANGED)


async def release(talk: Talk) -> Outcome:
    """Cannot go after all: the place is free at once; why may be said or not."""
    before = await get_own_claim(talk.session, talk.about, talk.member.id)
    again = before.status == ClaimStatus.RELEASED
    await release_claim(talk.session, talk.desk, talk.about, by=talk.member, now=talk.turn.now)
    words = talk.wording
    if again:
        return talk.answer(words.say("released", words.choice("tasks", payloads.TASKS)))
    return talk.answer(
        words.say("released"),
        words.say("ask_reason", talk.skip()),
        asking=f"{REASON}:{talk.about.hex}",
        ticket_id=await _ticket_of(talk, talk.about),
        topics=CHANGED,
    )


async def arrive(talk: Talk) -> Outcome:
    """The volunteer is there."""
    await check_in(talk.session, talk.desk, talk.about, by=talk.member, now=talk.turn.now)
    return talk.answer(talk.wording.say("arrived"), await own_card(talk), topics=CHANGED)


async def finish(talk: Talk) -> Outcome:
    """It is done; then one question, which may be skipped: words or a picture for the office?"""
    claim = await get_own_claim(talk.session, talk.about, talk.member.id)
    if claim.status == ClaimStatus.COMPLETED:
        return talk.answer(await own_card(talk))
    if claim.status != ClaimStatus.CHECKED_IN:
        raise ClaimStepNotAllowed(claim.status, ClaimStatus.COMPLETED)
    return talk.ask("ask_note", f"{NOTE}:{talk.about.hex}", talk.skip())


async def call_for_help(talk: Talk) -> Outcome:
    """Somebody on the spot needs somebody now: ring at the desk, climbing like an emergency."""
    await ring(talk, talk.about, "")
    return talk.answer(
        talk.wording.say("called"),
        asking=f"{HELP}:{talk.about.hex}",
        ticket_id=await _ticket_of(talk, talk.about),
        rings=True,
    )


async def ask_what_to_say(talk: Talk) -> Outcome:
    """The next words are for the resident, without anybody's number."""
    claim = await get_own_claim(talk.session, talk.about, talk.member.id)
    if await find_standing(talk.session, claim.id) is None:
        raise RelayClosed(claim.id)
    return talk.ask("ask_say", f"{SAY}:{talk.about.hex}", talk.skip("say_nothing"))


async def ask_minutes(talk: Talk) -> Outcome:
    """The hours are wrong: how long was it?"""
    claim = await get_own_claim(talk.session, talk.about, talk.member.id)
    if claim.status != ClaimStatus.COMPLETED:
        raise ClaimStepNotAllowed(claim.status, "correction")
    question = f"{MINUTES}:{talk.about.hex}"
    return talk.ask("ask_minutes", question, talk.skip("never_mind"), minutes=claim.minutes or 0)


async def skip(talk: Talk) -> Outcome:
    """No words to add; without an open question the skip is an old button."""
    asked = talk.asked
    if asked.question == NOTE and asked.about is not None:
        return await complete(talk, asked.about, "")
    if asked.question in (MORE, REASON, SAY, MINUTES, WHY):
        return talk.answer(talk.wording.say("skipped", *talk.menu()))
    return talk.gone()


async def complete(talk: Talk, task_id: UUID, words: str, *, picture: int | None = None) -> Outcome:
    """Done: so many minutes, thanks; a picture may still be followed by words, or the reverse."""
    await complete_claim(
        talk.session,
        talk.desk,
        task_id,
        words=words,
        photo_inbox_id=picture,
        by=talk.member,
        now=talk.turn.now,
    )
    claim = await get_own_claim(talk.session, task_id, talk.member.id)
    wording, wordless = talk.wording, picture is not None and not words
    done = wording.say(
        "done_more" if wordless else "done",
        talk.skip() if wordless else wording.choice("tasks", payloads.TASKS),
        minutes=claim.minutes or 0,
    )
    return talk.answer(
        done,
        asking=f"{MORE if wordless else PHOTO}:{task_id.hex}",
        ticket_id=await _ticket_of(talk, task_id),
        topics=CHANGED,
    )


async def ring(talk: Talk, task_id: UUID, words: str) -> None:
    """Ring at the desk."""
    await ask_for_help(talk.session, talk.desk, task_id, words, by=talk.member, now=talk.turn.now)


async def _ticket_of(talk: Talk, task_id: UUID) -> UUID:
    return (await get_task(talk.session, task_id)).ticket_id


def _later(talk: Talk) -> list[Choice]:
    """What is next for somebody who will come."""
    words = talk.wording
    return [
        words.about("here", payloads.HERE, talk.about),
        words.about("open", payloads.OPEN, talk.about),
    ]


def _minutes(talk: Talk) -> list[Choice]:
    words, late = talk.wording, payloads.LATE
    return [
        Choice(
            words.words("choice.late_minutes", count=each), payloads.pack(late, talk.about, each)
        )
        for each in LATE_MINUTES
    ]
