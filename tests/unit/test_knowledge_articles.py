"""How articles are read, checked and told."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from core.taxonomy import load_taxonomy
from core.texts import Texts
from knowledge_base.answer import HOTLINES, NamedOffice, compose, known_offices
from knowledge_base.article import Amount, Article, ArticleStatus
from knowledge_base.article_files import (
    ArticleUnreadable,
    dump_article,
    load_articles,
    parse_article,
)
from knowledge_base.check import Finding, Severity, check_articles
from knowledge_base.placeholders import without_figures

TAXONOMY = load_taxonomy()
TEXTS = Texts(Path(__file__).parents[2] / "locales")
TODAY = date(2026, 11, 22)
OFFICES = known_offices(TAXONOMY, {})
REQUIRED = list(TAXONOMY.matters)

MARKDOWN = """---
id: elder_care.age_allowance.sample
matter: elder_care/age_allowance
title: 高龄津贴怎么领
short_answer: 带身份证去社区窗口办。满 {{amount:age}}就可以。
questions: [我妈八十了, 长寿钱怎么领, 津贴去哪办, 要带么东西, 能不能代办]
condition: 老人的户口在不在武汉？
eligibility: 武汉户口，满 {{amount:age}}。
materials: 身份证。
where: 社区窗口，或者{{office:elder_service}}。
how: {phone: 能。打 12345 先问。, someone_else: 能。}
duration: 10 个工作日内办完。
fee: 不要钱。
hotline: 12345
amounts:
  age: {text: 80 岁, valid_until: 2029-12-31}
  money: 每月 100 元
amount_as_of: 2025-06-01
legal_basis: [{name: 老年人权益保障法, no: 第33条}]
source: [{name: 市规定, code: A1, seen_on: 2026-11-22}]
level: city
valid_from: 2026-01-01
valid_until: 2027-12-31
owner: elder_service
reviewer: hotline_desk
status: published
audience: public
risk: amount
---

给{{amount:money}}。钱按季度发。
看[停了怎么办](article:elder_care.age_allowance.sample)。
"""


def an_article(**changes: object) -> Article:
    return replace(parse_article(MARKDOWN, file="sample.md"), **changes)  # type: ignore[arg-type]


def problems(article: Article) -> set[str]:
    return {finding.problem for finding in findings(article)}


def findings(*articles: Article) -> list[Finding]:
    return check_articles(articles, TAXONOMY, TODAY, required_matters=())


# ------------------------------------------------------------------ reading and writing


def test_an_article_written_out_and_read_again_is_the_same():
    article = an_article()
    assert parse_article(dump_article(article), file="again.md") == article


def test_every_article_of_the_stock_survives_writing_and_reading():
    for article in load_articles():
        assert parse_article(dump_article(article), file=article.id) == article


def test_a_law_number_is_read_though_yaml_takes_its_key_for_false():
    assert an_article().legal_basis[0].no == "第33条"


def test_an_amount_takes_the_articles_dates_unless_it_has_its_own():
    age, money = an_article().amounts
    assert (age.as_of, age.valid_until) == (date(2025, 6, 1), date(2029, 12, 31))
    assert (money.as_of, money.valid_until) == (date(2025, 6, 1), date(2027, 12, 31))


@pytest.mark.parametrize(
    ("there", "instead", "field"),
    [
        ("title: 高龄津贴怎么领\n", "", "title"),
        ("level: city", "level: town", "level"),
        ("valid_from: 2026-01-01", "valid_from: bald", "valid_from"),
        ("[我妈八十了, 长寿钱怎么领, 津贴去哪办, 要带么东西, 能不能代办]", "keine", "questions"),
        ("fee: 不要钱。", "fee: 不要钱。\nprice: 3", "price"),
        ("amount_as_of: 2025-06-01\n", "", "amount_as_of"),
        ("code: A1, ", "", "source.code"),
        ("how: {phone: 能。打 12345 先问。, someone_else: 能。}", "how: 能", "how"),
        ("status: published", "status: published\nversion: 0", "version"),
        ("level: city", "level: [", "front matter"),
    ],
)
def test_an_unreadable_file_is_named_with_its_field(there, instead, field):
    assert there in MARKDOWN
    with pytest.raises(ArticleUnreadable) as raised:
        parse_article(MARKDOWN.replace(there, instead), file="broken.md")
    assert (raised.value.file, raised.value.field) == ("broken.md", field)


def test_a_text_without_a_head_is_no_article():
    with pytest.raises(ArticleUnreadable):
        parse_article("只有正文", file="bare.md")


def test_the_first_unreadable_file_of_a_folder_stops_the_loading(tmp_path):
    (tmp_path / "a.md").write_text(MARKDOWN, encoding="utf-8")
    (tmp_path / "b.md").write_text("nothing", encoding="utf-8")
    with pytest.raises(ArticleUnreadable, match=r"b\.md"):
        load_articles(tmp_path)


# ------------------------------------------------------------------ telling


def test_a_valid_article_is_told_with_its_figures_and_its_source():
    answer = compose(an_article(), today=TODAY, offices=OFFICES, texts=TEXTS)
    assert answer.short == "带身份证去社区窗口办。满 80 岁就可以。"
    assert "给每月 100 元。" in answer.full
    assert "去哪里：社区窗口，或者养老服务专班。" in answer.full
    assert "看「停了怎么办」。" in answer.full
    assert answer.source_line == "依据：老年人权益保障法；更新于 2026-01-01"
    assert answer.condition == "老人的户口在不在武汉？"
    assert not answer.expired


def test_without_a_law_the_answer_names_the_office_whose_word_counts():
    answer = compose(an_article(legal_basis=()), today=TODAY, offices=OFFICES, texts=TEXTS)
    assert answer.source_line == "以养老服务专班的答复为准；更新于 2026-01-01"


def test_an_expired_article_keeps_its_direction_and_loses_every_figure():
    answer = compose(an_article(), today=date(2030, 1, 1), offices=OFFICES, texts=TEXTS)
    assert answer.expired
    assert answer.short.startswith("您问的是「高龄津贴怎么领」。带身份证去社区窗口办。")
    assert answer.short.endswith("请问养老服务专班，或者打 12345。")
    for gone in ("80", "100", "10 个工作日"):
        assert gone not in answer.short + answer.full
    assert "钱按季度发。" in answer.full


def test_an_article_in_doubt_is_told_like_an_expired_one():
    doubted = an_article(status=ArticleStatus.NEEDS_REVIEW)
    answer = compose(doubted, today=TODAY, offices=OFFICES, texts=TEXTS)
    assert answer.expired
    assert "100" not in answer.full


def test_stale_money_is_left_out_while_the_rest_stays():
    old = Amount("money", "每月 100 元", as_of=date(2023, 1, 1), valid_until=date(2024, 12, 31))
    article = an_article(amounts=(an_article().amounts[0], old))
    answer = compose(article, today=TODAY, offices=OFFICES, texts=TEXTS)
    assert not answer.expired
    assert "100 元" not in answer.full
    assert "谁能办：武汉户口，满 80 岁。" in answer.full
    assert answer.short.endswith("今年的请问养老服务专班，或者打 12345。")


def test_places_come_from_the_settings_and_never_from_the_article():
    window = NamedOffice("养老服务窗口", "红阳路 1 号", "周一到周五 9:00–17:00", "027-00000000")
    offices = known_offices(TAXONOMY, {"elder_service": window})
    full = compose(an_article(), today=TODAY, offices=offices, texts=TEXTS).full
    assert "或者养老服务窗口。" in full
    assert "- 养老服务窗口：红阳路 1 号；周一到周五 9:00–17:00；电话 027-00000000" in full


def test_without_settings_the_hotline_is_named_instead_of_an_address():
    full = compose(an_article(), today=TODAY, offices=OFFICES, texts=TEXTS).full
    assert "地址、时间和电话：打 12345 问" in full


def test_every_department_has_a_name_that_can_be_said():
    assert OFFICES["civil_affairs"].name == "民政救助窗口"
    assert OFFICES["community"].name == "居委会"
    assert all(not set("·/（") & set(office.name) for office in OFFICES.values())


@pytest.mark.parametrize(
    "sentence", ["满八十岁的老人。", "抵百分之五十。", "一个月发 3 次。", "三分之二由国家补。"]
)
def test_figures_in_any_writing_disappear(sentence):
    assert without_figures(f"可以申请。{sentence}", spared=HOTLINES) == "可以申请。"


def test_a_hotline_is_no_figure():
    assert without_figures("打 12345 问。", spared=HOTLINES) == "打 12345 问。"


def test_no_expired_article_of_the_stock_tells_a_figure():
    for article in load_articles():
        answer = compose(article, today=date(2099, 1, 1), offices=OFFICES, texts=TEXTS)
        told = f"{answer.short}\n{answer.full}\n{answer.condition or ''}"
        assert answer.expired
        assert without_figures(told, spared=HOTLINES) == told.strip(), article.id
        assert "{{" not in told


def test_every_article_of_the_stock_can_be_told_today():
    for article in load_articles():
        answer = compose(article, today=TODAY, offices=OFFICES, texts=TEXTS)
        assert not answer.expired
        assert "{{" not in answer.short + answer.full
        assert "article:" not in answer.full


# ------------------------------------------------------------------ checking


def test_a_good_article_has_nothing_to_mend():
    assert findings(an_article()) == []


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"materials": ""}, "missing"),
        ({"source": ()}, "missing"),
        ({"questions": ("一个问法",)}, "few_questions"),
        ({"short_answer": "长" * 81}, "too_long"),
        ({"duration": "20 天〔待核〕。"}, "unconfirmed"),
        ({"body": "每月给 300 元。"}, "loose_figure"),
        ({"body": "每月给三百元。"}, "loose_figure"),
        ({"body": "满六十岁可以。"}, "loose_figure"),
        ({"body": "抵 40%。"}, "loose_figure"),
        ({"amounts": (), "amount_as_of": None, "body": "给 3 元。"}, "figures_undated"),
        ({"body": "给{{amount:nothing}}。"}, "unknown_amount"),
        ({"body": "按季度发。"}, "amount_unused"),
        ({"valid_until": date(2026, 6, 30)}, "expired"),
        ({"valid_until": date(2025, 6, 30)}, "dates_reversed"),
        ({"body": "看[那个](article:no.such.article)。"}, "dead_link"),
        ({"body": "找{{ofice:elder_service}}。"}, "broken_mark"),
        ({"where": "{{office:nowhere}}。"}, "unknown_office"),
        ({"owner": "nobody"}, "unknown_department"),
        ({"matter": "elder_care/nothing"}, "unknown_matter"),
        ({"id": "elder_care.meal.sample"}, "wrong_id"),
        ({"where": "打 027-88880000 问。"}, "written_contact"),
        ({"where": "打 13800001234 问。"}, "written_contact"),
        ({"where": "打 12399 问。"}, "written_contact"),
        ({"body": "请耐心等待。"}, "unwelcome_word"),
    ],
)
def test_what_is_wrong_is_found(changes, problem):
    assert problem in problems(an_article(**changes))


def test_an_amount_that_ran_out_is_a_reminder_and_no_error():
    old = Amount("money", "每月 100 元", as_of=date(2023, 1, 1), valid_until=date(2024, 12, 31))
    [found] = findings(an_article(amounts=(an_article().amounts[0], old)))
    assert (found.problem, found.severity) == ("amount_expired", Severity.REMINDER)


def test_two_articles_may_not_claim_the_same_question_in_other_spelling():
    other = an_article(
        id="elder_care.age_allowance.other",
        questions=("長壽錢怎麼領？", "问法二", "问法三", "问法四", "问法五"),
    )
    [found] = findings(an_article(), other)
    assert (found.problem, found.facts["other"]) == ("same_question", an_article().id)


def test_a_finding_reads_as_one_line():
    [found] = findings(an_article(body="请耐心等待。给{{amount:money}}。"))
    assert str(found) == (
        "elder_care.age_allowance.sample: error: unwelcome_word (field=body, word=耐心等待)"
    )


def test_two_articles_may_not_have_the_same_id():
    assert "duplicate_id" in {found.problem for found in findings(an_article(), an_article())}


def test_a_required_matter_without_a_published_article_is_found():
    draft = an_article(status=ArticleStatus.DRAFT)
    found = check_articles([draft], TAXONOMY, TODAY, required_matters=["elder_care/age_allowance"])
    assert [finding.problem for finding in found] == ["matter_without_article"]


def test_every_finding_has_its_sentence_in_both_languages():
    keys = {key for key in TEXTS.keys() if key.startswith("knowledge.check.")}  # noqa: SIM118
    assert keys == {key for key in TEXTS.keys("en") if key.startswith("knowledge.check.")}
    for finding in check_articles(load_articles(), TAXONOMY, TODAY, required_matters=REQUIRED):
        assert TEXTS.say(finding.text_key, **finding.facts)


def test_the_stock_has_no_error_and_an_article_for_every_matter():
    found = check_articles(load_articles(), TAXONOMY, TODAY, required_matters=REQUIRED)
    errors = [row for row in found if row.severity is Severity.ERROR]
    assert [(row.article_id, row.problem, dict(row.facts)) for row in errors] == []


def test_the_docs_list_every_article_beside_its_matter():
    page = (Path(__file__).parents[2] / "docs" / "knowledge.md").read_text(encoding="utf-8")
    for article in load_articles():
        [row] = [line for line in page.splitlines() if f"`{article.matter}`" in line]
        assert f"`{article.id.rpartition('.')[2]}`" in row
