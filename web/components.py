"""One page that shows every component in every state; only where nobody but its builder looks."""

from datetime import timedelta
from types import SimpleNamespace

from fastapi import APIRouter, Depends, Request, Response

from core.clock import Clock
from core.errors import NotFound
from web.forms import is_loopback
from web.gate import Gate
from web.pages import Pages


def build_components(*, pages: Pages, gate: Gate, clock: Clock) -> APIRouter:
    """The route of the page; anywhere but on a loopback address it does not exist."""
    router = APIRouter(include_in_schema=False)

    @router.get("/components", dependencies=[Depends(gate.anyone())])
    async def components(request: Request) -> Response:
        if not is_loopback(pages.public_url):
            raise NotFound("page", request.url.path)
        now = clock.now()
        return pages.render(
            request,
            "components.html",
            due={
                "late": now - timedelta(hours=2),
                "soon": now + timedelta(minutes=6),
                "calm": now + timedelta(days=2),
            },
            sample=_SAMPLE,
        )

    return router


_SAMPLE = SimpleNamespace(
    messages=[
        SimpleNamespace(
            id=1, author="bot", name="机器人", at="9:02", status="", urgent=False,
            text="我是街道的机器人。有难处直接说。",
        ),
        SimpleNamespace(
            id=2, author="me", name="您", at="9:03", status="已送到", urgent=False,
            text="我妈八十三了一个人住\n想有人送饭",
        ),
        SimpleNamespace(
            id=3, author="staff", name="李梅（街道）", at="9:05", status="", urgent=False,
            text="我是街道的李梅，我来帮您。",
        ),
        SimpleNamespace(
            id=4, author="bot", name="机器人", at="9:06", status="", urgent=True,
            text="先离开那里，再打 119。我在这儿。",
        ),
    ],
    receipt=SimpleNamespace(
        number="BJM-20261122-0038", title="给老人订送饭", who="养老服务专班",
        by="11月24日（周二）上午 9 点前", how="打 139****5521",
    ),
    task=SimpleNamespace(
        href="#", title="陪去医院取药", place="和平里一带", time="今天 14:00–15:00",
        note="两个人一起去", places="还差 1 人",
        to_do=["挂号", "带路", "取药", "陪着"], not_to_do=["代签字", "垫钱", "打针"],
    ),
    person=SimpleNamespace(name="王婆婆", door="和平里 3 栋"),
    history=[
        SimpleNamespace(at="9:03", who="居民（网页）", kind="said", text="想有人送饭", note=""),
        SimpleNamespace(at="9:05", who="机器人", kind="done", text="", note="受理：登记"),
        SimpleNamespace(
            at="9:20", who="李梅", kind="internal", text="子女在外地，晚上才有空接电话", note=""
        ),
    ],
    views=[
        SimpleNamespace(id="mine", href="#", words="我的", count=7, current=False),
        SimpleNamespace(id="to_dispatch", href="#", words="待派单", count=23, current=True),
    ],
)  # fmt: skip
