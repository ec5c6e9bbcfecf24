"""What a volunteer does in the chat: look, take, go, say that it is done, give back."""

from uuid import UUID

from core.messages import Choice, Reply
from handlers.turn import Outcome
from handlers.volunteers.answer_offer import say_not_now
from handlers.volunteers.ask_for_help import ask_for_help
from handlers.volunteers.chat import payloads
from handlers.volunteers.chat.talk import Talk
from handlers.volunteers.check_in import check_in
from handlers.volunteers.claim_task import claim_task
from handlers.volunteers.complete_claim import complete_claim
from handlers.volunteers.list_tasks import (
    ACTIVE,
    get_task_card,
    list_open_tasks,
    list_own_tasks,
    open_own_task,
)
from handlers.volunteers.release_claim import release_claim
from people.volunteer_chats import LinkRefusal, link_chat
from tickets.tasks import HELD, ClaimStatus, find_claim, get_own_claim, get_task

_SHOWN = 8
"""Buttons under one list; more would have to be scrolled on a small telephone."""


async def greet(talk: Talk) -> Outcome:
    """Who we are; for a stranger how to join, for a volunteer what is open."""
    words = talk.wording
    if talk.by is None:
        if talk.press.extra:
            return await _link_with(talk, talk.press.extra)
        return talk.answer(words.say("hello.stranger", street=talk.desk.street.name))
    return talk.answer(words.say("hello.volunteer", *_menu(talk), name=talk.by.name))


async def explain(talk: Talk) -> Outcome:
    """What can be done here, and whom to ring when somebody is in danger."""
    return talk.answer(talk.wording.say("help", *_menu(talk)))


async def decline_group(talk: Talk) -> Outcome:
    """Tasks are spoken of under four eyes only; said once, then silence."""
    if talk.turn.standing.last_number:
        return talk.answer()
    return talk.answer(talk.wording.say("group"))


async def note_reach(talk: Talk) -> Outcome:
    """The chat was closed to us or opened again: nothing is said to a closed door."""
    return talk.answer()


async def show_open(talk: Talk) -> Outcome:
    """What this volunteer can take, best suited first."""
    words = talk.wording
    cards = await list_open_tasks(
        talk.session, by=talk.member, now=talk.turn.now, steps=talk.desk.street.steps_between
    )
    if not cards:
        return talk.answer(words.say("open.none", words.choice("mine", payloads.MINE)))
    buttons = [words.title(card) for card in cards[:_SHOWN]]
    return talk.answer(words.say("open.list", *buttons, count=len(cards)))


async def show_own(talk: Talk) -> Outcome:
    """What is still to be done."""
    words = talk.wording
    own = await list_own_tasks(talk.session, by=talk.member)
    ahead = [each for each in reversed(own) if each.claim_status in ACTIVE]
    if not ahead:
        return talk.answer(words.say("mine.none", words.choice("tasks", payloads.TASKS)))
    buttons = [words.title(each.card) for each in ahead[:_SHOWN]]
    return talk.answer(words.say("mine.list", *buttons, count=len(ahead)))


async def show_task(talk: Talk) -> Outcome:
    """One task: the card before the claim, name and door for whoever holds a place."""
    claim = await find_claim(talk.session, talk.about, talk.member.id)
    if claim is not None and claim.status in HELD:
        return talk.answer(await _own_card(talk, talk.about))
    card = await get_task_card(
        talk.session,
        talk.about,
        by=talk.member,
        now=talk.turn.now,
        steps=talk.desk.street.steps_between,
    )
    return talk.answer(talk.wording.before_claim(card))


async def claim(talk: Talk) -> Outcome:
    """One tap; whoever is slower hears so and sees what is still open."""
    own = await claim_task(talk.session, talk.desk, talk.about, by=talk.member, now=talk.turn.now)
    words = talk.wording
    return await _changed(talk, words.say("claimed"), words.own(own))


async def not_now(talk: Talk) -> Outcome:
    """Not this time: a thank-you, and no more asking for this task."""
    await say_not_now(talk.session, talk.about, by=talk.member, now=talk.turn.now)
    words = talk.wording
    return talk.answer(words.say("not_now", words.choice("tasks", payloads.TASKS)))


async def release(talk: Talk) -> Outcome:
    """Cannot go after all: no blame, and the place is free at once."""
    await release_claim(talk.session, talk.desk, talk.about, by=talk.member, now=talk.turn.now)
    words = talk.wording
    return await _changed(talk, words.say("released", words.choice("tasks", payloads.TASKS)))


async def arrive(talk: Talk) -> Outcome:
    """The volunteer is there."""
    await check_in(talk.session, talk.desk, talk.about, by=talk.member, now=talk.turn.now)
    return await _changed(talk, talk.wording.say("arrived"), await _own_card(talk, talk.about))


async def finish(talk: Talk) -> Outcome:
    """It is done; then one question, which may be skipped: anything to tell the office?"""
    await get_own_claim(talk.session, talk.about, talk.member.id)
    words = talk.wording
    ask = words.say("ask_note", words.choice("skip", payloads.SKIP))
    return talk.answer(ask, asking=f"note:{talk.about.hex}")


async def skip(talk: Talk) -> Outcome:
    """No words to add; without an open question the skip is an old button."""
    about = talk.asked("note")
    return await gone(talk) if about is None else await _complete(talk, about, "")


async def call_for_help(talk: Talk) -> Outcome:
    """Somebody on the spot needs somebody now: ring at the desk, climbing like an emergency."""
    await _ring(talk, talk.about, "")
    about = await get_task(talk.session, talk.about)
    return talk.answer(
        talk.wording.say("called"),
        asking=f"call:{talk.about.hex}",
        ticket_id=about.ticket_id,
        rings=True,
    )


async def call_staff(talk: Talk) -> Outcome:
    """A person of the office; the conversation waits in their queue."""
    outcome = talk.answer(talk.wording.say("staff"))
    return Outcome(outcome.replies, outcome.dialogue, waits=True, topics=("console",))


async def hear(talk: Talk) -> Outcome:
    """Plain words: the answer to what was asked, or something that we do not understand."""
    text = talk.turn.words.strip()
    note, call = talk.asked("note"), talk.asked("call")
    if note is not None:
        return await _complete(talk, note, text)
    if call is not None:
        await _ring(talk, call, text)
        return talk.answer(talk.wording.say("called_words"), rings=True)
    return talk.answer(talk.wording.say("not_understood", *_menu(talk)))


async def link(talk: Talk) -> Outcome:
    """Words of a stranger: perhaps the code from the page."""
    return await _link_with(talk, talk.turn.words.strip())


async def gone(talk: Talk) -> Outcome:
    """An old or forged button."""
    return talk.answer(talk.wording.say("refused.old", *_menu(talk)))


def _menu(talk: Talk) -> tuple[Choice, ...]:
    words = talk.wording
    if talk.by is None:
        return ()
    return tuple(
        words.choice(key, payload)
        for key, payload in (
            ("tasks", payloads.TASKS),
            ("mine", payloads.MINE),
            ("me", payloads.ME),
            ("staff", payloads.STAFF),
        )
    )


async def show_profile(talk: Talk) -> Outcome:
    """What the street knows of this volunteer, and what was given so far."""
    own = await list_own_tasks(talk.session, by=talk.member)
    done = [each.minutes or 0 for each in own if each.claim_status == ClaimStatus.COMPLETED]
    hours, minutes = divmod(sum(done), 60)
    words, communities = talk.wording, talk.desk.street.communities
    goes = [communities[each].name for each in talk.member.communities if each in communities]
    card = words.say(
        "me.card",
        name=talk.member.name,
        skills="、".join(talk.member.skills) or words.words("me.none"),
        communities="、".join(goes) or words.words("me.anywhere"),
        trained=words.words("me.trained" if talk.member.home_visits else "me.not_trained"),
        count=len(done),
        hours=hours,
        minutes=minutes,
    )
    return talk.answer(card, words.say("me.change", *_menu(talk)))


async def _link_with(talk: Talk, code: str) -> Outcome:
    """Join this chat to the volunteer whose code it is; wrong ones are counted."""
    words, address = talk.wording, talk.turn.standing.address
    if not any(sign.isdigit() for sign in code):
        return talk.answer(words.say("hello.stranger", street=talk.desk.street.name))
    found = await link_chat(talk.session, talk.desk.vault, address, code, now=talk.turn.now)
    if found is LinkRefusal.RESTING:
        return talk.answer(words.say("hello.link_wait"))
    if found is LinkRefusal.WRONG:
        return talk.answer(words.say("hello.link_wrong"))
    talk.by = found
    return talk.answer(words.say("hello.linked", *_menu(talk), name=found.name))


async def _own_card(talk: Talk, task_id: UUID) -> Reply:
    own = await open_own_task(
        talk.session, task_id, vault=talk.desk.vault, by=talk.member, now=talk.turn.now
    )
    return talk.wording.own(own)


async def _complete(talk: Talk, task_id: UUID, words: str) -> Outcome:
    await complete_claim(
        talk.session, talk.desk, task_id, words=words, by=talk.member, now=talk.turn.now
    )
    claim = await get_own_claim(talk.session, task_id, talk.member.id)
    tasks = talk.wording.choice("tasks", payloads.TASKS)
    return await _changed(talk, talk.wording.say("done", tasks, minutes=claim.minutes or 0))


async def _ring(talk: Talk, task_id: UUID, words: str) -> None:
    await ask_for_help(talk.session, talk.desk, task_id, words, by=talk.member, now=talk.turn.now)


async def _changed(talk: Talk, *replies: Reply) -> Outcome:
    """Say it, and tell the console and the other volunteers' lists."""
    return talk.answer(*replies, topics=("tasks", "console", "outbox"))
