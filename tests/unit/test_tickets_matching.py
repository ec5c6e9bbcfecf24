"""Who may take a task, who is asked first, and how it is explained."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from core.ids import new_id
from core.taxonomy import Street
from core.texts import Texts
from handlers.volunteers.explaining import explain
from people.profiles import INSURANCE, Profile, Proof, Vetting
from tickets.matching import Helper, Match, Past, Why, choose_wave, match, rank
from tickets.suitability import Lack, LackReason, Needs, Span, find_lack, list_lacks

TUESDAY_MORNING = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
ON_THE_DAY = date(2026, 11, 24)


def needs(**facts: Any) -> Needs:
    usual: dict[str, Any] = {
        "id": new_id(),
        "kind": "陪诊",
        "community": "c05",
        "starts_at": TUESDAY_MORNING,
        "ends_at": TUESDAY_MORNING + timedelta(hours=2),
        "minutes": 90,
    }
    return Needs(**(usual | facts))


def person(**facts: Any) -> Profile:
    return Profile(**({"id": new_id(), "name": "吴波"} | facts))


def helper(**facts: Any) -> Helper:
    own = {each: facts.pop(each) for each in ("busy", "recent_minutes", "ever") if each in facts}
    return Helper(profile=person(**facts), **({"ever": 3} | own))


def rated(street: Street, of: Helper, past: Past | None = None, **facts: Any) -> Match:
    found = match(needs(**facts), of, steps=street.steps_between, past=past)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("asked", "known", "lack"),
    [
        ({}, {"status": Vetting.APPLIED}, Lack(LackReason.VETTING, "applied")),
        ({}, {"status": Vetting.SUSPENDED}, Lack(LackReason.VETTING, "suspended")),
        ({"skill": "理发"}, {}, Lack(LackReason.SKILL, "理发")),
        ({}, {"communities": ("c06",)}, Lack(LackReason.AREA)),
        ({"needs_insurance": True}, {}, Lack(LackReason.INSURANCE)),
        ({"needs_training": "first_aid"}, {}, Lack(LackReason.TRAINING, "first_aid")),
        ({"in_home": True}, {"home_visits": True}, Lack(LackReason.TRAINING, "home_visit")),
        (
            {"in_home": True},
            {"proofs": (Proof("home_visit", ON_THE_DAY),)},
            Lack(LackReason.HOME_VETTING),
        ),
        ({"in_home": True}, {"birth_year": 2008}, Lack(LackReason.ADULT)),
        ({}, {"paused_from_at": TUESDAY_MORNING}, Lack(LackReason.PAUSED)),
    ],
)
def test_what_is_lacking_is_named(asked: dict[str, Any], known: dict[str, Any], lack: Lack) -> None:
    assert find_lack(needs(**asked), person(**known)) == lack


@pytest.mark.parametrize(
    ("valid_from", "valid_until", "enough"),
    [
        (ON_THE_DAY, ON_THE_DAY, True),
        (ON_THE_DAY - timedelta(days=30), ON_THE_DAY - timedelta(days=1), False),
        (ON_THE_DAY + timedelta(days=1), None, False),
    ],
)
def test_insurance_counts_on_the_day_of_the_task_not_on_the_day_of_the_claim(
    valid_from: date, valid_until: date | None, enough: bool
) -> None:
    insured = person(proofs=(Proof(INSURANCE, valid_from, valid_until),))
    assert (find_lack(needs(needs_insurance=True), insured) is None) is enough


def test_two_tasks_at_the_same_hour_are_too_many_and_one_after_the_other_is_not() -> None:
    before = Span(TUESDAY_MORNING - timedelta(hours=1), TUESDAY_MORNING)
    across = Span(TUESDAY_MORNING - timedelta(hours=1), TUESDAY_MORNING + timedelta(minutes=5))
    assert find_lack(needs(), person(), busy=[before]) is None
    assert find_lack(needs(), person(), busy=[across]) == Lack(LackReason.TIME)


def test_a_pause_matters_on_the_day_of_the_task() -> None:
    until = TUESDAY_MORNING - timedelta(hours=1)
    away = person(paused_from_at=until - timedelta(days=7), paused_until_at=until)
    assert find_lack(needs(), away) is None


def test_everything_that_is_lacking_is_found_the_gravest_first() -> None:
    asked = needs(in_home=True, needs_insurance=True, skill="理发")
    found = [each.reason for each in list_lacks(asked, person(status=Vetting.APPLIED))]
    assert found == ["vetting", "training", "home_vetting", "insurance", "skill"]


def test_a_neighbour_comes_before_somebody_from_far_away(street: Street) -> None:
    near, beside, far = (helper(home_community=community) for community in ("c05", "c04", "c20"))
    points = [rated(street, each).points for each in (near, beside, far)]
    assert points == sorted(points, reverse=True)
    assert len(set(points)) == 3


def test_without_written_neighbours_only_the_same_community_is_known(street: Street) -> None:
    found = match(
        needs(), helper(home_community="c04"), steps=lambda one, other: 0 if one == other else None
    )
    assert found is not None
    assert Why.FAR in {each.why for each in found.reasons}


def test_who_gave_much_lately_comes_after_who_gave_nothing(street: Street) -> None:
    rested, tired = helper(), helper(recent_minutes=600)
    assert rated(street, rested).points > rated(street, tired).points


def test_who_went_before_comes_first_among_equals(street: Street) -> None:
    one = helper()
    assert rated(street, one, Past(times=1)).points > rated(street, one).points


def test_two_who_would_rather_not_meet_are_not_matched(street: Street) -> None:
    found = match(needs(), helper(), steps=street.steps_between, past=Past(times=4, avoid=True))
    assert found is None


def test_who_has_a_wish_against_it_may_take_it_but_is_not_asked(street: Street) -> None:
    wishes = (helper(max_minutes=60), helper(no_pets=True))
    ranked = rank(needs(pets=True), wishes, steps=street.steps_between, past=lambda _: Past())
    assert len(ranked) == 2
    assert choose_wave(ranked, 5) == []


def test_one_of_a_wave_is_a_newcomer(street: Street) -> None:
    known = [helper(skills=("陪诊",), home_community="c05") for _ in range(6)]
    newcomer = helper(ever=0)
    ranked = rank(needs(), [*known, newcomer], steps=street.steps_between, past=lambda _: Past())
    assert ranked[-1].volunteer_id == newcomer.profile.id
    assert newcomer.profile.id in {each.volunteer_id for each in choose_wave(ranked, 5)}
    assert newcomer.profile.id not in {each.volunteer_id for each in choose_wave(ranked, 2)}


def test_equally_suited_ones_stand_in_a_fixed_order(street: Street) -> None:
    known = [helper() for _ in range(5)]
    asked = needs()

    def order(helpers: list[Helper]) -> list[UUID]:
        ranked = rank(asked, helpers, steps=street.steps_between, past=lambda _: Past())
        return [each.volunteer_id for each in ranked]

    assert order(known) == order(known[::-1])


def test_a_match_is_explained_in_one_line_to_each_reader(street: Street, texts: Texts) -> None:
    found = rated(
        street,
        helper(skills=("陪诊",), home_community="c05", times=("1m",)),
        Past(times=2),
    )
    staff = explain(found.reasons, texts, "zh", to="staff")
    assert staff == "同社区，会陪诊，周二上午有空，上次也是他，四周没出来了"
    own = explain(found.reasons, texts, "zh")
    assert own.startswith("就在您这个社区，您会陪诊，您周二上午有空，上次也是您")
    assert "free on" in explain(found.reasons, texts, "en", to="staff")


def test_who_turns_eighteen_this_year_still_counts_as_a_minor() -> None:
    assert [person(birth_year=year).is_minor_at(TUESDAY_MORNING) for year in (2007, 2008)] == [
        False,
        True,
    ]


def test_neighbours_are_neighbours_both_ways(street: Street) -> None:
    assert street.steps_between("c01", "c01") == 0
    assert street.steps_between("c01", "c08") == street.steps_between("c08", "c01") == 1
    assert street.steps_between("c01", "c21") == 8
