"""pictures that volunteers send in a chat when a visit is done"""

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        'claims',
        sa.Column(
            'photo_inbox_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True
        ),
    )


def downgrade() -> None:
    op.drop_column('claims', 'photo_inbox_id')
