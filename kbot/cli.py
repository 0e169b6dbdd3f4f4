"""The `kbot` command. Each word is a few lines here and a function elsewhere; bad input is one sentence and exit 2."""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import uvloop
import yaml

from kbot.act import BadInput
from kbot.app import run as run_app
from kbot.home.handing_over import export_log
from kbot.library.evaluation import Questions, evaluate, write_confidence, write_run
from kbot.logs import set_up_logging
from kbot.meaning.opening import open_embedder
from kbot.playground.tour import demo as run_demo
from kbot.post import looking_inside
from kbot.review import report_views, reports
from kbot.settings import Settings
from kbot.simulation.outcome import simulated
from kbot.simulation.running import Size
from kbot.slack.manifest import manifest
from kbot.storage import schema
from kbot.storage.address import Address
from kbot.storage.schema import State


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `kbot ARGUMENTS`; returns the exit code."""
    try:
        try:
            return _main(arguments)
        finally:
            print(end="", flush=True)  # at the exit a closed pipe would be told as trouble
    except BrokenPipeError:
        # Nobody reads on, as in `kbot inbox list | head`: what is left must not be tried once more at the exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _main(arguments: Sequence[str] | None) -> int:
    given = _parser().parse_args(arguments)
    try:
        settings = Settings.load()
        set_up_logging(settings.log_level)
        do: Callable[[Settings, argparse.Namespace], int | None] = given.do
        return do(settings, given) or 0
    except BadInput as bad:
        print(f"kbot: {bad.sentence}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="kbot", description="A Slack bot for knowledge mobilization.")
    words = parser.add_subparsers(required=True, metavar="WORD")

    def word(name: str, do: Callable[..., int | None], sentence: str) -> argparse.ArgumentParser:
        made = words.add_parser(name, help=sentence, description=sentence)
        made.set_defaults(do=do)
        return made

    tour = word("demo", _demo, "Try kbot here: a small local Slack, the bot, a tour, and a page to click in.")
    tour.add_argument("--tour-only", action="store_true", help="exit after the tour; non-zero if a step failed")
    tour.add_argument("--port", type=_port, default=8765, help="port of the page (default 8765; 0: any free one)")
    word("run", _run, "Run the bot: Socket Mode when SLACK_APP_TOKEN is set, else HTTP.")
    printed = word("manifest", _manifest, "Print the app's manifest to paste into Slack.")
    printed.add_argument("--http", metavar="URL", help="for HTTP at this address, instead of Socket Mode")
    form = printed.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="as JSON (default)")
    form.add_argument("--yaml", action="store_true", help="as YAML")

    database = words.add_parser("db", help="The database's schema.").add_subparsers(required=True, metavar="WHAT")
    upgrade = database.add_parser("upgrade", help="bring it to this version's schema")
    upgrade.add_argument("revision", nargs="?", default="head")
    upgrade.set_defaults(do=_upgrade)
    downgrade = database.add_parser("downgrade", help="take it back to a revision: base, -1, or a name")
    downgrade.add_argument("revision")
    downgrade.set_defaults(do=_downgrade)
    check = database.add_parser("check", help="say how it stands; exit 1 when it is not current")
    check.set_defaults(do=_check)

    judged = word("eval", _eval, "Judge the search on questions whose answers are known.")
    judged.add_argument(
        "folder",
        type=Path,
        metavar="FOLDER",
        help="holds corpus.jsonl (id, title, text), queries.jsonl (id, text) and qrels.tsv (a header; then query, "
        "item, grade), each also as .gz",
    )
    judged.add_argument("--run", type=Path, metavar="FILE", help="write what was found: query, item, score a line")
    judged.add_argument(
        "--confidence", type=Path, metavar="FILE", help="write how sure it is of an answer: query, confidence a line"
    )

    told = word("report", _report, "Print the numbers that were published last, as `/kb stats` shows them.")
    told.add_argument("--csv", action="store_true", help="as a table for other programs")
    told.add_argument("--team", metavar="ID", help="of this workspace alone")
    lived = word(
        "simulate", _simulate, "Let an invented organisation live with kbot, and hold its numbers to the truth."
    )
    lived.add_argument("--people", type=_number, default=Size.people, help=f"default {Size.people}")
    lived.add_argument("--channels", type=_number, default=Size.channels, help=f"default {Size.channels}")
    lived.add_argument("--weeks", type=_number, default=Size.weeks, help=f"default {Size.weeks}")
    lived.add_argument("--seed", type=int, default=1, help="the same seed gives the same weeks (default 1)")
    lived.add_argument("--seeds", type=_number, default=1, metavar="N", help="so many seeds one after the other")
    lived.add_argument("--database-url", metavar="URL", help="an empty database to keep (default: one thrown away)")
    taken = word("export", _export, "Print a person's own log: all that they met and said.")
    taken.add_argument("--person", required=True, metavar="U...", help="the person's id in Slack")
    taken.add_argument("--team", required=True, metavar="T...", help="the workspace's id")
    taken.add_argument("--json", action="store_true", help="as JSON (default: Markdown)")

    for name in ("inbox", "outbox", "dead"):
        inside = words.add_parser(name, help=f"Look inside: {name}.").add_subparsers(required=True, metavar="WHAT")
        listing = inside.add_parser("list", help="one row a line, never a message's words")
        listing.add_argument("--json", action="store_true", help="one JSON object a line")
        listing.set_defaults(do=_list, table=name)
        if name == "dead":
            inside.add_parser("retry", help="try everything dead once more").set_defaults(do=_retry)
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return int(text)


def _number(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= 10_000:
        raise argparse.ArgumentTypeError("a number from 1 to 10000")
    return int(text)


def _run(settings: Settings, _: argparse.Namespace) -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run_app(settings))


def _demo(settings: Settings, given: argparse.Namespace) -> int:
    return run_demo(manifest(), tour_only=given.tour_only, port=given.port)


def _manifest(_: Settings, given: argparse.Namespace) -> None:
    if given.http is not None and not _is_address(given.http):
        raise BadInput("--http takes the address under which Slack reaches kbot, such as https://kbot.example.com")
    made = manifest(given.http)
    print(
        yaml.safe_dump(made, sort_keys=False, allow_unicode=True).rstrip() if given.yaml else json.dumps(made, indent=2)
    )


def _is_address(text: str) -> bool:
    try:
        address = urlsplit(text)
    except ValueError:
        return False
    return address.scheme in ("http", "https") and bool(address.hostname)


def _upgrade(settings: Settings, given: argparse.Namespace) -> None:
    address = Address.parse(settings.database_url)
    schema.upgrade(address, given.revision)
    open_embedder(settings, say)
    print(f"{address}: {schema.state(address)}")


def _downgrade(settings: Settings, given: argparse.Namespace) -> None:
    address = Address.parse(settings.database_url)
    schema.downgrade(address, given.revision)
    print(f"{address}: {schema.state(address)}")


def _check(settings: Settings, _: argparse.Namespace) -> int:
    address = Address.parse(settings.database_url)
    state = schema.state(address)
    todo = {State.EMPTY: "run `kbot db upgrade`", State.OLDER: "run `kbot db upgrade`"}
    todo[State.UNKNOWN] = "it is newer than this kbot or not kbot's; use the kbot that made it"
    print(f"{address}: {state}" + (f"; {todo[state]}" if state in todo else ""))
    return 0 if state is State.CURRENT else 1


def _list(settings: Settings, given: argparse.Namespace) -> None:
    address = Address.parse(settings.database_url)
    for row in looking_inside.rows(address, looking_inside.What(given.table)):
        if given.json:
            print(json.dumps(row))
        else:
            print("  ".join(f"{name}={value}" for name, value in row.items() if value not in (None, "")))


def _retry(settings: Settings, _: argparse.Namespace) -> None:
    address = Address.parse(settings.database_url)
    with schema.held(address):
        print(f"{looking_inside.retry(address)} rows will be tried once more.")


def _eval(settings: Settings, given: argparse.Namespace) -> None:
    questions = Questions.load(given.folder)
    for file in (given.run, given.confidence):
        if file is not None and not file.absolute().parent.is_dir():
            raise BadInput(f"{file} cannot be written: there is no folder {file.absolute().parent}.")
    result, rankings = evaluate(questions, open_embedder(settings, say), say, threads=os.cpu_count() or 1)
    if given.run is not None:
        write_run(given.run, rankings)
    if given.confidence is not None:
        write_confidence(given.confidence, rankings)
    print(*result.lines(), sep="\n")


def _report(settings: Settings, given: argparse.Namespace) -> None:
    address = Address.parse(settings.database_url)
    schema.must_be_current(address)
    with schema.session_of(address) as session:
        teams = reports.teams(session)
        if given.team is not None and given.team not in teams:
            raise BadInput(
                f"There are no numbers of a workspace {given.team}; there are: {', '.join(teams) or 'none'}."
            )
        wanted = [given.team] if given.team else teams
        found = [(team, report) for team in wanted if (report := reports.latest(session, team)) is not None]
    if not found:
        print(report_views.NOT_YET)
    for team, report in found:
        if len(found) > 1:
            print(f"# {team}")
        print(report_views.table(report) if given.csv else "\n".join(report_views.lines(report)))


def _simulate(_: Settings, given: argparse.Namespace) -> int:
    if given.database_url is not None and given.seeds > 1:
        raise BadInput("A database holds one simulation: leave --seeds or --database-url out.")
    size = Size(given.people, given.channels, given.weeks)
    found = []
    for seed in range(given.seed, given.seed + given.seeds):
        found.append(simulated(seed, size, given.database_url))
        print(f"seed {seed}", *found[-1].lines, sep="\n  ")
    if len(found) > 1:
        print(f"the truth is inside the bounds in {sum(one.holds_the_truth for one in found)} of {len(found)} seeds")
    return 0 if all(one.keeps_its_word for one in found) else 1


def _export(settings: Settings, given: argparse.Namespace) -> None:
    print(asyncio.run(export_log(settings, given.team, given.person, as_json=given.json)), end="")


def say(sentence: str) -> None:
    """What takes long says how far it is, beside the output."""
    print(f"kbot: {sentence}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
