"""Who comes in: reads the session's cookie, checks the permission and where the form came from."""

from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from fastapi import Request

from core.clock import Clock
from core.database import Database
from core.errors import FrontDoorError, NotPermitted
from core.settings import SecuritySettings
from people.permissions import Permission
from people.sessions import TOUCH_AFTER, SignedIn, find_signed_in, touch_session
from web.forms import check_form, cookie_token
from web.stamps import Stamp

STAFF_COOKIE = "staff"
VOLUNTEER_COOKIE = "volunteer"


class SignedOut(FrontDoorError):
    """Nobody is signed in (any more); `door` is the path of the sign-in page."""

    def __init__(self, door: str) -> None:
        super().__init__("signed out")
        self.door = door


class Check(Protocol):
    """
    What stands before a route, as `Depends(check)`.

    A registry test reads `permission` off every route: a permission's id, or
    one of `anyone`, `volunteer`, `signed-in`.
    """

    permission: str


class Gate:
    """Makes the checks that routes stand behind."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        security: SecuritySettings,
        stamp: Stamp,
        public_url: str,
    ) -> None:
        self.database = database
        self.stamp = stamp
        self.clock = clock
        self.public_url = public_url
        self.lifetime = timedelta(hours=security.session_hours)
        self.idle = timedelta(minutes=security.idle_minutes)

    def needs(self, permission: Permission, *, quiet: bool = False) -> "StaffCheck":
        """
        A member of staff with this permission.

        `quiet` routes (event streams, presence) do not count as being there,
        otherwise an open tab would never be signed out.
        """
        return StaffCheck(self, permission, quiet=quiet)

    def any_staff(self) -> "StaffCheck":
        """Any member of staff who is signed in."""
        return StaffCheck(self, None)

    def volunteers(self, *, quiet: bool = False) -> "VolunteerCheck":
        """A volunteer who is signed in."""
        return VolunteerCheck(self, quiet=quiet)

    def anyone(self) -> "OpenCheck":
        """Everybody; forms must still come from our own pages."""
        return OpenCheck(self)

    def harmless(self) -> "HarmlessCheck":
        """Everybody, for switches that change only the reader's own view."""
        return HarmlessCheck()

    async def find(self, request: Request, cookie: str, *, quiet: bool = True) -> SignedIn | None:
        """Who the cookie belongs to, if the session still lives."""
        secret = request.cookies.get(cookie)
        if not secret:
            return None
        now = self.clock.now()
        async with self.database.reading() as session:
            signed_in = await find_signed_in(session, secret, idle=self.idle, now=now)
        if signed_in and not quiet and now - signed_in.last_seen_at > TOUCH_AFTER:
            await self._touch(signed_in.session_id, now)
        return signed_in

    async def _touch(self, session_id: UUID, now: datetime) -> None:
        async with self.database.transaction() as session:
            await touch_session(session, session_id, now=now)


class StaffCheck:
    """Lets staff in; gives the route the `SignedIn`, whose `staff` is set."""

    def __init__(self, gate: Gate, permission: Permission | None, *, quiet: bool = False) -> None:
        self.permission = permission.value if permission else "signed-in"
        self._gate = gate
        self._needed = permission
        self._quiet = quiet

    async def __call__(self, request: Request) -> SignedIn:
        """Raises `SignedOut`, `NotPermitted` or `ForeignForm`."""
        signed_in = await self._gate.find(request, STAFF_COOKIE, quiet=self._quiet)
        if signed_in is None or signed_in.staff is None:
            raise SignedOut("/console/sign-in")
        if self._needed and not signed_in.staff.may(self._needed):
            raise NotPermitted(self._needed.value)
        await check_form(request, expected=signed_in.csrf_token, public_url=self._gate.public_url)
        return signed_in


class VolunteerCheck:
    """Lets volunteers in; gives the route the `SignedIn`, whose `volunteer` is set."""

    permission = "volunteer"

    def __init__(self, gate: Gate, *, quiet: bool = False) -> None:
        self._gate = gate
        self._quiet = quiet

    async def __call__(self, request: Request) -> SignedIn:
        """Raises `SignedOut` or `ForeignForm`."""
        signed_in = await self._gate.find(request, VOLUNTEER_COOKIE, quiet=self._quiet)
        if signed_in is None or signed_in.volunteer is None:
            raise SignedOut("/volunteer/sign-in")
        await check_form(request, expected=signed_in.csrf_token, public_url=self._gate.public_url)
        return signed_in


class OpenCheck:
    """Lets everybody in whose form came from our own page."""

    permission = "anyone"

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    async def __call__(self, request: Request) -> None:
        """Raises `ForeignForm`."""
        expected = cookie_token(request, self._gate.stamp)
        await check_form(request, expected=expected, public_url=self._gate.public_url)


class HarmlessCheck:
    """Lets everybody in; for what at worst changes a text size."""

    permission = "anyone"

    async def __call__(self, request: Request) -> None:
        """Nothing to check."""
