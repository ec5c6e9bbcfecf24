"""Every matter, danger and status has everything that belongs to it."""

from pathlib import Path

import yaml

from app.configuration import ROOT
from core.taxonomy import Taxonomy
from intents.catalogue import read_catalogue
from knowledge_base.article_files import load_articles
from tickets.status import ALLOWED_NEXT, TicketStatus

CATALOGUE = ROOT / "intents" / "catalogue"


def test_every_matter_has_a_catalogue_file_of_its_own(taxonomy: Taxonomy):
    files = {path.stem for path in (CATALOGUE / "matters").glob("*.yaml")}
    assert files == {matter.dotted for matter in taxonomy.matters.values()}


def test_every_line_of_the_catalogue_speaks_of_something_that_exists(taxonomy: Taxonomy):
    utterances = read_catalogue(CATALOGUE)
    assert {row.matter for row in utterances} - {None, "none"} <= set(taxonomy.matters)
    assert {row.act for row in utterances} - {None} <= set(taxonomy.acts) | {"emergency"}
    dangers = {row.trigger for row in utterances} | {row.lookalike for row in utterances}
    assert dangers - {None} <= set(taxonomy.triggers)


def test_every_act_and_every_danger_is_in_the_catalogue(taxonomy: Taxonomy):
    """`proxy_for_other` is no act of its own: it is laid over another (taxonomy `overlay`)."""
    utterances = read_catalogue(CATALOGUE)
    assert {row.act for row in utterances} >= set(taxonomy.acts) - {"emergency", "proxy_for_other"}
    assert {row.trigger for row in utterances} >= set(taxonomy.triggers)


def test_every_matter_has_an_article(taxonomy: Taxonomy):
    told = {article.matter for article in load_articles(ROOT / "knowledge_base" / "articles")}
    assert told >= set(taxonomy.matters)


def test_every_matter_has_a_department_and_a_deadline(taxonomy: Taxonomy):
    for matter in taxonomy.matters.values():
        assert matter.department in taxonomy.departments, matter.id
        assert matter.deadline in taxonomy.deadlines, matter.id
        assert set(matter.deadline_if.values()) <= set(taxonomy.deadlines), matter.id


def test_every_danger_says_in_english_what_to_do(taxonomy: Taxonomy):
    file = Path(ROOT / "locales" / "en" / "chat.yaml")
    scripts = yaml.safe_load(file.read_text(encoding="utf-8"))["emergency"]["script"]
    assert set(scripts) == set(taxonomy.triggers)
    assert all(script.strip() for script in scripts.values())


def test_every_status_says_what_may_follow():
    assert set(ALLOWED_NEXT) == set(TicketStatus)
    assert set().union(*ALLOWED_NEXT.values()) <= set(TicketStatus)
