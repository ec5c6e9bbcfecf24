"""The graph of statuses, and the names that everything in it needs."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.texts import Texts
from handlers.staff.approve import MAY_DECIDE
from handlers.staff.resolve import OUTCOMES
from handlers.staff.take_call import PASSED_ON, WITHOUT_TICKET
from tickets.alerts import STEPS, AlertKind
from tickets.history import EventKind
from tickets.lifecycle import _REOPENED
from tickets.reasons import REASONS, REVEAL_REASONS, URGENCY_REASONS, Action
from tickets.status import (
    ALLOWED_NEXT,
    OPEN_TO_RESIDENT,
    UNFINISHED,
    StatusChangeNotAllowed,
    TicketStatus,
    check_may_follow,
    open_to_resident,
    path_to,
)
from tickets.tasks import ClaimStatus, TaskStatus

S = TicketStatus
STRAIGHT = [
    S.DRAFT,
    S.REGISTERED,
    S.TO_DISPATCH,
    S.DISPATCHED,
    S.ACCEPTED,
    S.CONTACTED,
    S.IN_PROGRESS,
    S.RESOLVED,
    S.TO_CALL_BACK,
    S.CLOSED,
]


def test_every_status_says_what_may_follow() -> None:
    assert set(ALLOWED_NEXT) == set(TicketStatus)


def test_the_straight_path_can_be_walked() -> None:
    for present, wanted in pairwise(STRAIGHT):
        check_may_follow(present, wanted)


def test_every_status_can_be_reached_from_a_draft() -> None:
    reached, fresh = {S.DRAFT}, {S.DRAFT}
    while fresh:
        fresh = set().union(*(ALLOWED_NEXT[each] for each in fresh)) - reached
        reached |= fresh
    assert reached == set(TicketStatus)


def test_no_status_is_a_dead_end() -> None:
    assert all(ALLOWED_NEXT.values())


def test_nothing_closes_without_a_call_back_or_an_appeal() -> None:
    assert {each for each, following in ALLOWED_NEXT.items() if S.CLOSED in following} == {
        S.TO_CALL_BACK,
        S.APPEALED,
    }


def test_not_solved_leads_back_from_everything_that_looks_finished() -> None:
    finished = set(TicketStatus) - UNFINISHED
    assert finished <= set(_REOPENED)
    for status, again in _REOPENED.items():
        assert again in ALLOWED_NEXT[status]
        assert again in UNFINISHED


def test_a_rework_leads_back_to_work_and_an_appeal_follows_only_an_end() -> None:
    assert S.IN_PROGRESS in ALLOWED_NEXT[S.REWORK]
    assert {each for each, following in ALLOWED_NEXT.items() if S.APPEALED in following} == {
        S.CLOSED,
        S.DECLINED,
    }


@given(st.lists(st.sampled_from(TicketStatus), min_size=1, max_size=12))
def test_whatever_is_tried_only_the_graph_decides(
    tries: list[TicketStatus],
) -> None:
    present = S.DRAFT
    for wanted in tries:
        if wanted in ALLOWED_NEXT[present]:
            check_may_follow(present, wanted)
            present = wanted
            continue
        with pytest.raises(StatusChangeNotAllowed) as refused:
            check_may_follow(present, wanted)
        assert (refused.value.present, refused.value.wanted) == (present, wanted)


def test_it_is_open_to_the_resident_until_it_is_resolved_or_set_aside() -> None:
    assert [open_to_resident(status) for status in STRAIGHT] == [True] * 7 + [False] * 3
    assert open_to_resident(S.REWORK)
    assert not open_to_resident(S.ANSWERED)
    assert OPEN_TO_RESIDENT < UNFINISHED


def test_a_new_ticket_cannot_begin_in_the_middle() -> None:
    assert path_to(S.TO_DISPATCH) == (S.REGISTERED, S.TO_DISPATCH)
    for status in (S.CLOSED, S.IN_PROGRESS, S.RESOLVED, S.APPEALED):
        with pytest.raises(StatusChangeNotAllowed):
            path_to(status)


def test_every_step_for_a_second_person_has_reasons_and_somebody_who_decides() -> None:
    assert set(REASONS) == set(MAY_DECIDE) == set(Action)
    assert all(REASONS.values())


def _names() -> list[str]:
    names = [f"status.{each}" for each in TicketStatus]
    names += [f"event.{each}" for each in EventKind]
    names += [f"alert.{each}" for each in AlertKind]
    names += [f"alert_step.{each}" for each in STEPS]
    names += [f"notice.alert_waiting.{each}" for each in STEPS[1:]]
    names += [f"action.{each}" for each in Action]
    names += [f"reason.{action}.{code}" for action, codes in REASONS.items() for code in codes]
    names += [f"reason.urgency.{code}" for code in URGENCY_REASONS]
    names += [f"reason.reveal.{code}" for code in REVEAL_REASONS]
    names += [f"outcome.{each}" for each in (*OUTCOMES, *WITHOUT_TICKET, *PASSED_ON)]
    names += [f"task_status.{each}" for each in TaskStatus]
    names += [f"claim_status.{each}" for each in ClaimStatus]
    return names


@pytest.mark.parametrize("name", _names())
def test_everything_has_a_name_for_people(texts: Texts, name: str) -> None:
    assert texts.say(f"ticket.{name}")


def test_what_residents_read_says_the_same_facts_in_both_languages(texts: Texts) -> None:
    told = [key for key in texts.keys("zh") if key.startswith("ticket.notice.")]
    assert told
    for key in told:
        assert key in texts.keys("en")
        assert texts.facts(key, "en") == texts.facts(key, "zh")


@pytest.mark.parametrize(
    "word",
    ["系统", "用户", "诉求人", "敬请", "予以", "相关部门", "耐心等待", "非法", "无效", "!", "！"],
)
def test_residents_are_not_spoken_to_like_files(texts: Texts, word: str) -> None:
    for key in texts.keys("zh"):
        if key.startswith(("ticket.notice.", "ticket.choice.", "ticket.error.", "ticket.refused.")):
            assert word not in texts.say(key)
