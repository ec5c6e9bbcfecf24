"""What staff put right becomes an example; a challenger takes over without a restart, and back."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.models import ModelsOnDisk, ServingModel
from core.errors import SettingsError
from core.settings import IntentsSettings, Settings
from core.taxonomy import load_street, load_taxonomy
from editorial.corrections import list_corrections
from handlers.judged_weeks import list_mistaken, list_weeks
from handlers.staff.correct_matter import correct_matter
from intents.catalogue import Utterance
from intents.evaluation import RowsUnreadable
from intents.gate import compare
from intents.model import ModelUnreadable
from intents.training import learn
from tests.integration.office import Office
from tests.integration.walk import Walk

JUDGED = {"model": "2026.1", "confidence": 0.41}
WORDS = "我妈一个人住和平里3栋2单元701，电话13800001234，想有人送饭"


async def test_a_correction_is_an_example_with_its_numbers_masked(walk: Walk, office: Office):
    await walk.begin(classified_by=JUDGED, description=WORDS)
    await walk.do(correct_matter, "elder_care/visit_care", by=office.operator)
    async with walk.database.reading() as session:
        kept = await list_corrections(session, office.desk.vault)
    assert [(each.was, each.matter, each.model) for each in kept] == [
        ("elder_care/meal", "elder_care/visit_care", "2026.1")
    ]
    assert "送饭" in kept[0].text
    assert "13800001234" not in kept[0].text
    assert "701" not in kept[0].text


async def test_of_two_corrections_of_a_ticket_the_later_counts(walk: Walk, office: Office):
    await walk.begin(classified_by=JUDGED)
    await walk.do(correct_matter, "elder_care/visit_care", by=office.operator)
    walk.now += timedelta(minutes=1)
    await walk.do(correct_matter, "elder_care/home_care", by=office.operator)
    async with walk.database.reading() as session:
        kept = await list_corrections(session, office.desk.vault)
    assert [each.matter for each in kept] == ["elder_care/home_care"]


async def test_what_an_operator_typed_teaches_nothing(walk: Walk, office: Office):
    await walk.begin(classified_by={"by": "operator"})
    await walk.do(correct_matter, "elder_care/visit_care", by=office.operator)
    async with walk.database.reading() as session:
        assert await list_corrections(session, office.desk.vault) == []


async def test_the_report_counts_by_week_what_was_put_right(walk: Walk, office: Office):
    await walk.begin(classified_by=JUDGED)
    await walk.do(correct_matter, "elder_care/visit_care", by=office.operator)
    since = walk.now - timedelta(weeks=1)
    async with walk.database.reading() as session:
        [week] = await list_weeks(session, since=since)
        [pair] = await list_mistaken(session, since=since)
    assert (week.judged, week.corrected, week.confidence) == (1, 1, 0.41)
    assert week.monday.weekday() == 0
    assert (pair.was, pair.matter, pair.times) == ("elder_care/meal", "elder_care/visit_care", 1)


TAXONOMY, STREET = load_taxonomy(), load_street()
MEAL, LIFT = "elder_care/meal", "property_repair/elevator"
AT = datetime(2026, 11, 23, 9, tzinfo=UTC)


def _learnt(first: str, second: str) -> object:
    lines = [
        *(Utterance(f"想有人给老人送饭{number}", "x", matter=first) for number in "一二三四五六"),
        *(Utterance(f"电梯坏了停在楼上{number}", "x", matter=second) for number in "一二三四五六"),
        *(
            Utterance(f"今晚的球赛谁会赢{number}", "out_of_scope", act="out_of_scope")
            for number in "一二三"
        ),
        *(
            Utterance(f"屋里着火了快来{number}", "x", act="emergency", trigger="fire")
            for number in "一二三"
        ),
        *(Utterance(f"投诉噪音{number}", "x", request_type="complaint") for number in "一二三"),
        *(Utterance(f"问问怎么办{number}", "x", request_type="consult") for number in "一二三"),
        *(
            Utterance(f"晕倒了叫不醒{number}", "x", act="emergency", trigger="medical")
            for number in "一二"
        ),
    ]
    return learn(lines, TAXONOMY, STREET, version="test")


@pytest.fixture(scope="module")
def right():
    return _learnt(MEAL, LIFT)


@pytest.fixture(scope="module")
def wrong():
    """As if every label had been mixed up."""
    return _learnt(LIFT, MEAL)


@pytest.fixture
def models(tmp_path: Path, right) -> ModelsOnDisk:
    found = ModelsOnDisk(Settings(intents=IntentsSettings(model_folder=tmp_path)))
    right.save(found.base)
    return found


def _takes_for(serving: ServingModel) -> str:
    return serving.understand("想有人给老人送饭").matter_ranking[0].name


def test_a_promoted_challenger_serves_without_a_restart_and_back_again(models, wrong):
    serving = ServingModel(models, TAXONOMY, STREET)
    assert _takes_for(serving) == MEAL
    wrong.save(models.challenger)
    models.promote(AT)
    assert serving.look()
    assert _takes_for(serving) == LIFT
    models.roll_back()
    assert serving.look()
    assert _takes_for(serving) == MEAL
    assert not serving.look()


def test_without_a_challenger_nothing_is_promoted(models):
    with pytest.raises(SettingsError, match="--with-corrections"):
        models.promote(AT)


def test_there_is_nothing_before_the_first(models):
    with pytest.raises(SettingsError, match="nothing to go back to"):
        models.roll_back()


@pytest.mark.parametrize("content", [b"", b"not a model", b"PK\x03\x04broken"])
def test_a_broken_file_is_refused_and_the_last_good_model_stays(models, wrong, content):
    serving = ServingModel(models, TAXONOMY, STREET)
    wrong.save(models.challenger)
    models.promote(AT).write_bytes(content)
    assert not serving.look()
    assert _takes_for(serving) == MEAL
    assert _takes_for(ServingModel(models, TAXONOMY, STREET)) == MEAL


def test_a_house_without_any_good_model_says_so(models):
    models.base.write_bytes(b"nothing")
    with pytest.raises(ModelUnreadable):
        ServingModel(models, TAXONOMY, STREET)


def test_a_worse_challenger_is_named_figure_by_figure(models, right, wrong, tmp_path):
    frozen = tmp_path / "frozen"
    frozen.mkdir()
    row = '{"text": "想有人给老人送饭", "matter": "elder_care/meal"}\n'
    (frozen / "matters.jsonl").write_text(row, encoding="utf-8")
    serving = ServingModel(models, TAXONOMY, STREET)
    same = compare(serving, serving, frozen)
    assert same
    assert not any(each.is_worse for each in same)
    wrong.save(models.challenger)
    models.promote(AT)
    figures = compare(serving, ServingModel(models, TAXONOMY, STREET), frozen)
    assert {each.figure for each in figures if each.is_worse} >= {"matter_accuracy"}


def test_a_frozen_set_that_is_broken_is_named(models, tmp_path):
    frozen = tmp_path / "frozen"
    frozen.mkdir()
    (frozen / "matters.jsonl").write_text("no JSON\n", encoding="utf-8")
    serving = ServingModel(models, TAXONOMY, STREET)
    with pytest.raises(RowsUnreadable, match="matters"):
        compare(serving, serving, frozen)
