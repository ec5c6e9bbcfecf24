"""Everything that the page of one ticket shows, masked, as plain values for its template."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from console.acts import ACTS, BESIDE_THE_FACTS, LEAD_ONLY, Act
from console.around import NOTHING_AROUND, Around, read_around
from console.deps import ConsoleDeps
from console.history import HistoryWriter, Line
from console.report_view import list_owed_reports
from console.ticket_files import list_links
from console.ticket_view import Button, Due, JointRow, Page, PendingApproval, Seen, TicketView
from console.words import Words
from core.errors import NotFound
from core.messages import Channel
from handlers.staff.approve import MAY_DECIDE
from handlers.staff.desk import acting
from handlers.staff.reveal import FIELDS, open_fields
from people.models import Staff
from people.permissions import Permission, StaffMember
from people.view_log import list_views, record_view
from tickets.approvals import list_pending, opened_note
from tickets.history import list_changes_after, list_history
from tickets.joint import list_children
from tickets.lookups import get_ticket, get_ticket_by_number
from tickets.masking import masked_address, masked_name, masked_phone, masked_text
from tickets.models import Approval, Ticket
from tickets.reasons import Action
from tickets.sight import may_know_requester, may_see
from tickets.status import TicketStatus
from web.times import TimeWords

_SELDOM_SEALED = ("phone", "requester", "address", "subject", "description", "coordinates")


class TicketReader:
    """Reads the page for one person, in their language."""

    def __init__(
        self, deps: ConsoleDeps, *, words: Words, when: TimeWords, me: StaffMember
    ) -> None:
        self._deps = deps
        self._words = words
        self._when = when
        self._me = me

    async def open(self, session: AsyncSession, number: str, *, action: str = "view") -> Page:
        """
        Read the page and record that this person saw it, in one transaction.

        What the person may not see raises `NotFound`, as if it did not exist.
        """
        page = await self.read(session, number)
        await record_view(
            session,
            viewer=acting(self._me),
            action=action,
            subject_kind="ticket",
            subject_id=page.ticket_id,
            now=self._deps.clock.now(),
        )
        return page

    async def read(self, session: AsyncSession, number: str) -> Page:
        """Read the page."""
        ticket = await get_ticket_by_number(session, number)
        if not may_see(ticket, self._me) or ticket.status == TicketStatus.DRAFT:
            raise NotFound("ticket", number)
        knows = may_know_requester(ticket, self._me)
        names = await _names(session)
        around = await read_around(session, ticket, now=self._deps.clock.now())
        opened = open_fields(ticket, _SELDOM_SEALED, self._deps.vault)
        return Page(
            ticket=self._view(ticket, opened, knows),
            ticket_id=ticket.id,
            conversation_id=ticket.conversation_id,
            history=await self._history(session, ticket, names, opened, knows),
            facts=self._facts(ticket, opened, names, around),
            buttons=self._buttons(ticket, around),
            approvals=await self._approvals(session, ticket, names),
            views=await self._views(session, ticket, names),
            may_reply=self._me.may(Permission.TICKET_REPLY) and ticket.parent_id is None,
            joint=await self._joint(session, ticket),
            reports=await list_owed_reports(session, ticket, self._words, self._me),
            names=names,
        )

    async def changes_after(self, session: AsyncSession, ticket: Ticket, number: int) -> list[Line]:
        """What was decided since a page showed the entry `number`, as lines of the history."""
        events = await list_changes_after(session, ticket.id, number, vault=self._deps.vault)
        knows = may_know_requester(ticket, self._me)
        names = await _names(session)
        writer = HistoryWriter(self._words, self._when, names, may_read=knows)
        return writer.lines([], events, ticket.channel)

    # ------------------------------------------------------------ the ticket itself

    def _view(self, ticket: Ticket, opened: Mapping[str, str], knows: bool) -> TicketView:
        return TicketView(
            number=ticket.number,
            short=self._words.short(ticket.number),
            title=ticket.title,
            urgency=ticket.urgency,
            status=ticket.status,
            status_words=self._words.status(ticket.status),
            confidentiality=ticket.confidentiality,
            revision=ticket.revision,
            person=self._person(opened) if knows else self._words.say("console.fact.hidden"),
            sealed=[
                (name, self._words.say(f"console.reveal.field.{name}"))
                for name in FIELDS
                if name in opened and (knows or name in ("address", "subject", "coordinates"))
            ],
            next_due=self._next_due(ticket),
            matter=ticket.matter or "",
            request_type=ticket.request_type,
            suggested_unit=self._suggested(ticket),
            rough_place=ticket.place or self._words.community(ticket.community),
        )

    def _person(self, opened: Mapping[str, str]) -> str:
        name, phone = opened.get("requester"), opened.get("phone")
        parts = [masked_name(name) if name else "", masked_phone(phone) if phone else ""]
        return "  ".join(filter(None, parts)) or self._words.say("console.fact.unknown_person")

    def _next_due(self, ticket: Ticket) -> Due | None:
        if ticket.next_due_at is None:
            return None
        kinds = {
            ticket.accept_due_at: "due_accept",
            ticket.contact_due_at: "due_contact",
            ticket.finish_due_at: "due_finish",
        }
        kind = kinds.get(ticket.next_due_at)
        return Due(self._words.say(f"console.fact.{kind}") if kind else "", ticket.next_due_at)

    def _suggested(self, ticket: Ticket) -> str:
        matter = self._deps.taxonomy.matters.get(ticket.matter or "")
        return ticket.unit or (matter.department if matter else "")

    async def _joint(self, session: AsyncSession, ticket: Ticket) -> list[JointRow]:
        """The lead's ticket of a co-handling one, or the co-handling ones of a lead's."""
        say = self._words.say
        if ticket.parent_id is not None:
            lead = await get_ticket(session, ticket.parent_id)
            return [self._joint_row(lead, say("console.joint.lead"))]
        children = await list_children(session, ticket.id)
        return [self._joint_row(child, say("console.joint.helps")) for child in children]

    def _joint_row(self, ticket: Ticket, role: str) -> JointRow:
        return JointRow(
            number=ticket.number,
            short=self._words.short(ticket.number),
            role=role,
            unit=self._words.unit(ticket.unit),
            status=self._words.status(ticket.status),
            may_open=may_see(ticket, self._me),
        )

    # ------------------------------------------------------------ what stands beside

    def _facts(
        self,
        ticket: Ticket,
        opened: Mapping[str, str],
        names: Mapping[UUID, str],
        around: Around,
    ) -> list[tuple[str, str, str, str]]:
        say = self._words.say
        change, reasons = say("console.fact.change"), say("console.fact.change_reason")
        correct = self._dialog("correct", ticket)
        urgency = self._dialog("urgency", ticket)
        rows = [
            ("for_whom", self._for_whom(ticket, opened), "", ""),
            ("confidentiality", say(f"ticket.confidentiality.{ticket.confidentiality}"), "", ""),
            ("contact", say(f"ticket.contact_wish.{ticket.contact_wish}"), "", ""),
            ("reach", self._reach(around), "", ""),
            ("matter", self._matter(ticket), correct, change),
            ("urgency", self._words.say(f"web.urgency.{ticket.urgency}"), urgency, reasons),
            ("where", self._where(ticket, opened), "", ""),
            ("unit", self._unit(ticket, names), "", ""),
            ("deadlines", self._deadlines(ticket), "", ""),
            ("stopped", self._stopped(around), "", ""),
            ("source", ticket.source_number or "", "", ""),
            ("chases", self._chases(ticket), "", ""),
            ("result", self._outcome(ticket), "", ""),
        ]
        return [
            (say(f"console.fact.{key}"), words, dialog, label) for key, words, dialog, label in rows
        ]

    def _dialog(self, act_id: str, ticket: Ticket) -> str:
        act = next(each for each in ACTS if each.id == act_id)
        return act_id if self._offered(act, ticket, NOTHING_AROUND) else ""

    def _for_whom(self, ticket: Ticket, opened: Mapping[str, str]) -> str:
        subject = opened.get("subject")
        relation = self._words.find(f"ticket.relation.{ticket.relation}") or ticket.relation or ""
        parts = [relation, masked_name(subject) if subject else ""]
        parts += [self._words.group(group) for group in ticket.groups]
        return "  ".join(filter(None, parts))

    def _matter(self, ticket: Ticket) -> str:
        name = self._words.matter(ticket.matter) or self._words.say("console.fact.no_matter")
        classified: Mapping[str, Any] = ticket.classified_by
        if "corrected_by_id" in classified:
            return name + self._words.say("console.fact.corrected")
        confidence = classified.get("confidence")
        if not isinstance(confidence, int | float):
            return name
        judged = name + self._words.say("console.fact.machine", percent=round(confidence * 100))
        if str(classified.get("model", "")).startswith("rasa "):
            judged += self._words.say("console.fact.by_rasa")
        if reasons := [masked_text(str(each)) for each in classified.get("reasons", ())]:
            judged += self._words.say("console.fact.because", words="、".join(reasons))
        return judged

    def _where(self, ticket: Ticket, opened: Mapping[str, str]) -> str:
        address = opened.get("address")
        parts = [self._words.community(ticket.community), ticket.place or ""]
        if address:
            parts.append(masked_address(address))
        if opened.get("coordinates"):
            parts.append(self._words.say("console.fact.located"))
        return "  ".join(dict.fromkeys(filter(None, parts)))

    def _unit(self, ticket: Ticket, names: Mapping[UUID, str]) -> str:
        if ticket.unit is None:
            none, suggested = self._words.say("console.fact.no_unit"), self._suggested(ticket)
            if not suggested:
                return none
            unit = self._words.unit(suggested)
            return f"{none}  {self._words.say('console.fact.suggested', unit=unit)}"
        person = names.get(ticket.assignee_id, "") if ticket.assignee_id else ""
        return f"{self._words.unit(ticket.unit)}  {person}".strip()

    def _deadlines(self, ticket: Ticket) -> str:
        dues = (
            ("accept_by", ticket.accept_due_at),
            ("contact_by", ticket.contact_due_at),
            ("finish_by", ticket.finish_due_at),
        )
        parts = [
            self._words.say(f"console.fact.{key}", at=self._when.clock(at))
            for key, at in dues
            if at
        ]
        if ticket.due_provisional:
            parts.append(self._words.say("console.fact.provisional"))
        return "  ".join(parts)

    def _stopped(self, around: Around) -> str:
        """停到 11-26 17:30 · 一共停了 2 天: how long the resident's papers held it up."""
        parts = []
        if around.stop is not None:
            at = self._when.clock(around.stop.until_at)
            parts.append(self._words.say("console.fact.stopped_until", at=at))
        hours = round(around.stopped.total_seconds() / 3600)
        if hours:
            parts.append(self._words.say("console.fact.stopped_hours", hours=hours))
        return "  ".join(parts)

    def _reach(self, around: Around) -> str:
        """Nothing where messages arrive."""
        if around.closed_channel is None:
            return ""
        channel = self._words.channel(around.closed_channel)
        return self._words.say("console.fact.unreachable", channel=channel)

    def _chases(self, ticket: Ticket) -> str:
        if not ticket.chases:
            return ""
        return self._words.say("console.fact.chased", count=ticket.chases)

    def _outcome(self, ticket: Ticket) -> str:
        if ticket.outcome is None:
            return ""
        return self._words.find(f"ticket.outcome.{ticket.outcome}") or ticket.outcome

    # ------------------------------------------------------------ history, buttons, approvals

    async def _history(
        self,
        session: AsyncSession,
        ticket: Ticket,
        names: Mapping[UUID, str],
        opened: Mapping[str, str],
        knows: bool,
    ) -> list[Line]:
        messages = []
        if ticket.conversation_id is not None and knows:
            messages = await self._deps.log.list_messages(session, ticket.conversation_id)
        events = await list_history(session, ticket.id, vault=self._deps.vault)
        links = await list_links(session, self._deps, ticket, self._words) if knows else {}
        writer = HistoryWriter(self._words, self._when, names, may_read=knows, files=links)
        lines = writer.lines(messages, events, ticket.channel)
        if not messages and opened.get("description"):
            description = opened["description"]
            lines.insert(
                0, self._first_words(ticket, description if knows else masked_text(description))
            )
        return lines

    def _first_words(self, ticket: Ticket, description: str) -> Line:
        channel = self._words.channel(ticket.channel)
        who = self._words.say("console.ticket.resident", channel=channel)
        at = ticket.opened_at
        return Line(self._when.clock(at), who, "said", description, "", at)

    def _buttons(self, ticket: Ticket, around: Around) -> list[Button]:
        offered = [act for act in ACTS if self._offered(act, ticket, around)]
        first = next((act.id for act in offered if act.id not in BESIDE_THE_FACTS), None)
        return [
            Button(
                id=act.id,
                words=self._words.say(f"console.act.{act.id}"),
                dialog=act.dialog,
                main=act.id == first,
                key=act.key,
                second=act.second,
                beside=act.id in BESIDE_THE_FACTS,
            )
            for act in offered
        ]

    def _offered(self, act: Act, ticket: Ticket, around: Around) -> bool:
        if ticket.status not in act.statuses or not self._me.may(act.permission):
            return False
        if act.id in LEAD_ONLY and ticket.parent_id is not None:
            return False
        if act.id == "hand-back":
            return around.held_by_id == self._me.id
        if act.id == "papers-came":
            return around.stop is not None
        if act.id == "wait-papers":
            return around.stop is None and ticket.urgency not in ("P0", "P1")
        if act.id == "take-over":
            typed = ticket.channel in (Channel.PHONE, Channel.COUNTER)
            return ticket.conversation_id is not None and around.held_by_id is None and not typed
        return not (act.id == "return" and ticket.return_barred)

    async def _approvals(
        self, session: AsyncSession, ticket: Ticket, names: Mapping[UUID, str]
    ) -> list[PendingApproval]:
        return [
            self._approval(approval, names) for approval in await list_pending(session, ticket.id)
        ]

    def _approval(self, approval: Approval, names: Mapping[UUID, str]) -> PendingApproval:
        action = self._words.say(f"ticket.action.{approval.action}")
        may = self._me.may(MAY_DECIDE[Action(approval.action)])
        return PendingApproval(
            id=approval.id,
            words=self._words.say("console.approval.asked", action=action),
            by=names.get(approval.requested_by_id, ""),
            at=self._when.clock(approval.requested_at),
            reason=self._words.say(f"ticket.reason.{approval.action}.{approval.reason_code}"),
            note=opened_note(approval, vault=self._deps.vault),
            may_decide=may and approval.requested_by_id != self._me.id,
        )

    async def _views(
        self, session: AsyncSession, ticket: Ticket, names: Mapping[UUID, str]
    ) -> list[Seen]:
        """The last who looked, each once."""
        found = await list_views(session, subject_kind="ticket", subject_id=ticket.id, limit=30)
        latest: dict[UUID, datetime] = {}
        for view in found:
            if view.viewer_id is not None:
                latest.setdefault(view.viewer_id, view.at)
        return [Seen(names.get(person, ""), self._when.clock(at)) for person, at in latest.items()][
            :5
        ]


async def _names(session: AsyncSession) -> dict[UUID, str]:
    """The names of all staff, also of those who left: histories name them."""
    found = await session.execute(select(Staff.id, Staff.name))
    return {row.id: row.name for row in found}
