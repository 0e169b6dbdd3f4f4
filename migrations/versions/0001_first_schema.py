"""The first schema: people, post, trail, library, and the tables of the stages."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

# SQLite's full text is an index beside the table, kept by triggers; PostgreSQL's is a column of it.
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


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "id"),
    )
    op.create_table(
        "channel",
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("channel_id", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("publication", sa.Text(), nullable=False),
        sa.Column("emojis", sa.JSON(), nullable=False),
        sa.Column("digest_day", sa.Integer(), nullable=False),
        sa.Column("digest_hour", sa.Integer(), nullable=False),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("digest_day BETWEEN 0 AND 6", name="channel_digest_day"),
        sa.CheckConstraint("digest_hour BETWEEN 0 AND 23", name="channel_digest_hour"),
        sa.PrimaryKeyConstraint("team_id", "channel_id"),
    )
    op.create_table(
        "fact",
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("item_id", sa.Text(), nullable=True),
        sa.Column("about", sa.JSON(), nullable=False),
        sa.Column("followed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "id"),
        sa.UniqueConstraint("team_id", "kind", "key", name="fact_once"),
    )
    op.create_index("fact_item", "fact", ["team_id", "item_id", "kind"], unique=False)
    op.create_index("fact_person", "fact", ["team_id", "person", "kind"], unique=False)
    op.create_index(
        "fact_to_follow",
        "fact",
        ["at"],
        unique=False,
        postgresql_where=sa.text("NOT followed"),
        sqlite_where=sa.text("NOT followed"),
    )
    op.create_table(
        "flag",
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("channel_id", sa.Text(), nullable=False),
        sa.Column("ts", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("emoji", sa.Text(), nullable=False),
        sa.Column("is_set", sa.Boolean(), nullable=False),
        sa.Column("event_ts", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "channel_id", "ts", "user_id", "emoji"),
    )
    op.create_table(
        "inbox",
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_owner", sa.Text(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('new', 'done', 'dead')", name="inbox_state"),
        sa.PrimaryKeyConstraint("team_id", "event_id"),
    )
    op.create_index(
        "inbox_new",
        "inbox",
        ["next_try"],
        unique=False,
        postgresql_where=sa.text("state = 'new'"),
        sqlite_where=sa.text("state = 'new'"),
    )
    op.create_table(
        "item",
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("waits_for", sa.Text(), nullable=False),
        sa.Column("consent", sa.Text(), nullable=False),
        sa.Column("channel_id", sa.Text(), nullable=False),
        sa.Column("contributor", sa.Text(), nullable=True),
        sa.Column("is_named", sa.Boolean(), nullable=False),
        sa.Column("flagger", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verified_by", sa.Text(), nullable=True),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("consent IN ('asked', 'given', 'refused')", name="item_consent"),
        sa.CheckConstraint(
            "state IN ('candidate', 'published', 'rejected', 'lapsed', 'withdrawn', 'retired')",
            name="item_state",
        ),
        sa.CheckConstraint("waits_for IN ('nothing', 'contributor', 'time', 'broker')", name="item_waits_for"),
        sa.PrimaryKeyConstraint("team_id", "id"),
    )
    op.create_index("item_channel", "item", ["team_id", "channel_id", "state"], unique=False)
    op.create_index("item_contributor", "item", ["team_id", "contributor"], unique=False)
    op.create_index(
        "item_until",
        "item",
        ["until"],
        unique=False,
        postgresql_where=sa.text("state = 'candidate'"),
        sqlite_where=sa.text("state = 'candidate'"),
    )
    op.create_table(
        "outbox",
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("to", sa.Text(), nullable=False),
        sa.Column("about", sa.JSON(), nullable=False),
        sa.Column("is_proactive", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_try", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_owner", sa.Text(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_try", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_try", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("ts", sa.Text(), nullable=True),
        sa.Column("thread_ts", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("shown", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('pending', 'sending', 'unknown', 'sent', 'cancelled', 'dead')", name="outbox_state"
        ),
        sa.PrimaryKeyConstraint("team_id", "key"),
    )
    op.create_index(
        "outbox_doubt",
        "outbox",
        ["lease_until"],
        unique=False,
        postgresql_where=sa.text("state IN ('sending', 'unknown')"),
        sqlite_where=sa.text("state IN ('sending', 'unknown')"),
    )
    op.create_index(
        "outbox_due",
        "outbox",
        ["next_try"],
        unique=False,
        postgresql_where=sa.text("state = 'pending'"),
        sqlite_where=sa.text("state = 'pending'"),
    )
    op.create_index("outbox_message", "outbox", ["team_id", "channel", "ts"], unique=False)
    op.create_index("outbox_sent_to", "outbox", ["team_id", "to", "sent_at"], unique=False)
    op.create_index(
        "outbox_stale",
        "outbox",
        ["next_try"],
        unique=False,
        postgresql_where=sa.text("state = 'sent' AND shown < revision"),
        sqlite_where=sa.text("state = 'sent' AND shown < revision"),
    )
    op.create_table(
        "person",
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("tz", sa.Text(), nullable=False),
        sa.Column("is_admin", sa.Boolean(), nullable=False),
        sa.Column("is_guest", sa.Boolean(), nullable=False),
        sa.Column("is_stranger", sa.Boolean(), nullable=False),
        sa.Column("is_bot", sa.Boolean(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("never_capture", sa.Boolean(), nullable=False),
        sa.Column("pause_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "user_id"),
    )
    op.create_table(
        "question",
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("asked_as", sa.Text(), nullable=False),
        sa.Column("asker", sa.Text(), nullable=False),
        sa.Column("channel_id", sa.Text(), nullable=False),
        sa.Column("thread_ts", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("is_private", sa.Boolean(), nullable=False),
        sa.Column("cited", sa.JSON(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("late", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('answered', 'open')", name="question_state"),
        sa.PrimaryKeyConstraint("team_id", "id"),
        sa.UniqueConstraint("team_id", "asked_as", name="question_once"),
    )
    op.create_index(
        "question_open",
        "question",
        ["team_id", "channel_id"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
        sqlite_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "broker",
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("channel_id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["team_id", "channel_id"], ["channel.team_id", "channel.channel_id"], ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("team_id", "channel_id", "user_id"),
    )
    op.create_table(
        "follow_up_case",
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Text(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asks_made", sa.Integer(), nullable=False),
        sa.Column("letter", sa.Text(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("telling", sa.Text(), nullable=False),
        sa.Column("missing", sa.Text(), nullable=False),
        sa.Column("responded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("responses", sa.Integer(), nullable=False),
        sa.Column("closed_as", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'asked', 'closed')", name="case_state"),
        sa.CheckConstraint("telling IN ('unasked', 'with_name', 'without_name', 'no')", name="case_telling"),
        sa.ForeignKeyConstraint(["team_id", "item_id"], ["item.team_id", "item.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("team_id", "id"),
    )
    op.create_index(
        "case_due",
        "follow_up_case",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting'"),
        sqlite_where=sa.text("state = 'waiting'"),
    )
    op.create_index("case_letter", "follow_up_case", ["team_id", "letter"], unique=False)
    op.create_index(
        "case_one_open",
        "follow_up_case",
        ["team_id", "person", "item_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'closed'"),
        sqlite_where=sa.text("state <> 'closed'"),
    )
    op.create_index("case_person", "follow_up_case", ["team_id", "person"], unique=False)
    op.create_table(
        "source",
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("channel_id", sa.Text(), nullable=False),
        sa.Column("ts", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=True),
        sa.Column("author", sa.Text(), nullable=True),
        sa.Column("thread_ts", sa.Text(), nullable=True),
        sa.Column("permalink", sa.Text(), nullable=True),
        sa.Column("edited_ts", sa.Text(), nullable=True),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["team_id", "item_id"], ["item.team_id", "item.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("team_id", "channel_id", "ts"),
    )
    op.create_index("source_item", "source", ["team_id", "item_id"], unique=False)
    op.create_table(
        "version",
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("when", sa.Text(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("limits", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("edited_by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["team_id", "item_id"], ["item.team_id", "item.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("team_id", "item_id", "n"),
    )
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
    op.create_table(
        "telling",
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("contributor", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("with_name", sa.Boolean(), nullable=False),
        sa.Column("allowed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("letter", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["team_id", "case_id"], ["follow_up_case.team_id", "follow_up_case.id"], ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("team_id", "case_id"),
    )
    op.create_index(
        "telling_waits",
        "telling",
        ["team_id", "contributor"],
        unique=False,
        postgresql_where=sa.text("letter IS NULL"),
        sqlite_where=sa.text("letter IS NULL"),
    )
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    for statement in POSTGRESQL_FULL_TEXT if is_postgresql else SQLITE_FULL_TEXT:
        op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        op.execute("DROP TABLE words_fts")
    op.drop_index(
        "telling_waits",
        table_name="telling",
        postgresql_where=sa.text("letter IS NULL"),
        sqlite_where=sa.text("letter IS NULL"),
    )
    op.drop_table("telling")
    op.drop_index("words_item", table_name="words")
    op.drop_table("words")
    op.drop_table("version")
    op.drop_index("source_item", table_name="source")
    op.drop_table("source")
    op.drop_index("case_person", table_name="follow_up_case")
    op.drop_index(
        "case_one_open",
        table_name="follow_up_case",
        postgresql_where=sa.text("state <> 'closed'"),
        sqlite_where=sa.text("state <> 'closed'"),
    )
    op.drop_index("case_letter", table_name="follow_up_case")
    op.drop_index(
        "case_due",
        table_name="follow_up_case",
        postgresql_where=sa.text("state = 'waiting'"),
        sqlite_where=sa.text("state = 'waiting'"),
    )
    op.drop_table("follow_up_case")
    op.drop_table("broker")
    op.drop_index(
        "question_open",
        table_name="question",
        postgresql_where=sa.text("state = 'open'"),
        sqlite_where=sa.text("state = 'open'"),
    )
    op.drop_table("question")
    op.drop_table("person")
    op.drop_index(
        "outbox_stale",
        table_name="outbox",
        postgresql_where=sa.text("state = 'sent' AND shown < revision"),
        sqlite_where=sa.text("state = 'sent' AND shown < revision"),
    )
    op.drop_index("outbox_sent_to", table_name="outbox")
    op.drop_index("outbox_message", table_name="outbox")
    op.drop_index(
        "outbox_due",
        table_name="outbox",
        postgresql_where=sa.text("state = 'pending'"),
        sqlite_where=sa.text("state = 'pending'"),
    )
    op.drop_index(
        "outbox_doubt",
        table_name="outbox",
        postgresql_where=sa.text("state IN ('sending', 'unknown')"),
        sqlite_where=sa.text("state IN ('sending', 'unknown')"),
    )
    op.drop_table("outbox")
    op.drop_index(
        "item_until",
        table_name="item",
        postgresql_where=sa.text("state = 'candidate'"),
        sqlite_where=sa.text("state = 'candidate'"),
    )
    op.drop_index("item_contributor", table_name="item")
    op.drop_index("item_channel", table_name="item")
    op.drop_table("item")
    op.drop_index(
        "inbox_new",
        table_name="inbox",
        postgresql_where=sa.text("state = 'new'"),
        sqlite_where=sa.text("state = 'new'"),
    )
    op.drop_table("inbox")
    op.drop_table("flag")
    op.drop_index(
        "fact_to_follow",
        table_name="fact",
        postgresql_where=sa.text("NOT followed"),
        sqlite_where=sa.text("NOT followed"),
    )
    op.drop_index("fact_person", table_name="fact")
    op.drop_index("fact_item", table_name="fact")
    op.drop_table("fact")
    op.drop_table("channel")
    op.drop_table("audit")
