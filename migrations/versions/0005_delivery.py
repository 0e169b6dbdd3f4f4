"""Topics that are followed, deliveries with their reasons, needs, and audiences that were widened."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

MOMENT = sa.DateTime(timezone=True)
ITEM = (["team_id", "item_id"], ["item.team_id", "item.id"])
TOPIC = (["team_id", "topic_id"], ["topic.team_id", "topic.id"])


def _text(name: str, *, nullable: bool = False) -> "sa.Column[str]":
    return sa.Column(name, sa.Text(), nullable=nullable)


def _foreign(columns: tuple[list[str], list[str]]) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(*columns, ondelete="CASCADE")


def upgrade() -> None:
    with op.batch_alter_table("person") as person:
        person.add_column(sa.Column("pace", sa.Text(), nullable=False, server_default="daily"))
        person.create_check_constraint("person_pace", "pace IN ('at_once', 'daily', 'weekly', 'never')")
    with op.batch_alter_table("person") as person:
        person.alter_column("pace", existing_type=sa.Text(), server_default=None)
    _topics()
    _deliveries()
    _needs()


def _topics() -> None:
    op.create_table(
        "topic",
        _text("team_id"),
        _text("id"),
        _text("name"),
        _text("made_by"),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("team_id", "id"),
    )
    op.create_table(
        "topic_name",
        _text("team_id"),
        _text("slug"),
        _text("topic_id"),
        _foreign(TOPIC),
        sa.PrimaryKeyConstraint("team_id", "slug"),
    )
    op.create_index("topic_name_topic", "topic_name", ["team_id", "topic_id"])
    op.create_table(
        "item_topic",
        _text("team_id"),
        _text("item_id"),
        _text("topic_id"),
        _foreign(ITEM),
        _foreign(TOPIC),
        sa.PrimaryKeyConstraint("team_id", "item_id", "topic_id"),
    )
    op.create_index("item_topic_topic", "item_topic", ["team_id", "topic_id"])
    op.create_table(
        "follow",
        _text("team_id"),
        _text("topic_id"),
        _text("follower"),
        sa.Column("is_channel", sa.Boolean(), nullable=False),
        _text("by"),
        sa.Column("at", MOMENT, nullable=False),
        _foreign(TOPIC),
        sa.PrimaryKeyConstraint("team_id", "topic_id", "follower"),
    )
    op.create_index("follow_follower", "follow", ["team_id", "follower"])
    op.create_table(
        "asked_about",
        _text("team_id"),
        _text("topic_id"),
        _text("person"),
        sa.Column("at", MOMENT, nullable=False),
        _foreign(TOPIC),
        sa.PrimaryKeyConstraint("team_id", "topic_id", "person"),
    )
    op.create_index("asked_about_lately", "asked_about", ["team_id", "topic_id", "at"])
    op.create_table(
        "widening",
        _text("team_id"),
        _text("item_id"),
        _text("channel_id"),
        _text("asked_by"),
        sa.Column("asked_at", MOMENT, nullable=False),
        _text("note"),
        _text("contributor", nullable=True),
        _text("broker", nullable=True),
        _text("state"),
        sa.CheckConstraint("state IN ('asked', 'open', 'refused', 'ended')", name="widening_state"),
        _foreign(ITEM),
        sa.PrimaryKeyConstraint("team_id", "item_id", "channel_id"),
    )


def _deliveries() -> None:
    op.create_table(
        "spread",
        _text("team_id"),
        _text("item_id"),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("wave", sa.Integer(), nullable=False),
        _foreign(ITEM),
        sa.PrimaryKeyConstraint("team_id", "item_id"),
    )
    is_new = sa.text("wave = 0")
    op.create_index("spread_new", "spread", ["since"], postgresql_where=is_new, sqlite_where=is_new)
    op.create_table(
        "delivery",
        _text("team_id"),
        _text("item_id"),
        _text("recipient"),
        sa.Column("is_channel", sa.Boolean(), nullable=False),
        _text("rule"),
        _text("topic_id", nullable=True),
        _text("need_id", nullable=True),
        _text("by", nullable=True),
        _text("note"),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("wave", sa.Integer(), nullable=False),
        _text("state"),
        sa.Column("chosen_at", MOMENT, nullable=False),
        sa.Column("not_before", MOMENT, nullable=True),
        _text("letter", nullable=True),
        sa.Column("sent_at", MOMENT, nullable=True),
        _text("said", nullable=True),
        _text("intention", nullable=True),
        sa.CheckConstraint("state IN ('held', 'waiting', 'planned', 'sent', 'dropped')", name="delivery_state"),
        _foreign(ITEM),
        sa.PrimaryKeyConstraint("team_id", "item_id", "recipient"),
    )
    is_sent, has_letter = sa.text("sent_at IS NOT NULL"), sa.text("letter IS NOT NULL")
    columns = ["team_id", "recipient", "sent_at"]
    op.create_index("delivery_sent", "delivery", columns, postgresql_where=is_sent, sqlite_where=is_sent)
    columns = ["team_id", "letter"]
    op.create_index("delivery_letter", "delivery", columns, postgresql_where=has_letter, sqlite_where=has_letter)
    is_open = sa.text("state IN ('waiting', 'planned')")
    columns = ["state", "team_id", "recipient"]
    op.create_index("delivery_open", "delivery", columns, postgresql_where=is_open, sqlite_where=is_open)
    op.create_table(
        "muted",
        _text("team_id"),
        _text("person"),
        _text("rule"),
        _text("topic_id"),
        sa.Column("until", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("team_id", "person", "rule", "topic_id"),
    )


def _needs() -> None:
    op.create_table(
        "need",
        _text("team_id"),
        _text("id"),
        _text("said_as"),
        _text("person"),
        _text("words"),
        _text("channel_id", nullable=True),
        sa.Column("said_at", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        _text("state"),
        sa.Column("vector", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("state IN ('open', 'asked', 'helped', 'partly', 'unmet', 'dropped')", name="need_state"),
        sa.UniqueConstraint("team_id", "said_as", name="need_once"),
        sa.PrimaryKeyConstraint("team_id", "id"),
    )
    is_open = sa.text("state = 'open'")
    op.create_index("need_open", "need", ["until"], postgresql_where=is_open, sqlite_where=is_open)
    op.create_index("need_person", "need", ["team_id", "person"])
    op.create_table(
        "need_match",
        _text("team_id"),
        _text("need_id"),
        _text("item_id"),
        sa.Column("at", MOMENT, nullable=False),
        _foreign((["team_id", "need_id"], ["need.team_id", "need.id"])),
        _foreign(ITEM),
        sa.PrimaryKeyConstraint("team_id", "need_id", "item_id"),
    )


def downgrade() -> None:
    for table in ("need_match", "need", "muted", "delivery", "spread"):
        op.drop_table(table)
    for table in ("widening", "asked_about", "follow", "item_topic", "topic_name", "topic"):
        op.drop_table(table)
    with op.batch_alter_table("person") as person:
        person.drop_constraint("person_pace", type_="check")
        person.drop_column("pace")
