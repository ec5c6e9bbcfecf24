"""Articles for tests of their upkeep."""

from dataclasses import replace
from datetime import date
from typing import Any

from editorial.article_import import Written
from knowledge_base.article import Article
from knowledge_base.article_files import dump_article, parse_article

MEAL = "elder_care.meal.delivery"
LIFT = "property_repair.elevator.report"

TEXT = """---
id: elder_care.meal.delivery
matter: elder_care/meal
title: 送餐上门怎么办
short_answer: 走不动的老人可以送餐上门，跟社区食堂说一声就行。
questions:
- 老人走不动能不能送饭
- 食堂送不送到家
- 一个人住想有人送饭
- 下雨天能送饭吧
- 送饭找哪个
eligibility: 住在我们街道的老人。
materials: 身份证。
where: 社区食堂。
how:
  phone: 能。打电话就行。
  someone_else: 能。家里人可以说。
duration: 第二天就送。
fee: 问食堂。
hotline: '12345'
legal_basis: []
source:
- name: 街道食堂
  code: doc-1
  seen_on: 2026-11-01
level: street
valid_from: 2026-11-01
valid_until: 2027-12-31
owner: elder_service
reviewer: hotline_desk
status: published
audience: public
risk: none
version: 1
---

说清楚住在哪里，几口人吃，有没有忌口。
"""


def an_article(**changes: Any) -> Article:
    """An article without figures, published."""
    return replace(parse_article(TEXT, file="meal"), **changes)


def a_lift_article() -> Article:
    """Another one, of another matter."""
    questions = ("电梯坏了", "电梯关人了", "电梯不动了", "电梯响", "电梯门关不上")
    return an_article(
        id=LIFT, matter="property_repair/elevator", title="电梯坏了找谁", questions=questions
    )


def written(*articles: Article) -> list[Written]:
    """Articles as an import reads them."""
    return [Written(each, dump_article(each)) for each in articles]


UNTIL = date(2027, 12, 31)
