"""The `kbot` command: what cannot be used is one sentence that says what to do, on standard error, and an exit code."""

import gc
import json
import logging
import os
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from sqlalchemy import update
from sqlalchemy.orm import Session

from kbot.cli import main
from kbot.follow_up import opening, responses
from kbot.follow_up.facts import Answer
from kbot.playground.server import Playground
from kbot.post import inbox, outbox
from kbot.post.outbox import Letter
from kbot.post.tables import InboxRow, OutboxRow
from kbot.review import report_views, reports
from kbot.slack import credentials
from kbot.storage import schema
from kbot.storage.address import Address
from tests.rooms.desk import ANA, BEN, act, meet, saved

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
BOT, APP, SIGNING, PASSWORD = "xoxb-1-nobodys", "xapp-1-nobodys", "nobodys-signing-secret", "nobodys-password"
SECRETS = (BOT, APP, SIGNING, PASSWORD, Playground.bot_token, Playground.app_token, Playground.signing_secret)
FORMS = ("sqlite:///path/to/kbot.db", "postgresql://user:password@host/name")
WORDS = "what Ana wrote to Ben"

on_sqlite = pytest.mark.parametrize("address", ["sqlite"], indirect=True)


@dataclass(frozen=True)
class Said:
    """What a run of the command left behind."""

    code: int
    out: str
    err: str

    @property
    def sentence(self) -> str:
        """Why it was refused. Fails unless that is one sentence, the last thing said, without a secret in it."""
        assert self.code == 2, self
        assert self.out == ""
        assert "Traceback" not in self.err
        assert "Unclosed" not in self.err
        assert not [secret for secret in SECRETS if secret in self.err]
        *logged, last = self.err.splitlines()
        assert last.startswith("kbot: ")
        assert not [line for line in logged if line.startswith("kbot: ")]
        return last.removeprefix("kbot: ")


Kbot = Callable[..., Said]


@pytest.fixture
def kbot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Kbot]:
    """`kbot WORDS` with these in its environment, in this process; on an empty SQLite file unless told otherwise."""
    logger, on_term = logging.getLogger(), signal.getsignal(signal.SIGTERM)
    handlers, level = list(logger.handlers), logger.level
    for name in [name for name in os.environ if name.startswith(("KBOT_", "SLACK_"))]:
        monkeypatch.delenv(name)

    def run(*words: str, **environment: str) -> Said:
        given = {"KBOT_DATABASE_URL": f"sqlite:///{tmp_path / 'kbot.db'}", "KBOT_HTTP_PORT": "0"} | environment
        with monkeypatch.context() as here:
            for name, value in given.items():
                here.setenv(name, value)
            try:
                code = main(words)
            except SystemExit as ended:  # argparse's own way out
                code = ended.code if isinstance(ended.code, int) else 1
            gc.collect()  # what was left open is told now
        return Said(code, *capsys.readouterr())

    gc.freeze()  # what was there before need not be looked at again after each run
    yield run
    gc.unfreeze()
    signal.signal(signal.SIGTERM, on_term)
    logger.handlers[:] = handlers
    logger.setLevel(level)


@pytest.fixture(scope="module")
def slack() -> Iterator[Playground]:
    with Playground() as playground:
        yield playground


# Words


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["rnu"],
        ["db"],
        ["db", "upgarde"],
        ["db", "downgrade"],
        ["inbox", "--json"],
        ["run", "fast"],
        ["dead", "list", "-x"],
    ],
)
def test_a_word_that_there_is_none_of_is_refused_with_those_there_are(kbot: Kbot, words: list[str]) -> None:
    said = kbot(*words)
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("usage: kbot")


@pytest.mark.parametrize("address", ["nonsense", "", "ftp://kbot.example.com", "https://", "https:///x", "http://[::1"])
def test_a_manifest_for_no_address_is_refused(kbot: Kbot, address: str) -> None:
    assert "such as https://kbot.example.com" in kbot("manifest", "--http", address).sentence


def test_the_manifest_is_printed_in_both_forms(kbot: Kbot) -> None:
    as_json = kbot("manifest", "--http", "https://kbot.example.com/", "--json")
    as_yaml = kbot("manifest", "--http", "https://kbot.example.com/", "--yaml")
    assert json.loads(as_json.out) == yaml.safe_load(as_yaml.out)
    assert "https://kbot.example.com/slack/events" in as_json.out


@pytest.mark.parametrize("port", ["many", "-1", "65536"])
def test_a_port_that_is_none_is_refused(kbot: Kbot, port: str) -> None:
    said = kbot("demo", "--port", port)
    assert (said.code, said.out) == (2, "")
    assert "a port is a number from 0 to 65535" in said.err


def test_a_demo_on_a_port_in_use_says_which_other_one(kbot: Kbot) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        sentence = kbot("demo", "--port", str(port)).sentence
    assert sentence.startswith(f"port {port} cannot be used: ")
    assert sentence.endswith("Try: kbot demo --port 0")


# Settings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KBOT_HTTP_PORT", "many"),
        ("KBOT_HTTP_PORT", "65536"),
        ("KBOT_LOG_LEVEL", "LOUD"),
        ("KBOT_SLACK_API_URL", "slack.com/api"),
        ("KBOT_LEASE_SECONDS", "0"),
        ("KBOT_LEASE_SECONDS", "soon"),
        ("KBOT_LEASE_SECONDS", "inf"),
        ("KBOT_RECONCILE_SECONDS", "-1"),
        ("KBOT_RECONCILE_SECONDS", "1e300"),
        ("KBOT_TICK_SECONDS", "nan"),
        ("KBOT_LATE_SECONDS", "inf"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(kbot: Kbot, name: str, value: str) -> None:
    assert kbot("run", **{name: value}).sentence.startswith(f"{name} cannot be used: ")


@pytest.mark.parametrize("words", [["run"], ["db", "check"], ["db", "upgrade"], ["inbox", "list"], ["dead", "retry"]])
@pytest.mark.parametrize(
    "url", ["kbot.db", "sqlite://", "mysql://kbot:nobodys-password@host/kbot", "postgresql://host:port/kbot"]
)
def test_a_database_address_of_another_form_is_refused_with_the_right_ones(
    kbot: Kbot, words: list[str], url: str
) -> None:
    sentence = kbot(*words, KBOT_DATABASE_URL=url, SLACK_BOT_TOKEN=BOT, SLACK_APP_TOKEN=APP).sentence
    assert all(form in sentence for form in FORMS)


# The database


@pytest.mark.parametrize("words", [["run"], ["db", "check"], ["db", "upgrade"], ["outbox", "list"]])
def test_a_database_that_does_not_answer_is_named_without_its_password(kbot: Kbot, words: list[str]) -> None:
    url = f"postgresql://kbot:{PASSWORD}@127.0.0.1:1/kbot"
    sentence = kbot(*words, KBOT_DATABASE_URL=url, SLACK_BOT_TOKEN=BOT, SLACK_APP_TOKEN=APP).sentence
    assert sentence.startswith("The database postgresql+psycopg://kbot:***@127.0.0.1:1/kbot cannot be used: ")
    assert sentence.endswith("Check KBOT_DATABASE_URL.")


def no_database(file: Path) -> None:
    file.write_bytes(b"Dear diary, " * 1000)


def a_folder(file: Path) -> None:
    file.mkdir()


def of_another_program(file: Path) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE theirs (n integer)")


def of_a_later_kbot(file: Path) -> None:
    schema.upgrade(Address.parse(f"sqlite:///{file}"))
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")


@pytest.mark.parametrize("words", [["run"], ["db", "upgrade"], ["db", "downgrade", "base"], ["inbox", "list"]])
@pytest.mark.parametrize(
    ("what", "why", "then"),
    [
        (no_database, "cannot be used: file is not a database.", "Check KBOT_DATABASE_URL."),
        (a_folder, "cannot be used: unable to open database file.", "Check KBOT_DATABASE_URL."),
        (of_another_program, "is not kbot's.", "Run it with the kbot that made it, or choose another database."),
        (of_a_later_kbot, "is at revision 9999", "Run it with the kbot that made it, or choose another database."),
    ],
)
def test_a_file_that_is_not_this_kbots_is_refused(
    kbot: Kbot, tmp_path: Path, words: list[str], what: Callable[[Path], None], why: str, then: str
) -> None:
    what(tmp_path / "kbot.db")
    sentence = kbot(*words, SLACK_BOT_TOKEN=BOT, SLACK_APP_TOKEN=APP).sentence
    assert why in sentence
    assert sentence.endswith(then)


def test_check_says_how_the_database_stands(kbot: Kbot, tmp_path: Path) -> None:
    file = tmp_path / "kbot.db"
    assert (kbot("db", "check").code, kbot("db", "check").out) == (1, f"{file}: empty; run `kbot db upgrade`\n")
    assert (kbot("db", "upgrade").code, kbot("db", "check").out) == (0, f"{file}: current\n")
    assert kbot("db", "downgrade", "base").out == f"{file}: empty\n"
    file.unlink()
    of_a_later_kbot(file)
    said = kbot("db", "check")
    assert said.code == 1
    assert "use the kbot that made it" in said.out


@pytest.mark.parametrize("words", [["upgrade", "nonsense"], ["upgrade", "9999"], ["downgrade", "-99"]])
def test_a_revision_that_there_is_none_of_is_refused(kbot: Kbot, words: list[str]) -> None:
    kbot("db", "upgrade")
    assert kbot("db", *words).sentence.endswith("Try `kbot db upgrade` or `kbot db downgrade -1`.")


@pytest.mark.parametrize("empty", ["postgresql"], indirect=True)
def test_postgresql_is_brought_up_to_date_by_its_operator_alone(kbot: Kbot, empty: Address) -> None:
    url = empty.url.set(drivername="postgresql").render_as_string(hide_password=False)
    sentence = kbot("run", KBOT_DATABASE_URL=url, SLACK_BOT_TOKEN=BOT, SLACK_APP_TOKEN=APP).sentence
    assert sentence.endswith("Run `kbot db upgrade` first.")
    assert kbot("db", "upgrade", KBOT_DATABASE_URL=url).out.endswith(": current\n")


@pytest.mark.parametrize("words", [["run"], ["db", "upgrade"], ["db", "downgrade", "base"], ["dead", "retry"]])
def test_beside_a_running_bot_nothing_else_writes(kbot: Kbot, tmp_path: Path, words: list[str]) -> None:
    file = tmp_path / "kbot.db"
    kbot("db", "upgrade")
    with schema.held(Address.parse(f"sqlite:///{file}")):
        sentence = kbot(*words, SLACK_BOT_TOKEN=BOT, SLACK_APP_TOKEN=APP).sentence
        assert kbot("dead", "list").code == 0, "to look is allowed"
    assert sentence == (f"Another kbot is working on {file}. Stop it first, or use PostgreSQL for several processes.")


# Slack


def test_without_tokens_it_says_where_they_come_from(kbot: Kbot) -> None:
    assert "SLACK_BOT_TOKEN is not set. Make an app from `kbot manifest`" in kbot("run").sentence
    assert "Set SLACK_APP_TOKEN for Socket Mode" in kbot("run", SLACK_BOT_TOKEN=BOT).sentence
    assert "SLACK_BOT_TOKEN is not set" in kbot("run", SLACK_BOT_TOKEN="", SLACK_APP_TOKEN=APP).sentence


@pytest.mark.parametrize("token", [BOT, Playground.app_token, "xoxb-1 2"])
def test_a_bot_token_that_slack_refuses_is_named(kbot: Kbot, slack: Playground, token: str) -> None:
    sentence = kbot("run", **slack.environment() | {"SLACK_BOT_TOKEN": token}).sentence
    assert sentence.startswith("Slack refuses SLACK_BOT_TOKEN (")
    assert sentence.endswith("Copy it again from your app's page.")


@pytest.mark.parametrize("token", [APP, Playground.bot_token])
def test_an_app_token_that_slack_refuses_is_named(kbot: Kbot, slack: Playground, token: str) -> None:
    sentence = kbot("run", **slack.environment() | {"SLACK_APP_TOKEN": token}).sentence
    assert sentence.startswith("Slack refuses SLACK_APP_TOKEN (")
    assert sentence.endswith("It begins with xapp- and needs connections:write.")


@pytest.mark.parametrize("name", ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"])
@pytest.mark.parametrize("token", ["xoxb-1\r\nX: y", "xoxb-ü"])
def test_a_token_that_was_not_copied_well_is_named(kbot: Kbot, slack: Playground, name: str, token: str) -> None:
    environment = slack.environment() | {name: token}
    if name == "SLACK_SIGNING_SECRET":
        del environment["SLACK_APP_TOKEN"]
    sentence = kbot("run", **environment).sentence
    assert sentence == f"{name} has characters in it that Slack's never has. Copy it again from your app's page."


def test_what_came_along_with_a_token_does_no_harm(kbot: Kbot, slack: Playground) -> None:
    environment = slack.environment() | {"SLACK_BOT_TOKEN": f" {slack.bot_token}\n", "SLACK_APP_TOKEN": APP}
    assert kbot("run", **environment).sentence.startswith("Slack refuses SLACK_APP_TOKEN (")


@pytest.mark.parametrize("api", ["http://127.0.0.1:1/api/", "http://"])
def test_when_slack_cannot_be_reached_it_says_where_it_was_looked_for(
    kbot: Kbot, monkeypatch: pytest.MonkeyPatch, api: str
) -> None:
    monkeypatch.setattr(credentials, "TRIES_TO_REACH_SLACK", 1)
    sentence = kbot("run", KBOT_SLACK_API_URL=api, SLACK_BOT_TOKEN=BOT, SLACK_APP_TOKEN=APP).sentence
    assert sentence.startswith(f"Slack does not answer at {api} (")
    assert sentence.endswith("Check the network and KBOT_SLACK_API_URL.")


def test_what_is_no_slack_is_told_apart_from_a_slack_that_refuses(kbot: Kbot, slack: Playground) -> None:
    environment = slack.environment() | {"KBOT_SLACK_API_URL": f"{slack.url}/no/such/page/"}
    assert "KBOT_SLACK_API_URL" in kbot("run", **environment).sentence


def test_a_port_in_use_is_named(kbot: Kbot, slack: Playground) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        sentence = kbot("run", **slack.environment() | {"KBOT_HTTP_PORT": port}).sentence
    assert sentence.startswith(f"Port {port} on 127.0.0.1 cannot be used: Address already in use")
    assert sentence.endswith("Stop what uses it, or set KBOT_HTTP_PORT to another one.")


def test_a_host_that_is_not_this_machine_is_named(kbot: Kbot) -> None:
    sentence = kbot("run", KBOT_HTTP_HOST="203.0.113.1", SLACK_BOT_TOKEN=BOT, SLACK_APP_TOKEN=APP).sentence
    assert sentence.startswith("Port 0 on 203.0.113.1 cannot be used: ")


# Looking inside


def fill(session: Session) -> None:
    """An event and a letter of each state."""
    columns = [column.name for column in inbox.RECEIVED.columns]
    for state in inbox.InboxState:
        values = dict(zip(columns, inbox.arrived("T1", f"Ev-{state}", "message", WORDS, NOW), strict=True))
        session.add(InboxRow(**values | {"state": state}))
    outbox.plan(session, Letter("T1", "key", "capture.notice", "U0ANA", {"item": WORDS}), NOW)
    session.execute(update(OutboxRow).values(state="dead"))
    session.commit()


@pytest.fixture
def filled(address: Address) -> str:
    """The URL of a database with something in it."""
    with schema.session_of(address, to_write=True) as session:
        fill(session)
    return address.url.set(drivername=address.url.drivername.split("+")[0]).render_as_string(hide_password=False)


@pytest.mark.parametrize(("table", "rows"), [("inbox", 3), ("outbox", 1), ("dead", 2)])
def test_what_is_inside_is_shown_a_row_a_line_and_without_anybodys_words(
    kbot: Kbot, filled: str, table: str, rows: int
) -> None:
    as_json = kbot(table, "list", "--json", KBOT_DATABASE_URL=filled)
    as_text = kbot(table, "list", KBOT_DATABASE_URL=filled)
    shown = [json.loads(line) for line in as_json.out.splitlines()]
    assert len(shown) == len(as_text.out.splitlines()) == rows
    assert all({"team", "kind", "status", "attempts", "at"} <= row.keys() for row in shown)
    assert "status=dead" in as_text.out
    assert WORDS not in as_json.out + as_text.out + as_json.err + as_text.err


def test_what_is_dead_is_tried_once_more(kbot: Kbot, filled: str) -> None:
    assert kbot("dead", "retry", KBOT_DATABASE_URL=filled).out == "2 rows will be tried once more.\n"
    assert kbot("dead", "list", KBOT_DATABASE_URL=filled) == Said(0, "", "")


def test_where_nothing_is_yet_it_says_how_to_begin(kbot: Kbot) -> None:
    assert kbot("inbox", "list").sentence.endswith("yet. Start `kbot run` or `kbot demo` first.")


def test_the_published_numbers_are_printed_as_slack_shows_them(kbot: Kbot, address: Address) -> None:
    url = address.url.set(drivername=address.url.drivername.split("+")[0]).render_as_string(hide_password=False)
    assert kbot("report", KBOT_DATABASE_URL=url).out.startswith("There are no numbers yet")
    with schema.session_of(address, to_write=True) as session:
        reports.publish(session, "T1", NOW)
        session.commit()
        report = reports.latest(session, "T1")
    assert report is not None
    assert kbot("report", KBOT_DATABASE_URL=url).out.splitlines() == report_views.lines(report)
    assert kbot("report", "--csv", "--team", "T1", KBOT_DATABASE_URL=url).out.startswith("part,from,to,people")
    assert "there are: T1" in kbot("report", "--team", "T2", KBOT_DATABASE_URL=url).sentence


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--weeks", "4"], "more than 5 weeks"),
        (["--seeds", "2", "--database-url", "sqlite:///x.db"], "leave --seeds or --database-url out"),
        (["--people", "0"], "a number from 1 to 10000"),
    ],
)
def test_a_simulation_that_cannot_be_is_refused(kbot: Kbot, words: list[str], sentence: str) -> None:
    assert sentence in kbot("simulate", *words).err


def test_a_persons_log_is_handed_over_without_what_they_may_not_see(kbot: Kbot, address: Address, filled: str) -> None:
    with schema.session_of(address, to_write=True) as session:
        meet(session, ANA, BEN)
        case = opening.report(session, act(BEN), saved(session, "A title").id)
        responses.respond(session, act(BEN), case.id, Answer.USED)
        session.commit()
    words = ["export", "--team", "T1", "--person"]
    told = kbot(*words, BEN, KBOT_DATABASE_URL=filled)
    assert (told.code, told.err) == (0, "")
    assert "Used it" in told.out
    assert "A title" not in told.out, "nobody asked Slack what Ben may see"
    assert json.loads(kbot(*words, BEN, "--json", KBOT_DATABASE_URL=filled).out)["person"] == BEN
    assert kbot(*words, "U0NOBODY", KBOT_DATABASE_URL=filled).sentence == (
        "I have never met U0NOBODY in T1; look at both ids."
    )


@on_sqlite
@pytest.mark.parametrize("words", [["inbox", "list"], ["--help"]])
def test_nobody_has_to_read_to_the_end(filled: str, words: list[str]) -> None:
    """As in `kbot inbox list | head -0`."""
    reader, writer = os.pipe()
    os.close(reader)
    environment = os.environ | {"KBOT_DATABASE_URL": filled, "PYTHONUNBUFFERED": ""}
    command = [sys.executable, "-m", "kbot.cli", *words]
    done = subprocess.run(command, env=environment, stdout=writer, stderr=subprocess.PIPE, timeout=100)
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")
