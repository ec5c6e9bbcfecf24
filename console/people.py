"""Who works here and when: the staff list and the weekly rota."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from console.fields import read_form, uuid_of
from console.frame import FramedPages, Frames, staff_of
from console.words import Words
from core.errors import InvalidInput
from people.accounts import add_staff, check_password_strength, list_staff, switch_off_staff
from people.passwords import hash_password
from people.permissions import ROLES, Permission, StaffMember
from people.rota import KINDS, Shift, add_shift, list_shifts, remove_shift
from people.sessions import SignedIn
from web.lengths import check_lengths


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A member of staff in the list."""

    id: UUID
    number: str
    name: str
    roles: str
    units: str
    communities: str


@dataclass(frozen=True, slots=True)
class ShiftRow:
    """A shift in the rota."""

    id: UUID
    day: str
    hours: str
    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Failed:
    """A form that was refused."""

    field: str
    sentence: str
    form: dict[str, str]


def build_people(frames: Frames) -> APIRouter:
    """The routes of the people page."""
    router = APIRouter(include_in_schema=False)
    people = People(frames)
    gate = frames.deps.gate
    see = Annotated[SignedIn, Depends(gate.needs(Permission.PEOPLE_SEE))]
    change = Annotated[SignedIn, Depends(gate.needs(Permission.PEOPLE_CHANGE))]
    rota = Annotated[SignedIn, Depends(gate.needs(Permission.ROTA_CHANGE))]

    @router.get("/console/people")
    async def show_people(request: Request, signed_in: see) -> Response:
        return await people.show(request, signed_in)

    @router.post("/console/people")
    async def add_person(request: Request, signed_in: change) -> Response:
        return await people.add(request, signed_in)

    @router.post("/console/people/shifts")
    async def put_on_rota(request: Request, signed_in: rota) -> Response:
        return await people.put_on_rota(request, signed_in)

    @router.post(
        "/console/people/shifts/{shift_id}/remove",
        dependencies=[Depends(gate.needs(Permission.ROTA_CHANGE))],
    )
    async def take_off_rota(shift_id: str) -> Response:
        return await people.take_off_rota(uuid_of(shift_id, "shift"))

    @router.post("/console/people/{staff_id}/off")
    async def switch_off(request: Request, signed_in: change, staff_id: str) -> Response:
        return await people.switch_off(request, signed_in, uuid_of(staff_id, "staff"))

    return router


class People(FramedPages):
    """What these routes do."""

    async def show(
        self, request: Request, signed_in: SignedIn, *, failed: Failed | None = None
    ) -> Response:
        """The list and the rota."""
        words = self._frames.words(request)
        async with self._deps.database.reading() as session:
            staff = await list_staff(session)
            shifts = await list_shifts(session)
        return await self._frames.render(
            request,
            "console/people.html",
            signed_in,
            current="people",
            status=422 if failed else 200,
            staff=[_person(each, words) for each in staff],
            shifts=[_shift(each, words) for each in shifts],
            people=[(str(each.id), f"{each.number} {each.name}") for each in staff],
            kinds=words.options("console.people.shift", KINDS),
            days=[(str(day), words.say(f"web.time.weekday.{day}")) for day in range(7)],
            roles=words.options("console.people.role", ROLES),
            units=[(value, text) for value, text, _ in words.units()],
            communities=words.communities(),
            failed=failed or Failed("main", "", {}),
        )

    async def add(self, request: Request, signed_in: SignedIn) -> Response:
        """A new account; the first password is told in person."""
        posted, form = await request.form(), await read_form(request)
        roles = [value for value in posted.getlist("role") if isinstance(value, str)]
        try:
            check_lengths(form)
            password = form.get("password", "")
            check_password_strength(password)
            password_hash = await hash_password(password)
            async with self._deps.database.transaction() as session:
                await add_staff(
                    session,
                    login=form.get("login", ""),
                    name=form.get("name", "").strip(),
                    roles=roles,
                    password_hash=password_hash,
                    units=_one(form, "unit"),
                    communities=_one(form, "community"),
                    now=self._deps.clock.now(),
                )
        except InvalidInput as error:
            return await self._refuse(request, signed_in, error, form)
        return RedirectResponse("/console/people?done=staff", status_code=303)

    async def switch_off(self, request: Request, signed_in: SignedIn, staff_id: UUID) -> Response:
        """Let somebody in no more; nobody switches themselves off."""
        if staff_id == staff_of(signed_in).id:
            error = InvalidInput("main", "console.error.self_off")
            return await self._refuse(request, signed_in, error, {})
        async with self._deps.database.transaction() as session:
            await switch_off_staff(session, staff_id, now=self._deps.clock.now())
        return RedirectResponse("/console/people?done=off", status_code=303)

    async def put_on_rota(self, request: Request, signed_in: SignedIn) -> Response:
        """A weekly shift."""
        form = await read_form(request)
        weekday = form.get("weekday", "")
        try:
            async with self._deps.database.transaction() as session:
                await add_shift(
                    session,
                    staff_id=uuid_of(form.get("staff_id", ""), "staff"),
                    kind=form.get("kind", ""),
                    weekday=int(weekday) if weekday.isdecimal() else -1,
                    starts=form.get("starts", ""),
                    ends=form.get("ends", ""),
                )
        except InvalidInput as error:
            return await self._refuse(request, signed_in, error, form)
        return RedirectResponse("/console/people?done=shift", status_code=303)

    async def take_off_rota(self, shift_id: UUID) -> Response:
        """One shift less."""
        async with self._deps.database.transaction() as session:
            await remove_shift(session, shift_id)
        return RedirectResponse("/console/people?done=shift", status_code=303)

    async def _refuse(
        self,
        request: Request,
        signed_in: SignedIn,
        error: InvalidInput,
        form: dict[str, str],
    ) -> Response:
        _, sentence = self._deps.errors.status_and_sentence(request, error)
        kept = {name: value for name, value in form.items() if name != "password"}
        return await self.show(request, signed_in, failed=Failed(error.field, sentence, kept))


def _person(member: StaffMember, words: Words) -> PersonRow:
    everything = words.say("console.people.all")
    return PersonRow(
        id=member.id,
        number=member.number,
        name=member.name,
        roles="、".join(words.say(f"console.people.role.{role}") for role in member.roles),
        units="、".join(words.unit(unit) for unit in member.units) or everything,
        communities="、".join(words.community(each) for each in member.communities) or everything,
    )


def _shift(shift: Shift, words: Words) -> ShiftRow:
    return ShiftRow(
        id=shift.id,
        day=words.say(f"web.time.weekday.{shift.weekday}"),
        hours=f"{_clock(shift.starts_minute)}–{_clock(shift.ends_minute)}",
        kind=words.say(f"console.people.shift.{shift.kind}"),
        name=shift.staff.name,
    )


def _clock(minute: int) -> str:
    return f"{minute // 60}:{minute % 60:02}"


def _one(form: dict[str, str], name: str) -> list[str]:
    return [form[name]] if form.get(name) else []
