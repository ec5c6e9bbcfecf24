"""
Our client against a real Rasa server (`make test-rasa`; not part of the ordinary suite).

A small part of the catalogue is trained with the quick classifier.
"""

import json
from collections import Counter
from pathlib import Path

import httpx
import pytest

from app.models import CATALOGUE
from app.wiring import Mind
from intents.catalogue import read_catalogue
from intents.rasa_backend.export import Labelled, export_for_rasa, label_rows
from intents.rasa_backend.opinion import RasaOpinion
from intents.rasa_backend.server import FALLBACK, RasaServer
from tests.rasa import RasaProcess, rasa_server, train_rasa, validate

pytestmark = [pytest.mark.timeout(1800), pytest.mark.filterwarnings("default")]
LINES = 12
MEAL = "我妈八十三了一个人住，想有人送饭"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rasa")
    export_for_rasa(_few(label_rows(read_catalogue(CATALOGUE))), folder)
    return folder


@pytest.fixture(scope="module")
def served(project: Path):
    with rasa_server(project, train_rasa(project, "config-logistic.yml")) as server:
        yield server


def _few(rows: list[Labelled]) -> list[Labelled]:
    seen: Counter[str] = Counter()
    kept = []
    for row in rows:
        seen[row.intent] += 1
        if seen[row.intent] <= LINES:
            kept.append(row)
    return kept


def raw_parse(server: RasaProcess, text: str) -> dict:
    return httpx.post(f"{server.url}/model/parse", json={"text": text}).json()


def test_the_export_is_valid(project: Path):
    assert "No story structure conflicts found" in validate(project)


async def test_it_answers_with_our_names(served: RasaProcess, mind: Mind):
    server = RasaServer(served.url, seconds=30)
    answer = await server.parse(MEAL)
    names = {each.name.replace(".", "/") for each in answer.ranking}
    assert len(names) >= 5
    assert names <= {*mind.taxonomy.matters, *mind.taxonomy.acts}
    assert answer.model == await server.find_model()
    await server.close()


async def test_a_slash_is_no_command(served: RasaProcess):
    raw = raw_parse(served, "/talk_to_human")
    assert raw["intent"]["confidence"] == 1.0  # what Rasa makes of it
    server = RasaServer(served.url, seconds=30)
    answer = await server.parse(" //talk_to_human")
    assert answer.ranking[0].confidence < 1.0
    await server.close()


@pytest.mark.parametrize("text", [MEAL, "zxqv 9#", "灯"])
async def test_a_refusal_to_say_is_read_as_a_guess(served: RasaProcess, text: str):
    raw = raw_parse(served, text)
    server = RasaServer(served.url, seconds=30)
    answer = await server.parse(text)
    assert answer.fell_back == (raw["intent"]["name"] == FALLBACK)
    assert FALLBACK not in {each.name for each in answer.ranking}
    await server.close()


async def test_the_house_takes_its_word(served: RasaProcess, mind: Mind):
    server = RasaServer(served.url, seconds=30)
    opinion = RasaOpinion(server, mind.taxonomy, sure=0.6, two=0.75)
    own = mind.understander.understand(MEAL)
    weighed = await opinion.weigh(own)
    assert weighed.model.startswith("rasa ")
    assert weighed.entities == own.entities
    assert await opinion.state() == "ok"
    await opinion.close()


def test_the_recorded_answers_have_the_shape_of_the_real_ones(served: RasaProcess):
    recorded = json.loads((Path(__file__).parent / "data" / "rasa" / "parse.json").read_text())
    real = raw_parse(served, recorded["text"])
    assert set(real) == set(recorded)
    assert set(real["intent"]) == set(recorded["intent"])
    assert set(real["intent_ranking"][1]) == set(recorded["intent_ranking"][1])
