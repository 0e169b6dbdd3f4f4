"""How often there is an occasion to use what items of a topic say; what people do; what lies in the Home tab only."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

STATES = "'held', 'waiting', 'planned', 'sent', 'dropped'"
OFFERED = sa.text("state = 'offered'")


def upgrade() -> None:
    with op.batch_alter_table("topic") as topic:
        topic.add_column(sa.Column("cadence", sa.Text(), nullable=False, server_default="normal"))
        topic.create_check_constraint("topic_cadence", "cadence IN ('normal', 'fast', 'slow')")
    _states(f"{STATES}, 'offered'")
    op.create_index(
        "delivery_offered",
        "delivery",
        ["team_id", "recipient"],
        postgresql_where=OFFERED,
        sqlite_where=OFFERED,
    )
    op.create_table(
        "interest",
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("topic_id", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["team_id", "topic_id"], ["topic.team_id", "topic.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("team_id", "topic_id", "person"),
    )
    op.create_index("interest_person", "interest", ["team_id", "person"])
    with op.batch_alter_table("person") as person:
        person.add_column(sa.Column("next_door", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("person") as person:
        person.alter_column("next_door", existing_type=sa.Boolean(), server_default=None)
    op.create_index(
        "person_next_door",
        "person",
        ["team_id"],
        postgresql_where=sa.text("next_door"),
        sqlite_where=sa.text("next_door = 1"),
    )


def _states(allowed: str) -> None:
    with op.batch_alter_table("delivery") as delivery:
        delivery.drop_constraint("delivery_state", type_="check")
        delivery.create_check_constraint("delivery_state", f"state IN ({allowed})")


def downgrade() -> None:
    op.drop_index("person_next_door", table_name="person")
    with op.batch_alter_table("person") as person:
        person.drop_column("next_door")
    op.drop_table("interest")
    op.drop_index("delivery_offered", table_name="delivery")
    op.execute("UPDATE delivery SET state = 'dropped' WHERE state = 'offered'")
    _states(STATES)
    with op.batch_alter_table("topic") as topic:
        topic.drop_constraint("topic_cadence", type_="check")
        topic.drop_column("cadence")
