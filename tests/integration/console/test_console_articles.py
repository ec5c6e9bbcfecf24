"""The articles at the desk: the list, the form with its findings, steps of two people, differences."""

import re
from dataclasses import replace
from datetime import date, datetime

import pytest

from core.database import Database
from core.ids import new_id
from editorial.article_import import import_articles
from editorial.articles import article_of, find_told, get_latest
from handlers.clock.watch_articles import remind_owners
from knowledge_base.article import Amount, Article, Law, Risk
from knowledge_base.article_files import dump_article
from people.permissions import StaffMember
from tests.articles import LIFT, MEAL, a_lift_article, an_article, written
from tests.console_house import Colleague, ConsoleHouse
from tests.integration.office import Office, add_staff

PAGE = f"/console/knowledge/{MEAL}"
DEAR = an_article(
    fee="每份 {{amount:price}}。",
    amounts=(Amount("price", "12 元", date(2026, 11, 1), date(2026, 12, 1)),),
    amount_as_of=date(2026, 11, 1),
    legal_basis=(Law("老年人权益保障法", "第33条"),),
    risk=Risk.AMOUNT,
)


async def hire(database: Database, name: str, role: str, now: datetime) -> StaffMember:
    member = StaffMember(new_id(), name, f"3{name}", (role,))
    await add_staff(database, [member], now)
    return member


@pytest.fixture
async def editor(database: Database, house: ConsoleHouse, now: datetime) -> Colleague:
    async with database.transaction() as session:
        files = written(DEAR, a_lift_article())
        await import_articles(session, files, key="", reason="", now=now)
    return await house.sign_in(await hire(database, "周婷", "editor", now))


async def fields(desk: Colleague, path: str) -> dict[str, str]:
    """The form as the page fills it in."""
    page = (await desk.get(path)).text
    form = page[page.index('id="article-form"') :]
    found = dict(re.findall(r'<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"', form))
    found |= dict(re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>([^<]*)</textarea>', form))
    for name, options in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = chosen[1] if chosen else ""
    found.pop("_token", None)
    return found


async def told(database: Database) -> Article:
    async with database.reading() as session:
        version = await find_told(session, MEAL)
    assert version is not None
    return article_of(version)


async def test_the_form_holds_every_field_and_saving_it_unchanged_changes_nothing_but_the_number(
    editor: Colleague, database: Database
) -> None:
    form = await fields(editor, f"{PAGE}/edit")
    form["valid_from"] = DEAR.valid_from.isoformat()
    answer = await editor.send(f"{PAGE}/text", **form | {"words": "看一遍", "action": "save"})
    assert answer.status_code == 303
    async with database.reading() as session:
        saved = article_of(await get_latest(session, MEAL))
    assert saved == replace(DEAR, version=2, status=saved.status)
    assert saved.status == "draft"
    assert (await told(database)).version == 1


async def test_money_goes_through_two_people_and_then_residents_hear_it(
    editor: Colleague, house: ConsoleHouse, office: Office, database: Database
) -> None:
    form = await fields(editor, f"{PAGE}/edit")
    form |= {"amount_text_0": "15 元", "amount_until_0": "2027-06-30", "words": "涨价了"}
    preview = (await editor.send(f"{PAGE}/text", **form, action="preview")).text
    assert "15 元" in preview
    assert "居民会读到的" in preview
    assert (await told(database)).version == 1
    assert (await editor.send(f"{PAGE}/text", **form, action="save")).status_code == 303
    page = (await editor.get(PAGE)).text
    assert "不能自己看" in page
    assert f"{PAGE}/publish" not in page
    refused = await editor.send(f"{PAGE}/publish", number="2")
    assert refused.status_code == 409
    assert "另一个人看过" in refused.text
    assert (await editor.send(f"{PAGE}/send", number="2")).status_code == 303
    assert f"{PAGE}/right" not in (await editor.get(PAGE)).text
    assert (await editor.send(f"{PAGE}/right", number="2")).status_code == 403
    reviewer = await house.sign_in(office.reviewer)
    assert f"{PAGE}/right" in (await reviewer.get(PAGE)).text
    assert (await reviewer.send(f"{PAGE}/back", number="2", words="")).status_code == 422
    assert (await reviewer.send(f"{PAGE}/right", number="2")).status_code == 303
    assert (await editor.send(f"{PAGE}/publish", number="2")).status_code == 303
    assert [each.text for each in (await told(database)).amounts] == ["15 元"]
    history = (await editor.get(PAGE)).text
    assert "第 2 版发布" in history
    assert "陈静" in history


async def test_findings_stand_beside_their_fields_and_keep_it_from_being_sent(
    editor: Colleague,
) -> None:
    form = await fields(editor, f"{PAGE}/edit")
    form |= {"duration": "要等 3 个月，交 50 元", "questions": "送饭", "words": "试试"}
    assert (await editor.send(f"{PAGE}/text", **form, action="save")).status_code == 303
    page = (await editor.get(f"{PAGE}/edit")).text
    beside = re.search(r'id="duration-error">([^<]*)<', page)
    assert beside
    assert "50 元" in beside[1]
    assert "只有 1 个问法" in page
    refused = await editor.send(f"{PAGE}/send", number="2")
    assert refused.status_code == 409
    assert "还有 2 处要改" in refused.text
    wrong = await editor.send(f"{PAGE}/text", **form | {"valid_until": "后年", "seen": "2"})
    assert wrong.status_code == 422
    assert "请选一个日期" in wrong.text
    assert "要等 3 个月" in wrong.text


async def test_who_saves_over_a_newer_version_is_told_and_keeps_the_words(
    editor: Colleague,
) -> None:
    form = await fields(editor, f"{PAGE}/edit")
    await editor.send(f"{PAGE}/text", **form | {"words": "先存", "action": "save"})
    late = await editor.send(
        f"{PAGE}/text", **form | {"words": "后存", "title": "我的题目", "action": "save"}
    )
    assert late.status_code == 409
    assert "第 2 版" in late.text
    assert "我的题目" in late.text


async def test_differences_mark_the_words_that_changed(editor: Colleague) -> None:
    form = await fields(editor, f"{PAGE}/edit")
    form |= {"short_answer": "走不动的老人可以送饭上门，跟社区食堂说一声就行。", "words": "顺口些"}
    await editor.send(f"{PAGE}/text", **form, action="save")
    page = (await editor.get(f"{PAGE}/differences?before=1&after=2")).text
    assert "送<del>餐</del>上门" in page
    assert "送<ins>饭</ins>上门" in page
    assert "忌口" not in page


async def test_a_version_comes_as_the_file_that_an_import_takes(editor: Colleague) -> None:
    file = await editor.get(f"{PAGE}/markdown")
    assert file.text == dump_article(DEAR)
    assert f'filename="{MEAL}.md"' in file.headers["content-disposition"]
    assert (await editor.get(f"{PAGE}/markdown?version=9")).status_code == 404


async def test_the_list_is_searched_and_filtered(
    editor: Colleague, office: Office, house: ConsoleHouse
) -> None:
    page = (await editor.get("/console/knowledge")).text
    assert MEAL in page
    assert LIFT in page
    assert LIFT not in (await editor.get("/console/knowledge?q=送餐")).text
    assert MEAL not in (await editor.get("/console/knowledge?matter=property_repair/elevator")).text
    soon = (await editor.get("/console/knowledge?show=soon")).text
    assert MEAL in soon
    assert LIFT not in soon
    operator = await house.sign_in(office.operator)
    assert "没有这样的条目" in (await operator.get("/console/knowledge?show=reported")).text
    sent = await operator.send(f"{PAGE}/report", words="食堂说停了")
    assert sent.status_code == 303
    assert MEAL in (await operator.get("/console/knowledge?show=reported")).text
    page = (await editor.get(PAGE)).text
    report = re.search(r'name="report_id" value="([^"]+)"', page)
    assert report
    assert "11月26日" in page
    done = await editor.send(f"{PAGE}/settle", report_id=report[1], words="问过，还送")
    assert done.status_code == 303
    assert "问过，还送" in (await operator.get(PAGE)).text


async def test_the_department_that_vouches_sees_what_ends_soon_beside_its_tickets(
    editor: Colleague, office: Office, house: ConsoleHouse, database: Database, now: datetime
) -> None:
    async with database.transaction() as session:
        assert await remind_owners(session, office.desk, now=now) == [MEAL]
    owner = await house.sign_in(office.handler)
    page = (await owner.get("/console/knowledge?show=mine")).text
    assert MEAL in page
    assert LIFT not in page
    link = re.search(r'href="/console/knowledge"[^>]*>.*?class="num">([^<]*)<', page)
    assert link
    assert link[1] == "1"
    other = await house.sign_in(office.operator)
    assert "没有这样的条目" in (await other.get("/console/knowledge?show=mine")).text


async def test_a_supervisor_takes_it_down_and_operators_may_only_read_and_report(
    editor: Colleague, office: Office, house: ConsoleHouse, database: Database
) -> None:
    operator = await house.sign_in(office.operator)
    assert (await operator.get(f"{PAGE}/edit")).status_code == 403
    assert (await operator.send(f"{PAGE}/withdraw", words="x")).status_code == 403
    assert f"{PAGE}/withdraw" not in (await operator.get(PAGE)).text
    supervisor = await house.sign_in(office.supervisor)
    assert (await supervisor.send(f"{PAGE}/withdraw", words="")).status_code == 422
    assert (await supervisor.send(f"{PAGE}/withdraw", words="食堂关了")).status_code == 303
    async with database.reading() as session:
        assert await find_told(session, MEAL) is None
    assert "现在不对居民说" in (await editor.get(PAGE)).text
    assert MEAL in (await editor.get("/console/knowledge?show=withdrawn")).text


async def test_a_new_article_gets_its_id_from_its_matter(
    editor: Colleague, database: Database
) -> None:
    form = await fields(editor, "/console/knowledge/new")
    form |= {"title": "食堂在哪里", "words": "", "action": "save"}
    wrong = await editor.send("/console/knowledge/new/text", **form)
    assert wrong.status_code == 422
    assert "请选一个事项" in wrong.text
    form |= {"matter": "elder_care/meal", "slug": "canteen"}
    saved = await editor.send("/console/knowledge/new/text", **form)
    assert saved.status_code == 303
    page = (await editor.get("/console/knowledge/elder_care.meal.canteen")).text
    assert "食堂在哪里" in page
    async with database.reading() as session:
        latest = await get_latest(session, "elder_care.meal.canteen")
    assert (latest.number, latest.status) == (1, "draft")
