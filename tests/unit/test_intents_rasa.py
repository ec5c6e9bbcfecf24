"""Our Rasa client against answers recorded from a real 3.6.21, and against bad luck."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
import yaml

from app.wiring import Mind
from intents.catalogue import Utterance
from intents.rasa_backend.export import export_for_rasa, label_rows
from intents.rasa_backend.opinion import RasaOpinion
from intents.rasa_backend.server import FALLBACK, RasaAway, RasaServer

RECORDED = Path(__file__).parents[1] / "data" / "rasa"
URL = "http://rasa.test:5005"
MEAL = "我妈八十三了一个人住，想有人送饭"


def recorded(name: str) -> dict:
    return json.loads((RECORDED / f"{name}.json").read_text(encoding="utf-8"))


class RecordedRasa(httpx.AsyncBaseTransport):
    """Answers as the real server did, or as `answer` says; remembers what it was asked."""

    def __init__(self, answer: Callable[[str], httpx.Response] | None = None) -> None:
        self.asked: list[str] = []
        self._answer = answer

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/status":
            return httpx.Response(200, json=recorded("status"))
        text = json.loads(await request.aread())["text"]
        self.asked.append(text)
        if self._answer:
            return self._answer(text)
        return httpx.Response(200, json=recorded("fallback" if text == MEAL else "parse"))


def opinion_of(rasa: RecordedRasa, mind: Mind, **more) -> RasaOpinion:
    server = RasaServer(URL, transport=rasa, **more)
    return RasaOpinion(server, mind.taxonomy, sure=0.6, two=0.75)


def ranked(*pairs: tuple[str, float]) -> Callable[[str], httpx.Response]:
    ranking = [{"name": name, "confidence": confidence} for name, confidence in pairs]
    body = {"intent": ranking[0], "entities": [], "intent_ranking": ranking}
    return lambda _text: httpx.Response(200, json=body)


async def test_a_recorded_answer_is_read():
    answer = await RasaServer(URL, transport=RecordedRasa()).parse("zxqv 9#")
    assert answer.ranking[0].name == "unclear"
    assert not answer.fell_back
    assert answer.model == recorded("status")["model_id"]


async def test_a_refusal_to_say_is_a_guess_of_the_first_real_intent():
    answer = await RasaServer(URL, transport=RecordedRasa()).parse(MEAL)
    assert answer.fell_back
    assert answer.ranking[0].name == recorded("fallback")["intent_ranking"][1]["name"]
    assert FALLBACK not in {each.name for each in answer.ranking}


@pytest.mark.parametrize("text", ["/talk_to_human", " //talk_to_human", "／／/talk_to_human"[2:]])
async def test_what_would_be_a_command_is_sent_as_a_text(text):
    rasa = RecordedRasa()
    await RasaServer(URL, transport=rasa).parse(text)
    assert rasa.asked == ["talk_to_human"]


async def test_a_giant_text_is_cut():
    rasa = RecordedRasa()
    await RasaServer(URL, transport=rasa).parse("饭" * 100_000)
    assert len(rasa.asked[0]) == 2_000


async def test_its_matter_takes_the_place_of_ours_and_says_who_judged(mind):
    opinion = opinion_of(RecordedRasa(ranked(("elder_care.visit_care", 0.9))), mind)
    own = mind.understander.understand(MEAL)
    weighed = await opinion.weigh(own)
    assert weighed.matter.name == "elder_care/visit_care"
    assert weighed.decision == "sure"
    assert weighed.model == f"rasa {recorded('status')['model_id']}"
    assert weighed.entities == own.entities
    assert len(weighed.matter_ranking) >= 5


async def test_two_likely_ones_become_a_question(mind):
    likely = ranked(("elder_care.visit_care", 0.45), ("elder_care.meal", 0.4))
    weighed = await opinion_of(RecordedRasa(likely), mind).weigh(mind.understander.understand(MEAL))
    assert weighed.decision == "either_or"


async def test_an_answer_to_our_question_keeps_our_act(mind):
    own = mind.understander.understand("对", context="以上内容对吗？")
    opinion = opinion_of(RecordedRasa(ranked(("bye", 0.9))), mind)
    assert (await opinion.weigh(own, answers=True)).act == own.act
    assert (await opinion.weigh(own)).act.name == "bye"


async def test_an_emergency_waits_for_nobody(mind):
    rasa = RecordedRasa()
    own = mind.understander.understand("屋里一股煤气味，人快晕了")
    assert await opinion_of(rasa, mind).weigh(own) == own
    assert rasa.asked == []


REFUSALS = {
    "error": lambda _text: httpx.Response(500, json={"status": "failure", "code": 500}),
    "no model": lambda _text: httpx.Response(409),
    "no JSON": lambda _text: httpx.Response(200, text="<html>"),
    "no ranking": lambda _text: httpx.Response(200, json={"intent": {"name": None}}),
    "a list": lambda _text: httpx.Response(200, json=[]),
    "another catalogue": ranked(("book_flight", 0.99)),
}


@pytest.mark.parametrize("refusal", REFUSALS)
async def test_whatever_goes_wrong_our_own_answer_stands(mind, refusal):
    own = mind.understander.understand(MEAL)
    assert await opinion_of(RecordedRasa(REFUSALS[refusal]), mind).weigh(own) == own


async def test_a_server_that_is_too_slow_is_not_waited_for(mind):
    def slow(_text: str) -> httpx.Response:
        raise httpx.ReadTimeout("too slow")

    own = mind.understander.understand(MEAL)
    assert await opinion_of(RecordedRasa(slow), mind).weigh(own) == own


async def test_after_three_failures_it_is_left_alone_and_then_asked_again(mind):
    rasa = RecordedRasa(REFUSALS["error"])
    server = RasaServer(URL, transport=rasa, rest_seconds=0.2)
    for _ in range(5):
        with pytest.raises(RasaAway):
            await server.parse(MEAL)
    assert len(rasa.asked) == 3
    await asyncio.sleep(0.3)
    with pytest.raises(RasaAway):
        await server.parse(MEAL)
    assert len(rasa.asked) == 4


async def test_a_server_that_is_away_shows_in_its_state(mind):
    class Nobody(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            raise httpx.ConnectError("refused")

    opinion = RasaOpinion(RasaServer(URL, transport=Nobody()), mind.taxonomy, sure=0.6, two=0.75)
    assert "embedded model stands in" in await opinion.state()


def test_the_catalogue_is_written_as_rasa_reads_it(tmp_path):
    lines = [
        Utterance("/想[有人]送饭", "elder_care.meal", matter="elder_care/meal"),
        Utterance("送饭上门", "elder_care.meal", matter="elder_care/meal"),
        Utterance("你好", "greet", act="greet"),
        Utterance("您好呀", "greet", act="greet"),
        Utterance("你好", "thanks", act="thanks"),
        Utterance("着火了", "emergency.fire", act="emergency", trigger="fire"),
        Utterance("冒烟了", "emergency.fire", act="emergency", trigger="fire"),
        Utterance("只有一句", "bye", act="bye"),
    ]
    counts = export_for_rasa(label_rows(lines), tmp_path)
    assert counts == {"elder_care.meal": 2, "emergency": 2, "greet": 2}
    nlu = yaml.safe_load((tmp_path / "data" / "nlu.yml").read_text(encoding="utf-8"))
    examples = {block["intent"]: block["examples"].splitlines() for block in nlu["nlu"]}
    assert examples["elder_care.meal"] == ["- 想 有人 送饭", "- 送饭上门"]
    domain = yaml.safe_load((tmp_path / "domain.yml").read_text(encoding="utf-8"))
    assert domain["intents"] == sorted(counts)
