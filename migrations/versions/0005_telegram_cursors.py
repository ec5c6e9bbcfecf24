"""where each Telegram bot has read to, who reads, and why it may run where it should not"""

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'telegram_cursors',
        sa.Column('account', sa.String(length=64), nullable=False),
        sa.Column('next_offset', sa.BigInteger(), nullable=True),
        sa.Column('moved_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('holder', sa.String(length=160), nullable=True),
        sa.Column('lease_until_at', sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint('account', name=op.f('pk_telegram_cursors')),
    )
    counting = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
    op.create_table(
        'telegram_permissions',
        sa.Column('id', counting, autoincrement=True, nullable=False),
        sa.Column('region', sa.String(length=8), nullable=False),
        sa.Column('reason', sa.String(length=500), nullable=False),
        sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_telegram_permissions')),
    )
    _forbid_changes('telegram_permissions')


def _forbid_changes(table: str) -> None:
    if op.get_bind().dialect.name == 'sqlite':
        for action in ('UPDATE', 'DELETE'):
            op.execute(
                f"CREATE TRIGGER {table}_no_{action.lower()} BEFORE {action} ON {table} "
                "BEGIN SELECT RAISE(ABORT, 'append-only'); END"
            )
        return
    op.execute(  # `refuse_change` came with the first schema
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    op.drop_table('telegram_permissions')
    op.drop_table('telegram_cursors')
