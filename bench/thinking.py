"""What understanding one message and finding its article cost, message by message."""

import random
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from app.configuration import load_settings
from app.models import CATALOGUE
from app.wiring import read_street, read_taxonomy, read_understander
from bench.measure import Line, percentile
from core.dates import today_in_china
from intents.catalogue import read_catalogue
from knowledge_base.article_files import load_articles
from knowledge_base.search import ArticleIndex

MESSAGES = 1500
SEED = 20261123


def measure() -> list[Line]:
    """p50 and p99 over messages of the catalogue, one at a time, warm."""
    settings = load_settings()
    taxonomy, street = read_taxonomy(settings), read_street(settings)
    understander = read_understander(settings, taxonomy, street)
    index = ArticleIndex(load_articles(), taxonomy)
    today = today_in_china(datetime.now(UTC))
    texts = [row.text for row in read_catalogue(CATALOGUE)]
    random.Random(SEED).shuffle(texts)
    texts = texts[:MESSAGES]
    understood = _times(understander.understand, texts)
    searched = _times(lambda text: index.search(text, matter=None, today=today), texts)
    return [*_lines("understanding a message", understood), *_lines("article search", searched)]


def _times(once: Callable[[str], object], texts: Sequence[str]) -> list[float]:
    for text in texts[:100]:
        once(text)
    times = []
    for text in texts:
        began = time.perf_counter()
        once(text)
        times.append((time.perf_counter() - began) * 1000)
    return times


def _lines(what: str, times: Sequence[float]) -> list[Line]:
    return [
        Line(f"{what}, {name}", percentile(times, share), "ms")
        for name, share in (("p50", 0.5), ("p99", 0.99))
    ]
