"""Commands that run something: serve, chat, doctor."""

import secrets
from typing import Annotated

import typer

from app.cli.frame import fail, show, with_house
from app.processes import ROLES
from app.processes import serve as run_roles
from app.revision import is_current
from app.wiring import House
from bot.terminal import Terminal


def serve(
    roles: Annotated[
        str, typer.Option(help=f"Comma-separated, of {', '.join(ROLES)}; default all.")
    ] = ",".join(ROLES),
    local: Annotated[
        bool, typer.Option("--local", help="Prepare a first local run: schema and sample street.")
    ] = False,
) -> None:
    """Run the processes until SIGTERM."""

    async def work(house: House) -> None:
        if local:
            await _prepare(house)
        await run_roles(
            house,
            [each.strip() for each in roles.split(",") if each.strip()],
            ready=lambda: _greet(house),
        )

    with_house(work)


def chat(
    sender: Annotated[str, typer.Option(help="Who you are; the same name goes on.")] = "",
) -> None:
    """Talk to the bot in the terminal, on the same path as every channel."""

    async def work(house: House) -> None:
        await _bring_up_to_date(house)
        await house.articles.begin(house.clock.now())
        terminal = Terminal(front_door=house.front_door, clock=house.clock)
        await terminal.run(sender or f"terminal-{secrets.token_hex(4)}")

    with_house(work)


def doctor(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Check settings, database, Redis, model, articles and channels; say what to do."""
    from app.doctor import examine

    findings = examine()
    if as_json:
        show([finding.as_dict() for finding in findings])
    else:
        for finding in findings:
            typer.echo(finding.line())
    if not all(finding.ok for finding in findings):
        fail("something is not as it should be, see above")


async def _prepare(house: House) -> None:
    from app.demo import load_demo

    await _bring_up_to_date(house)
    for line in await load_demo(house):
        typer.echo(line)


async def _bring_up_to_date(house: House) -> None:
    if not await is_current(house.database):
        from app.schema import upgrade

        await upgrade(house.database)


def _greet(house: House) -> None:
    url = house.public_url
    typer.echo(f"百家门 is open: {url}  staff {url}/console  volunteers {url}/volunteer")
