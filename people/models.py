"""Residents, staff and volunteers; their accounts, sessions and tokens; who saw what."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, Counting, Document, Instant


class Resident(Base):
    """One person who asks for something, perhaps over several channels."""

    __tablename__ = "residents"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_index: Mapped[str | None] = mapped_column(String(64), index=True)
    """Keyed digest: finds a caller's earlier tickets; proves nothing about who calls."""
    community: Mapped[str | None] = mapped_column(String(16))
    language: Mapped[str] = mapped_column(String(8), default="zh")
    created_at: Mapped[datetime] = mapped_column(Instant)


class Staff(Base):
    """Somebody who works for the street office."""

    __tablename__ = "staff"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(64), unique=True)
    number: Mapped[str] = mapped_column(String(16), unique=True)
    """Staff number, in watermarks and on the desk."""
    name: Mapped[str] = mapped_column(String(64))
    password_hash: Mapped[str | None] = mapped_column(String(256))
    roles: Mapped[list[str]] = mapped_column(Document)
    units: Mapped[list[str]] = mapped_column(Document)
    """Departments of the taxonomy that this person handles tickets for; empty: all."""
    communities: Mapped[list[str]] = mapped_column(Document)
    """Communities whose tickets this person may see; empty: all."""
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(Instant)


class Volunteer(Base):
    """Somebody who helps without pay."""

    __tablename__ = "volunteers"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(16), default="vetted")
    """`applied`, `vetted`, `declined` or `suspended`; who decided it stands in the events."""
    phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_index: Mapped[str | None] = mapped_column(String(64), index=True)
    """Keyed digest: the same person who registers twice is found."""
    password_hash: Mapped[str | None] = mapped_column(String(256))
    birth_year: Mapped[int | None]
    guardian_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """JSON: name and telephone of the guardian who agreed, for minors only."""
    guardian_agreed_at: Mapped[datetime | None] = mapped_column(Instant)
    rules_agreed_at: Mapped[datetime | None] = mapped_column(Instant)
    national_number_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The number in the national volunteers' system (中国志愿服务网), where there is one."""
    skills: Mapped[list[str]] = mapped_column(Document)
    languages: Mapped[list[str]] = mapped_column(Document, default=list)
    home_community: Mapped[str | None] = mapped_column(String(16))
    communities: Mapped[list[str]] = mapped_column(Document)
    """Where this person is willing to go; empty: anywhere in the street."""
    times: Mapped[list[str]] = mapped_column(Document, default=list)
    """When this person is usually free: weekday and part of the day, `1m`; empty: ask any time."""
    preferences: Mapped[dict[str, Any]] = mapped_column(Document, default=dict)
    """`no_pets` (bool), `max_minutes` (int)."""
    paused_from_at: Mapped[datetime | None] = mapped_column(Instant)
    paused_until_at: Mapped[datetime | None] = mapped_column(Instant)
    home_visits: Mapped[bool] = mapped_column(default=False)
    """Vetted for visits: introduced to a home by the street. The training is asked for too."""
    staff_id: Mapped[UUID | None]
    """The same person's account as staff, where they have one: nobody approves their own hours."""
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(Instant)


class Session(Base):
    """A sign-in of staff or of a volunteer in a browser; the cookie holds only a random secret."""

    __tablename__ = "sessions"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    volunteer_id: Mapped[UUID | None] = mapped_column(ForeignKey("volunteers.id"))
    csrf_secret: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(Instant)
    last_seen_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class ApiToken(Base):
    """A bearer token for programs; printed once, kept as a digest."""

    __tablename__ = "api_tokens"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(64))
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    volunteer_id: Mapped[UUID | None] = mapped_column(ForeignKey("volunteers.id"))
    created_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class DutyShift(Base):
    """A weekly shift of the rota: what the bot promises must stand here."""

    __tablename__ = "duty_shifts"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    kind: Mapped[str] = mapped_column(String(16))
    """`desk` (answers), `lead` (shift lead) or `night` (on call outside desk hours)."""
    weekday: Mapped[int]
    """0 is Monday."""
    starts_minute: Mapped[int]
    ends_minute: Mapped[int]
    """Minutes of the civil day; an end not after the start lies on the next day."""


class ViewRecord(Base):
    """
    Who saw or took out what, and why: append-only, each row sealed to the one before.

    `chain` is SHA-256 over the previous row's chain and this row, so that a
    removed or changed row shows.
    """

    __tablename__ = "view_records"
    __table_args__ = (Index("ix_view_records_subject", "subject_kind", "subject_id", "id"),)

    id: Mapped[int] = mapped_column(Counting, primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(Instant)
    viewer_kind: Mapped[str] = mapped_column(String(16))
    viewer_id: Mapped[UUID | None]
    action: Mapped[str] = mapped_column(String(16))
    """`view`, `reveal`, `export`, `print`, `claim`."""
    subject_kind: Mapped[str] = mapped_column(String(16))
    subject_id: Mapped[UUID]
    fields: Mapped[list[str]] = mapped_column(Document)
    reason: Mapped[str | None] = mapped_column(String(200))
    chain: Mapped[str] = mapped_column(String(64))


class Consent(Base):
    """What a resident agreed to have kept, for one purpose; withdrawn, never deleted."""

    __tablename__ = "consents"
    __table_args__ = (UniqueConstraint("resident_id", "purpose", "given_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    resident_id: Mapped[UUID] = mapped_column(ForeignKey("residents.id"))
    purpose: Mapped[str] = mapped_column(String(32))
    given_at: Mapped[datetime] = mapped_column(Instant)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Instant)


class Draft(Base):
    """What a member of staff was typing at some place: survives reload, sign-out, a lost race."""

    __tablename__ = "drafts"

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    place: Mapped[str] = mapped_column(String(80), primary_key=True)
    """Where it was typed: `reply:<ticket>`, `note:<ticket>`, `call:<id>`."""
    body_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    saved_at: Mapped[datetime] = mapped_column(Instant)


class SentForm(Base):
    """A form that was taken within the last day: its twin changes nothing."""

    __tablename__ = "sent_forms"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    """SHA-256 over where it was sent, its random id and its fields."""
    sent_at: Mapped[datetime] = mapped_column(Instant, index=True)
