"""Commands about models: compare a challenger with the champion, promote it, go back, report."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from app.cli.frame import guarded, settings, with_house
from app.models import ModelsOnDisk, trained_models
from app.wiring import House, read_street, read_taxonomy
from handlers.judged_weeks import Mistaken, Week, list_mistaken, list_weeks
from intents.gate import Compared, compare
from intents.understander import load_understander

model = typer.Typer(help="Models: compare, promote, roll back, report.", no_args_is_help=True)


@model.command("compare")
def compare_models() -> None:
    """The challenger against the champion on the frozen sets; exit 1 when it is worse."""
    if not _show(guarded(_compare)):
        raise typer.Exit(1)


@model.command("promote")
def promote(
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Although a figure is worse; you have read which.")
    ] = False,
) -> None:
    """Serve with the challenger, without a restart, unless it is worse on the frozen sets."""
    if not _show(guarded(_compare)) and not anyway:
        typer.echo("not promoted: what is marked is worse")
        raise typer.Exit(1)
    chosen = guarded(lambda: trained_models(settings()).promote(datetime.now(UTC)))
    typer.echo(f"{chosen.name} serves within seconds; back again: baijiamen model rollback")


@model.command("rollback")
def roll_back() -> None:
    """Serve with what served before, without a restart."""
    serving = guarded(lambda: trained_models(settings()).roll_back())
    typer.echo(f"{serving.name} serves within seconds")


@model.command("report")
def report(
    weeks: Annotated[int, typer.Option(min=1, max=104, help="How far back.")] = 8,
) -> None:
    """Week by week: how much was judged, how surely, what people put right, and the pairs."""

    async def read(house: House) -> tuple[list[Week], list[Mistaken]]:
        since = house.clock.now() - timedelta(weeks=weeks)
        async with house.database.reading() as session:
            return (
                await list_weeks(session, since=since),
                await list_mistaken(session, since=since),
            )

    found, mistaken = with_house(read)
    for week in found:
        sure = "--" if week.confidence is None else f"{week.confidence:.2f}"
        commonest = ", ".join(f"{name} {times}" for name, times in week.matters)
        typer.echo(
            f"{week.monday}  judged {week.judged}  put right {week.corrected}  "
            f"confidence {sure}  {commonest}"
        )
    for pair in mistaken:
        typer.echo(f"  {pair.was or 'nothing'} was {pair.matter}: {pair.times}")
    if not found:
        typer.echo("no request was judged in these weeks")


def _compare() -> list[Compared]:
    loaded = settings()
    models: ModelsOnDisk = trained_models(loaded)
    taxonomy, street = read_taxonomy(loaded), read_street(loaded)
    challenger = load_understander(models.challenger, taxonomy, street)
    return compare(load_understander(models.serving, taxonomy, street), challenger)


def _show(figures: Sequence[Compared]) -> bool:
    """Print the figures; whether none is worse."""
    for each in figures:
        mark = "  worse" if each.is_worse else ""
        typer.echo(
            f"{each.frozen_set:16} {each.figure:22} {each.champion:.3f} -> {each.challenger:.3f}{mark}"
        )
    return not any(each.is_worse for each in figures)
