"""forms that were taken, so that their twins change nothing"""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('sent_forms',
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_sent_forms'))
    )
    op.create_index(op.f('ix_sent_forms_sent_at'), 'sent_forms', ['sent_at'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_sent_forms_sent_at'), table_name='sent_forms')
    op.drop_table('sent_forms')
