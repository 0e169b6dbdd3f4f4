"""What was not clear to several people is told in the contributor's weekly note."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "told_unclear",
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("letter", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["team_id", "item_id"], ["item.team_id", "item.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("team_id", "item_id", "version"),
    )
    op.create_index("told_unclear_letter", "told_unclear", ["team_id", "letter"])
    # The letter of its own that nobody writes any more; who finds it unclear next brings it into the note.
    op.execute("DELETE FROM outbox WHERE kind = 'helping.unclear' AND state = 'pending'")


def downgrade() -> None:
    op.drop_table("told_unclear")
