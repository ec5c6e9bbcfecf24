"""outbox rows name the process that sends them, and how often nobody knew whether they arrived"""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('outbox', sa.Column('unsure', sa.Integer(), nullable=False, server_default='0'))
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.alter_column('unsure', server_default=None)
    op.add_column('outbox', sa.Column('leased_by', sa.String(length=160), nullable=True))


def downgrade() -> None:
    op.drop_column('outbox', 'leased_by')
    op.drop_column('outbox', 'unsure')
