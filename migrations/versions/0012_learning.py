"""Learning checks: what somebody wants to remember, and when they are asked again."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "learning_check",
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("memory", sa.JSON(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("letter", sa.Text(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_shown", sa.Boolean(), nullable=False),
        sa.Column("recall", sa.Text(), nullable=True),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("forgotten", sa.Integer(), nullable=False),
        sa.Column("silent", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'asked', 'retired', 'stopped')", name="learning_check_state"),
        sa.CheckConstraint(
            "recall IN ('forgotten', 'with_effort', 'recalled', 'easily')", name="learning_check_recall"
        ),
        sa.ForeignKeyConstraint(["team_id", "item_id"], ["item.team_id", "item.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("team_id", "person", "item_id"),
    )
    waiting = sa.text("state = 'waiting'")
    op.create_index("learning_check_due", "learning_check", ["due_at"], postgresql_where=waiting, sqlite_where=waiting)
    op.create_index("learning_check_letter", "learning_check", ["team_id", "letter"])
    op.create_index("learning_check_item", "learning_check", ["team_id", "item_id"])


def downgrade() -> None:
    op.drop_table("learning_check")
