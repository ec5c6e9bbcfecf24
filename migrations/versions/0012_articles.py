"""versions of articles, what was done with them, reports of errors and use"""

import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None

APPEND_ONLY = ('article_events', 'article_uses')
FIXED = ('article_id', 'number', 'text', 'digest')
"""What of a version nobody may change: that would be another version."""


def upgrade() -> None:
    op.create_table('article_events',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('article_id', sa.String(length=120), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('by_id', sa.Uuid(), nullable=True),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_article_events'))
    )
    op.create_index('ix_article_events_article', 'article_events', ['article_id', 'id'], unique=False)
    op.create_table('article_uses',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('article_id', sa.String(length=120), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_article_uses'))
    )
    op.create_index('ix_article_uses_article', 'article_uses', ['article_id', 'kind', 'at'], unique=False)
    op.create_table('knowledge_stamp',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('generation', sa.Integer(), nullable=False),
    sa.Column('stock', sa.String(length=64), nullable=True),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_knowledge_stamp'))
    )
    op.create_table('article_versions',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('article_id', sa.String(length=120), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('status', sa.String(length=16), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('matter', sa.String(length=64), nullable=False),
    sa.Column('owner', sa.String(length=64), nullable=False),
    sa.Column('valid_until', sa.Date(), nullable=False),
    sa.Column('wholly_until', sa.Date(), nullable=False),
    sa.Column('author_id', sa.Uuid(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('reviewer_id', sa.Uuid(), nullable=True),
    sa.Column('reviewed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('published_by_id', sa.Uuid(), nullable=True),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reminded_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['author_id'], ['staff.id'], name=op.f('fk_article_versions_author_id_staff')),
    sa.ForeignKeyConstraint(['published_by_id'], ['staff.id'], name=op.f('fk_article_versions_published_by_id_staff')),
    sa.ForeignKeyConstraint(['reviewer_id'], ['staff.id'], name=op.f('fk_article_versions_reviewer_id_staff')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_article_versions')),
    sa.UniqueConstraint('article_id', 'number', name=op.f('uq_article_versions_article_id_number'))
    )
    op.create_index(op.f('ix_article_versions_digest'), 'article_versions', ['digest'], unique=False)
    op.create_index('ix_article_versions_status', 'article_versions', ['status', 'ended_at'], unique=False)
    op.create_table('article_reports',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('article_id', sa.String(length=120), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('words_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('staff_id', sa.Uuid(), nullable=True),
    sa.Column('conversation_id', sa.Uuid(), nullable=True),
    sa.Column('reported_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('settled_by_id', sa.Uuid(), nullable=True),
    sa.Column('settled_words', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_article_reports_conversation_id_conversations')),
    sa.ForeignKeyConstraint(['settled_by_id'], ['staff.id'], name=op.f('fk_article_reports_settled_by_id_staff')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_article_reports_staff_id_staff')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_article_reports'))
    )
    op.create_index(op.f('ix_article_reports_article_id'), 'article_reports', ['article_id'], unique=False)
    op.create_index('ix_article_reports_open', 'article_reports', ['settled_at', 'due_at'], unique=False)
    for table in APPEND_ONLY:
        _forbid(table, 'UPDATE')
        _forbid(table, 'DELETE')
    _forbid('article_versions', f'UPDATE OF {", ".join(FIXED)}')
    _forbid('article_versions', 'DELETE')


def _forbid(table: str, action: str) -> None:
    name = f'{table}_no_{action.split()[0].lower()}'
    if op.get_bind().dialect.name == 'sqlite':
        op.execute(
            f'CREATE TRIGGER {name} BEFORE {action} ON {table} '
            "BEGIN SELECT RAISE(ABORT, 'append-only'); END"
        )
        return
    op.execute(
        f'CREATE TRIGGER {name} BEFORE {action} ON {table} '
        'FOR EACH ROW EXECUTE FUNCTION refuse_change()'
    )


def downgrade() -> None:
    for table in (
        'article_reports',
        'article_versions',
        'knowledge_stamp',
        'article_uses',
        'article_events',
    ):
        op.drop_table(table)
