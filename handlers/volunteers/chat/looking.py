"""What a volunteer looks at in the chat: who we are, what is open, what is lacking, one task."""

from dataclasses import replace

from conversations.holding import set_reachable
from core.messages import Reply
from handlers.turn import Outcome
from handlers.volunteers.cards import ClaimedTask
from handlers.volunteers.chat import applying, payloads
from handlers.volunteers.chat.talk import Talk
from handlers.volunteers.explaining import say_lack
from handlers.volunteers.list_tasks import (
    ACTIVE,
    get_task_card,
    list_open_tasks,
    list_own_tasks,
    list_tasks_out_of_reach,
    open_own_task,
)
from people.volunteer_chats import LinkRefusal, link_chat
from tickets.tasks import HELD, find_claim

_SHOWN = 8
"""Buttons under one list; more would have to be scrolled on a small telephone."""


async def greet(talk: Talk) -> Outcome:
    """Who we are; for a stranger how to join, for a volunteer what can be done here."""
    if talk.by is not None:
        return talk.answer(talk.wording.say("hello.volunteer", *talk.menu(), name=talk.by.name))
    if talk.press.extra:
        return await link_with(talk, talk.press.extra)
    return _welcome(talk)


async def explain(talk: Talk) -> Outcome:
    """What can be done here, and whom to ring when somebody is in danger."""
    return talk.stay(talk.wording.say("help", *talk.menu()))


async def call_staff(talk: Talk) -> Outcome:
    """A person of the office; the conversation waits in their queue."""
    outcome = talk.answer(talk.wording.say("staff"))
    return replace(outcome, waits=True, topics=("console",))


async def decline_group(talk: Talk) -> Outcome:
    """Tasks are spoken of under four eyes only; said once, then silence."""
    if talk.turn.dialogue.declined:
        return talk.stay()
    outcome = talk.stay(talk.wording.say("group"))
    return replace(outcome, dialogue=replace(outcome.dialogue, declined=True))


async def decline_other(talk: Talk) -> Outcome:
    """A sticker, a poll: say what to do instead; silence where nobody waits for an answer."""
    if talk.turn.message.payload is None:
        return talk.stay()
    return talk.stay(talk.wording.say("other"))


async def note_reach(talk: Talk) -> Outcome:
    """The chat was closed to us or opened again: nothing is said to a closed door."""
    reachable = talk.turn.message.reachable
    await set_reachable(talk.session, talk.turn.conversation_id, reachable=reachable)
    return replace(talk.stay(), topics=("console",))


async def link(talk: Talk) -> Outcome:
    """Words of a stranger: an answer to a question of the registration, or a code."""
    if talk.asked.question == applying.APPLY:
        return await applying.take(talk)
    if talk.wants_person:
        return await call_staff(talk)
    return await link_with(talk, talk.words)


async def link_with(talk: Talk, code: str) -> Outcome:
    """Join this chat to the volunteer whose code it is; wrong ones are counted."""
    words, address = talk.wording, talk.turn.standing.address
    if not any(sign.isdigit() for sign in code):
        return _welcome(talk)
    found = await link_chat(talk.session, talk.desk.vault, address, code, now=talk.turn.now)
    if found is LinkRefusal.RESTING:
        return talk.answer(words.say("hello.link_wait", *talk.menu()))
    if found is LinkRefusal.WRONG:
        return talk.answer(words.say("hello.link_wrong", *talk.menu()))
    talk.by = found
    return talk.answer(words.say("hello.linked", *talk.menu(), name=found.name), answers={})


async def show_open(talk: Talk) -> Outcome:
    """What this volunteer can take, best suited first; and how much more there would be."""
    words = talk.wording
    cards = await list_open_tasks(
        talk.session, by=talk.member, now=talk.turn.now, steps=talk.desk.street.steps_between
    )
    beyond = await list_tasks_out_of_reach(talk.session, by=talk.member, now=talk.turn.now)
    more = [words.choice("lacking", payloads.LACKING, count=len(beyond))] if beyond else []
    if not cards:
        return talk.answer(words.say("open.none", *more, words.choice("mine", payloads.MINE)))
    buttons = [words.title(card) for card in cards[:_SHOWN]]
    return talk.answer(words.say("open.list", *buttons, *more, count=len(cards)))


async def show_lacking(talk: Talk) -> Outcome:
    """What cannot be taken yet: for each reason once what is missing and how to get it."""
    words = talk.wording
    cards = await list_tasks_out_of_reach(talk.session, by=talk.member, now=talk.turn.now)
    if not cards:
        return await show_open(talk)
    reasons = dict.fromkeys(
        say_lack(card.lacks or "", card.lacks_what, talk.desk.texts, talk.turn.language)
        for card in cards
    )
    buttons = [words.title(card) for card in cards[:_SHOWN]]
    reply = words.say("open.lacking", *buttons, count=len(cards))
    return talk.answer(replace(reply, text="\n".join((reply.text, *reasons))))


async def show_own(talk: Talk) -> Outcome:
    """What is still to be done; a single task is shown at once."""
    words = talk.wording
    own = await list_own_tasks(talk.session, by=talk.member)
    ahead = [each for each in reversed(own) if each.claim_status in ACTIVE]
    if not ahead:
        hours = words.choice("hours", payloads.HOURS)
        return talk.answer(words.say("mine.none", words.choice("tasks", payloads.TASKS), hours))
    if len(ahead) == 1:
        return talk.answer(await own_card(talk, ahead[0]))
    buttons = [words.title(each.card) for each in ahead[:_SHOWN]]
    return talk.answer(words.say("mine.list", *buttons, count=len(ahead)))


async def show_task(talk: Talk) -> Outcome:
    """One task: the card before the claim, name and door for whoever holds a place."""
    claim = await find_claim(talk.session, talk.about, talk.member.id)
    if claim is not None and claim.status in HELD:
        return talk.answer(await own_card(talk))
    card = await get_task_card(
        talk.session,
        talk.about,
        by=talk.member,
        now=talk.turn.now,
        steps=talk.desk.street.steps_between,
    )
    return talk.answer(talk.wording.before_claim(card))


async def own_card(talk: Talk, which: ClaimedTask | None = None) -> Reply:
    """The card of a task in which one holds a place; the look at name and door is recorded."""
    own = await open_own_task(
        talk.session,
        which.card.id if which else talk.about,
        vault=talk.desk.vault,
        by=talk.member,
        now=talk.turn.now,
    )
    return talk.wording.own(own)


def _welcome(talk: Talk) -> Outcome:
    """For somebody whom nobody knows: how to join, or to go on where the registration stopped."""
    key = "hello.half_way" if talk.answers else "hello.stranger"
    return talk.answer(talk.wording.say(key, *talk.menu(), street=talk.desk.street.name))
