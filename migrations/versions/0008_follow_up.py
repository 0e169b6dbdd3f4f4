"""Follow-up in full: lineages, lots and windows of cases, how each ended, each question's words, what was tapped."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

DISPOSITIONS = "'ineligible', 'not_sampled', 'undelivered', 'unanswered', 'refused', 'partial', 'answered'"
OPEN = "state <> 'closed'"
OPEN_ONCE = "state <> 'closed' AND form NOT IN ('sustain', 'silent')"
A_QUARTER = {"sqlite": "datetime(due_at, '+75 days')", "postgresql": "due_at + interval '75 days'"}


def upgrade() -> None:
    op.drop_index("case_one_open", table_name="follow_up_case")
    with op.batch_alter_table("follow_up_case") as case:
        case.add_column(sa.Column("lineage", sa.Text(), nullable=True))
        case.add_column(sa.Column("rhythm", sa.Text(), nullable=False, server_default="normal"))
        case.add_column(sa.Column("share", sa.Double(), nullable=False, server_default="1"))
        case.add_column(sa.Column("never_drawn", sa.Double(), nullable=False, server_default="1"))
        case.add_column(sa.Column("inclusion", sa.Double(), nullable=True))
        case.add_column(sa.Column("window_end", sa.DateTime(timezone=True), nullable=True))
        case.add_column(sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))
        case.add_column(sa.Column("disposition", sa.Text(), nullable=True))
    window_end = A_QUARTER[op.get_bind().dialect.name]
    op.execute(
        f"UPDATE follow_up_case SET lineage = item_id, window_end = {window_end}, "  # noqa: S608 - a constant
        "rhythm = CASE form WHEN 'question' THEN 'pull' ELSE 'planned' END, "
        "inclusion = CASE WHEN asks_made > 0 THEN 1 END, never_drawn = CASE WHEN asks_made > 0 THEN 0 ELSE 1 END, "
        "closed_at = CASE WHEN state = 'closed' THEN COALESCE(responded_at, asked_at, due_at) END, "
        "disposition = CASE WHEN state <> 'closed' THEN NULL WHEN closed_as = 'item_gone' THEN 'ineligible' "
        "WHEN closed_as IN ('unanswered', 'refused') THEN closed_as "
        "WHEN status IN ('applied_as_is', 'applied_adapted') AND outcome IS NULL THEN 'partial' ELSE 'answered' END"
    )
    with op.batch_alter_table("follow_up_case") as case:
        case.alter_column("lineage", existing_type=sa.Text(), nullable=False)
        case.alter_column("window_end", existing_type=sa.DateTime(timezone=True), nullable=False)
        for name in ("rhythm", "share", "never_drawn"):
            case.alter_column(name, server_default=None)
        case.drop_column("closed_as")
        case.create_check_constraint("case_disposition", f"disposition IN ({DISPOSITIONS})")
        case.create_check_constraint("case_ends_somehow", "(state = 'closed') = (disposition IS NOT NULL)")
    _index("case_one_open", ["team_id", "person", "item_id"], OPEN_ONCE)
    _index("case_one_lineage", ["team_id", "person", "lineage"], OPEN_ONCE)
    _index("case_one_sustain", ["team_id", "person", "lineage"], "form = 'sustain'")
    op.create_table(
        "follow_up_ask",
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("letter", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("variant", sa.Text(), nullable=False),
        sa.Column("inclusion", sa.Double(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["team_id", "case_id"], ["follow_up_case.team_id", "follow_up_case.id"], ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("team_id", "case_id", "n"),
    )
    op.create_table(
        "follow_up_tap",
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["team_id", "case_id"], ["follow_up_case.team_id", "follow_up_case.id"], ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("team_id", "case_id", "step"),
    )


def _index(name: str, columns: list[str], where: str) -> None:
    """A unique index on some of the cases."""
    only = sa.text(where)
    op.create_index(name, "follow_up_case", columns, unique=True, postgresql_where=only, sqlite_where=only)


def downgrade() -> None:
    op.drop_table("follow_up_tap")
    op.drop_table("follow_up_ask")
    op.drop_index("case_one_sustain", table_name="follow_up_case")
    op.drop_index("case_one_lineage", table_name="follow_up_case")
    op.drop_index("case_one_open", table_name="follow_up_case")
    op.execute("DELETE FROM follow_up_case WHERE form IN ('sustain', 'silent')")
    with op.batch_alter_table("follow_up_case") as case:
        case.add_column(sa.Column("closed_as", sa.Text(), nullable=True))
        case.drop_constraint("case_ends_somehow", type_="check")
        case.drop_constraint("case_disposition", type_="check")
    op.execute(
        "UPDATE follow_up_case SET form = CASE form WHEN 'thought' THEN 'use' ELSE form END, "
        "closed_as = CASE WHEN disposition IS NULL THEN NULL WHEN disposition = 'ineligible' THEN 'item_gone' "
        "WHEN disposition = 'refused' THEN 'refused' WHEN disposition IN ('answered', 'partial') THEN 'answered' "
        "ELSE 'unanswered' END"
    )
    with op.batch_alter_table("follow_up_case") as case:
        for name in (
            "disposition",
            "closed_at",
            "window_end",
            "inclusion",
            "never_drawn",
            "share",
            "rhythm",
            "lineage",
        ):
            case.drop_column(name)
    _index("case_one_open", ["team_id", "person", "item_id"], OPEN)
