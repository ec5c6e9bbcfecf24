"""A resident asks, says that the answer is wrong, and hears the new one after its publication."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from app.wiring import House
from core.dates import today_in_china
from editorial.article_models import ArticleReport
from editorial.article_use import Used, read_use
from editorial.articles import find_told, list_events
from handlers.staff.publish_article import publish_article
from handlers.staff.review_article import review_article
from handlers.staff.send_article import send_article
from handlers.staff.withdraw_article import withdraw_article
from handlers.staff.write_article import write_article
from knowledge_base.article import Article
from people.permissions import StaffMember
from tests.people import Resident

QUESTION = "高龄津贴怎么领"
ID = "elder_care.age_allowance.claim"


def told_now(house: House) -> Article:
    article = house.articles.find_article(ID)
    assert article is not None
    return article


async def publish_anew(
    house: House, article: Article, editor: StaffMember, reviewer: StaffMember
) -> None:
    desk, now, beside = house.staff_desk, house.clock.now(), house.articles.articles
    async with house.database.transaction() as session:
        version = await write_article(
            session, desk, article, seen=article.version, words="改了", by=editor, now=now
        )
        number = version.number
        await send_article(session, desk, ID, number, beside=beside, by=editor, now=now)
        await review_article(session, ID, number, right=True, words="", by=reviewer, now=now)
        await publish_article(session, desk, ID, number, beside=beside, by=editor, now=now)


async def test_a_report_a_new_version_and_a_take_down_change_what_the_next_resident_hears(
    house: House, staff: dict[str, StaffMember], resident: Resident
) -> None:
    now = house.clock.now()
    await house.articles.begin(now)
    first = await resident.says(QUESTION)
    assert "高龄津贴" in first[-1].text
    details = await resident.presses("详细", first)
    assert [each.title for each in details[-1].choices] == ["帮我办", "有错", "找人工"]
    thanked = await resident.presses("有错", details)
    assert "三个工作日" in thanked[-1].text
    await resident.says("/wrong")
    async with house.database.reading() as session:
        reports = (await session.scalars(select(ArticleReport))).all()
        used = (await read_use(session, now - timedelta(days=1)))[ID]
    assert [(each.article_id, each.number) for each in reports] == [(ID, 1)]
    assert used == Used(told=1, details=1, wrong=1)

    changed = replace(
        told_now(house),
        short_answer="高龄津贴现在免申请，{{amount:age}}那个月自动发到卡上。",
        valid_from=today_in_china(now),
    )
    await publish_anew(house, changed, staff["zhouting"], staff["zhaomin"])
    again = await Resident(house, "second").says(QUESTION)
    assert "免申请" not in again[-1].text
    await house.look_for_articles()
    anew = await Resident(house, "third").says(QUESTION)
    assert "免申请" in anew[-1].text

    async with house.database.transaction() as session:
        await withdraw_article(session, ID, words="停了", by=staff["sunlei"], now=now)
    await house.look_for_articles()
    gone = await Resident(house, "fourth").says(QUESTION)
    assert all("免申请" not in each.text for each in gone)
    async with house.database.reading() as session:
        assert await find_told(session, ID) is None
        kinds = [each.kind for each in await list_events(session, ID)]
    assert kinds[::-1] == [
        "imported", "reported", "written", "sent", "approved", "published", "withdrawn"
    ]  # fmt: skip


async def test_who_wants_it_done_after_an_answer_shows_that_it_was_not_enough(
    house: House, resident: Resident
) -> None:
    first = await resident.says(QUESTION)
    await resident.presses("帮我办", first)
    async with house.database.reading() as session:
        used = (await read_use(session, house.clock.now() - timedelta(days=1)))[ID]
    assert used == Used(told=1, not_enough=1)
    assert used.enough == 0
