"""Who may do what."""

from uuid import uuid4

import pytest

from core.errors import NotPermitted
from people.permissions import ROLES, Permission, StaffMember, require


def a_member(*roles: str, **more: tuple[str, ...]) -> StaffMember:
    return StaffMember(id=uuid4(), name="李梅", number="02", roles=roles, **more)


def test_every_permission_is_given_to_some_role():
    assert set(Permission) == frozenset().union(*ROLES.values())


def test_the_roles_are_those_of_the_glossary():
    assert set(ROLES) == {
        "operator", "dispatcher", "handler", "reviewer", "shift_lead", "supervisor", "editor", "admin"
    }  # fmt: skip


def test_only_a_shift_lead_may_lower_an_urgency():
    allowed = {
        role for role, permissions in ROLES.items() if Permission.URGENCY_LOWER in permissions
    }
    assert allowed == {"shift_lead"}


@pytest.mark.parametrize("what", ["extension", "parking", "exclusion"])
def test_extension_parking_and_exclusion_are_granted_by_a_supervisor_alone(what):
    allowed = {role for role, permissions in ROLES.items() if f"{what}.approve" in permissions}
    assert allowed == {"supervisor"}


def test_whoever_handles_tickets_may_neither_close_nor_review_them():
    handler = a_member("handler")
    assert handler.may(Permission.TICKET_HANDLE)
    assert not handler.may(Permission.TICKET_CLOSE)
    assert not handler.may(Permission.TICKET_REVIEW)


def test_an_administrator_of_accounts_sees_no_ticket():
    assert not a_member("admin").may(Permission.TICKET_SEE)


def test_two_roles_permit_what_either_permits():
    both = a_member("operator", "handler")
    assert both.may(Permission.TICKET_REGISTER)
    assert both.may(Permission.TICKET_HANDLE)


def test_an_unknown_role_permits_nothing():
    assert a_member("emperor").permissions == frozenset()


def test_a_missing_permission_is_named():
    with pytest.raises(NotPermitted) as refused:
        require(a_member("operator"), Permission.TICKET_DISPATCH)
    assert refused.value.permission == "ticket.dispatch"


def test_a_member_of_one_community_sees_its_tickets_and_those_without_a_place():
    member = a_member("handler", communities=("c05",))
    assert member.sees_community("c05")
    assert member.sees_community(None)
    assert not member.sees_community("c06")
