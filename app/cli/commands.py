"""All commands; each is short, the work is done elsewhere."""

from typing import Annotated

import typer

from app.cli import data, knowledge, models, people, serving, understanding

app = typer.Typer(
    name="baijiamen",
    help="百家门: the front door of a street office.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

app.command()(serving.serve)
app.command()(serving.chat)
app.command()(serving.doctor)
app.command()(understanding.classify)
app.command()(understanding.evaluate)
app.command()(understanding.train)
app.command("export-rasa")(understanding.export_rasa)
app.add_typer(models.model, name="model")
app.add_typer(knowledge.knowledge, name="knowledge")
app.add_typer(data.db, name="db")
app.command()(data.backup)
app.command()(data.restore)
app.command()(data.demo)
app.command()(data.broadcast)
app.command()(data.keys)
app.add_typer(people.staff, name="staff")
app.add_typer(people.volunteer, name="volunteer")
app.add_typer(people.token, name="token")


@app.callback(invoke_without_command=True)
def version(
    context: typer.Context,
    show: Annotated[bool, typer.Option("--version", help="Show the version.")] = False,
) -> None:
    """百家门: the front door of a street office."""
    if show:
        from importlib.metadata import version as installed

        typer.echo(installed("baijiamen"))
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit
