"""The gate's ledger in the outbox, people's limits and when they came; links between items, and items superseded."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

STATES = "'pending', 'sending', 'unknown', 'sent', 'cancelled', 'dead'"
ITEM_STATES = "'candidate', 'published', 'rejected', 'lapsed', 'withdrawn', 'retired'"
LINKS = "'adapts', 'builds_on', 'supersedes', 'contradicts', 'confirms', 'duplicates', 'alternative_to', 'answers'"
WAITING = "priority IS NOT NULL AND state IN ('pending', 'sending')"


def upgrade() -> None:
    with op.batch_alter_table("outbox") as outbox:
        outbox.add_column(sa.Column("priority", sa.Integer(), nullable=True))
        outbox.add_column(sa.Column("held_since", sa.DateTime(timezone=True), nullable=True))
        outbox.add_column(sa.Column("held_for", sa.Text(), nullable=True))
        outbox.add_column(sa.Column("passed_at", sa.DateTime(timezone=True), nullable=True))
        outbox.add_column(sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE outbox SET priority = CASE kind WHEN 'answers.help' THEN 2 WHEN 'follow_up.bundle' THEN 4 ELSE 7 END, "
        "passed_at = sent_at WHERE is_proactive"
    )
    op.drop_index("outbox_sent_to", table_name="outbox")
    with op.batch_alter_table("outbox") as outbox:
        outbox.drop_column("is_proactive")
        outbox.drop_constraint("outbox_state", type_="check")
        outbox.create_check_constraint("outbox_state", f"state IN ({STATES}, 'lapsed')")
    op.create_index("outbox_sent_to", "outbox", ["team_id", "to", "kind", "sent_at"])
    op.create_index("outbox_passed", "outbox", ["team_id", "to", "passed_at"])
    op.create_index(
        "outbox_for_person",
        "outbox",
        ["team_id", "to", "priority"],
        postgresql_where=sa.text(WAITING),
        sqlite_where=sa.text(WAITING),
    )
    with op.batch_alter_table("person") as person:
        person.add_column(sa.Column("joined_at", sa.DateTime(timezone=True), nullable=True))
        person.add_column(sa.Column("budget", sa.Integer(), nullable=True))
        person.add_column(sa.Column("first_hour", sa.Integer(), nullable=True))
        person.add_column(sa.Column("last_hour", sa.Integer(), nullable=True))
        person.add_column(sa.Column("days", sa.Text(), nullable=True))
    op.create_table(
        "ceiling",
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("budget", sa.Integer(), nullable=False),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("team_id"),
    )
    with op.batch_alter_table("item") as item:
        item.drop_constraint("item_state", type_="check")
        item.create_check_constraint("item_state", f"state IN ({ITEM_STATES}, 'superseded')")
    op.create_table(
        "lineage",
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("other_id", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(f"kind IN ({LINKS})", name="lineage_kind"),
        sa.ForeignKeyConstraint(["team_id", "item_id"], ["item.team_id", "item.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["team_id", "other_id"], ["item.team_id", "item.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("team_id", "item_id", "kind", "other_id"),
    )
    op.create_index("lineage_other", "lineage", ["team_id", "other_id"])
    op.create_table(
        "lineage_turn",
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("team_id"),
    )


def downgrade() -> None:
    op.drop_table("lineage_turn")
    op.drop_index("lineage_other", table_name="lineage")
    op.drop_table("lineage")
    op.execute("UPDATE item SET state = 'retired' WHERE state = 'superseded'")
    with op.batch_alter_table("item") as item:
        item.drop_constraint("item_state", type_="check")
        item.create_check_constraint("item_state", f"state IN ({ITEM_STATES})")
    op.drop_table("ceiling")
    with op.batch_alter_table("person") as person:
        for name in ("days", "last_hour", "first_hour", "budget", "joined_at"):
            person.drop_column(name)
    for name in ("outbox_for_person", "outbox_passed", "outbox_sent_to"):
        op.drop_index(name, table_name="outbox")
    op.execute("UPDATE outbox SET state = 'cancelled' WHERE state = 'lapsed'")
    with op.batch_alter_table("outbox") as outbox:
        outbox.add_column(sa.Column("is_proactive", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("UPDATE outbox SET is_proactive = (priority IS NOT NULL)")
    with op.batch_alter_table("outbox") as outbox:
        outbox.alter_column("is_proactive", existing_type=sa.Boolean(), server_default=None)
        for name in ("answered_at", "passed_at", "held_for", "held_since", "priority"):
            outbox.drop_column(name)
        outbox.drop_constraint("outbox_state", type_="check")
        outbox.create_check_constraint("outbox_state", f"state IN ({STATES})")
    op.create_index("outbox_sent_to", "outbox", ["team_id", "to", "sent_at"])
