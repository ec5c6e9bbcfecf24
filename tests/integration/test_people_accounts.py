"""Signing in, staying in, signing out; tokens; residents under seal."""

from datetime import timedelta

import pytest
from argon2 import extract_parameters
from sqlalchemy import select

from core.errors import InvalidInput, NotFound
from core.limits import WindowLimits
from people import accounts, residents, rota, sessions, tokens
from people.accounts import AccountKind, SignInLocked, SignInRefused
from people.models import ApiToken, Resident, Session, Staff
from people.passwords import DECOY, hash_password, password_matches

IDLE = timedelta(minutes=30)


@pytest.fixture
def limits():
    return WindowLimits()


@pytest.fixture
async def limei(database, now):
    password_hash = await hash_password("correct horse")
    async with database.transaction() as session:
        return await accounts.add_staff(
            session,
            login="LiMei",
            name="李梅",
            roles=["operator"],
            password_hash=password_hash,
            now=now,
        )


async def try_sign_in(database, limits, now, *, login="limei", password="correct horse"):
    return await accounts.sign_in(
        database,
        limits,
        kind=AccountKind.STAFF,
        login=login,
        password=password,
        source="127.0.0.1",
        lifetime=timedelta(hours=12),
        now=now,
    )


async def find(database, secret, now):
    async with database.reading() as session:
        return await sessions.find_signed_in(session, secret, idle=IDLE, now=now)


async def test_a_login_is_found_whatever_its_case(database, limits, limei, now):
    opened = await try_sign_in(database, limits, now, login=" LIMEI ")
    signed_in = await find(database, opened.secret, now)
    assert signed_in.staff == limei
    assert signed_in.volunteer is None


async def test_neither_password_nor_secret_is_kept_as_it_is(database, limits, limei, now):
    opened = await try_sign_in(database, limits, now)
    async with database.reading() as session:
        stored = (await session.scalars(select(Session))).one()
        staff = (await session.scalars(select(Staff))).one()
    assert opened.secret not in (stored.secret_hash, stored.csrf_secret)
    assert staff.password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


@pytest.mark.parametrize("login", ["limei", "nobody"])
async def test_ten_wrong_passwords_lock_known_and_unknown_logins_alike(
    database, limits, limei, now, login
):
    for _ in range(10):
        with pytest.raises(SignInRefused):
            await try_sign_in(database, limits, now, login=login, password="wrong")
    with pytest.raises(SignInLocked):
        await try_sign_in(database, limits, now, login=login, password="wrong")


async def test_a_locked_login_does_not_open_with_the_right_password(database, limits, limei, now):
    for _ in range(10):
        with pytest.raises(SignInRefused):
            await try_sign_in(database, limits, now, password="wrong")
    with pytest.raises(SignInLocked):
        await try_sign_in(database, limits, now)


async def test_signing_in_often_and_rightly_locks_nobody_out(database, limits, limei, now):
    for _ in range(12):
        await try_sign_in(database, limits, now)


async def test_a_volunteers_password_opens_no_staff_door(database, limits, vault, now):
    password_hash = await hash_password("correct horse")
    async with database.transaction() as session:
        await accounts.add_volunteer(
            session, vault, login="wang", name="王强", password_hash=password_hash, now=now
        )
    with pytest.raises(SignInRefused):
        await try_sign_in(database, limits, now, login="wang")


async def test_an_account_that_is_switched_off_is_out_at_once(database, limits, limei, now):
    opened = await try_sign_in(database, limits, now)
    async with database.transaction() as session:
        await accounts.switch_off_staff(session, limei.id, now=now)
    assert await find(database, opened.secret, now) is None
    with pytest.raises(SignInRefused):
        await try_sign_in(database, limits, now)


async def test_a_session_ends_by_sign_out_by_rest_and_by_age(database, limits, limei, now):
    ended, rested, aged = [await try_sign_in(database, limits, now) for _ in range(3)]
    async with database.transaction() as session:
        await sessions.end_session(session, ended.session_id, now=now)
    assert await find(database, ended.secret, now) is None

    assert await find(database, rested.secret, now + timedelta(minutes=29)) is not None
    assert await find(database, rested.secret, now + timedelta(minutes=31)) is None

    nearly = now + timedelta(hours=11, minutes=59)
    async with database.transaction() as session:
        await sessions.touch_session(session, aged.session_id, now=nearly)
    assert await find(database, aged.secret, nearly) is not None
    assert await find(database, aged.secret, now + timedelta(hours=12, minutes=1)) is None


async def test_two_people_cannot_have_one_login(database, limei, now):
    with pytest.raises(InvalidInput) as refused:
        async with database.transaction() as session:
            await accounts.add_staff(
                session, login="limei", name="李美", roles=["handler"], password_hash=None, now=now
            )
    assert refused.value.field == "login"


async def test_staff_numbers_count_up(database, limei, now):
    async with database.transaction() as session:
        second = await accounts.add_staff(
            session, login="zhang", name="张晓", roles=["shift_lead"], password_hash=None, now=now
        )
    assert (limei.number, second.number) == ("01", "02")


async def test_a_role_that_does_not_exist_is_refused(database, now):
    with pytest.raises(InvalidInput):
        async with database.transaction() as session:
            await accounts.add_staff(
                session, login="x1", name="某", roles=["emperor"], password_hash=None, now=now
            )


async def test_a_token_is_shown_once_and_speaks_for_its_owner_until_it_is_ended(
    database, limei, now
):
    async with database.transaction() as session:
        secret = await tokens.create_token(session, name="kiosk", staff_id=limei.id, now=now)
        stored = (await session.scalars(select(ApiToken))).one()
        assert secret not in stored.secret_hash
        owner = await tokens.find_token_owner(session, secret)
        assert owner.staff == limei
        await tokens.end_token(session, owner.token_id, now=now)
        assert await tokens.find_token_owner(session, secret) is None
        assert await tokens.find_token_owner(session, "bjm_guess") is None


async def test_a_residents_name_and_number_are_sealed_and_found_by_any_spelling(
    database, vault, now
):
    async with database.transaction() as session:
        resident_id = await residents.create_resident(
            session, vault, name="周秀英", phone="139 1234 5521", now=now
        )
        row = await session.get(Resident, resident_id)
        assert "周秀英".encode() not in row.name_sealed
        assert b"5521" not in row.phone_sealed
        assert "5521" not in row.phone_index
        for spelling in ("13912345521", "+86 139-1234-5521", "86 13912345521"):
            found = await residents.list_residents_by_phone(session, vault, spelling)
            assert [each.id for each in found] == [resident_id]
    assert found[0].name == "周秀英"


@pytest.mark.parametrize(
    ("phone", "sentence"),
    [("1391234552", "web.error.phone_short"), ("abc", "web.error.phone_form")],
)
def test_a_broken_number_says_what_is_wrong_with_it(phone, sentence):
    with pytest.raises(InvalidInput) as refused:
        residents.normal_phone(phone)
    assert refused.value.text == sentence


async def test_an_unknown_resident_is_not_found(database, vault, limei):
    async with database.reading() as session:
        with pytest.raises(NotFound):
            await residents.get_resident(session, vault, limei.id)


async def test_the_rota_names_active_staff_only(database, limei, now):
    from core.settings import DeskSettings

    async with database.transaction() as session:
        await rota.add_shift(
            session, staff_id=limei.id, kind="desk", weekday=0, starts="08:30", ends="17:30"
        )
        duty = await rota.get_duty(session, desk=DeskSettings(), now=now)
        assert [person.name for person in duty.desk] == ["李梅"]
        await accounts.switch_off_staff(session, limei.id, now=now)
    async with database.reading() as session:
        duty = await rota.get_duty(session, desk=DeskSettings(), now=now)
    assert not duty.desk_open


async def test_an_unknown_login_costs_the_same_work_as_a_wrong_password():
    real = await hash_password("correct horse")
    assert extract_parameters(DECOY) == extract_parameters(real)
    assert not await password_matches(None, "")
    assert not await password_matches(DECOY, "nobody's password")
