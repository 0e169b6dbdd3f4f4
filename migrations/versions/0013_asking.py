"""Asking: on which weekday somebody likes to be asked, whether a whole channel is, and how often."""

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
    op.create_table(
        "topic_pace",
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("topic_id", sa.Text(), nullable=False),
        sa.Column("first", sa.Integer(), nullable=True),
        sa.Column("is_quiet", sa.Boolean(), nullable=False),
        sa.Column("counted_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["team_id", "topic_id"], ["topic.team_id", "topic.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("team_id", "topic_id"),
    )
    op.create_table(
        "asking",
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("is_halved", sa.Boolean(), nullable=False),
        sa.Column("counted_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("team_id"),
    )


def downgrade() -> None:
    op.drop_table("asking")
    op.drop_table("topic_pace")
    op.drop_table("channel_tap")
    op.drop_table("channel_ask")
    with op.batch_alter_table("channel") as table:
        table.drop_column("asks")
    with op.batch_alter_table("person") as table:
        table.drop_column("ask_day")
