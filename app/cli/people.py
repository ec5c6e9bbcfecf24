"""Commands about people: staff add, volunteer add, token create."""

from typing import Annotated

import typer

from app.cli.frame import with_house
from app.wiring import House
from core.errors import NotFound
from people.accounts import (
    add_staff,
    add_volunteer,
    find_staff_by_login,
    find_volunteer_by_login,
)
from people.passwords import hash_password
from people.tokens import create_token

staff = typer.Typer(help="Members of staff.", no_args_is_help=True)
volunteer = typer.Typer(help="Volunteers.", no_args_is_help=True)
token = typer.Typer(help="API tokens.", no_args_is_help=True)

Login = Annotated[str, typer.Argument(help="The name to sign in with.")]
Password = Annotated[
    str,
    typer.Option(prompt=True, hide_input=True, confirmation_prompt=True, envvar="NEW_PASSWORD"),
]


@staff.command("add")
def add(
    name: Login,
    role: Annotated[list[str], typer.Option(help="operator, dispatcher, handler, …")],
    password: Password,
    shown: Annotated[str, typer.Option(help="The name that others see; default: NAME.")] = "",
    unit: Annotated[list[str] | None, typer.Option(help="Department id.")] = None,
    community: Annotated[list[str] | None, typer.Option(help="Community id.")] = None,
) -> None:
    """Add a member of staff."""

    async def work(house: House) -> str:
        password_hash = await hash_password(password)
        async with house.database.transaction() as session:
            member = await add_staff(
                session,
                login=name,
                name=shown or name,
                roles=role,
                password_hash=password_hash,
                now=house.clock.now(),
                units=unit or (),
                communities=community or (),
            )
        return member.number

    typer.echo(f"added {name}, staff number {with_house(work)}")


@volunteer.command("add")
def add_one(
    name: Login,
    password: Password,
    shown: Annotated[str, typer.Option(help="The name that others see; default: NAME.")] = "",
    phone: Annotated[str | None, typer.Option()] = None,
    skill: Annotated[list[str] | None, typer.Option(help="送餐, 陪诊, …")] = None,
    community: Annotated[list[str] | None, typer.Option(help="Community id.")] = None,
    home_visits: Annotated[bool, typer.Option(help="Trained for visits in a home.")] = False,
    staff: Annotated[str, typer.Option(help="The same person's name as staff, if any.")] = "",
) -> None:
    """Add a volunteer."""

    async def work(house: House) -> None:
        password_hash = await hash_password(password)
        async with house.database.transaction() as session:
            as_staff = await find_staff_by_login(session, staff) if staff else None
            if staff and as_staff is None:
                raise NotFound("staff", staff)
            await add_volunteer(
                session,
                house.vault,
                login=name,
                name=shown or name,
                password_hash=password_hash,
                now=house.clock.now(),
                phone=phone,
                skills=skill or (),
                communities=community or (),
                home_visits=home_visits,
                staff_id=as_staff.id if as_staff else None,
            )

    with_house(work)
    typer.echo(f"added {name}")


@token.command("create")
def create(
    staff_login: Annotated[str | None, typer.Option("--staff", help="On whose behalf.")] = None,
    volunteer_login: Annotated[str | None, typer.Option("--volunteer")] = None,
    name: Annotated[str, typer.Option(help="What it is for.")] = "token",
) -> None:
    """Make an API token; it is printed once."""
    if (staff_login is None) == (volunteer_login is None):
        raise typer.BadParameter("give --staff NAME or --volunteer NAME")

    async def work(house: House) -> str:
        async with house.database.transaction() as session:
            if staff_login is not None:
                member = await find_staff_by_login(session, staff_login)
                if member is None:
                    raise NotFound("member of staff", staff_login)
                owner = {"staff_id": member.id}
            else:
                helper = await find_volunteer_by_login(session, volunteer_login or "")
                if helper is None:
                    raise NotFound("volunteer", volunteer_login)
                owner = {"volunteer_id": helper.id}
            return await create_token(session, name=name, now=house.clock.now(), **owner)

    typer.echo(with_house(work))
