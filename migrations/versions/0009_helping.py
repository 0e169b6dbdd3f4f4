"""Help with items, and how much any kind of help request weighs on a person."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

STATES = "'open', 'asked', 'answered', 'broker', 'resolved', 'withdrawn', 'gone'"
TURNS = "'asked', 'accepted', 'answered', 'helped', 'not_helped', 'not_now', 'not_me', 'lapsed', 'closed'"
OPEN = "state IN ('open', 'asked', 'answered', 'broker')"


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
    op.create_table(
        "item_help",
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("asker", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("first", sa.Text(), nullable=False),
        sa.Column("barrier", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("in_channel", sa.Boolean(), nullable=False),
        sa.Column("with_broker", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["team_id", "item_id"], ["item.team_id", "item.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("team_id", "id"),
        sa.CheckConstraint(f"state IN ({STATES})", name="item_help_state"),
    )
    _index("item_help_once", ["team_id", "asker", "item_id"], unique=True)
    _index("item_help_open", ["state"])
    op.create_index("item_help_item", "item_help", ["team_id", "item_id"])
    op.create_table(
        "item_help_turn",
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("helper", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("made_clearer", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["team_id", "request_id"], ["item_help.team_id", "item_help.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("team_id", "request_id", "helper"),
        sa.CheckConstraint(f"state IN ({TURNS})", name="item_help_turn_state"),
    )


def _index(name: str, columns: list[str], *, unique: bool = False) -> None:
    """An index on the requests that are not over."""
    only = sa.text(OPEN)
    op.create_index(name, "item_help", columns, unique=unique, postgresql_where=only, sqlite_where=only)


def downgrade() -> None:
    op.drop_table("item_help_turn")
    op.drop_table("item_help")
    op.create_index("help_request_person", "help_request", ["team_id", "person", "asked_at"])
    op.drop_table("favour")
