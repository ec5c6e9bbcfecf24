"""Articles in the database: the first import, later ones, export, and what every process tells."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError

from app.articles import ServingArticles, Stock, read_written
from app.wiring import House
from core.database import Database
from core.taxonomy import Taxonomy
from editorial.article_import import export_articles, import_articles
from editorial.article_models import ArticleVersion
from editorial.articles import (
    ArticleChangedMeanwhile,
    add_version,
    find_stamp,
    list_told,
    list_versions,
    tell_anew,
)
from knowledge_base.article import ArticleStatus
from knowledge_base.article_files import FOLDER, dump_article
from tests.articles import LIFT, MEAL, a_lift_article, an_article, written


def a_stock(taxonomy: Taxonomy) -> Stock:
    return Stock(written(an_article(), a_lift_article()), taxonomy, None)


async def publish(database: Database, article_id: str, number: int, now: datetime) -> None:
    """As the verb does it, without its questions."""
    async with database.transaction() as session:
        await session.execute(
            update(ArticleVersion)
            .where(ArticleVersion.article_id == article_id, ArticleVersion.number < number)
            .values(ended_at=now)
        )
        await session.execute(
            update(ArticleVersion)
            .where(ArticleVersion.article_id == article_id, ArticleVersion.number == number)
            .values(status="published", published_at=now)
        )
        await tell_anew(session, now)


async def test_an_empty_database_gets_the_stock_once_and_what_it_says_is_told_without_reading_twice(
    database: Database, taxonomy: Taxonomy, now: datetime
) -> None:
    serving = ServingArticles(a_stock(taxonomy), database)
    await serving.begin(now)
    await ServingArticles(a_stock(taxonomy), database).begin(now)
    async with database.reading() as session:
        told = await list_told(session)
        stamp = await find_stamp(session)
    assert [(each.article_id, each.number) for each in told] == [(MEAL, 1), (LIFT, 1)]
    assert stamp is not None
    assert (stamp.generation, stamp.stock) == (1, a_stock(taxonomy).key)
    assert serving.search("电梯坏了", today=now.date())[0].article.id == LIFT


async def test_every_process_tells_a_new_version_after_its_next_look_and_nothing_of_a_withdrawn_one(
    database: Database, taxonomy: Taxonomy, now: datetime
) -> None:
    processes = [ServingArticles(a_stock(taxonomy), database) for _ in range(2)]
    for each in processes:
        await each.begin(now)
    changed = an_article(
        short_answer="下个月起不送餐了，食堂可以带走。", status=ArticleStatus.DRAFT
    )
    async with database.transaction() as session:
        await add_version(session, changed, seen=1, by_id=None, reason="停了", now=now)
    assert [await each.look() for each in processes] == [False, False]
    await publish(database, MEAL, 2, now)
    assert [await each.look() for each in processes] == [True, True]
    for each in processes:
        told = each.find_article(MEAL)
        assert told is not None
        assert (told.version, told.status) == (2, ArticleStatus.PUBLISHED)
        assert "不送餐" in told.short_answer
        assert not await each.look()
    async with database.transaction() as session:
        await session.execute(
            update(ArticleVersion)
            .where(ArticleVersion.number == 2)
            .values(status=ArticleStatus.WITHDRAWN.value)
        )
        await tell_anew(session, now)
    assert await processes[0].look()
    assert processes[0].find_article(MEAL) is None
    assert processes[0].find_article(LIFT) is not None


async def test_of_two_who_save_over_the_same_version_the_second_is_told(
    database: Database, taxonomy: Taxonomy, now: datetime
) -> None:
    await ServingArticles(a_stock(taxonomy), database).begin(now)
    draft = an_article(status=ArticleStatus.DRAFT)
    async with database.transaction() as session:
        await add_version(session, draft, seen=1, by_id=None, reason="一", now=now)
    with pytest.raises(ArticleChangedMeanwhile):
        async with database.transaction() as session:
            await add_version(session, draft, seen=1, by_id=None, reason="二", now=now)
    async with database.reading() as session:
        assert [each.number for each in await list_versions(session, MEAL)] == [2, 1]


async def test_a_later_import_makes_drafts_of_what_differs_and_leaves_the_rest_alone(
    database: Database, taxonomy: Taxonomy, now: datetime
) -> None:
    await ServingArticles(a_stock(taxonomy), database).begin(now)
    changed = replace(a_lift_article(), duration="半天。")
    fresh = an_article(id="elder_care.meal.canteen", title="食堂在哪里")
    files = written(an_article(), changed, fresh)
    async with database.transaction() as session:
        done = await import_articles(session, files, key="", reason="新的一批", now=now)
    assert not done.first
    assert (list(done.added), list(done.changed), done.unchanged) == ([fresh.id], [LIFT], 1)
    async with database.transaction() as session:
        again = await import_articles(session, files, key="", reason="再来", now=now)
        newest = (await list_versions(session, LIFT))[0]
        told = await list_told(session)
    assert again.unchanged == 3
    assert (newest.number, newest.status, newest.reason) == (2, "draft", "新的一批")
    assert {each.article_id: each.number for each in told} == {LIFT: 1, MEAL: 1}


async def test_the_whole_stock_comes_out_again_byte_by_byte_also_after_a_publication(
    database: Database, now: datetime
) -> None:
    stock = read_written(FOLDER)
    async with database.transaction() as session:
        await import_articles(session, stock, key="", reason="", now=now)
        exported = await export_articles(session)
    assert exported == {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")}
    first = stock[0].article
    draft = replace(first, title="另一个题目", status=ArticleStatus.DRAFT)
    async with database.transaction() as session:
        await add_version(session, draft, seen=1, by_id=None, reason="改题目", now=now)
    await publish(database, first.id, 2, now)
    async with database.reading() as session:
        exported = dict(await export_articles(session))
    told = replace(first, title="另一个题目", version=2)
    assert exported[f"{first.id}.md"] == dump_article(told)


async def test_nobody_changes_the_text_of_a_version_or_the_history(
    migrated_url: str, taxonomy: Taxonomy, now: datetime
) -> None:
    database = Database(migrated_url)
    await ServingArticles(a_stock(taxonomy), database).begin(now)
    for statement in (
        "UPDATE article_versions SET text = 'x'",
        "DELETE FROM article_versions",
        "UPDATE article_events SET words = 'x'",
        "DELETE FROM article_events",
    ):
        with pytest.raises(DBAPIError):
            async with database.transaction() as session:
                await session.execute(text(statement))
    async with database.transaction() as session:
        await session.execute(text("UPDATE article_versions SET status = 'needs_review'"))
        assert await session.scalar(select(func.count()).select_from(ArticleVersion)) == 2
    await database.close()


async def test_the_house_answers_from_the_database_after_its_first_look(
    house: House, tmp_path: Path, now: datetime
) -> None:
    await house.articles.begin(now)
    before = len(house.articles.articles)
    article = next(each for each in house.articles.articles if each.id == MEAL)
    draft = replace(article, title="送饭", status=ArticleStatus.DRAFT)
    async with house.database.transaction() as session:
        await add_version(session, draft, seen=1, by_id=None, reason="短些", now=now)
    await publish(house.database, MEAL, 2, now)
    await house.look_for_articles()
    found = house.articles.find_article(MEAL)
    assert found is not None
    assert (found.title, found.version) == ("送饭", 2)
    assert len(house.articles.articles) == before
