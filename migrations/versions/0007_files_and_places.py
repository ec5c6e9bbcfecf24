"""files that came with messages, and where residents said to be"""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('files',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('content_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_files'))
    )
    op.create_table('message_files',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('inbox_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('conversation_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('source_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('mime', sa.String(length=100), nullable=False),
    sa.Column('size', sa.Integer(), nullable=True),
    sa.Column('name_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('seconds', sa.Integer(), nullable=True),
    sa.Column('status', sa.String(length=16), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('next_try_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('file_id', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_message_files_conversation_id_conversations')),
    sa.ForeignKeyConstraint(['file_id'], ['files.id'], name=op.f('fk_message_files_file_id_files')),
    sa.ForeignKeyConstraint(['inbox_id'], ['inbox.id'], name=op.f('fk_message_files_inbox_id_inbox')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_message_files'))
    )
    op.create_index(op.f('ix_message_files_conversation_id'), 'message_files', ['conversation_id'], unique=False)
    op.create_index(
        'ix_message_files_waiting', 'message_files', ['inbox_id'], unique=False,
        sqlite_where=sa.text("status = 'waiting'"),
        postgresql_where=sa.text("status = 'waiting'"),
    )
    op.add_column('tickets', sa.Column('coordinates_sealed', sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column('tickets', 'coordinates_sealed')
    op.drop_table('message_files')
    op.drop_table('files')
