"""Up and down on both databases, with rows in every table, and what `kbot run` does with a database as it finds it."""

import shutil
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import JSON, Boolean, Float, Integer, LargeBinary, func, insert, inspect, select, text
from sqlalchemy import Table as PlainTable
from sqlalchemy.exc import IntegrityError

from kbot import app
from kbot.act import BadInput
from kbot.library.search import rank
from kbot.library.search.rank import Wanted
from kbot.meaning.hashed import HashEmbedder
from kbot.people import asking
from kbot.people.facts import Viewer
from kbot.storage import schema
from kbot.storage.address import Address
from kbot.storage.schema import State
from kbot.storage.tables import Table

assert app  # importing it imports every table

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
ALLOWED = {
    ("inbox", "state"): "new",
    ("outbox", "state"): "sent",
    ("item", "state"): "published",
    ("item", "waits_for"): "nothing",
    ("item", "consent"): "given",
    ("channel", "mode"): "off",
    ("channel", "publication"): "notify",
    ("question", "state"): "open",
    ("help_request", "state"): "asked",
    ("item_help", "state"): "open",
    ("item_help_turn", "state"): "asked",
    ("lineage", "kind"): "adapts",
    ("topic", "cadence"): "normal",
    ("person", "pace"): "daily",
    ("widening", "state"): "asked",
    ("delivery", "state"): "sent",
    ("need", "state"): "open",
    ("follow_up_case", "state"): "closed",
    ("follow_up_case", "disposition"): "answered",
    ("learning_check", "state"): "asked",
    ("learning_check", "recall"): "recalled",
    ("follow_up_case", "form"): "use",
    ("follow_up_case", "telling"): "unasked",
    ("follow_up_story", "readers"): "everyone",
    ("channel_ask", "state"): "asked",
    ("channel_tap", "answer"): "used",
}
"""Columns that take no other text; everything else takes "x"."""

NEXT = '''
"""What a later version of kbot may bring."""

import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "HEAD"


def upgrade() -> None:
    with op.batch_alter_table("item") as table:
        table.add_column(sa.Column("later", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("item") as table:
        table.drop_column("later")
'''

HEAD = schema.revisions()[-1]
NEXT = NEXT.replace("HEAD", HEAD)


def tables() -> list[PlainTable]:
    return Table.metadata.sorted_tables


def a_row(table: PlainTable) -> dict[str, Any]:
    return {column.name: _value(table.name, column) for column in table.columns}


def _value(table: str, column: Any) -> object:
    if (table, column.name) in ALLOWED:
        return ALLOWED[table, column.name]
    if isinstance(column.type, Boolean):
        return True
    if isinstance(column.type, Integer | Float):
        return 1
    if isinstance(column.type, JSON):
        return []
    if isinstance(column.type, LargeBinary):
        return b"x"
    return NOW if "DATETIME" in str(column.type) else "x"


def fill(address: Address) -> None:
    """A row in every table."""
    with schema.session_of(address, to_write=True) as session:
        for table in tables():
            session.execute(insert(table).values(a_row(table)))
        session.commit()


def rows(address: Address) -> dict[str, int]:
    with schema.session_of(address) as session:
        return {table.name: session.execute(select(func.count()).select_from(table)).scalar_one() for table in tables()}


def names(address: Address) -> set[str]:
    with schema.session_of(address) as session:
        return set(inspect(session.connection()).get_table_names())


# Up and down


def test_the_revisions_are_numbered_in_their_order() -> None:
    """A start takes the order from the files' names, and loads none of them."""
    config = Config()
    config.set_main_option("script_location", str(schema.migrations()))
    known = [one.revision for one in ScriptDirectory.from_config(config).walk_revisions()]
    assert known[::-1] == schema.revisions()


def test_a_start_without_a_change_does_without_alembic() -> None:
    loaded = "import sys, kbot.cli, kbot.app; print('alembic' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", loaded], text=True) == "False\n"


def test_up_down_and_up_again_with_rows_in_every_table(empty: Address) -> None:
    schema.upgrade(empty)
    fill(empty)
    assert set(rows(empty).values()) == {1}
    schema.downgrade(empty, "base")
    assert names(empty) == {"alembic_version"}
    assert schema.state(empty) is State.EMPTY
    schema.upgrade(empty)
    assert schema.state(empty) is State.CURRENT
    assert set(rows(empty).values()) == {0}
    fill(empty)


def test_the_migrations_make_what_the_tables_say(address: Address) -> None:
    with schema.session_of(address) as session:
        context = MigrationContext.configure(session.connection())
        found = compare_metadata(context, Table.metadata)
    assert found == []


def test_the_database_itself_refuses_what_cannot_be(address: Address) -> None:
    """The checks and keys are in the database, not in Python alone."""
    with schema.session_of(address) as session:
        inspector = inspect(session.connection())
        for table in tables():
            assert inspector.get_pk_constraint(table.name)["constrained_columns"][0] == "team_id"
        checked = {table.name for table in tables() if inspector.get_check_constraints(table.name)}
    assert {"inbox", "outbox", "item", "channel"} <= checked


def test_the_words_of_the_first_schema_are_still_found(empty: Address) -> None:
    schema.upgrade(empty, "0001")
    with schema.session_of(empty, to_write=True) as session:
        session.execute(insert(Table.metadata.tables["item"]).values(a_row(Table.metadata.tables["item"])))
        row = "(team_id, item_id, channel_id, title_stems, stems) VALUES ('x', 'x', 'C1', 'zebra lock', 'walrus')"
        session.execute(text(f"INSERT INTO words {row}"))
        session.commit()
    schema.upgrade(empty)
    with schema.session_of(empty) as session:
        viewer = Viewer("x", "U1", frozenset({"C1"}))
        wanted = Wanted.of("zebra walrus", HashEmbedder().embed("zebra walrus"))
        assert [hit.item for hit in rank.find(session, viewer, wanted).hits] == ["x"]
    schema.downgrade(empty, "0001")
    with schema.session_of(empty) as session:
        found = {
            "sqlite": "SELECT rowid FROM words_fts WHERE words_fts MATCH 'zebra'",
            "postgresql": "SELECT n FROM words WHERE document @@ to_tsquery('simple', 'zebra')",
        }
        assert len(session.execute(text(found[session.get_bind().dialect.name])).all()) == 1


def test_questions_that_were_open_before_they_were_grouped_are_one_each(empty: Address) -> None:
    def columns(*but: str) -> str:
        names = (column.name for column in Table.metadata.tables["question"].columns)
        return ", ".join(name for name in names if name not in but)

    schema.upgrade(empty)
    with schema.session_of(empty, to_write=True) as session:
        row = a_row(Table.metadata.tables["question"])
        for n in ("1", "2"):
            session.execute(insert(Table.metadata.tables["question"]).values({**row, "id": n, "asked_as": n}))
        session.commit()
    schema.downgrade(empty, "0002")
    with schema.session_of(empty) as session:
        kept = columns("group_id", "vector", "answer_id", "score", "chance")
        assert len(session.execute(text(f"SELECT {kept} FROM question")).all()) == 2
    schema.upgrade(empty)
    with schema.session_of(empty) as session:
        assert session.execute(text("SELECT id, group_id FROM question ORDER BY id")).all() == [("1", "1"), ("2", "2")]


def test_what_was_sent_unasked_before_still_counts_and_what_is_new_goes_back(empty: Address) -> None:
    schema.upgrade(empty)
    outbox = Table.metadata.tables["outbox"]
    with schema.session_of(empty, to_write=True) as session:
        row = {**a_row(outbox), "state": "sent", "sent_at": NOW}
        for key, priority in (("bundle", 4), ("note", 7), ("help", 2), ("answer", None)):
            kind = {"help": "answers.help", "bundle": "follow_up.bundle"}.get(key, f"other.{key}")
            session.execute(insert(outbox).values({**row, "key": key, "kind": kind, "priority": priority}))
        session.execute(insert(outbox).values({**row, "key": "old", "state": "lapsed", "priority": 5}))
        item = a_row(Table.metadata.tables["item"])
        session.execute(insert(Table.metadata.tables["item"]).values({**item, "state": "superseded"}))
        session.commit()
    schema.downgrade(empty, "0005")
    with schema.session_of(empty) as session:
        kept = session.execute(text("SELECT key, is_proactive, state FROM outbox ORDER BY key")).all()
        assert [(key, bool(asked)) for key, asked, _ in kept] == [
            ("answer", False), ("bundle", True), ("help", True), ("note", True), ("old", True)
        ]  # fmt: skip
        assert kept[-1][2] == "cancelled"
        assert session.execute(text("SELECT state FROM item")).scalar_one() == "retired"
    schema.upgrade(empty)
    with schema.session_of(empty) as session:
        rows_ = session.execute(
            select(outbox.c.key, outbox.c.priority, outbox.c.passed_at).order_by(outbox.c.key)
        ).all()
        assert [tuple(row) for row in rows_] == [
            ("answer", None, None), ("bundle", 4, NOW), ("help", 2, NOW), ("note", 7, NOW), ("old", 7, NOW)
        ]  # fmt: skip


def test_what_was_only_offered_is_dropped_on_the_way_back(empty: Address) -> None:
    schema.upgrade(empty)
    fill(empty)
    with schema.session_of(empty, to_write=True) as session:
        session.execute(text("UPDATE delivery SET state = 'offered'"))
        session.commit()
    schema.downgrade(empty, "0006")
    with schema.session_of(empty) as session:
        assert session.execute(text("SELECT state FROM delivery")).scalar_one() == "dropped"
    schema.upgrade(empty)


def test_who_was_asked_for_help_before_is_not_asked_too_often_after_it(empty: Address) -> None:
    schema.upgrade(empty, "0008")
    with schema.session_of(empty, to_write=True) as session:
        row = a_row(Table.metadata.tables["help_request"])
        for group, state in (("g1", "asked"), ("g2", "taken"), ("g3", "declined"), ("g4", "closed")):
            said = {**row, "group_id": group, "person": "U1", "state": state}
            session.execute(insert(Table.metadata.tables["help_request"]).values(said))
        session.commit()
    schema.upgrade(empty)
    with schema.session_of(empty) as session:
        kept = session.execute(text("SELECT key, person, is_open FROM favour ORDER BY key")).all()
        assert [(key, person, bool(is_open)) for key, person, is_open in kept] == [
            ("help:g1:U1", "U1", True), ("help:g2:U1", "U1", True),
            ("help:g3:U1", "U1", False), ("help:g4:U1", "U1", False),
        ]  # fmt: skip
        assert asking.free(session, "x", ["U1", "U2"], NOW) == {"U2"}
    schema.downgrade(empty, "0008")
    assert "favour" not in names(empty)


def test_a_topic_from_before_has_the_normal_cadence_and_goes_back_without(empty: Address) -> None:
    schema.upgrade(empty, "0006")
    with schema.session_of(empty, to_write=True) as session:
        moment = {"at": "2026-11-20 12:00:00+00:00"}
        session.execute(text("INSERT INTO topic VALUES ('x', 't', 'deploys', 'U0ANA', :at)"), moment)
        session.commit()
    schema.upgrade(empty)
    with schema.session_of(empty, to_write=True) as session:
        assert session.execute(text("SELECT cadence FROM topic")).scalar_one() == "normal"
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(text("UPDATE topic SET cadence = 'yearly'"))
        session.execute(text("UPDATE topic SET cadence = 'slow'"))
        session.commit()
    schema.downgrade(empty, "0006")
    with schema.session_of(empty) as session:
        assert session.execute(text("SELECT name FROM topic")).scalars().all() == ["deploys"]
        assert "cadence" not in _columns(empty, "topic")


# A later version of kbot


@pytest.fixture
def later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """kbot with one migration more. `undo()` goes back to this version."""
    folder = tmp_path / "migrations"
    shutil.copytree(schema.migrations(), folder)
    (folder / "versions" / "9999_later.py").write_text(NEXT)
    monkeypatch.setattr(schema, "migrations", lambda: folder)
    return monkeypatch


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
def test_an_older_sqlite_file_is_copied_and_brought_up_to_date(address: Address, later: pytest.MonkeyPatch) -> None:
    assert address.file is not None
    fill(address)
    assert schema.state(address) is State.OLDER
    schema.make_ready(address)
    assert schema.state(address) is State.CURRENT
    assert set(rows(address).values()) == {1}
    (copy,) = address.file.parent.glob(f"kbot.db.{HEAD}.*.bak")
    with sqlite3.connect(copy) as kept:
        assert kept.execute("SELECT version_num FROM alembic_version").fetchone() == (HEAD,)
        assert kept.execute("SELECT count(*) FROM item").fetchone() == (1,)
    schema.make_ready(address)
    assert len(list(address.file.parent.glob("*.bak"))) == 1


def test_a_step_up_and_down_keeps_the_rows(address: Address, later: pytest.MonkeyPatch) -> None:
    fill(address)
    schema.upgrade(address)
    assert "later" in _columns(address, "item")
    schema.downgrade(address, "-1")
    assert "later" not in _columns(address, "item")
    assert set(rows(address).values()) == {1}
    assert schema.state(address) is State.OLDER


def _columns(address: Address, table: str) -> set[str]:
    with schema.session_of(address) as session:
        return {column["name"] for column in inspect(session.connection()).get_columns(table)}


@pytest.mark.parametrize("address", ["postgresql"], indirect=True)
def test_an_older_postgresql_is_refused_with_the_command(address: Address, later: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadInput, match="Run `kbot db upgrade` first"):
        schema.make_ready(address)
    assert schema.state(address) is State.OLDER
    schema.upgrade(address)
    schema.make_ready(address)


def test_a_newer_database_is_refused_and_left_alone(address: Address, later: pytest.MonkeyPatch) -> None:
    schema.upgrade(address)
    later.undo()
    assert schema.state(address) is State.UNKNOWN
    for do in (schema.make_ready, schema.upgrade):
        with pytest.raises(BadInput, match="at revision 9999, which this version of kbot does not know"):
            do(address)
    with pytest.raises(BadInput, match="9999"):
        schema.downgrade(address, "base")
    assert "later" in _columns(address, "item")


# What else may be there


def test_the_database_of_another_program_is_refused_and_left_alone(empty: Address) -> None:
    with schema.session_of(empty, to_write=True) as session:
        session.execute(text("CREATE TABLE theirs (n integer)"))
        session.commit()
    for do in (schema.make_ready, schema.upgrade):
        with pytest.raises(BadInput, match="is not kbot's"):
            do(empty)
    assert names(empty) == {"theirs"}


@pytest.mark.parametrize("empty", ["sqlite"], indirect=True)
def test_where_no_file_is_kbot_makes_one(empty: Address) -> None:
    assert schema.state(empty) is State.EMPTY
    assert empty.file is not None
    assert not empty.file.exists(), "looking makes nothing"
    with schema.held(empty):
        schema.make_ready(empty)
    assert schema.state(empty) is State.CURRENT
    assert [path.suffix for path in empty.file.parent.iterdir() if path.suffix == ".bak"] == []


@pytest.mark.parametrize("empty", ["postgresql"], indirect=True)
def test_an_empty_postgresql_is_refused_with_the_command(empty: Address) -> None:
    with pytest.raises(BadInput, match="Run `kbot db upgrade` first"):
        schema.make_ready(empty)


def test_a_migration_that_fails_leaves_everything_as_it_was(address: Address, later: pytest.MonkeyPatch) -> None:
    fill(address)
    broken = schema.migrations() / "versions" / "9999_later.py"
    broken.write_text(
        NEXT.replace("def downgrade", "    op.execute('SELECT * FROM nothing_of_that_name')\n\n\ndef downgrade")
    )
    with pytest.raises(Exception, match="nothing_of_that_name"):
        schema.upgrade(address)
    assert "later" not in _columns(address, "item")
    assert schema.state(address) is State.OLDER
    assert set(rows(address).values()) == {1}


@pytest.mark.parametrize("revision", ["nonsense", "0099", "-99", "+3"])
def test_a_revision_that_is_none_is_refused(address: Address, revision: str) -> None:
    for do in (schema.upgrade, schema.downgrade):
        with pytest.raises(BadInput, match="no such revision"):
            do(address, revision)
    assert schema.state(address) is State.CURRENT


# One process at a time


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
def test_a_sqlite_file_has_one_holder(address: Address) -> None:
    with schema.held(address):
        with pytest.raises(BadInput, match="Another kbot is working on"), schema.held(address):
            pass
        with pytest.raises(BadInput, match="Another kbot is working on"):
            schema.downgrade(address, "base")
    with schema.held(address):
        pass
    assert schema.state(address) is State.CURRENT


@pytest.mark.parametrize("address", ["postgresql"], indirect=True)
def test_postgresql_may_have_several(address: Address) -> None:
    with schema.held(address), schema.held(address):
        pass


def test_people_and_channels_go_back_without_what_is_asked_and_come_again_unasked(empty: Address) -> None:
    schema.upgrade(empty)
    fill(empty)
    schema.downgrade(empty, "0012")
    assert not names(empty) & {"channel_ask", "channel_tap", "topic_pace", "asking"}
    assert "ask_day" not in _columns(empty, "person")
    with schema.session_of(empty) as session:
        assert session.execute(text("SELECT count(*) FROM person")).scalar_one() == 1
        assert session.execute(text("SELECT count(*) FROM follow_up_case")).scalar_one() == 1
    schema.upgrade(empty)
    with schema.session_of(empty) as session:
        assert session.execute(text("SELECT ask_day FROM person")).scalar_one() is None
        assert not session.execute(text("SELECT asks FROM channel")).scalar_one()
