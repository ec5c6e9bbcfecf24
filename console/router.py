"""All routes of the desk."""

from fastapi import APIRouter

from console.articles import build_articles
from console.call_backs import build_call_backs
from console.calls import build_calls
from console.conversations import build_conversations
from console.deps import ConsoleDeps
from console.frame import Frames
from console.hours import build_hours
from console.likely import build_likely
from console.live import build_live
from console.people import build_people
from console.presence import Presence
from console.queue import build_queue
from console.seen import build_seen
from console.tasks import build_tasks
from console.ticket_files import build_ticket_files
from console.tickets import build_tickets
from console.volunteers import build_volunteers


def build_console(deps: ConsoleDeps) -> APIRouter:
    """The desk's router; hand `console.deps.SURFACE` to `Pages` before."""
    frames = Frames(deps, Presence(deps.signals))
    router = APIRouter()
    for build in (
        build_live,
        build_queue,
        build_calls,
        build_call_backs,
        build_seen,
        build_ticket_files,
        build_tickets,
        build_conversations,
        build_people,
        build_volunteers,
        build_likely,
        build_hours,
        build_tasks,
        build_articles,
    ):
        router.include_router(build(frames))
    return router
