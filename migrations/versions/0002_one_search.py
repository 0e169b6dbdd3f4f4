"""One search for both databases: words and vectors in one table, numbered by change; no full text of the databases'."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

# What 0001 made, for the way back.
SQLITE_FULL_TEXT = (
    """CREATE VIRTUAL TABLE words_fts USING fts5(
        title_stems, stems, content='words', content_rowid='n', tokenize='unicode61'
    )""",
    """CREATE TRIGGER words_added AFTER INSERT ON words BEGIN
        INSERT INTO words_fts (rowid, title_stems, stems) VALUES (new.n, new.title_stems, new.stems);
    END""",
    """CREATE TRIGGER words_gone AFTER DELETE ON words BEGIN
        INSERT INTO words_fts (words_fts, rowid, title_stems, stems)
        VALUES ('delete', old.n, old.title_stems, old.stems);
    END""",
)
POSTGRESQL_FULL_TEXT = (
    """ALTER TABLE words ADD COLUMN document tsvector GENERATED ALWAYS AS (
        setweight(to_tsvector('simple', title_stems), 'A') || setweight(to_tsvector('simple', stems), 'B')
    ) STORED""",
    "CREATE INDEX words_document ON words USING gin (document)",
)

UNREAD = sa.text("vector IS NULL AND NOT is_gone")


def upgrade() -> None:
    _without_full_text()
    op.rename_table("words", "words_before")
    op.create_table(
        "words",
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("channel_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title_stems", sa.Text(), nullable=False),
        sa.Column("stems", sa.Text(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=True),
        sa.Column("passages", sa.LargeBinary(), nullable=True),
        sa.Column("is_gone", sa.Boolean(), nullable=False),
        sa.Column("change", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["team_id", "item_id"], ["item.team_id", "item.id"], name="words_item_fkey", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("team_id", "item_id", name="words_key"),
    )
    op.create_table(
        "words_clock",
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("change", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("team_id"),
    )
    op.execute(
        """INSERT INTO words (team_id, item_id, channel_id, version, title_stems, stems, is_gone, change)
        SELECT w.team_id, w.item_id, w.channel_id, i.version, w.title_stems, w.stems, FALSE, w.n
        FROM words_before AS w JOIN item AS i ON i.team_id = w.team_id AND i.id = w.item_id"""
    )
    op.execute("INSERT INTO words_clock (team_id, change) SELECT team_id, max(change) FROM words GROUP BY team_id")
    op.drop_table("words_before")
    op.create_index("words_change", "words", ["team_id", "change"])
    op.create_index("words_unread", "words", ["change"], postgresql_where=UNREAD, sqlite_where=UNREAD)
    with op.batch_alter_table("question") as question:
        question.add_column(sa.Column("is_sure", sa.Boolean(), server_default=sa.true(), nullable=False))
        question.alter_column("is_sure", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("question") as question:
        question.drop_column("is_sure")
    op.drop_index("words_unread", table_name="words", postgresql_where=UNREAD, sqlite_where=UNREAD)
    op.drop_index("words_change", table_name="words")
    op.rename_table("words", "words_after")
    op.create_table(
        "words",
        sa.Column("n", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("channel_id", sa.Text(), nullable=False),
        sa.Column("stems", sa.Text(), nullable=False),
        sa.Column("title_stems", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["team_id", "item_id"], ["item.team_id", "item.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("n"),
    )
    op.create_index("words_item", "words", ["team_id", "item_id"], unique=True)
    for statement in POSTGRESQL_FULL_TEXT if _is_postgresql() else SQLITE_FULL_TEXT:
        op.execute(statement)
    op.execute(
        """INSERT INTO words (team_id, item_id, channel_id, stems, title_stems)
        SELECT team_id, item_id, channel_id, stems, title_stems FROM words_after WHERE NOT is_gone"""
    )
    op.drop_table("words_after")
    op.drop_table("words_clock")


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _without_full_text() -> None:
    if _is_postgresql():
        op.drop_index("words_document", table_name="words")
    else:
        op.execute("DROP TRIGGER words_added")
        op.execute("DROP TRIGGER words_gone")
        op.execute("DROP TABLE words_fts")
    op.drop_index("words_item", table_name="words")
