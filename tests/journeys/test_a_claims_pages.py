"""The pages around a claim, over HTTP as a browser without script: volunteer, staff, whoever checks."""

import io
import re
from datetime import timedelta
from typing import Any

import httpx
import pytest
from PIL import Image

from app.website import build_website
from app.wiring import House
from core.actors import BOT
from core.messages import Channel
from handlers.staff.publish_task import publish_task
from people.accounts import add_volunteer
from people.sessions import find_signed_in, open_session
from tests.integration.office import a_request
from tests.integration.visits import a_task
from tests.unit.test_paper import texts_of

ORIGIN = "http://127.0.0.1:8000"


class Visitor:
    """A signed-in browser that runs no script."""

    def __init__(self, client: httpx.AsyncClient, token: str) -> None:
        self.client, self.token = client, token

    async def sees(self, path: str, status: int = 200) -> str:
        page = await self.client.get(path)
        assert page.status_code == status, page.text
        return page.text

    async def presses(
        self, path: str, status: int = 303, files: Any = None, **fields: Any
    ) -> httpx.Response:
        answer = await self.client.post(
            path, data={"_token": self.token, **fields}, files=files, headers={"origin": ORIGIN}
        )
        assert answer.status_code == status, answer.text
        return answer


@pytest.fixture
async def client(house: House):
    transport = httpx.ASGITransport(build_website(house))
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
        yield client


async def signed_in(house: House, client: httpx.AsyncClient, **who: Any) -> Visitor:
    now = house.clock.now()
    cookie = "volunteer" if who.get("volunteer_id") else "staff"
    async with house.database.transaction() as session:
        usual = {"staff_id": None, "volunteer_id": None}
        opened = await open_session(session, **(usual | who), lifetime=timedelta(hours=12), now=now)
    fresh = httpx.AsyncClient(transport=client._transport, base_url=ORIGIN)
    fresh.cookies.set(cookie, opened.secret)
    async with house.database.reading() as session:
        found = await find_signed_in(session, opened.secret, idle=timedelta(hours=1), now=now)
    assert found
    return Visitor(fresh, found.csrf_token)


async def a_claim(house: House, client: httpx.AsyncClient, staff: Any) -> tuple[Visitor, str, str]:
    """A volunteer who took a task that begins in ten minutes: visitor, task, ticket's number."""
    now, desk = house.clock.now(), house.staff_desk
    async with house.database.transaction() as session:
        new = a_request(channel=Channel.PHONE, matter="elder_care/companion_help")
        ticket = await house.tickets.open_ticket(session, new, by=BOT, now=now)
    async with house.database.transaction() as session:
        ticket = await desk.get_ticket(session, ticket.number, by=staff["limei"])
        task = await publish_task(
            session,
            desk,
            ticket,
            a_task(now, starts_at=now + timedelta(minutes=10)),
            by=staff["limei"],
            now=now,
        )
        person = await add_volunteer(
            session, house.vault, login="helin", name="何琳", password_hash=None, now=now
        )
    visitor = await signed_in(house, client, volunteer_id=person.id)
    await visitor.presses(f"/volunteer/tasks/{task.id}/claim")
    return visitor, f"/volunteer/tasks/{task.id}", ticket.number


def a_photo() -> bytes:
    """A picture that says where it was taken."""
    image, written = Image.new("RGB", (64, 48), "green"), io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    image.save(written, "JPEG", exif=exif)
    return written.getvalue()


async def test_from_the_claim_to_the_certificate(house: House, client: Any, staff: Any, clock: Any):
    helin, page, _number = await a_claim(house, client, staff)
    await helin.presses(f"{page}/confirm")
    assert "您说了会去" in await helin.sees(page)
    await helin.presses(f"{page}/late", minutes="20")
    assert "10:30左右到" in await helin.sees(page)
    await helin.presses(f"{page}/say", words="我晚一点到，打13912345678")
    talk = await helin.sees(page)
    assert "我晚一点到，打***" in talk
    assert "街道打电话转告" in talk
    clock.move(minutes=20)
    await helin.presses(f"{page}/check-in")
    clock.move(minutes=20)
    wrong = {"photo": ("a.jpg", b"no picture at all", "image/jpeg")}
    refused = await helin.presses(f"{page}/complete", 422, files=wrong)
    assert "打不开" in refused.text
    right = {"photo": ("a.jpg", a_photo(), "image/jpeg")}
    await helin.presses(f"{page}/complete", files=right, words="药取到了")
    assert "20 分钟" in await helin.sees("/volunteer/hours")

    lead = await signed_in(house, client, staff_id=staff["zhangxiao"].id)
    desk = await lead.sees("/console/hours")
    (claim_id,) = set(re.findall(r"/console/hours/([0-9a-f-]{36})/photo", desk))
    picture = await lead.client.get(f"/console/hours/{claim_id}/photo")
    assert picture.headers["content-type"] == "image/jpeg"
    assert b"secret place" not in picture.content
    assert Image.open(io.BytesIO(picture.content)).size == (64, 48)
    assert (await lead.presses(f"/console/hours/{claim_id}", 422, minutes="9")).status_code == 422
    await lead.presses(f"/console/hours/{claim_id}", minutes="20")
    hours = await helin.sees("/volunteer/hours")
    assert "0 小时 20 分钟" in hours
    assert "算数" in hours

    today = "2026-11-23"
    await helin.presses("/volunteer/certificates", from_day="2026-01-01", to_day=today)
    desk = await lead.sees("/console/hours")
    (certificate_id,) = set(re.findall(r"/console/certificates/([0-9a-f-]{36})", desk))
    await lead.presses(
        f"/console/certificates/{certificate_id}", step="issue", phone="027-88880000"
    )
    path = f"/volunteer/certificates/{certificate_id}"
    assert "18 位" in (await helin.presses(path, 422, id_number="123")).text
    pdf = await helin.presses(path, 200, id_number="11010519491231002X")
    assert pdf.headers["content-type"] == "application/pdf"
    text = "".join(texts_of(pdf.content))
    assert "何琳" in text
    assert "11010519491231002X" in text
    code = re.search(r"verify/([0-9A-Z-]{19})", text)
    assert code
    checked = (await client.get(f"/verify/{code[1]}")).text
    assert "这份证明是真的" in checked
    assert "何**" in checked
    assert "何琳" not in checked
    assert (await client.get("/verify/0000-0000-0000-0000")).status_code == 404
    away = await client.get("/verify", params={"code": code[1].lower()})
    assert away.headers["location"] == f"/verify/{code[1].replace('-', '')}"
    await lead.presses(f"/console/certificates/{certificate_id}", step="revoke", reason="算错了")
    assert "作废了" in (await client.get(f"/verify/{code[1]}")).text
    await helin.presses(path, 404)


async def test_a_correction_goes_to_the_desk_and_back(
    house: House, client: Any, staff: Any, clock: Any
):
    helin, page, _ = await a_claim(house, client, staff)
    await helin.presses(f"{page}/check-in")
    clock.move(minutes=5)
    await helin.presses(f"{page}/complete")
    assert "请写几个字" in (await helin.presses(f"{page}/hours", 422, minutes="40")).text
    await helin.presses(f"{page}/hours", minutes="40", reason="到了忘了点")
    assert "街道正在看" in await helin.sees("/volunteer/hours")
    lead = await signed_in(house, client, staff_id=staff["zhangxiao"].id)
    desk = await lead.sees("/console/hours")
    assert "到了忘了点" in desk
    (correction,) = re.findall(r"/console/corrections/([0-9a-f-]{36})", desk)
    await lead.presses(f"/console/corrections/{correction}", granted="yes", reason="")
    assert "0 小时 40 分钟" in await helin.sees("/volunteer/hours")


async def test_staff_see_who_goes_and_pass_on_what_was_said_by_telephone(
    house: House, client: Any, staff: Any
):
    helin, page, number = await a_claim(house, client, staff)
    limei = await signed_in(house, client, staff_id=staff["limei"].id)
    ticket = await limei.sees(f"/console/tickets/{number}")
    (task,) = set(re.findall(r"/console/tasks/[0-9a-f-]{36}", ticket))
    shown = await limei.sees(task)
    assert "何琳" in shown
    claim_id = re.search(r'name="claim_id" value="([0-9a-f-]{36})"', shown)
    assert claim_id
    await limei.presses(f"{task}/say", claim_id=claim_id[1], words="婆婆说门没锁")
    assert "婆婆说门没锁" in await limei.sees(task)
    assert "婆婆说门没锁" in await helin.sees(page)
    assert (await limei.presses(f"{task}/say", 422, claim_id=claim_id[1], words=" ")).text
    await limei.client.get("/console/hours")
    assert (await limei.client.get("/console/hours")).status_code == 403
