"""outbox rows bear their address, inbox rows the channel's name of the message"""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

_FILL = """
UPDATE outbox SET
    account = (SELECT account FROM conversations WHERE conversations.id = outbox.conversation_id),
    peer = (SELECT peer FROM conversations WHERE conversations.id = outbox.conversation_id)
"""


def upgrade() -> None:
    for name, length in (('account', 64), ('peer', 128)):
        op.add_column(
            'outbox', sa.Column(name, sa.String(length=length), nullable=False, server_default='')
        )
    op.execute(_FILL)
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.alter_column('account', server_default=None)
        batch_op.alter_column('peer', server_default=None)
    op.add_column('inbox', sa.Column('reference', sa.String(length=64), nullable=True))
    op.create_index(
        'ix_inbox_reference',
        'inbox',
        ['conversation_id', 'reference'],
        unique=False,
        sqlite_where=sa.text('reference IS NOT NULL'),
        postgresql_where=sa.text('reference IS NOT NULL'),
    )


def downgrade() -> None:
    op.drop_index('ix_inbox_reference', table_name='inbox')
    op.drop_column('inbox', 'reference')
    op.drop_column('outbox', 'peer')
    op.drop_column('outbox', 'account')
