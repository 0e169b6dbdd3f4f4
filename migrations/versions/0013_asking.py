"""Asking: on which weekday somebody likes to be asked, and whether a whole channel is."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    with op.batch_alter_table("person") as table:
        table.add_column(sa.Column("ask_day", sa.Integer(), nullable=True))
    with op.batch_alter_table("channel") as table:
        table.add_column(sa.Column("asks", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "channel_ask",
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("channel_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("letter", sa.Text(), nullable=True),
        sa.Column("shown", sa.JSON(), nullable=False),
        sa.Column("counted_at", MOMENT, nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'asked', 'dropped')", name="channel_ask_state"),
        sa.ForeignKeyConstraint(["team_id", "item_id"], ["item.team_id", "item.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("team_id", "item_id", "channel_id"),
    )
    waiting = sa.text("state = 'waiting'")
    op.create_index("channel_ask_due", "channel_ask", ["due_at"], postgresql_where=waiting, sqlite_where=waiting)
    op.create_index("channel_ask_letter", "channel_ask", ["team_id", "letter"])
    op.create_table(
        "channel_tap",
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("channel_id", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.CheckConstraint("answer IN ('used', 'tried', 'not_for_me')", name="channel_tap_answer"),
        sa.ForeignKeyConstraint(["team_id", "item_id"], ["item.team_id", "item.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("team_id", "item_id", "channel_id", "person"),
    )


def downgrade() -> None:
    op.drop_table("channel_tap")
    op.drop_table("channel_ask")
    with op.batch_alter_table("channel") as table:
        table.drop_column("asks")
    with op.batch_alter_table("person") as table:
        table.drop_column("ask_day")
