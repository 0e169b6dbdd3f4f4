"""How much any kind of help request weighs on a person."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "favour",
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "key"),
    )
    op.create_index("favour_person", "favour", ["team_id", "person", "asked_at"])
    op.execute(
        "INSERT INTO favour (team_id, key, person, asked_at, is_open) "
        "SELECT team_id, 'help:' || group_id || ':' || person, person, asked_at, state IN ('asked', 'taken') "
        "FROM help_request"
    )
    op.drop_index("help_request_person", table_name="help_request")


def downgrade() -> None:
    op.create_index("help_request_person", "help_request", ["team_id", "person", "asked_at"])
    op.drop_table("favour")
