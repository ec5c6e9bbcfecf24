"""Tables of articles: their versions, what was done with them, reports of errors, use."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, Counting, Instant


class ArticleVersion(Base):
    """
    One version of an article. Its text never changes (a trigger sees to it); its status does.

    Every save of a draft is a version of its own, so nobody's words are lost
    and of two people who save over the same text the second is told.
    """

    __tablename__ = "article_versions"
    __table_args__ = (
        UniqueConstraint("article_id", "number"),
        Index("ix_article_versions_status", "status", "ended_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    article_id: Mapped[str] = mapped_column(String(120))
    number: Mapped[int]
    """From 1 within the article."""
    status: Mapped[str] = mapped_column(String(16))
    """An `ArticleStatus`."""
    text: Mapped[str] = mapped_column(Text)
    """Markdown with its head, as `knowledge_base/articles` holds it."""
    digest: Mapped[str] = mapped_column(String(64), index=True)
    """SHA-256 of the text: who knows it already need not read it again."""
    title: Mapped[str] = mapped_column(String(200))
    matter: Mapped[str] = mapped_column(String(64))
    owner: Mapped[str] = mapped_column(String(64))
    valid_until: Mapped[date]
    """The first day on which something of it goes out of date: the article or one of its figures."""
    wholly_until: Mapped[date]
    """The last day of the article itself; after it only the direction is told."""
    author_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    """None: it came in with an import."""
    reason: Mapped[str] = mapped_column(Text, default="")
    """What was changed and why, in the author's words."""
    created_at: Mapped[datetime] = mapped_column(Instant)
    reviewer_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    reviewed_at: Mapped[datetime | None] = mapped_column(Instant)
    published_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    published_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    """Since when another version stands in its place."""
    reminded_at: Mapped[datetime | None] = mapped_column(Instant)
    """When its owner was reminded that it goes out of date."""


class ArticleEvent(Base):
    """What somebody did with an article; append-only."""

    __tablename__ = "article_events"
    __table_args__ = (Index("ix_article_events_article", "article_id", "id"),)

    id: Mapped[int] = mapped_column(Counting, primary_key=True, autoincrement=True)
    article_id: Mapped[str] = mapped_column(String(120))
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(16))
    by_id: Mapped[UUID | None]
    """Staff; None: the clock, an import, or a resident."""
    words: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(Instant)


class KnowledgeStamp(Base):
    """One row: its number grows with every publication, and every process looks at it."""

    __tablename__ = "knowledge_stamp"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Always 1."""
    generation: Mapped[int]
    stock: Mapped[str | None] = mapped_column(String(64))
    """Which starting stock the told articles still equal; None once anything was published."""
    changed_at: Mapped[datetime] = mapped_column(Instant)


class ArticleReport(Base):
    """Somebody says that an article is wrong; open until an editor has answered it."""

    __tablename__ = "article_reports"
    __table_args__ = (Index("ix_article_reports_open", "settled_at", "due_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    article_id: Mapped[str] = mapped_column(String(120), index=True)
    number: Mapped[int]
    """The version that was read."""
    words_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """What is wrong, in the words of whoever said so; None: only a tap."""
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    conversation_id: Mapped[UUID | None] = mapped_column(ForeignKey("conversations.id"))
    """The resident's conversation; one of the two is set."""
    reported_at: Mapped[datetime] = mapped_column(Instant)
    due_at: Mapped[datetime] = mapped_column(Instant)
    settled_at: Mapped[datetime | None] = mapped_column(Instant)
    settled_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    settled_words: Mapped[str] = mapped_column(Text, default="")


class ArticleUse(Base):
    """An article was told, or what followed; rows are only added, so that nobody waits for a lock."""

    __tablename__ = "article_uses"
    __table_args__ = (Index("ix_article_uses_article", "article_id", "kind", "at"),)

    id: Mapped[int] = mapped_column(Counting, primary_key=True, autoincrement=True)
    article_id: Mapped[str] = mapped_column(String(120))
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(16))
    """`told`, `details` (asked for all of it), `not_enough` (wanted somebody to do it), `wrong`."""
    at: Mapped[datetime] = mapped_column(Instant)
