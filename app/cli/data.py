"""Commands about the database: db upgrade, backup, restore, demo, keys."""

from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from app.cli.frame import show, with_house
from app.keys import make_keys
from app.wiring import House
from core.messages import Channel

db = typer.Typer(help="The database's schema.", no_args_is_help=True)


@db.command("upgrade")
def upgrade() -> None:
    """Bring the database to the newest schema; an empty one gets the articles of the stock."""
    from app.schema import upgrade

    async def work(house: House) -> None:
        await upgrade(house.database)
        await house.articles.begin(house.clock.now())

    with_house(work)
    typer.echo("the schema is up to date")


def backup(file: Annotated[Path, typer.Argument(help="Where to write it.")]) -> None:
    """A consistent copy of the database while everything runs."""
    from app.backups import write_backup

    async def work(house: House) -> None:
        await write_backup(house.database, file)

    with_house(work)
    typer.echo(f"wrote {file}; the keys are not in it, keep them apart")


def restore(
    file: Annotated[Path, typer.Argument(help="A copy that `backup` wrote.", exists=True)],
    yes: Annotated[bool, typer.Option("--yes", help="Replace what is there.")] = False,
) -> None:
    """Put a copy back; nothing else may be running."""
    from app.backups import restore_backup

    async def work(house: House) -> None:
        await restore_backup(house.database, file, replace=yes)

    with_house(work)
    typer.echo("restored")


def demo() -> None:
    """Load the sample street: staff, volunteers, rota."""
    from app.demo import load_demo
    from app.schema import upgrade

    async def work(house: House) -> list[str]:
        await upgrade(house.database)
        return await load_demo(house)

    for line in with_house(work):
        typer.echo(line)


def keys() -> None:
    """Make a fresh pair of keys for the environment."""
    show({f"BAIJIAMEN_SECURITY__{name.upper()}": value for name, value in make_keys().items()})


def broadcast(
    file: Annotated[Path, typer.Option(help="The text, as people will read it.", exists=True)],
    channel: Annotated[Channel, typer.Option(help="Where.")] = Channel.TELEGRAM,
    account: Annotated[str, typer.Option(help="residents or volunteers.")] = "residents",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count.")] = False,
    after: Annotated[UUID | None, typer.Option(help="Go on after this chat.")] = None,
) -> None:
    """Say the same to everybody who wrote lately and has not closed the chat."""
    from handlers.staff.broadcast import Broadcast, Broadcasts

    async def work(house: House) -> int:
        words = Broadcast(
            channel=channel,
            account=account,
            text=file.read_text(encoding="utf-8"),
            within_days=house.settings.telegram.broadcast_within_days,
        )
        broadcasts = Broadcasts(
            database=house.database, vault=house.vault, clock=house.clock, signals=house.signals
        )
        if dry_run:
            return await broadcasts.count(words)
        return await broadcasts.make(
            words,
            after=after,
            on_portion=lambda last: typer.echo(f"written up to {last}", err=True),
        )

    told = with_house(work)
    typer.echo(f"{'would reach' if dry_run else 'promised to'} {told} chats")
