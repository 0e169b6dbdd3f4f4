"""A person's log to take away: as JSON, and as Markdown to read. Pure: facts in, text out."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kbot.follow_up.facts import Case
from kbot.follow_up.steps import ONE_QUESTION
from kbot.follow_up.wording import LABELS, SAID, WENT
from kbot.home.log_views import TAKEN_BACK, UNSEEN, Entry, Log
from kbot.slack.mrkdwn import one_line


@dataclass(frozen=True)
class File:
    """What somebody takes away."""

    name: str
    content: str


def files(log: Log, now: datetime) -> list[File]:
    """The log in both forms. `now`: people's time, UTC."""
    return [File("my-log.md", markdown(log, now)), File("my-log.json", as_json(log, now))]


def as_json(log: Log, now: datetime) -> str:
    """Everything, for another program."""
    found = {
        "person": log.person.id,
        "exported_at": now.isoformat(),
        "log": [_entry(entry) for entry in log.entries],
        "questions": [{"at": q.asked_at.isoformat(), "words": q.text, "is_open": q.is_open} for q in log.questions],
        "needs": [{"until": n.until.isoformat(), "words": n.words, "state": n.state.value} for n in log.needs],
        "topics": [topic.name for topic in log.follows],
    }
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


def _entry(entry: Entry) -> dict[str, Any]:
    found: dict[str, Any] = {
        "item": entry.item_id,
        "title": _title(entry),
        "permalink": entry.item.source.permalink if entry.item and entry.item.source else None,
        "came": [{"at": at.isoformat(), "how": how.value, "words": words} for at, how, words in entry.came],
        "answers": [_answer(case) for case in entry.cases],
    }
    if entry.plan is not None:
        found["plan"] = {"at": entry.plan.at.isoformat(), "by": entry.plan.by, "words": entry.plan.words}
    if entry.passed_to:
        found["passed_on_to"] = list(entry.passed_to)
    if entry.recalled_at is not None:
        found["recalled_at"] = entry.recalled_at.isoformat()
    if entry.check is not None:
        check = entry.check
        found["to_remember"] = {"state": check.state.value, "answers": check.n, "forgotten": check.forgotten}
    return found


def _answer(case: Case) -> dict[str, Any]:
    return {
        "opened_at": case.opened_at.isoformat(),
        "asked": case.asks_made,
        "answered_at": case.responded_at.isoformat() if case.responded_at else None,
        "status": case.status.value if case.status else None,
        "outcome": case.outcome.value if case.outcome else None,
        "more": {step.value: answer.value for step, answer in case.taps.items()},
        "missing": case.missing,
        "contributor_may_hear": case.telling.value,
    }


def markdown(log: Log, now: datetime) -> str:
    """The same, for a person."""
    return "\n".join(_markdown(log, now)) + "\n"


def _markdown(log: Log, now: datetime) -> Iterator[str]:
    yield f"# My log, {now.astimezone(log.person.zone):%-d %B %Y}"
    for entry in log.entries:
        yield f"\n## {_title(entry) or (UNSEEN if entry.item is None else TAKEN_BACK)}\n"
        for at, how, words in entry.came:
            yield f"- {_day(log, at)}: {how.value}" + (f': "{one_line(words)}"' if words else "")
        if entry.plan is not None:
            yield f"- {_day(log, entry.plan.at)}: meant to use it until {entry.plan.by}"
        for case in reversed(entry.cases):
            yield from _case(log, case)
        if entry.passed_to:
            yield f"- passed on to {', '.join(entry.passed_to)}"
        if entry.recalled_at is not None:
            yield f"- {_day(log, entry.recalled_at)}: told that it is not current any more"
        if entry.check is not None:
            yield f"- to remember: answered {entry.check.n} times, {entry.check.forgotten} times not recalled"
    for head, lines in (
        ("My questions", [f"{_day(log, q.asked_at)}: {one_line(q.text)}" for q in log.questions]),
        ("What I need", [f"until {_day(log, n.until)}: {one_line(n.words)}" for n in log.needs]),
        ("Topics I follow", [topic.name for topic in log.follows]),
    ):
        if lines:
            yield f"\n## {head}\n"
            yield from (f"- {line}" for line in lines)


def _case(log: Log, case: Case) -> Iterator[str]:
    if case.form in ONE_QUESTION and case.taps:
        said = ", ".join(LABELS[answer] for answer in case.taps.values())
        yield f"- {_day(log, case.responded_at or case.opened_at)}: asked again: {said}"
    if case.status is None:
        return
    said = SAID[case.status] + (f", {WENT[case.outcome]}" if case.outcome else "")
    more = "; ".join(LABELS[answer] for answer in case.taps.values() if answer in LABELS)
    yield f"- {_day(log, case.responded_at or case.opened_at)}: {said}" + (f" ({more})" if more else "")
    if case.missing:
        yield f'- what was missing: "{one_line(case.missing)}"'


def _title(entry: Entry) -> str | None:
    return one_line(entry.item.lines.title) if entry.item is not None and entry.item.is_public_word else None


def _day(log: Log, at: datetime) -> str:
    return f"{at.astimezone(log.person.zone):%Y-%m-%d}"
