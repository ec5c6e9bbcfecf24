"""Training on a small catalogue, the file that comes of it, and what cannot be read."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.taxonomy import load_street, load_taxonomy
from intents.catalogue import CatalogueUnreadable, catalogue_key, read_catalogue
from intents.evaluation import RowsUnreadable, evaluate, read_rows
from intents.features import text_grams
from intents.model import ModelUnreadable, load_model
from intents.training import train_model
from intents.understander import Understander, load_understander
from intents.understanding import as_parse

TAXONOMY = load_taxonomy()
STREET = load_street()
MATTERS = """version: "3.1"
nlu:
- intent: elder_care.meal
  metadata: {act: raise_request, request_type: help, voice: daughter, also: [elder_care/companion_help]}
  examples: |
    - 我妈想订午饭送上门
    - 爹爹走不动 中饭能送来不
    - 老人吃饭成问题 想请送餐
- intent: property_repair.elevator
  metadata: {act: raise_request, request_type: complaint}
  examples: |
    - 电梯停了两天没人修
    - 电梯按钮失灵
    - 电梯门关不上
"""
ACTS = """version: "3.1"
nlu:
- intent: affirm
  metadata: {context: "以上内容对吗？"}
  examples: |
    - 对
    - 是的 没错
    - 嗯嗯
- intent: out_of_scope
  examples: |
    - 今晚球赛谁会赢
    - 讲个笑话听听
    - 股票明天涨不涨
"""
DANGERS = """version: "3.1"
nlu:
- intent: emergency.fire
  metadata: {act: emergency, urgency: P0}
  examples: |
    - 楼下着火了
    - 厨房起火
- intent: lookalike.fire
  metadata: {past: true}
  examples: |
    - 火锅店几点开门
    - 网红着火了
"""


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("catalogue")
    for name, text in (("matters", MATTERS), ("acts", ACTS), ("dangers", DANGERS)):
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def model_file(catalogue, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("models") / "model.npz"
    train_model(catalogue, TAXONOMY, STREET).save(path)
    return path


@pytest.fixture(scope="module")
def understander(model_file) -> Understander:
    return load_understander(model_file, TAXONOMY, STREET)


def test_a_line_of_the_catalogue_carries_its_block_s_labels(catalogue):
    rows = {row.text: row for row in read_catalogue(catalogue)}
    meal = rows["我妈想订午饭送上门"]
    assert (meal.matter, meal.act, meal.voice) == ("elder_care/meal", "raise_request", "daughter")
    assert meal.also == ("elder_care/companion_help",)
    assert rows["对"].context == "以上内容对吗？"
    assert (rows["厨房起火"].trigger, rows["厨房起火"].act) == ("fire", "emergency")
    assert (rows["网红着火了"].lookalike, rows["网红着火了"].past) == ("fire", True)


def test_a_changed_catalogue_has_another_key(catalogue, tmp_path):
    changed = tmp_path / "matters.yaml"
    changed.write_text(MATTERS + "    - 电梯又坏了\n", encoding="utf-8")
    assert catalogue_key(catalogue) == catalogue_key(catalogue)
    assert catalogue_key(tmp_path) != catalogue_key(catalogue)


@pytest.mark.parametrize("text", ["nlu: [", "stories: []", "nlu:\n- intent: greet\n"])
def test_a_broken_catalogue_is_named(text, tmp_path):
    (tmp_path / "broken.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(CatalogueUnreadable, match=r"broken\.yaml"):
        read_catalogue(tmp_path)


def test_a_saved_model_scores_as_the_one_in_memory(catalogue, model_file):
    model = train_model(catalogue, TAXONOMY, STREET)
    loaded = load_model(model_file)
    assert loaded.version == model.version
    for text in ("电梯停了", "想订午饭", "着火了", "没见过的话"):
        fresh = model.score(model.features(text_grams(text)))
        again = loaded.score(loaded.features(text_grams(text)))
        assert np.abs(fresh - again).max() < 0.05


def test_our_scores_are_those_of_scikit_learn(catalogue):
    from scipy.sparse import csr_matrix

    model = train_model(catalogue, TAXONOMY, STREET)
    features = model.features(text_grams("电梯停了两天没人修"))
    width = len(model.vocabulary)
    row = csr_matrix(
        (features.weights, (np.zeros(len(features.rows), int), features.rows)), shape=(1, width)
    )
    expected = row @ model.weights + model.bias
    assert np.abs(model.score(features) - expected[0]).max() < 1e-5


@pytest.mark.parametrize("content", [b"", b"not a model", b"PK\x03\x04broken"])
def test_a_foreign_file_is_refused_with_a_sentence(content, tmp_path):
    path = tmp_path / "model.npz"
    path.write_bytes(content)
    with pytest.raises(ModelUnreadable, match="baijiamen train"):
        load_model(path)


def test_a_missing_model_and_a_pickled_one_are_refused(tmp_path):
    with pytest.raises(ModelUnreadable, match="no such file"):
        load_model(tmp_path / "none.npz")
    np.savez(tmp_path / "pickled.npz", meta=np.array([{"a": 1}], dtype=object))
    with pytest.raises(ModelUnreadable):
        load_model(tmp_path / "pickled.npz")
    np.savez(tmp_path / "other.npz", meta=np.frombuffer(b'{"format": "x"}', dtype=np.uint8))
    with pytest.raises(ModelUnreadable, match="format"):
        load_model(tmp_path / "other.npz")


def test_a_truncated_model_is_refused(model_file, tmp_path):
    path = tmp_path / "cut.npz"
    path.write_bytes(model_file.read_bytes()[:2000])
    with pytest.raises(ModelUnreadable):
        load_model(path)


def test_the_json_is_a_superset_of_rasa_s(understander):
    parsed = as_parse(understander.understand("我妈八十三了 想订午饭送上门 电话13800001234"))
    assert parsed["intent"]["name"] == parsed["matter"]["name"] == "elder_care/meal"
    assert len(parsed["intent_ranking"]) >= 5
    assert parsed["act"]["name"] in TAXONOMY.acts
    assert parsed["request_type"] in TAXONOMY.request_types
    assert parsed["groups"] == ["elder_80"]
    assert parsed["on_behalf"] is True
    assert {each["entity"]: each["value"] for each in parsed["entities"]} == {
        "relation": "mother",
        "age": 83,
        "phone": "13800001234",
    }
    assert json.loads(json.dumps(parsed)) == parsed


def test_danger_decides_the_act_and_the_urgency(understander):
    understood = understander.understand("先问下食堂几点开门。对了厨房起火了")
    assert understood.act.name == "emergency"
    assert understood.urgency == "P0"
    assert understood.danger is not None
    assert understood.danger.sentence == "对了厨房起火了"


def test_old_people_alone_raise_an_urgent_danger(understander):
    assert understander.understand("屋里断粮了").urgency == "P1"
    assert understander.understand("我九十了 一个人住 屋里断粮了").urgency == "P0"


def test_a_past_danger_raises_nothing_before_the_bot_has_asked(understander):
    understood = understander.understand("去年楼下着火，想问下赔偿")
    assert understood.danger is not None
    assert understood.danger.past
    assert understood.urgency != "P0"


def test_the_bot_s_last_sentence_counts_for_the_act(understander):
    alone = understander.understand("嗯嗯")
    answered = understander.understand("嗯嗯", context="以上内容对吗？")
    assert answered.act.name == "affirm"
    assert alone.matter == answered.matter


@pytest.mark.parametrize("text", ["", " ", "\u200b\ufeff", "\x00\x01", "\n\n"])
def test_nothing_said_is_unclear(text, understander):
    understood = understander.understand(text)
    assert understood.act.name == "unclear"
    assert understood.text == text


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(text=st.text(alphabet=st.characters(exclude_categories=())), context=st.none() | st.text())
def test_any_text_is_understood_without_an_error(text, context, understander):
    understood = understander.understand(text, context=context)
    assert len(as_parse(understood)["intent_ranking"]) >= 5
    assert all(0 <= each.start < each.end <= len(text) for each in understood.entities)


def test_a_report_counts_what_was_right(understander, tmp_path):
    path = tmp_path / "rows.jsonl"
    rows = [
        {
            "text": "电梯停了两天没人修",
            "matter": "property_repair/elevator",
            "act": "raise_request",
        },
        {"text": "厨房起火", "kind": "fire", "urgency": "P0"},
        {"text": "火锅店几点开门", "urgency": "P3", "urgency_also": ["P2"]},
    ]
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    report = evaluate(understander, read_rows(path))
    assert report.matter_accuracy == 1
    assert report.emergency_recall == 1
    assert report.false_alarms == 0
    assert report.out_of_scope_caught is None
    assert json.loads(json.dumps(report.as_json()))["rows"] == 3


def test_a_labelled_line_that_is_no_object_is_named(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text('{"text": "好"}\n[1]\n', encoding="utf-8")
    with pytest.raises(RowsUnreadable, match="line 2"):
        read_rows(path)
