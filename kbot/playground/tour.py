"""`kbot demo`: the playground, the real bot beside it, a tour of the whole loop, and a page to click in.

Every step's result is read back from what the bot did; nothing is told that did not happen.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kbot.playground.driver import Driver
from kbot.playground.hands import Post
from kbot.playground.seen import Seen
from kbot.playground.server import Playground

WIDTH = 96


def demo(manifest: Mapping[str, Any], *, tour_only: bool, port: int) -> int:
    """Run the tour, then serve the page until Ctrl-C. Returns 0, or 1 when a step of the tour failed."""
    # SIGTERM ends it as Ctrl-C does: no bot is left behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with tempfile.TemporaryDirectory(prefix="kbot-demo-") as folder:
        clock = Path(folder) / "clock"
        clock.write_text("0")
        try:
            playground = Playground(clock_file=clock, manifest=manifest, port=0 if tour_only else port)
            playground.start()
        except OSError as error:
            print(f"kbot: port {port} cannot be used: {error.strerror}. Try: kbot demo --port 0", file=sys.stderr)
            return 2
        log = Path(folder) / "kbot.log"
        try:
            with _bot(playground, Path(folder), log) as bot:
                failed = _walk(Driver(playground))
                if failed:
                    print(f"\nThe tour stopped: {failed}\nThe bot's log ends with:\n{_tail(log)}", file=sys.stderr)
                if tour_only:
                    return 1 if failed else 0
                return _serve(playground, bot, log, failed=bool(failed))
        finally:
            playground.stop()


@contextmanager
def _bot(playground: Playground, folder: Path, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The bot as anybody would run it: its own process, SQLite, Socket Mode."""
    environment = {
        **os.environ,
        **playground.environment(),
        "KBOT_DATABASE_URL": f"sqlite:///{folder / 'kbot.db'}",
        "KBOT_HTTP_PORT": "0",
        "KBOT_CLOCK_FILE": str(folder / "clock"),
    }
    with log.open("wb") as file:
        bot = subprocess.Popen(
            [sys.executable, "-m", "kbot.cli", "run"], env=environment, stdout=file, stderr=file, start_new_session=True
        )
    try:
        yield bot
    finally:
        bot.send_signal(signal.SIGTERM)
        try:
            bot.wait(20)
        except subprocess.TimeoutExpired:
            bot.kill()


def _walk(slack: Driver) -> str | None:
    """The steps of the loop; returns what went wrong, None when nothing did."""
    print("kbot on a small invented team, without a Slack account.\n")
    try:
        slack.connected(20)
        _set_up(slack)
        _flag(slack)
        _ask(slack)
        _follow_up(slack)
        _tell(slack)
        _log(slack)
        _digest(slack)
        if slack.violations:
            return "Slack would not have accepted this: " + "; ".join(map(str, slack.violations))
    except AssertionError as error:
        return str(error)
    return None


def _set_up(slack: Driver) -> None:
    _step("Cleo sets #platform up, with herself as knowledge broker")
    slack.cleo.command("/kb setup", "platform")
    modal = slack.wait(lambda: (m := slack.cleo.modal) and "Brokers" in m.fields and m, what="the set-up dialog")
    errors = modal.select("Brokers", ["cleo"]).submit()
    assert not errors, errors
    if said := slack.cleo.modal:
        said.close()
    slack.cleo.command("/kb setup show", "platform")
    shown = slack.wait(lambda: _with(slack.cleo.ephemerals("platform"), "Brokers"), what="the set-up of the channel")
    _show("kbot", shown)


def _flag(slack: Driver) -> None:
    _step("Ben flags what Ana once wrote in a thread, with :bulb:")
    answer = _find(slack, "platform", "Drain the queue")
    slack.ben.reacts(answer, "bulb")
    _show("kbot to Ben", slack.wait(lambda: _with(slack.ben.ephemerals("platform"), "Saved"), what="Ben's receipt"))
    _step("Ana is told, and decides")
    notice = slack.wait(lambda: _with(slack.ana.inbox, "saved this"), what="Ana's notice")
    _show("kbot to Ana", notice)
    notice.press("Fine")
    slack.wait(lambda: "others can find it" in notice.text, what="Ana's receipt")


def _ask(slack: Driver) -> None:
    _step("Ben invites kbot to #support")
    slack.invite("kbot", "support", by=slack.ben)
    _show("kbot in the channel", slack.wait(lambda: _with(slack.dov.sees("support"), "/kb setup"), what="three lines"))
    _step("Dov asks there")
    asked = slack.dov.mentions("the importer is stuck after a deploy, what now?", "support")
    answer = slack.wait(lambda: _with(slack.dov.thread(asked), "--resume"), what="the cited answer")
    _show("kbot in the thread", answer)


def _follow_up(slack: Driver) -> None:
    _step("Ten days pass; at 11 o'clock in Tokyo Dov is asked")
    slack.clock.move(days=10)
    slack.clock.move_to(slack.dov, weekday="wed", hour=11)
    ask = slack.wait(lambda: _with(slack.dov.inbox, "Did the answer help?"), what="the follow-up")
    _show("kbot to Dov", ask)
    ask.press("Solved it")
    slack.wait(lambda: "May I tell" in ask.text, what="the question who may hear of it")
    ask.press("Yes, with my name")
    slack.wait(lambda: "weekly note" in ask.text, what="the receipt")
    _show("after two taps", ask)


def _tell(slack: Driver) -> None:
    _step("Ana hears what became of it")
    slack.clock.move_to(slack.ana, weekday="thu", hour=11)
    _show("kbot to Ana", slack.wait(lambda: _with(slack.ana.inbox, "What became of"), what="Ana's weekly note"))


def _log(slack: Driver) -> None:
    _step("Dov's own log shows it")
    slack.dov.command("/kb learned", "support")
    _show("kbot to Dov", slack.wait(lambda: _with(slack.dov.ephemerals("support"), "My log"), what="Dov's log"))


def _digest(slack: Driver) -> None:
    _step("Cleo's week as a broker")
    slack.clock.move_to(slack.cleo, weekday="mon", hour=12)
    _show("kbot to Cleo", slack.wait(lambda: _with(slack.cleo.inbox, "used by"), what="Cleo's digest"))


def _find(slack: Driver, channel: str, words: str) -> Post:
    for seen in slack.ben.sees(channel):
        if words in seen.text:
            return Post(seen.channel, seen.ts)
    raise AssertionError(f"no message with {words!r} in #{channel}")


def _with(shown: list[Seen], words: str) -> Seen | None:
    return next((seen for seen in reversed(shown) if words in seen.text), None)


def _step(text: str) -> None:
    print(f"\n{_bold('* ' + text)}")


def _bold(text: str) -> str:
    return f"\033[1m{text}\033[0m" if sys.stdout.isatty() else text


def _show(who: str, seen: Seen) -> None:
    lines = [line if len(line) <= WIDTH else line[: WIDTH - 1] + "…" for line in seen.text.splitlines()]
    print(f"  {who}:")
    print("\n".join(f"  | {line}" for line in lines), flush=True)


def _serve(playground: Playground, bot: subprocess.Popen[bytes], log: Path, *, failed: bool) -> int:
    done = "The tour is over. " if not failed else ""
    print(f"\n{_bold(done + 'Now click through it yourself:')} {playground.url}\n(Ctrl-C ends it.)", flush=True)
    try:
        while bot.poll() is None:
            time.sleep(0.5)
    except KeyboardInterrupt:
        print()
        return 1 if failed else 0
    print(f"The bot has stopped by itself. Its log ends with:\n{_tail(log)}", file=sys.stderr)
    return 1


def _tail(log: Path, lines: int = 25) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
