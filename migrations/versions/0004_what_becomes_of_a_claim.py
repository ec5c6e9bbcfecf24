"""reminders, words passed on, approved hours, certificates and thanks"""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('reminders',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('subject_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('given_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reminders')),
    sa.UniqueConstraint('subject_id', 'kind', 'due_at', name=op.f('uq_reminders_subject_id_kind_due_at'))
    )
    op.create_table('certificates',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('volunteer_id', sa.Uuid(), nullable=False),
    sa.Column('status', sa.String(length=16), nullable=False),
    sa.Column('from_day', sa.Date(), nullable=False),
    sa.Column('to_day', sa.Date(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_by_id', sa.Uuid(), nullable=True),
    sa.Column('number', sa.String(length=24), nullable=True),
    sa.Column('code_index', sa.String(length=64), nullable=True),
    sa.Column('content_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('digest', sa.String(length=64), nullable=True),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoked_by_id', sa.Uuid(), nullable=True),
    sa.Column('reason_sealed', sa.LargeBinary(), nullable=True),
    sa.ForeignKeyConstraint(['decided_by_id'], ['staff.id'], name=op.f('fk_certificates_decided_by_id_staff')),
    sa.ForeignKeyConstraint(['revoked_by_id'], ['staff.id'], name=op.f('fk_certificates_revoked_by_id_staff')),
    sa.ForeignKeyConstraint(['volunteer_id'], ['volunteers.id'], name=op.f('fk_certificates_volunteer_id_volunteers')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_certificates')),
    sa.UniqueConstraint('code_index', name=op.f('uq_certificates_code_index')),
    sa.UniqueConstraint('number', name=op.f('uq_certificates_number'))
    )
    op.create_index(op.f('ix_certificates_status'), 'certificates', ['status'], unique=False)
    op.create_index(op.f('ix_certificates_volunteer_id'), 'certificates', ['volunteer_id'], unique=False)
    op.create_table('thanks',
    sa.Column('task_id', sa.Uuid(), nullable=False),
    sa.Column('words_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('said_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('hidden_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('hidden_by_id', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['hidden_by_id'], ['staff.id'], name=op.f('fk_thanks_hidden_by_id_staff')),
    sa.ForeignKeyConstraint(['task_id'], ['tasks.id'], name=op.f('fk_thanks_task_id_tasks')),
    sa.PrimaryKeyConstraint('task_id', name=op.f('pk_thanks'))
    )
    op.create_index(op.f('ix_thanks_said_at'), 'thanks', ['said_at'], unique=False)
    op.create_table('hours_corrections',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('claim_id', sa.Uuid(), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('reason_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_by_id', sa.Uuid(), nullable=True),
    sa.Column('granted', sa.Boolean(), nullable=True),
    sa.Column('answer_sealed', sa.LargeBinary(), nullable=True),
    sa.ForeignKeyConstraint(['claim_id'], ['claims.id'], name=op.f('fk_hours_corrections_claim_id_claims')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['staff.id'], name=op.f('fk_hours_corrections_decided_by_id_staff')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_hours_corrections'))
    )
    op.create_index(op.f('ix_hours_corrections_claim_id'), 'hours_corrections', ['claim_id'], unique=False)
    op.create_index('ix_hours_corrections_pending', 'hours_corrections', ['claim_id'], unique=True, sqlite_where=sa.text('decided_at IS NULL'), postgresql_where=sa.text('decided_at IS NULL'))
    op.create_table('relays',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('claim_id', sa.Uuid(), nullable=False),
    sa.Column('author_kind', sa.String(length=16), nullable=False),
    sa.Column('words_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('by_call', sa.Boolean(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['claim_id'], ['claims.id'], name=op.f('fk_relays_claim_id_claims')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_relays'))
    )
    op.create_index('ix_relays_claim', 'relays', ['claim_id', 'id'], unique=False)
    op.add_column('claims', sa.Column('photo_id', sa.Uuid(), nullable=True))
    op.add_column('claims', sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('claims', sa.Column('late_until_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('claims', sa.Column('hours_approved_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('claims', sa.Column('hours_approved_by_id', sa.Uuid(), nullable=True))
    op.add_column('tasks', sa.Column('alone_allowed_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('tasks', sa.Column('alone_allowed_by_id', sa.Uuid(), nullable=True))
    op.add_column('volunteers', sa.Column('staff_id', sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.drop_column('volunteers', 'staff_id')
    op.drop_column('tasks', 'alone_allowed_by_id')
    op.drop_column('tasks', 'alone_allowed_at')
    op.drop_column('claims', 'hours_approved_by_id')
    op.drop_column('claims', 'hours_approved_at')
    op.drop_column('claims', 'late_until_at')
    op.drop_column('claims', 'confirmed_at')
    op.drop_column('claims', 'photo_id')
    op.drop_index('ix_relays_claim', table_name='relays')
    op.drop_table('relays')
    op.drop_index('ix_hours_corrections_pending', table_name='hours_corrections', sqlite_where=sa.text('decided_at IS NULL'), postgresql_where=sa.text('decided_at IS NULL'))
    op.drop_index(op.f('ix_hours_corrections_claim_id'), table_name='hours_corrections')
    op.drop_table('hours_corrections')
    op.drop_index(op.f('ix_thanks_said_at'), table_name='thanks')
    op.drop_table('thanks')
    op.drop_index(op.f('ix_certificates_volunteer_id'), table_name='certificates')
    op.drop_index(op.f('ix_certificates_status'), table_name='certificates')
    op.drop_table('certificates')
    op.drop_table('reminders')
