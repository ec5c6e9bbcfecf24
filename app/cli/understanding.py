"""Commands about understanding: classify, evaluate, train."""

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import orjson
import typer

from app.cli.frame import fail, guarded, settings, show, with_house
from app.configuration import ROOT
from app.models import CATALOGUE, is_trained, train_challenger
from app.models import train as train_model
from app.wiring import House, read_street, read_taxonomy, read_understander
from core.settings import Settings
from editorial.corrections import Corrected, list_corrections
from intents.catalogue import Utterance, read_catalogue
from intents.understanding import Classifier, as_parse

if TYPE_CHECKING:
    from intents.evaluation import Report

RASA = ROOT / "intents" / "rasa"
Text = Annotated[str | None, typer.Argument(help="The text; left out: standard input.")]
Lines = Annotated[bool, typer.Option("--jsonl", help="Read and write one JSON object a line.")]
AsJson = Annotated[bool, typer.Option("--json", help="For a program.")]


def classify(text: Text = None, jsonl: Lines = False) -> None:
    """Understand a text, or every line `{"id","text"[,"context"]}`, and print what was understood."""
    understander = _understander()

    def one(row: dict[str, Any]) -> dict[str, Any]:
        understood = understander.understand(row["text"], context=row.get("context"))
        return {"id": row.get("id"), **as_parse(understood)}

    if jsonl:
        each_line(one)
        return
    parsed = one({"text": text_or_input(text)})
    del parsed["id"]
    show(parsed)


def evaluate(
    file: Annotated[
        Path,
        typer.Argument(
            help="Labelled lines: {id, text, matter, act, …}", exists=True, dir_okay=False
        ),
    ],
    as_json: AsJson = False,
) -> None:
    """Score the model against labels."""
    from intents.evaluation import evaluate as score

    with file.open(encoding="utf-8", errors="surrogateescape") as lines:
        rows = list(_read_lines(lines))
    try:
        report = guarded(lambda: score(_understander(), rows))
    except (TypeError, AttributeError) as error:
        fail(f"{file.name}: a label is of the wrong type ({error})")
    if as_json:
        show(report.as_json())
    else:
        _print_report(report)


def train(
    as_json: AsJson = False,
    if_missing: Annotated[
        bool, typer.Option("--if-missing", help="Only if this catalogue has no model yet.")
    ] = False,
    with_corrections: Annotated[
        bool,
        typer.Option("--with-corrections", help="A challenger that learns from staff, too."),
    ] = False,
) -> None:
    """Train from intents/catalogue and write the model under var/models."""
    loaded = settings()
    if with_corrections:
        _train_challenger(loaded, as_json=as_json)
        return
    if if_missing and is_trained(loaded):
        return
    typer.echo("training the model from intents/catalogue, a minute or two", err=True)
    began = time.perf_counter()
    scores = guarded(lambda: train_model(loaded, read_taxonomy(loaded), read_street(loaded)))
    _show_scores(scores, began, as_json=as_json)


def _train_challenger(loaded: Settings, *, as_json: bool) -> None:
    async def read(house: House) -> list[Corrected]:
        async with house.database.reading() as session:
            return await list_corrections(session, house.vault)

    corrected = with_house(read)
    typer.echo(f"training a challenger with {len(corrected)} corrections", err=True)
    began = time.perf_counter()
    lines = [_as_utterance(each) for each in corrected]
    taxonomy, street = read_taxonomy(loaded), read_street(loaded)
    scores = guarded(lambda: train_challenger(loaded, taxonomy, street, lines))
    _show_scores(scores, began, as_json=as_json)
    typer.echo("next: baijiamen model compare, then baijiamen model promote", err=True)


def _as_utterance(corrected: Corrected) -> Utterance:
    return Utterance(
        corrected.text,
        corrected.matter.replace("/", "."),
        matter=corrected.matter,
        request_type=corrected.request_type,
        voice="corrected",
    )


def _show_scores(scores: dict[str, object], began: float, *, as_json: bool) -> None:
    scores["seconds"] = round(time.perf_counter() - began, 1)
    if as_json:
        show(scores)
        return
    for name, value in scores.items():
        typer.echo(f"{name}: {value}")


def export_rasa(
    folder: Annotated[
        Path, typer.Argument(help="Where to; left out: intents/rasa.", file_okay=False)
    ] = RASA,
) -> None:
    """Write the catalogue as a Rasa project: data/nlu.yml, data/rules.yml, domain.yml."""
    from intents.rasa_backend.export import export_for_rasa, label_rows

    counts = guarded(lambda: export_for_rasa(label_rows(read_catalogue(CATALOGUE)), folder))
    typer.echo(f"{folder}: {sum(counts.values())} lines of {len(counts)} intents")


def _print_report(report: "Report") -> None:
    """The figures a line each, then the pairs that are mixed up most."""
    figures = report.as_json()
    confusions, voices = figures.pop("confusions"), figures.pop("voices")
    for name, value in figures.items():
        shown = "--" if value is None else f"{value:.3f}" if isinstance(value, float) else value
        typer.echo(f"{name:24} {shown}")
    for voice in voices:
        typer.echo(f"  {voice['voice']:22} {voice['matter_accuracy']:.3f} of {voice['rows']}")
    for confusion in confusions[:10]:
        typer.echo("  mixed up: " + ", ".join(f"{key} {each}" for key, each in confusion.items()))


def _understander() -> Classifier:
    loaded = settings()
    return guarded(lambda: read_understander(loaded, read_taxonomy(loaded), read_street(loaded)))


def text_or_input(text: str | None) -> str:
    """The argument, otherwise what stands on the standard input."""
    given = _stdin().read() if text is None else text
    return given.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _stdin() -> TextIO:
    """Standard input as UTF-8 whatever the locale; bytes that are none do not end the command."""
    if isinstance(sys.stdin, TextIOWrapper):
        sys.stdin.reconfigure(encoding="utf-8", errors="surrogateescape")
    return sys.stdin


def each_line(one: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Answer every JSON line of the standard input with one."""
    for row in _read_lines(_stdin()):
        sys.stdout.buffer.write(orjson.dumps(one(row)) + b"\n")
    sys.stdout.buffer.flush()


def _read_lines(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    for place, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = orjson.loads(line)
        except orjson.JSONDecodeError:
            fail(f"line {place} is no JSON")
        if not isinstance(row, dict) or not isinstance(row.get("text"), str):
            fail(f'line {place} has no "text"')
        if not isinstance(row.get("context"), str | None):
            fail(f'line {place}: "context" is no text')
        yield row
