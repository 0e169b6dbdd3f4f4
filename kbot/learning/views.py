"""Everything learning checks say. Pure: facts in, Block Kit out. Think first, then look, then say how it went."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from kbot.cards import Block, button, buttons, card, context, divider, section, title_of
from kbot.learning.facts import Check, CheckState, Recall
from kbot.library.facts import Item
from kbot.slack.mrkdwn import escaped, one_line
from kbot.trail.proof import Evidence

REMEMBER = "learning.remember"
"""Carries the item's id."""

SHOW = "learning.show"
RECALL = "learning.recall"
"""Each button of an answer is `learning.recall.<recall>` and carries the item's id and the number of answers before."""

LESS = "learning.less"
WORDING = "learning.wording"
PAUSE = "follow_up.pause"
STOP = "learning.stop"
WHO_SEES = "learning.who_sees"

PROMPT_SHOWN = 200
BODY_SHOWN = 900

LABELS = {
    Recall.FORGOTTEN: "Didn't recall",
    Recall.WITH_EFFORT: "With effort",
    Recall.RECALLED: "Recalled",
    Recall.EASILY: "Easily",
}
BEGUN = (
    "Fine: in two days or so I ask you about it, then ever more rarely, three a week at most. Only you see how it "
    "goes; `/kb learned` ends it."
)
ONLY_YOU = (
    "You, and nobody else. Nothing of it is counted about you. Where five or more people find the same thing hard to "
    "remember, its broker hears that it is unclear, without names. `/kb learned` shows and deletes it."
)
STOPPED_ALL = "I send you nothing unasked from now on. `/kb resume` starts again."
ERASED = "You deleted what was here."
WORDING_ASKED = "Thanks. I have asked for clearer words, without your name."
HARD = "This one is hard to remember. Mostly that is the wording, not you."


@dataclass(frozen=True)
class Asked:
    """A check as it is shown: with its item (None: the person can no longer see it)."""

    check: Check
    item: Item | None
    evidence: Evidence


def checks(asked: Sequence[Asked], names: Mapping[str, str], now: datetime) -> tuple[str, list[Block]]:
    """The message: each check is its question, its answer with four buttons, or what was said."""
    many = len(asked) > 1
    head = f"*{len(asked)} to remember*" if many else "*One to remember*"
    blocks: list[Block] = [section(f"{head} - think first, then look. Only you see this.")]
    for one in asked:
        blocks += [*_check(one, names, now), divider()]
    end = buttons(button("Pause", PAUSE, "checks"), button("Stop", STOP, "checks"), _who_sees())
    return "Something to remember.", [*blocks, end]


def _who_sees() -> object:
    return button("Who sees this?", WHO_SEES, "checks")


def _check(asked: Asked, names: Mapping[str, str], now: datetime) -> list[Block]:
    check, item = asked.check, asked.item
    if item is None:
        return [section("This was about something that is gone, or not for you to see any more.")]
    if check.recall is not None or check.state is not CheckState.ASKED:
        return _said(check, item, now)
    if not check.is_shown:
        row = buttons(button("Show answer", SHOW, item.id, primary=True), button("Not this one", LESS, item.id))
        return [section(f"*{prompt(item)}*\nWhat would you do?"), row]
    answers = [button(label, f"{RECALL}.{one}", f"{item.id}:{check.n}") for one, label in LABELS.items()]
    return [*card(item, names, asked.evidence, now, body=BODY_SHOWN), section("Did you know it?"), buttons(*answers)]


def _said(check: Check, item: Item, now: datetime) -> list[Block]:
    if check.recall is None:
        return [section(f"*{title_of(item)}*\nI don't ask about this one any more.")]
    lines = [f"*{title_of(item)}*", f"You said: {LABELS[check.recall]}. {_next(check, now)}"]
    if check.recall is not Recall.FORGOTTEN or not check.is_hard:
        return [section("\n".join(lines))]
    return [section("\n".join([*lines, HARD])), buttons(button("Ask for a better wording", WORDING, item.id))]


def _next(check: Check, now: datetime) -> str:
    if check.state is CheckState.RETIRED:
        return "You know it by heart, so I don't ask any more."
    if check.state is CheckState.STOPPED:
        return "I don't ask about this one any more."
    days = max((check.due_at - now).days, 1)
    return f"I ask again in {_in_words(days)} at the earliest."


def _in_words(days: int) -> str:
    if days < 14:
        return "a day" if days == 1 else f"{days} days"
    return f"{round(days / 7)} weeks" if days < 60 else f"{round(days / 30)} months"


def prompt(item: Item) -> str:
    """What is asked: the question that the item answers."""
    return escaped(one_line(item.lines.question) or one_line(item.lines.title), PROMPT_SHOWN)


def small_print(check: Check, now: datetime) -> str:
    """How a check stands, for its person's log."""
    match check.state:
        case CheckState.RETIRED:
            return "Known by heart"
        case CheckState.STOPPED:
            return "Not asked any more"
        case CheckState.ASKED if check.recall is None:
            return "I asked you; it is in Messages"
        case _:
            return f"I ask in {_in_words(max((check.due_at - now).days, 1))} at the earliest"


def begun() -> tuple[str, list[Block]]:
    return BEGUN, [section(BEGUN), context("`/kb pause` keeps these quiet too.")]
