"""Published numbers, one row a workspace and week."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "snapshot",
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("monday", sa.Text(), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "monday"),
    )


def downgrade() -> None:
    op.drop_table("snapshot")
