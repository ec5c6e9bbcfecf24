"""reports to authorities that the law demands"""

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('report_duties',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('ticket_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('owed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ring_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('settled_by_id', sa.Uuid(), nullable=True),
    sa.Column('reported_to', sa.String(length=16), nullable=True),
    sa.Column('words_sealed', sa.LargeBinary(), nullable=True),
    sa.ForeignKeyConstraint(['settled_by_id'], ['staff.id'], name=op.f('fk_report_duties_settled_by_id_staff')),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_report_duties_ticket_id_tickets')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_report_duties')),
    sa.UniqueConstraint('ticket_id', 'kind', name=op.f('uq_report_duties_ticket_id_kind'))
    )
    op.create_index(
        'ix_report_duties_owed', 'report_duties', ['ring_at'], unique=False,
        sqlite_where=sa.text("settled_at IS NULL"),
        postgresql_where=sa.text("settled_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table('report_duties')
