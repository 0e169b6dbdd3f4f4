"""How often there is an occasion to use what items of a topic say."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    with op.batch_alter_table("topic") as topic:
        topic.add_column(sa.Column("cadence", sa.Text(), nullable=False, server_default="normal"))
        topic.create_check_constraint("topic_cadence", "cadence IN ('normal', 'fast', 'slow')")


def downgrade() -> None:
    with op.batch_alter_table("topic") as topic:
        topic.drop_constraint("topic_cadence", type_="check")
        topic.drop_column("cadence")
