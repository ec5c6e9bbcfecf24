"""
Ours against Rasa's two classifiers and a plain baseline: same catalogue, same split, same run.

`make bench-rasa` installs Rasa in an environment of its own (Python 3.10),
trains everything on the same lines and prints one table. Served systems are
asked over HTTP, one message after the other; processor time and memory are
those of the whole process, read from /proc.
"""

import argparse
import os
import random
import shutil
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import httpx
import orjson

from app.configuration import ROOT, load_settings
from app.models import CATALOGUE, model_path
from app.wiring import read_street, read_taxonomy
from intents.catalogue import read_catalogue
from intents.rasa_backend.export import Labelled, export_for_rasa, label_rows
from intents.rasa_backend.server import FALLBACK
from intents.training import learn
from tests.rasa import RasaMissing, prepare_environment, rasa_server, train_rasa, validate
from tests.running import RunningHouse
from tests.servers import ServerMissing

CAP = 100
"""Lines of an intent to learn from, so that DIET's training ends in half an hour on two cores."""
TEST_SHARE = 0.15
TIMED = 300
SEED = 20261123
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Contender:
    """One line of the table."""

    name: str
    accuracy: float
    macro_f1: float
    cpu_ms: float
    """Processor time of a message, the whole server's."""
    memory_mb: float
    start_s: float
    """From the command to the first answer."""
    training_s: float
    """Wall time."""


def main() -> None:
    """Prints the table and writes `var/bench-rasa.json`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cap", type=int, default=CAP, help="lines of an intent to learn from")
    cap = parser.parse_args().cap
    try:
        prepare_environment()
    except RasaMissing as missing:
        sys.exit(str(missing))
    training, test = split(label_rows(read_catalogue(CATALOGUE)), cap)
    print(
        f"{len(training)} lines to learn from (at most {cap} of an intent: the cap), "
        f"{len(test)} to test, {len({row.intent for row in training})} intents",
        flush=True,
    )
    with tempfile.TemporaryDirectory(prefix="baijiamen-rasa-") as name:
        lines = list(_measure(Path(name), training, test))
    _show(lines)
    document = {
        "cap": cap,
        "training": len(training),
        "test": len(test),
        "lines": [asdict(line) for line in lines],
    }
    file = ROOT / "var" / "bench-rasa.json"
    file.write_bytes(orjson.dumps(document, option=orjson.OPT_INDENT_2))


def split(rows: Sequence[Labelled], cap: int) -> tuple[list[Labelled], list[Labelled]]:
    """Of every intent the same share to test, of the rest at most `cap` to learn from."""
    by_intent: dict[str, list[Labelled]] = defaultdict(list)
    for row in rows:
        by_intent[row.intent].append(row)
    training, test = [], []
    for intent in sorted(by_intent):
        mine = by_intent[intent]
        random.Random(SEED).shuffle(mine)
        border = max(1, round(len(mine) * TEST_SHARE))
        test += mine[:border]
        training += mine[border : border + cap]
    return training, test


def _measure(
    folder: Path, training: Sequence[Labelled], test: Sequence[Labelled]
) -> Iterator[Contender]:
    yield _report(_baseline(training, test))
    yield _report(_ours(folder, training, test))
    export_for_rasa(training, folder)
    validate(folder)
    for config in ("config-logistic.yml", "config.yml"):
        yield _report(_rasa(folder, config, test))


def _report(line: Contender) -> Contender:
    print(f"  {line.name}: {line.accuracy:.3f}", flush=True)
    return line


def _baseline(training: Sequence[Labelled], test: Sequence[Labelled]) -> Contender:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_pipeline
    from sklearn.svm import LinearSVC

    began = time.perf_counter()
    pipeline = make_pipeline(
        TfidfVectorizer(analyzer="char", ngram_range=(1, 4), sublinear_tf=True), LinearSVC()
    )
    pipeline.fit([row.text for row in training], [row.intent for row in training])
    seconds = time.perf_counter() - began
    given = list(pipeline.predict([row.text for row in test]))
    nothing = float("nan")
    return Contender(
        "baseline (TF-IDF, SVM)", *_scores(test, given), nothing, nothing, nothing, seconds
    )


def _ours(folder: Path, training: Sequence[Labelled], test: Sequence[Labelled]) -> Contender:
    settings = load_settings()
    taxonomy, street = read_taxonomy(settings), read_street(settings)
    began = time.perf_counter()
    model = learn([row.utterance for row in training], taxonomy, street, version="bench")
    seconds = time.perf_counter() - began
    models = folder / "models"
    file = model_path(settings)
    model.save(models / file.name)
    shutil.copy(file.with_suffix(".asked"), models)
    server = RunningHouse(folder, f"sqlite:///{folder / 'bench.db'}", models)
    with _house(server):
        pass  # the first start makes keys and tables
    with _house(server) as start:
        return _ask("百家门", server.url, server.pid, start, seconds, test, _our_intent)


@contextmanager
def _house(server: RunningHouse) -> Iterator[float]:
    began = time.monotonic()
    server.start("--local")
    try:
        while True:
            try:
                httpx.post(f"{server.url}/model/parse", json={"text": "你好"}).raise_for_status()
                break
            except httpx.HTTPError:
                if not server.runs:
                    raise ServerMissing(server.log()) from None
                time.sleep(0.02)
        yield time.monotonic() - began
    finally:
        server.terminate()
        server.wait()


def _rasa(folder: Path, config: str, test: Sequence[Labelled]) -> Contender:
    began = time.perf_counter()
    model = train_rasa(folder, config)
    seconds = time.perf_counter() - began
    name = "Rasa DIET" if config == "config.yml" else "Rasa LogisticRegression"
    with rasa_server(folder, model) as server:
        start = server.seconds_to_answer
        return _ask(name, server.url, server.pid, start, seconds, test, _their_intent)


def _ask(
    name: str,
    url: str,
    pid: int,
    start: float,
    training_s: float,
    test: Sequence[Labelled],
    intent: Callable[[dict[str, object]], str],
) -> Contender:
    with httpx.Client(base_url=url, timeout=60) as client:

        def parse(row: Labelled) -> str:
            response = client.post("/model/parse", json={"text": row.text})
            response.raise_for_status()
            return intent(response.json())

        given = [parse(row) for row in test]
        before = _cpu_seconds(pid)
        for row in test[:TIMED]:
            parse(row)
        cpu = (_cpu_seconds(pid) - before) / min(TIMED, len(test)) * 1000
        memory = _megabytes(pid)
    return Contender(name, *_scores(test, given), cpu, memory, start, training_s)


def _our_intent(parsed: dict[str, object]) -> str:
    danger = parsed["danger"]
    if isinstance(danger, dict) and not danger["past"]:
        return "emergency"
    intent = parsed["intent"]
    assert isinstance(intent, dict)
    return str(intent["name"]).replace("/", ".")


def _their_intent(parsed: dict[str, object]) -> str:
    """The best of the ranking: a fallback is a refusal to say and not an answer."""
    ranking = parsed["intent_ranking"]
    assert isinstance(ranking, list)
    return next(str(each["name"]) for each in ranking if each["name"] != FALLBACK)


def _scores(test: Sequence[Labelled], given: Sequence[str]) -> tuple[float, float]:
    """Accuracy and the unweighted mean of the intents' F1."""
    from sklearn.metrics import f1_score

    wanted = [row.intent for row in test]
    right = sum(each == other for each, other in zip(wanted, given, strict=True))
    f1 = f1_score(wanted, list(given), average="macro", labels=sorted(set(wanted)), zero_division=0)
    return right / len(wanted), float(f1)


def _family(pid: int) -> list[int]:
    """A process and all that it started."""
    found = [pid]
    for parent in found:
        for task in Path(f"/proc/{parent}/task").glob("*/children"):
            found += map(int, task.read_text().split())
    return found


def _cpu_seconds(pid: int) -> float:
    total = 0
    for each in _family(pid):
        fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / _TICKS


def _megabytes(pid: int) -> float:
    total = 0
    for each in _family(pid):
        for line in Path(f"/proc/{each}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                total += int(line.split()[1])
    return total / 1024


def _show(lines: Sequence[Contender]) -> None:
    print(
        f"\n{'':26}{'accuracy':>9}{'macro-F1':>9}{'CPU ms':>9}{'MB':>8}{'start s':>9}{'train s':>9}"
    )
    for line in lines:
        print(
            f"{line.name:26}{line.accuracy:9.3f}{line.macro_f1:9.3f}{line.cpu_ms:9.2f}"
            f"{line.memory_mb:8.0f}{line.start_s:9.2f}{line.training_s:9.1f}"
        )
    ours = next(line for line in lines if line.name == "百家门")
    best = max((line for line in lines if "Rasa" in line.name), key=lambda line: line.accuracy)
    print(
        f"\nagainst the better of Rasa's ({best.name}): accuracy {ours.accuracy - best.accuracy:+.3f}, "
        f"macro-F1 {ours.macro_f1 - best.macro_f1:+.3f}, processor time 1/{best.cpu_ms / ours.cpu_ms:.0f}, "
        f"memory 1/{best.memory_mb / ours.memory_mb:.1f}, start 1/{best.start_s / ours.start_s:.0f}"
    )


if __name__ == "__main__":
    main()
