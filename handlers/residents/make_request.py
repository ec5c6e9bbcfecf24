"""A resident wants something done: answer shortly, ask what is missing, open the ticket."""

from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from conversations.dialogue import Dialogue, Form
from core.messages import Choice, Reply
from core.phones import looks_like_digits_of_a_phone
from editorial.article_use import Use, note_use
from handlers.residents import presses
from handlers.residents.clues import answered_place, clues, has_place, remembered
from handlers.residents.desk import FrontDesk
from handlers.residents.open_request import open_request
from handlers.residents.same_ticket import ask_whether_same
from handlers.turn import Outcome, Turn
from intents.understanding import Understanding

NEEDS_PLACE = frozenset({"help", "complaint", "report", "consult"})
CALLBACK = "callback"
COMMUNITY = "community"
DANGER_NOW = "danger_now"
SLOTS = frozenset({CALLBACK, COMMUNITY, DANGER_NOW})
_SECOND_LOOK = "callback_again"
_ALSO_MEANT = 0.25
"""From which confidence on a second matter is said back to the resident."""


async def make_request(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
    """Begin a form for the matter that was understood."""
    return await begin_form(session, desk, turn, new_form(desk, turn, turn.matter))


async def register_for_person(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
    """The matter is not clear, but there is something to do: a person decides what it is."""
    return await begin_form(session, desk, turn, new_form(desk, turn, None))


def new_form(desk: FrontDesk, turn: Turn, matter: str | None) -> Form:
    """A form with everything that this message already says."""
    understood = turn.understanding
    request_type = wanted(understood)
    return Form(
        matter=matter,
        request_type=request_type,
        urgency=understood.urgency
        if matter == turn.matter
        else desk.taxonomy.urgency_for(matter, request_type),
        words=(turn.words,),
        slots={**remembered(turn.dialogue), **clues(turn, desk.street)},
        groups=understood.groups,
        on_behalf=understood.on_behalf,
        secondary=tuple(
            each.name
            for each in understood.second_matters
            if each.name != matter and each.confidence >= _ALSO_MEANT
        ),
        classified_by=verdict(understood),
    )


def wanted(understood: Understanding) -> str:
    """A request raised as such is help even where its matter is mostly asked about."""
    if understood.act.name == "raise_request" and understood.request_type == "consult":
        return "help"
    return understood.request_type


def verdict(understood: Understanding) -> dict[str, object]:
    """How the machine judged, kept with the ticket so that a correction can be learnt from."""
    return {
        "model": understood.model,
        "confidence": understood.matter.confidence if understood.matter else None,
        "ranking": [[each.name, round(each.confidence, 4)] for each in understood.matter_ranking],
        "reasons": list(understood.reasons),
        "act": understood.act.name,
    }


async def begin_form(session: AsyncSession, desk: FrontDesk, turn: Turn, form: Form) -> Outcome:
    """Ask whether it is an old matter, or go on with the form."""
    if form.matter is not None:
        same = await desk.tickets.find_same(
            session,
            matter=form.matter,
            conversation_id=turn.conversation_id,
            phone=form.slots.get("phone"),
            community=form.slots.get("community"),
            now=turn.now,
        )
        if same is not None:
            return ask_whether_same(desk, turn, form, same)
    return await go_on(session, desk, turn, form, said=await _understood(session, desk, turn, form))


async def go_on(
    session: AsyncSession,
    desk: FrontDesk,
    turn: Turn,
    form: Form,
    *,
    said: tuple[Reply, ...] = (),
) -> Outcome:
    """Ask for the next missing thing, or open the ticket when nothing is missing."""
    missing = next_missing(desk, form)
    dialogue = remember(turn.dialogue, form)
    if missing is None:
        _, outcome = await open_request(session, desk, turn, form, dialogue=dialogue)
        return replace(outcome, replies=(*said, *outcome.replies))
    asked = replace(form, asked=(*form.asked, missing))
    waiting = replace(dialogue, asking=missing, form=asked, unclear=0)
    question = ask_for(desk, turn, missing, form)
    return Outcome((*said, question), waiting, silent_after=desk.silence)


async def fill_slot(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
    """The answer to a question of the form: take it, or skip, and go on."""
    form = turn.dialogue.form
    asked = turn.dialogue.asking
    if form is None or asked is None:
        return await make_request(session, desk, turn)
    if asked == CALLBACK and _half_a_number(turn) and _SECOND_LOOK not in form.asked:
        again = replace(form, asked=(*form.asked, _SECOND_LOOK))
        question = desk.say(turn, "ask.callback_again", *_callback_choices(desk, turn))
        question = replace(question, asks=("phone",))
        waiting = replace(turn.dialogue, form=again)
        return Outcome((question,), waiting, silent_after=desk.silence)
    return await go_on(session, desk, turn, _filled(desk, turn, form, asked))


def next_missing(desk: FrontDesk, form: Form) -> str | None:
    """The next thing to ask for: danger, then where, then how to reach the person."""
    if form.request_type in ("praise", "suggest"):
        return None
    if _asks_danger(desk, form):
        return DANGER_NOW
    if COMMUNITY not in form.asked and not has_place(form.slots):
        return COMMUNITY
    if CALLBACK not in form.asked and "phone" not in form.slots:
        return CALLBACK
    return None


def ask_for(desk: FrontDesk, turn: Turn, slot: str, form: Form) -> Reply:
    """One short question, which a tap can answer or skip."""
    if slot == DANGER_NOW:
        yes = desk.choice(turn, "danger_yes", presses.YES)
        no = desk.choice(turn, "danger_no", presses.NO)
        return desk.say(turn, "ask.danger_now", yes, no, desk.person(turn))
    if slot == COMMUNITY:
        key = "ask.community_other" if form.on_behalf else "ask.community"
        skip = desk.choice(turn, "skip", presses.SKIP)
        return replace(desk.say(turn, key, skip, desk.person(turn)), asks=("place",))
    question = desk.say(turn, "ask.callback", *_callback_choices(desk, turn))
    return replace(question, asks=("phone",))


def remember(dialogue: Dialogue, form: Form) -> Dialogue:
    """Keep phone and community for later requests of this conversation."""
    return replace(
        dialogue,
        phone=form.slots.get("phone", dialogue.phone),
        community=form.slots.get("community", dialogue.community),
    )


async def _understood(
    session: AsyncSession, desk: FrontDesk, turn: Turn, form: Form
) -> tuple[Reply, ...]:
    """What was understood, and the short answer where an article has one."""
    if form.matter is None:
        return (desk.say(turn, "request.for_person"),)
    name = desk.matter_name(form.matter, turn.language)
    head = desk.texts.say("chat.request.understood", turn.language, matter=name)
    answer = (
        desk.answer_for(turn, form.matter) if form.request_type in ("help", "consult") else None
    )
    if answer is None:
        return (Reply(head),)
    await note_use(session, answer.article_id, answer.version, Use.TOLD, turn.now)
    source = desk.texts.say("chat.answer.source", turn.language, source=answer.source_line)
    return (Reply(f"{head}\n{answer.short}\n{source}"),)


def _asks_danger(desk: FrontDesk, form: Form) -> bool:
    if DANGER_NOW in form.asked or form.matter is None or form.request_type == "consult":
        return False
    matter = desk.taxonomy.get_matter(form.matter)
    return DANGER_NOW in matter.slots and form.urgency in ("P0", "P1")


def _callback_choices(desk: FrontDesk, turn: Turn) -> tuple[Choice, ...]:
    here = desk.choice(turn, "here", presses.HERE)
    return (here, desk.choice(turn, "skip", presses.SKIP), desk.person(turn))


def _half_a_number(turn: Turn) -> bool:
    return turn.find_value("phone") is None and looks_like_digits_of_a_phone(turn.words)


def _filled(desk: FrontDesk, turn: Turn, form: Form, asked: str) -> Form:
    if turn.press == presses.HERE:
        return form.heard(turn.words, contact_wish="message")
    if turn.press is not None and asked != DANGER_NOW:
        return form
    if asked == COMMUNITY and turn.act != "deny":
        return form.heard(turn.words, **answered_place(turn, desk.street))
    return form.heard(turn.words, **clues(turn, desk.street))
