"""Writing, reviewing, publishing, withdrawing, reporting; what ends by the calendar."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from core.database import Database
from core.errors import InvalidInput, NotPermitted
from core.ids import new_id
from editorial.article_import import import_articles
from editorial.article_path import (
    ArticleNotReady,
    ArticleStepNotAllowed,
    OwnArticle,
    SecondPersonMissing,
)
from editorial.article_reports import list_open, list_reports
from editorial.articles import (
    ArticleChangedMeanwhile,
    article_of,
    find_stamp,
    find_told,
    get_latest,
    list_events,
)
from handlers.clock.watch_articles import expire_articles, remind_owners
from handlers.staff.publish_article import publish_article
from handlers.staff.report_article import report_article, settle_report
from handlers.staff.review_article import review_article
from handlers.staff.send_article import send_article
from handlers.staff.withdraw_article import withdraw_article
from handlers.staff.write_article import write_article
from knowledge_base.article import Amount, Article, Risk
from people.permissions import StaffMember
from tests.articles import MEAL, a_lift_article, an_article, written
from tests.integration.office import Office, add_staff

MONEY = an_article(
    fee="每份 {{amount:price}}。",
    amounts=(Amount("price", "12 元", date(2026, 11, 1), date(2027, 12, 31)),),
    amount_as_of=date(2026, 11, 1),
    risk=Risk.AMOUNT,
    valid_from=date(2026, 11, 23),
)
PLAIN = an_article(duration="当天就送。", valid_from=date(2026, 11, 23))


@pytest.fixture
async def editor(database: Database, now: datetime) -> StaffMember:
    member = StaffMember(new_id(), "周婷", "31", ("editor",))
    await add_staff(database, [member], now)
    async with database.transaction() as session:
        files = written(an_article(), a_lift_article())
        await import_articles(session, files, key="", reason="", now=now)
    return member


class Path:
    """The steps with what they always need."""

    def __init__(self, session: AsyncSession, office: Office, now: datetime) -> None:
        self.session, self.desk, self.now = session, office.desk, now

    async def write(self, article: Article, seen: int, by: StaffMember) -> int:
        version = await write_article(
            self.session, self.desk, article, seen=seen, words="新规定", by=by, now=self.now
        )
        return version.number

    async def send(self, number: int, by: StaffMember) -> None:
        await send_article(self.session, self.desk, MEAL, number, beside=[], by=by, now=self.now)

    async def review(
        self, number: int, by: StaffMember, *, right: bool = True, words: str = ""
    ) -> None:
        await review_article(
            self.session, MEAL, number, right=right, words=words, by=by, now=self.now
        )

    async def publish(self, number: int, by: StaffMember) -> None:
        await publish_article(self.session, self.desk, MEAL, number, beside=[], by=by, now=self.now)


async def test_money_is_read_by_a_second_person_who_wrote_nothing_of_it(
    database: Database, office: Office, editor: StaffMember, now: datetime
) -> None:
    async with database.transaction() as session:
        path = Path(session, office, now)
        number = await path.write(MONEY, 1, editor)
        with pytest.raises(SecondPersonMissing):
            await path.publish(number, editor)
        await path.send(number, editor)
        with pytest.raises(OwnArticle):
            await path.review(number, editor)
        with pytest.raises(NotPermitted):
            await path.review(number, office.operator)
        with pytest.raises(InvalidInput):
            await path.review(number, office.reviewer, right=False)
        await path.review(number, office.reviewer, right=False, words="价钱是哪天的")
        assert (await get_latest(session, MEAL)).status == "draft"
        await path.send(number, editor)
        await path.review(number, office.reviewer)
        with pytest.raises(NotPermitted):
            await path.publish(number, office.reviewer)
        await path.publish(number, editor)
        told = await find_told(session, MEAL)
        events = [each.kind for each in await list_events(session, MEAL)]
    assert told is not None
    assert (told.number, told.reviewer_id) == (2, office.reviewer.id)
    assert events[::-1] == [
        "imported", "written", "sent", "sent_back", "sent", "approved", "published"
    ]  # fmt: skip


async def test_a_colleague_who_mended_a_comma_is_no_second_person(
    database: Database, office: Office, editor: StaffMember, now: datetime
) -> None:
    other = StaffMember(new_id(), "李编", "32", ("editor",))
    await add_staff(database, [other], now)
    async with database.transaction() as session:
        path = Path(session, office, now)
        first = await path.write(MONEY, 1, editor)
        second = await path.write(replace(MONEY, duration="当天。"), first, other)
        await path.send(second, editor)
        for writer in (editor, other):
            with pytest.raises(OwnArticle):
                await path.review(second, writer)


async def test_what_names_no_money_needs_no_second_person_and_takes_the_place_of_the_old(
    database: Database, office: Office, editor: StaffMember, now: datetime
) -> None:
    async with database.transaction() as session:
        path = Path(session, office, now)
        before = await find_stamp(session)
        number = await path.write(PLAIN, 1, editor)
        assert await find_stamp(session) == before
        with pytest.raises(ArticleChangedMeanwhile):
            await path.publish(1, editor)
        await path.publish(number, editor)
        session.expire_all()
        told = await find_told(session, MEAL)
        after = await find_stamp(session)
        assert told is not None
        assert (told.number, article_of(told).duration) == (2, "当天就送。")
        assert before is not None
        assert after is not None
        assert after.generation == before.generation + 1
        with pytest.raises(ArticleStepNotAllowed):
            await path.publish(number, editor)


async def test_an_unreadable_or_unfinished_text_is_not_sent_and_one_for_later_is_not_published(
    database: Database, office: Office, editor: StaffMember, now: datetime
) -> None:
    async with database.transaction() as session:
        path = Path(session, office, now)
        number = await path.write(replace(PLAIN, fee="一份 12 元。"), 1, editor)
        with pytest.raises(ArticleNotReady) as refused:
            await path.send(number, editor)
        assert "loose_figure" in str(refused.value)
        later = replace(PLAIN, valid_from=now.date() + timedelta(days=9))
        number = await path.write(later, number, editor)
        with pytest.raises(InvalidInput):
            await path.publish(number, editor)


@pytest.mark.parametrize("wholly", [True, False])
async def test_a_supervisor_takes_an_answer_away_at_once_with_a_reason(
    database: Database, office: Office, editor: StaffMember, now: datetime, wholly: bool
) -> None:
    async with database.transaction() as session:
        for by in (office.operator, office.reviewer):
            with pytest.raises(NotPermitted):
                await withdraw_article(session, MEAL, words="错了", by=by, now=now)
        with pytest.raises(InvalidInput):
            await withdraw_article(session, MEAL, words=" ", by=office.supervisor, now=now)
        before = await find_stamp(session)
        assert before is not None
        generation = before.generation
        version = await withdraw_article(
            session, MEAL, words="食堂关了", wholly=wholly, by=office.supervisor, now=now
        )
        assert version.status == ("withdrawn" if wholly else "needs_review")
        session.expire_all()
        after = await find_stamp(session)
        assert after is not None
        assert after.generation == generation + 1
        assert (await find_told(session, MEAL) is None) is wholly
        path = Path(session, office, now)
        number = await path.write(PLAIN, 1, editor)
        await path.publish(number, editor)
        told = await find_told(session, MEAL)
        assert told is not None
        assert told.number == 2


async def test_an_operators_report_has_three_working_days_and_an_editor_answers_it(
    database: Database, office: Office, editor: StaffMember, now: datetime
) -> None:
    async with database.transaction() as session:
        report = await report_article(
            session, office.desk, MEAL, words="食堂说不送", by=office.operator, now=now
        )
        assert report.due_at.astimezone(now.tzinfo).date() == date(2026, 11, 26)
        assert list(await list_open(session)) == [MEAL]
        with pytest.raises(NotPermitted):
            await settle_report(session, report.id, words="好", by=office.operator, now=now)
        await settle_report(session, report.id, words="问过了，送的", by=editor, now=now)
        with pytest.raises(ArticleStepNotAllowed):
            await settle_report(session, report.id, words="再来", by=editor, now=now)
        reports = await list_reports(session, office.desk.vault, MEAL)
        assert await list_open(session) == {}
    assert [(each.words, each.settled_words) for each in reports] == [
        ("食堂说不送", "问过了，送的")
    ]


async def test_owners_are_reminded_once_thirty_days_before_and_on_expiry_it_needs_review(
    database: Database, office: Office, editor: StaffMember, now: datetime
) -> None:
    day = now.date() + timedelta(days=31)
    soon = replace(PLAIN, valid_until=day)
    async with database.transaction() as session:
        path = Path(session, office, now)
        await path.publish(await path.write(soon, 1, editor), editor)
    for moment, reminded, expired in (
        (now, [], []),
        (now + timedelta(days=1), [MEAL], []),
        (now + timedelta(days=2), [], []),
        (now + timedelta(days=31), [], []),
        (now + timedelta(days=32), [], [MEAL]),
        (now + timedelta(days=33), [], []),
    ):
        async with database.transaction() as session:
            assert await remind_owners(session, office.desk, now=moment) == reminded
            assert await expire_articles(session, office.desk, now=moment) == expired
    async with database.reading() as session:
        told = await find_told(session, MEAL)
    assert told is not None
    assert told.status == "needs_review"
