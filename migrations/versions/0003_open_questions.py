"""Questions that mean the same are one open question with several askers; who was asked for help with it."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    with op.batch_alter_table("question") as question:
        question.add_column(sa.Column("group_id", sa.Text(), nullable=True))
        question.add_column(sa.Column("vector", sa.LargeBinary(), nullable=True))
        question.add_column(sa.Column("answer_id", sa.Text(), nullable=True))
    op.execute("UPDATE question SET group_id = id")
    with op.batch_alter_table("question") as question:
        question.alter_column("group_id", existing_type=sa.Text(), nullable=False)
    op.create_index("question_group", "question", ["team_id", "group_id"])
    op.create_table(
        "question_turn",
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("channel_id", sa.Text(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "channel_id"),
    )
    op.create_table(
        "help_request",
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("group_id", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('asked', 'taken', 'declined', 'closed')", name="help_request_state"),
        sa.PrimaryKeyConstraint("team_id", "group_id", "person"),
    )
    op.create_index("help_request_person", "help_request", ["team_id", "person", "asked_at"])


def downgrade() -> None:
    op.drop_index("help_request_person", table_name="help_request")
    op.drop_table("help_request")
    op.drop_table("question_turn")
    op.drop_index("question_group", table_name="question")
    with op.batch_alter_table("question") as question:
        question.drop_column("answer_id")
        question.drop_column("vector")
        question.drop_column("group_id")
