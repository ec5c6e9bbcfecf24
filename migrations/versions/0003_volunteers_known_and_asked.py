"""who volunteers are, what they proved, in which chat they are, and whom a task was offered to"""

from datetime import date, datetime, timezone
from uuid import uuid4

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON(none_as_null=True).with_variant(
    postgresql.JSONB(none_as_null=True), "postgresql"
)


def upgrade() -> None:
    op.create_table('volunteer_link_tries',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('channel', sa.String(length=16), nullable=False),
    sa.Column('account', sa.String(length=64), nullable=False),
    sa.Column('peer', sa.String(length=128), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_volunteer_link_tries'))
    )
    op.create_index(op.f('ix_volunteer_link_tries_at'), 'volunteer_link_tries', ['at'], unique=False)
    op.create_table('avoidances',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('volunteer_id', sa.Uuid(), nullable=False),
    sa.Column('ticket_id', sa.Uuid(), nullable=False),
    sa.Column('wished_by', sa.String(length=16), nullable=False),
    sa.Column('noted_by_id', sa.Uuid(), nullable=True),
    sa.Column('noted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['noted_by_id'], ['staff.id'], name=op.f('fk_avoidances_noted_by_id_staff')),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_avoidances_ticket_id_tickets')),
    sa.ForeignKeyConstraint(['volunteer_id'], ['volunteers.id'], name=op.f('fk_avoidances_volunteer_id_volunteers')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_avoidances')),
    sa.UniqueConstraint('volunteer_id', 'ticket_id', 'wished_by', name=op.f('uq_avoidances_volunteer_id_ticket_id_wished_by'))
    )
    op.create_index(op.f('ix_avoidances_ticket_id'), 'avoidances', ['ticket_id'], unique=False)
    op.create_index(op.f('ix_avoidances_volunteer_id'), 'avoidances', ['volunteer_id'], unique=False)
    op.create_table('volunteer_chats',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('channel', sa.String(length=16), nullable=False),
    sa.Column('account', sa.String(length=64), nullable=False),
    sa.Column('peer', sa.String(length=128), nullable=False),
    sa.Column('volunteer_id', sa.Uuid(), nullable=False),
    sa.Column('linked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['volunteer_id'], ['volunteers.id'], name=op.f('fk_volunteer_chats_volunteer_id_volunteers')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_volunteer_chats'))
    )
    op.create_index('ix_volunteer_chats_peer', 'volunteer_chats', ['channel', 'account', 'peer'], unique=True, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
    op.create_index('ix_volunteer_chats_volunteer', 'volunteer_chats', ['volunteer_id', 'channel', 'account'], unique=True, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
    op.create_table('volunteer_events',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('volunteer_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=24), nullable=False),
    sa.Column('actor_kind', sa.String(length=16), nullable=False),
    sa.Column('actor_id', sa.Uuid(), nullable=True),
    sa.Column('note_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('data', DOCUMENT, nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['volunteer_id'], ['volunteers.id'], name=op.f('fk_volunteer_events_volunteer_id_volunteers')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_volunteer_events'))
    )
    op.create_index(op.f('ix_volunteer_events_volunteer_id'), 'volunteer_events', ['volunteer_id'], unique=False)
    op.create_table('volunteer_link_codes',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('volunteer_id', sa.Uuid(), nullable=False),
    sa.Column('code_index', sa.String(length=64), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['volunteer_id'], ['volunteers.id'], name=op.f('fk_volunteer_link_codes_volunteer_id_volunteers')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_volunteer_link_codes'))
    )
    op.create_index(op.f('ix_volunteer_link_codes_code_index'), 'volunteer_link_codes', ['code_index'], unique=False)
    op.create_index(op.f('ix_volunteer_link_codes_volunteer_id'), 'volunteer_link_codes', ['volunteer_id'], unique=False)
    op.create_table('volunteer_notices',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('volunteer_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=24), nullable=False),
    sa.Column('task_id', sa.Uuid(), nullable=True),
    sa.Column('words_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['volunteer_id'], ['volunteers.id'], name=op.f('fk_volunteer_notices_volunteer_id_volunteers')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_volunteer_notices'))
    )
    op.create_index('ix_volunteer_notices_of', 'volunteer_notices', ['volunteer_id', 'id'], unique=False)
    op.create_table('volunteer_proofs',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('volunteer_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_until', sa.Date(), nullable=True),
    sa.Column('details_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('recorded_by_id', sa.Uuid(), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['recorded_by_id'], ['staff.id'], name=op.f('fk_volunteer_proofs_recorded_by_id_staff')),
    sa.ForeignKeyConstraint(['volunteer_id'], ['volunteers.id'], name=op.f('fk_volunteer_proofs_volunteer_id_volunteers')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_volunteer_proofs'))
    )
    op.create_index('ix_volunteer_proofs_ends', 'volunteer_proofs', ['valid_until'], unique=False)
    op.create_index(op.f('ix_volunteer_proofs_volunteer_id'), 'volunteer_proofs', ['volunteer_id'], unique=False)
    op.create_table('task_offers',
    sa.Column('task_id', sa.Uuid(), nullable=False),
    sa.Column('volunteer_id', sa.Uuid(), nullable=False),
    sa.Column('wave', sa.Integer(), nullable=False),
    sa.Column('offered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answered', sa.String(length=16), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['task_id'], ['tasks.id'], name=op.f('fk_task_offers_task_id_tasks')),
    sa.ForeignKeyConstraint(['volunteer_id'], ['volunteers.id'], name=op.f('fk_task_offers_volunteer_id_volunteers')),
    sa.PrimaryKeyConstraint('task_id', 'volunteer_id', name=op.f('pk_task_offers'))
    )
    op.add_column('tasks', sa.Column('language', sa.String(length=16), nullable=True))
    op.add_column('tasks', sa.Column('pets', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column('tasks', sa.Column('needs_training', sa.String(length=32), nullable=True))
    op.add_column('tasks', sa.Column('needs_insurance', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column('tasks', sa.Column('urgent', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column('tasks', sa.Column('wave', sa.Integer(), nullable=False, server_default='0'))
    op.add_column('tasks', sa.Column('next_wave_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('volunteers', sa.Column('status', sa.String(length=16), nullable=False, server_default='vetted'))
    op.add_column('volunteers', sa.Column('phone_index', sa.String(length=64), nullable=True))
    op.add_column('volunteers', sa.Column('birth_year', sa.Integer(), nullable=True))
    op.add_column('volunteers', sa.Column('guardian_sealed', sa.LargeBinary(), nullable=True))
    op.add_column('volunteers', sa.Column('guardian_agreed_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('volunteers', sa.Column('rules_agreed_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('volunteers', sa.Column('national_number_sealed', sa.LargeBinary(), nullable=True))
    op.add_column('volunteers', sa.Column('languages', DOCUMENT, nullable=False, server_default='[]'))
    op.add_column('volunteers', sa.Column('home_community', sa.String(length=16), nullable=True))
    op.add_column('volunteers', sa.Column('times', DOCUMENT, nullable=False, server_default='[]'))
    op.add_column('volunteers', sa.Column('preferences', DOCUMENT, nullable=False, server_default='{}'))
    op.add_column('volunteers', sa.Column('paused_from_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('volunteers', sa.Column('paused_until_at', sa.DateTime(timezone=True), nullable=True))
    op.create_index(op.f('ix_volunteers_phone_index'), 'volunteers', ['phone_index'], unique=False)
    _forbid_changes('volunteer_events')
    _keep_trainings()


def _forbid_changes(table: str) -> None:
    """Decisions about people are append-only, as a ticket's history is."""
    if op.get_bind().dialect.name == 'postgresql':
        op.execute(
            f'CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} '
            'FOR EACH ROW EXECUTE FUNCTION refuse_change()'
        )
        return
    for action in ('UPDATE', 'DELETE'):
        op.execute(
            f'CREATE TRIGGER {table}_no_{action.lower()} BEFORE {action} ON {table} '
            "BEGIN SELECT RAISE(ABORT, 'append-only'); END"
        )


def _keep_trainings() -> None:
    """Until now one mark said both trained and vetted for homes: nobody loses the training."""
    volunteers = sa.table(
        'volunteers', sa.column('id', sa.Uuid()), sa.column('home_visits', sa.Boolean())
    )
    proofs = sa.table(
        'volunteer_proofs',
        sa.column('id', sa.Uuid()),
        sa.column('volunteer_id', sa.Uuid()),
        sa.column('kind', sa.String()),
        sa.column('valid_from', sa.Date()),
        sa.column('recorded_at', sa.DateTime(timezone=True)),
    )
    trained = op.get_bind().execute(sa.select(volunteers.c.id).where(volunteers.c.home_visits))
    rows = [
        {
            'id': uuid4(),
            'volunteer_id': row.id,
            'kind': 'home_visit',
            'valid_from': date(2026, 1, 1),
            'recorded_at': datetime.now(timezone.utc),
        }
        for row in trained
    ]
    if rows:
        op.bulk_insert(proofs, rows)


def downgrade() -> None:
    op.drop_index(op.f('ix_volunteers_phone_index'), table_name='volunteers')
    op.drop_column('volunteers', 'paused_until_at')
    op.drop_column('volunteers', 'paused_from_at')
    op.drop_column('volunteers', 'preferences')
    op.drop_column('volunteers', 'times')
    op.drop_column('volunteers', 'home_community')
    op.drop_column('volunteers', 'languages')
    op.drop_column('volunteers', 'national_number_sealed')
    op.drop_column('volunteers', 'rules_agreed_at')
    op.drop_column('volunteers', 'guardian_agreed_at')
    op.drop_column('volunteers', 'guardian_sealed')
    op.drop_column('volunteers', 'birth_year')
    op.drop_column('volunteers', 'phone_index')
    op.drop_column('volunteers', 'status')
    op.drop_column('tasks', 'next_wave_at')
    op.drop_column('tasks', 'wave')
    op.drop_column('tasks', 'urgent')
    op.drop_column('tasks', 'needs_insurance')
    op.drop_column('tasks', 'needs_training')
    op.drop_column('tasks', 'pets')
    op.drop_column('tasks', 'language')
    op.drop_table('task_offers')
    op.drop_index(op.f('ix_volunteer_proofs_volunteer_id'), table_name='volunteer_proofs')
    op.drop_index('ix_volunteer_proofs_ends', table_name='volunteer_proofs')
    op.drop_table('volunteer_proofs')
    op.drop_index('ix_volunteer_notices_of', table_name='volunteer_notices')
    op.drop_table('volunteer_notices')
    op.drop_index(op.f('ix_volunteer_link_codes_volunteer_id'), table_name='volunteer_link_codes')
    op.drop_index(op.f('ix_volunteer_link_codes_code_index'), table_name='volunteer_link_codes')
    op.drop_table('volunteer_link_codes')
    op.drop_index(op.f('ix_volunteer_events_volunteer_id'), table_name='volunteer_events')
    op.drop_table('volunteer_events')
    op.drop_index('ix_volunteer_chats_volunteer', table_name='volunteer_chats', sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
    op.drop_index('ix_volunteer_chats_peer', table_name='volunteer_chats', sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
    op.drop_table('volunteer_chats')
    op.drop_index(op.f('ix_avoidances_volunteer_id'), table_name='avoidances')
    op.drop_index(op.f('ix_avoidances_volunteer_id'), table_name='avoidances')
    op.drop_index(op.f('ix_avoidances_ticket_id'), table_name='avoidances')
    op.drop_table('avoidances')
    op.drop_index(op.f('ix_volunteer_link_tries_at'), table_name='volunteer_link_tries')
    op.drop_table('volunteer_link_tries')
