"""What people tell of a use, whom unnamed ones could be, and which community channels and people belong to."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "follow_up_story",
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("happened", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("advice", sa.Text(), nullable=False),
        sa.Column("readers", sa.Text(), nullable=False),
        sa.Column("with_name", sa.Boolean(), nullable=False),
        sa.Column("is_released", sa.Boolean(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("witness", sa.Text(), nullable=True),
        sa.Column("was_seen", sa.Boolean(), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("readers IN ('contributor', 'everyone')", name="story_readers"),
        sa.PrimaryKeyConstraint("team_id", "case_id"),
    )
    op.create_index("story_item", "follow_up_story", ["team_id", "item_id"])
    op.create_table(
        "told_crowd",
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("crowd", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["team_id", "item_id"], ["item.team_id", "item.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("team_id", "item_id", "person"),
    )
    with op.batch_alter_table("telling") as telling:
        telling.add_column(sa.Column("crowd", sa.Integer(), nullable=True))
    with op.batch_alter_table("channel") as channel:
        channel.add_column(sa.Column("community", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("channel") as channel:
        channel.alter_column("community", server_default=None)
    with op.batch_alter_table("person") as person:
        person.add_column(sa.Column("home_channel", sa.Text(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("person") as person:
        person.drop_column("home_channel")
    with op.batch_alter_table("channel") as channel:
        channel.drop_column("community")
    with op.batch_alter_table("telling") as telling:
        telling.drop_column("crowd")
    op.drop_table("told_crowd")
    op.drop_index("story_item", table_name="follow_up_story")
    op.drop_table("follow_up_story")
