"""Asking: on which weekday somebody likes to be asked."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    with op.batch_alter_table("person") as table:
        table.add_column(sa.Column("ask_day", sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("person") as table:
        table.drop_column("ask_day")
