"""Every address states who may use it."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.routing import APIRoute

from app.website import build_website
from app.wiring import House
from people.permissions import Permission

KNOWN = {each.value for each in Permission} | {"anyone", "signed-in", "volunteer", "token"}


def all_routes(router: Any) -> Iterator[APIRoute]:
    """The routes of a router and of everything included in it."""
    for route in router.routes:
        if isinstance(route, APIRoute):
            yield route
        elif hasattr(route, "original_router"):
            yield from all_routes(route.original_router)


def stated(route: APIRoute) -> set[str]:
    """What the checks that stand before a route say, or what its description says."""
    checks = {getattr(each.call, "permission", None) for each in route.dependant.dependencies}
    described = (route.openapi_extra or {}).get("x-permission")
    return {each for each in (*checks, described) if each is not None}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_every_route_states_a_permission(house: House):
    routes = list(all_routes(build_website(house)))
    assert len(routes) > 20
    silent = [route.path for route in routes if not stated(route)]
    assert silent == []
    for route in routes:
        assert stated(route) <= KNOWN, route.path


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_no_two_routes_share_an_address(house: House):
    addresses = [
        (method, route.path)
        for route in all_routes(build_website(house))
        for method in route.methods
    ]
    assert sorted(set(addresses)) == sorted(addresses)
