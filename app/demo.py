"""The sample street: people and a rota to try everything with. Only ever on a local run."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from app.keys import is_local
from app.wiring import House
from core.dates import today_in_china
from core.errors import SettingsError
from handlers.staff.vet_volunteer import record_proof
from people.accounts import add_staff, add_volunteer, find_staff_by_login
from people.passwords import hash_password
from people.registration import Abilities, describe_self
from people.rota import DESK, LEAD, NIGHT, add_shift

PASSWORD = "hongyang-2026"  # noqa: S105 - a sample password, refused on public addresses
_WEEK = range(7)
_DAY = ("08:30", "17:30")
_EVENING = ("17:30", "08:30")
_RECORDS_PROOFS = "chenjing"
"""The sample street's handler of volunteers."""


@dataclass(frozen=True, slots=True)
class Person:
    """One invented member of staff."""

    login: str
    name: str
    number: str
    roles: tuple[str, ...]
    units: tuple[str, ...] = ()
    shifts: tuple[str, ...] = field(default=())


STAFF = (
    Person("limei", "李梅", "02", ("operator", "dispatcher"), shifts=(DESK,)),
    Person("wangqiang", "王强", "03", ("operator", "dispatcher"), shifts=(DESK,)),
    Person("chenjing", "陈静", "11", ("handler",), units=("elder_service", "volunteer_office")),
    Person("liuyang", "刘洋", "12", ("handler",)),
    Person("zhaomin", "赵敏", "21", ("reviewer", "operator")),
    Person(
        "zhangxiao", "张晓", "01", ("shift_lead", "operator", "dispatcher"), shifts=(LEAD, NIGHT)
    ),
    Person("sunlei", "孙磊", "90", ("supervisor",)),
    Person("zhouting", "周婷", "31", ("editor",)),
    Person("admin", "管理员", "99", ("admin", "shift_lead")),
)


@dataclass(frozen=True, slots=True)
class Helper:
    """One invented volunteer; `proofs` are kinds with their days of validity, None: no end."""

    login: str
    name: str
    skills: tuple[str, ...]
    home: str
    communities: tuple[str, ...] = ()
    times: tuple[str, ...] = ()
    languages: tuple[str, ...] = ("putonghua", "wuhan")
    home_visits: bool = False
    proofs: tuple[tuple[str, int | None], ...] = ()


VOLUNTEERS = (
    Helper(
        "wubo",
        "吴波",
        ("送餐", "代购"),
        "c05",
        ("c05", "c01", "c04"),
        ("0m", "2m", "4m"),
        home_visits=True,
        proofs=(("accompany", 400), ("insurance", 20)),
    ),
    Helper(
        "helin",
        "何琳",
        ("手机教学", "陪诊"),
        "c04",
        ("c05", "c04"),
        ("1m", "1a", "5m", "5a"),
        proofs=(("accompany", 300), ("insurance", 200)),
    ),
    Helper(
        "zhengli",
        "郑丽",
        ("理发", "陪聊"),
        "c12",
        languages=("putonghua", "sign"),
        home_visits=True,
        proofs=(("first_aid", 500), ("insurance", 200)),
    ),
)


async def load_demo(house: House) -> list[str]:
    """
    Add the sample people unless they are there; gives lines that say how to sign in.

    Raises `SettingsError` on a public address: the passwords are no secret.
    """
    if not is_local(house.public_url):
        raise SettingsError(
            "WEB__PUBLIC_URL",
            "is public, and the sample street's passwords are not secret",
            "Add people with `baijiamen staff add`.",
        )
    async with house.database.reading() as session:
        there = await find_staff_by_login(session, STAFF[0].login) is not None
    if not there:
        password_hash = await hash_password(PASSWORD)
        async with house.database.transaction() as session:
            await _add_people(session, house, password_hash, house.clock.now())
    return _sign_ins()


async def _add_people(
    session: AsyncSession, house: House, password_hash: str, now: datetime
) -> None:
    for person in STAFF:
        member = await add_staff(
            session,
            login=person.login,
            name=person.name,
            number=person.number,
            roles=person.roles,
            units=person.units,
            password_hash=password_hash,
            now=now,
        )
        for kind in person.shifts:
            starts, ends = _EVENING if kind == NIGHT else _DAY
            for weekday in _WEEK:
                await add_shift(
                    session,
                    staff_id=member.id,
                    kind=kind,
                    weekday=weekday,
                    starts=starts,
                    ends=ends,
                )
    for helper in VOLUNTEERS:
        await _add_helper(session, house, helper, password_hash, now)


async def _add_helper(
    session: AsyncSession, house: House, helper: Helper, password_hash: str, now: datetime
) -> None:
    member = await add_volunteer(
        session,
        house.vault,
        login=helper.login,
        name=helper.name,
        password_hash=password_hash,
        now=now,
        home_visits=helper.home_visits,
    )
    about = Abilities(
        skills=helper.skills,
        languages=helper.languages,
        home_community=helper.home,
        communities=helper.communities,
        times=helper.times,
    )
    await describe_self(session, member.id, about, communities=house.street.communities.keys())
    staff = await find_staff_by_login(session, _RECORDS_PROOFS)
    assert staff is not None
    for kind, days in helper.proofs:
        today = today_in_china(now)
        await record_proof(
            session,
            house.staff_desk,
            member.id,
            kind,
            valid_from=today,
            valid_until=None if days is None else today + timedelta(days=days),
            by=staff,
            now=now,
        )


def _sign_ins() -> list[str]:
    staff = "  ".join(f"{each.login} ({each.name}, {'+'.join(each.roles)})" for each in STAFF)
    volunteers = "  ".join(f"{each.login} ({each.name})" for each in VOLUNTEERS)
    return [
        f"sample street: password of everybody: {PASSWORD}",
        f"  staff: {staff}",
        f"  volunteers: {volunteers}",
    ]
