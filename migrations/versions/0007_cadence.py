"""How often there is an occasion to use what items of a topic say; what lies in the Home tab without a message."""

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


def _states(allowed: str) -> None:
    with op.batch_alter_table("delivery") as delivery:
        delivery.drop_constraint("delivery_state", type_="check")
        delivery.create_check_constraint("delivery_state", f"state IN ({allowed})")


def downgrade() -> None:
    op.drop_index("delivery_offered", table_name="delivery")
    op.execute("UPDATE delivery SET state = 'dropped' WHERE state = 'offered'")
    _states(STATES)
    with op.batch_alter_table("topic") as topic:
        topic.drop_constraint("topic_cadence", type_="check")
        topic.drop_column("cadence")
