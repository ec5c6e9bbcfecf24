"""A resident asks: the short answer with its source, more on demand, otherwise a person."""

from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from core.actors import BOT, Actor
from core.messages import Reply
from editorial.article_use import Use, note_use
from handlers.residents import presses
from handlers.residents.desk import FrontDesk
from handlers.residents.make_request import begin_form, go_on, new_form
from handlers.residents.open_request import new_ticket, open_request
from handlers.turn import Outcome, Turn
from knowledge_base.answer import Answer
from tickets.history import EventKind
from tickets.status import TicketStatus


async def ask_question(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
    """Answer from an article; where none fits, open a ticket so that a person answers."""
    answer = desk.answer_for(turn, turn.matter)
    if answer is None:
        return await _pass_on(session, desk, turn)
    reply = answer_reply(desk, turn, answer)
    await note_use(session, answer.article_id, answer.version, Use.TOLD, turn.now)
    ticket = await desk.tickets.open_ticket(
        session,
        new_ticket(
            desk,
            turn,
            new_form(desk, turn, turn.matter),
            status=TicketStatus.ANSWERED,
            answer=reply.text,
        ),
        by=BOT,
        now=turn.now,
    )
    dialogue = replace(
        turn.dialogue.settled() if turn.dialogue.form is None else turn.dialogue,
        article_id=answer.article_id,
        matter=turn.matter,
        ticket_number=ticket.number,
    )
    return Outcome((reply,), dialogue, ticket_id=ticket.id)


def answer_reply(desk: FrontDesk, turn: Turn, answer: Answer) -> Reply:
    """The short answer, its source and date, and the ways on."""
    source = desk.texts.say("chat.answer.source", turn.language, source=answer.source_line)
    choices = (
        desk.choice(turn, "details", presses.DETAILS),
        desk.choice(turn, "open", presses.OPEN),
        desk.person(turn),
    )
    return Reply(f"{answer.short}\n{source}", choices)


async def tell_details(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
    """The whole article that the last short answer came from; kept on the ticket as well."""
    article = desk.articles.find_article(turn.dialogue.article_id or "")
    if article is None:
        return Outcome((desk.say(turn, "answer.gone", desk.person(turn)),), turn.dialogue)
    answer = desk.compose(article, turn)
    source = desk.texts.say("chat.answer.source", turn.language, source=answer.source_line)
    reply = Reply(
        f"{answer.full}\n{source}",
        (
            desk.choice(turn, "open", presses.OPEN),
            desk.choice(turn, "wrong", presses.WRONG),
            desk.person(turn),
        ),
    )
    await note_use(session, article.id, article.version, Use.DETAILS, turn.now)
    ticket = await desk.tickets.find_by_number(
        session, turn.dialogue.ticket_number or "", conversation_id=turn.conversation_id
    )
    if ticket is not None:
        await desk.tickets.record(
            session, ticket, EventKind.TOLD_DETAILS, by=BOT, now=turn.now, note=reply.text
        )
    return Outcome((reply,), turn.dialogue, ticket_id=ticket.id if ticket else None)


async def open_after_answer(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
    """The answer was not enough: somebody is to do it. The answered ticket comes back to life."""
    number = turn.dialogue.ticket_number
    ticket = (
        await desk.tickets.find_by_number(session, number, conversation_id=turn.conversation_id)
        if number
        else None
    )
    if ticket is not None and ticket.status == TicketStatus.ANSWERED:
        by = Actor.resident(turn.standing.resident_id)
        await _note_not_enough(session, desk, turn)
        await desk.tickets.reopen(session, ticket, by=by, now=turn.now, words=turn.words)
        from_answer = desk.say(turn, "answer.reopened", desk.person(turn), number=ticket.number)
        return Outcome((from_answer,), turn.dialogue.settled(), ticket_id=ticket.id)
    form = replace(new_form(desk, turn, turn.dialogue.matter), request_type="help")
    return await begin_form(session, desk, turn, form)


async def _note_not_enough(session: AsyncSession, desk: FrontDesk, turn: Turn) -> None:
    article = desk.articles.find_article(turn.dialogue.article_id or "")
    if article is not None:
        await note_use(session, article.id, article.version, Use.NOT_ENOUGH, turn.now)


async def _pass_on(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
    form = new_form(desk, turn, turn.matter)
    sorry = desk.say(turn, "answer.none")
    if turn.matter is None:
        return await go_on(session, desk, turn, replace(form, request_type="help"), said=(sorry,))
    _, outcome = await open_request(session, desk, turn, form, dialogue=turn.dialogue)
    return replace(outcome, replies=(sorry, *outcome.replies))
