"""A resident taps 「有错」 under an answer: an editor looks, the resident goes on."""

from sqlalchemy.ext.asyncio import AsyncSession

from editorial.article_reports import NewReport, add_report
from editorial.article_use import Use, note_use
from editorial.articles import ArticleStep, note_at
from handlers.residents import presses
from handlers.residents.desk import FrontDesk
from handlers.staff.report_article import ANSWERED_WITHIN
from handlers.turn import Outcome, Turn


async def report_answer(session: AsyncSession, desk: FrontDesk, turn: Turn) -> Outcome:
    """Keep the report with its deadline; a second tap changes nothing. Nobody is rung."""
    article = desk.articles.find_article(turn.dialogue.article_id or "")
    if article is None:
        return Outcome((desk.say(turn, "answer.gone", desk.person(turn)),), turn.dialogue)
    new = NewReport(
        article_id=article.id,
        number=article.version,
        words=None,
        due_at=desk.staff_desk.calendar.due(turn.now, ANSWERED_WITHIN).at,
        conversation_id=turn.conversation_id,
    )
    _, is_new = await add_report(session, desk.vault, new, now=turn.now)
    if is_new:
        await note_use(session, article.id, article.version, Use.WRONG, turn.now)
        note_at(
            session, article.id, article.version, ArticleStep.REPORTED, by_id=None, now=turn.now
        )
    more = desk.choice(turn, "open", presses.OPEN)
    reply = desk.say(turn, "answer.reported", more, desk.person(turn))
    return Outcome((reply,), turn.dialogue)
