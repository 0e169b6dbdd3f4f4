"""What an answer scored, so that thumbs can re-fit a workspace's thresholds; what people complain of after a use."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    with op.batch_alter_table("question") as question:
        question.add_column(sa.Column("score", sa.Double(), nullable=True))
        question.add_column(sa.Column("chance", sa.Double(), nullable=True))
    with op.batch_alter_table("follow_up_case") as case:
        case.add_column(sa.Column("complaint", sa.Text(), nullable=True))
    op.create_table(
        "threshold",
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("chosen_answer", sa.Double(), nullable=True),
        sa.Column("chosen_sure", sa.Double(), nullable=True),
        sa.Column("fitted_answer", sa.Double(), nullable=True),
        sa.Column("fitted_sure", sa.Double(), nullable=True),
        sa.Column("thumbs", sa.Integer(), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("team_id"),
    )


def downgrade() -> None:
    op.drop_table("threshold")
    with op.batch_alter_table("follow_up_case") as case:
        case.drop_column("complaint")
    with op.batch_alter_table("question") as question:
        question.drop_column("chance")
        question.drop_column("score")
