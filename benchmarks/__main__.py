"""`make bench`: how fast kbot acknowledges, as ratios to a bare Bolt listener measured in the same sitting.

Absolute figures say more about the machine than about kbot; ratios travel. Floor and kbot take turns, three times
each, and the median counts. Every acknowledged event is committed (SQLite: synchronous=FULL; PostgreSQL: fsync on),
and kbot's worker handles the events at the same time. `meaning` is apart from that: how fast texts become vectors;
so is `recipients`: how fast it is chosen who gets an item. `simulate`, run only when named, is about truth.
"""

import argparse
import contextlib
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from benchmarks import meaning, recipients, servers, simulation
from kbot.playground.server import Playground
from kbot.storage import schema
from kbot.storage.address import Address

ROUNDS = 3
CLOSED_COUNT = 20_000
OPEN_SECONDS = 6
OPEN_RATE = 500


@dataclass(frozen=True)
class Target:
    what: str
    at_least: float | None = None
    at_most: float | None = None

    def met(self, ratio: float) -> bool:
        return (self.at_least is None or ratio >= self.at_least) and (self.at_most is None or ratio <= self.at_most)

    def __str__(self) -> str:
        return f">= {self.at_least}" if self.at_least is not None else f"<= {self.at_most}"


DATABASES: dict[str, tuple[Callable[[], contextlib.AbstractContextManager[str]], Target, Target]] = {
    "sqlite": (
        servers.sqlite,
        Target("acknowledged events a second", at_least=2.0),
        Target("p99 at 500 events a second", at_most=1.0),
    ),
    "postgresql": (
        servers.postgresql,
        Target("acknowledged events a second", at_least=1.5),
        Target("p99 at 500 events a second", at_most=1.5),
    ),
}

MEANING, RECIPIENTS, SIMULATE = "meaning", "recipients", "simulate"
TEXTS = Target(f"texts of {meaning.TOKENS} tokens a second", at_least=1.8)
QUESTION = Target("p50 of a question's vector", at_most=0.4)


def load(how: str, port: int, count: int) -> dict[str, float]:
    """Run the load generator against a port."""
    command = [sys.executable, "-m", "benchmarks.load", how, str(port), str(count), "--rate", str(OPEN_RATE)]
    command += ["--core", str(servers.LOAD_CORE)]
    found: dict[str, float] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    return found


def drained(database_url: str) -> float:
    """Wait until kbot has handled every event; returns seconds."""
    started = time.perf_counter()
    with schema.session_of(Address.parse(database_url)) as session:
        while session.execute(text("SELECT 1 FROM inbox WHERE state = 'new' LIMIT 1")).first():
            session.rollback()
            time.sleep(0.2)
    return time.perf_counter() - started


def measure(database: str, slack: Playground, folder: Path, rounds: int) -> bool:
    """Measure one database against the floor and print its lines. True when its targets are met."""
    opened, much, quick = DATABASES[database]
    closed: list[tuple[dict[str, float], dict[str, float]]] = []
    opened_loop: list[tuple[dict[str, float], dict[str, float]]] = []
    drains: list[float] = []
    with opened() as url:
        bot, bot_port = servers.kbot(slack, url, folder)
        floor, floor_port = servers.floor(slack, folder)
        with floor, bot:
            for number in range(rounds):
                bare, ours = load("closed", floor_port, CLOSED_COUNT), load("closed", bot_port, CLOSED_COUNT)
                drains.append(CLOSED_COUNT / drained(url))
                closed.append((bare, ours))
                _progress(database, number, "closed", bare, ours)
                count = OPEN_RATE * OPEN_SECONDS
                bare, ours = load("open", floor_port, count), load("open", bot_port, count)
                opened_loop.append((bare, ours))
                _progress(database, number, "open", bare, ours)
                drained(url)
    met = _line(database, much, "rate", "/s", closed)
    met &= _line(database, quick, "p99", " ms", opened_loop)
    print(f"{database:<11} backlog of {CLOSED_COUNT} worked off at {statistics.median(drains):.0f} events a second")
    return met


def measure_meaning(folder: Path, rounds: int) -> bool:
    """Measure the language model against itself in float32 and print its lines. True when its targets are met."""
    found = meaning.measured(folder, rounds)
    return _line(MEANING, TEXTS, "rate", "/s", found) & _line(MEANING, QUESTION, "p50", " ms", found)


def _progress(database: str, number: int, how: str, bare: dict[str, float], ours: dict[str, float]) -> None:
    def said(found: dict[str, float]) -> str:
        return f"{found['rate']:8.0f}/s p50 {found['p50']:.2f} p99 {found['p99']:.2f} max {found['max']:.1f} ms"

    print(f"  {database} {how} {number + 1}: floor {said(bare)} | kbot {said(ours)}", file=sys.stderr)


def _line(
    database: str, target: Target, name: str, unit: str, found: list[tuple[dict[str, float], dict[str, float]]]
) -> bool:
    ratio = statistics.median(ours[name] / bare[name] for bare, ours in found)
    bare = statistics.median(bare[name] for bare, _ in found)
    ours = statistics.median(ours[name] for _, ours in found)
    met = target.met(ratio)
    print(
        f"{database:<11} {target.what:<30} floor {bare:10.2f}{unit:<3} kbot {ours:10.2f}{unit:<3} "
        f"ratio {ratio:5.2f}  target {target!s:<7} {'met' if met else 'MISSED'}"
    )
    return met


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "parts",
        nargs="*",
        default=[*DATABASES, MEANING, RECIPIENTS],
        help="sqlite, postgresql, meaning, recipients (default: all four), simulate",
    )
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"repetitions; the median counts (default {ROUNDS})")
    parser.add_argument(
        "--seeds",
        type=int,
        default=simulation.SEEDS,
        help=f"organisations to simulate (default {simulation.SEEDS})",
    )
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Playground() as slack:
        met = [
            recipients.measure()
            if part == RECIPIENTS
            else simulation.measure(given.seeds)
            if part == SIMULATE
            else measure_meaning(Path(folder), given.rounds)
            if part == MEANING
            else measure(part, slack, Path(folder), given.rounds)
            for part in given.parts
        ]
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
