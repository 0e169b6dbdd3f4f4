"""What the Home tab asks: the questions that messages ask too, answered here or there. Pure: facts in, Block Kit out.

A question shows what its message shows, with the same buttons; so answering one of the two settles both.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from kbot.capture.views import edited, notice, orphaned
from kbot.cards import PLAN, Block, acts, choice, context, contributor_of, header, section, title_of
from kbot.delivery.facts import Need
from kbot.delivery.mobilize_views import widen
from kbot.delivery.need_views import over
from kbot.delivery.views import PLANNED, PLANS, Shown, why
from kbot.follow_up.facts import Case, CaseState, Step
from kbot.follow_up.steps import next_step
from kbot.follow_up.views import Asked, case_blocks
from kbot.helping.facts import Shown as ShownRequest
from kbot.helping.facts import Turn
from kbot.helping.views import answer, wanted
from kbot.library.facts import Item
from kbot.trail.facts import Plan

MOST_BLOCKS = 30
"""Of the 100 that a Home tab may have, for questions."""

MOST_NEW = 5
TITLE_LIMIT = 100

OPTIONAL_FOR = timedelta(days=1)
"""So long after an answer the tab shows what may be said more of it; the message does for ever."""


@dataclass(frozen=True)
class Wider:
    """Whether an item may be shown in another channel, to be decided by this person: `by` is a name. Slack tells later
    whether that channel `is_private`."""

    item: Item
    channel: str
    by: str
    note: str
    is_mine: bool
    is_private: bool = False


@dataclass(frozen=True)
class Questions:
    """What a person is asked now: cases whose question has arrived or that they have just answered, needs whose day is
    over, audiences that they decide about, and what of theirs waits for their word.

    Of `edited` and `orphaned` items the message was edited or deleted; what it says now (`words`, by item) Slack tells
    later. `help`: requests in which it is their turn, or theirs to say whether that answer did it.
    """

    cases: Sequence[Asked] = ()
    needs: Sequence[Need] = ()
    found: Mapping[str, Item] = field(default_factory=dict)
    wider: Sequence[Wider] = ()
    notices: Sequence[Item] = ()
    edited: Sequence[Item] = ()
    orphaned: Sequence[Item] = ()
    words: Mapping[str, str] = field(default_factory=dict)
    help: Sequence[tuple[ShownRequest, Turn]] = ()
    names: Mapping[str, str] = field(default_factory=dict)


def is_question(case: Case, contributor: str | None, *, arrived: bool, now: datetime) -> bool:
    """Whether a case asks something now: its question has arrived, or the person has just answered and may say more."""
    if case.state is CaseState.ASKED:
        return arrived
    is_fresh = case.responded_at is not None and case.responded_at > now - OPTIONAL_FOR
    return is_fresh and next_step(case, contributor) not in (Step.DONE, Step.STORY)


def questions(asked: Questions, now: datetime) -> list[Block]:
    """As many as there is room for, what others wait for first; the rest is in Messages."""
    each = list(_each(asked, now))
    blocks: list[Block] = []
    shown = 0
    for one in each:
        if len(blocks) + len(one) > MOST_BLOCKS:
            break
        blocks += one
        shown += 1
    if not each:
        return []
    rest = len(each) - shown
    small = "Only you see your answers." if not rest else f"And {rest} more, in Messages. Only you see your answers."
    return [header("Waiting for you"), *blocks, context(small)]


def _each(asked: Questions, now: datetime) -> Iterator[list[Block]]:
    for shown, turn in asked.help:
        yield (wanted if turn.is_running else answer)(shown, turn)[1]
    for item in asked.orphaned:
        yield orphaned(item)[1]
    for item in asked.edited:
        if item.id in asked.words:
            yield edited(item, asked.words[item.id])[1]
    for item in asked.notices:
        yield notice(item, asked.names.get(item.flagger, "A colleague"))[1]
    for one in asked.wider:
        yield widen(one.item, one.channel, one.by, one.note, "asked", is_private=one.is_private, is_mine=one.is_mine)[1]
    for need in asked.needs:
        yield over(need, [asked.found[item] for item in need.matches if item in asked.found])[1]
    for case in asked.cases:
        yield case_blocks(case, now)


def planned(title: str, plan: Plan) -> str:
    """Something to try, of which the person has said when."""
    return f"{title}\nYou mean to use it {PLANNED[plan]}. I ask once, after that, how it went."


def when(item: str, text: str) -> Block:
    """Something to try: when might that be? It need not be said."""
    options = [(label, f"{each.value}:{item}") for each, label in PLANS]
    return section(text, accessory=choice(PLAN, options, "", empty="When might that be?"))


def new(shown: Iterable[Shown]) -> list[Block]:
    """What was chosen for this person and they have said nothing of: with the reason, and what can be said."""
    blocks: list[Block] = []
    for one in list(shown)[:MOST_NEW]:
        reason = why(one.delivery, one.by, contributor_of(one.item, one.names))
        blocks += [section(f"*{title_of(one.item, TITLE_LIMIT)}*\n{reason}"), acts(one.item, delivered=True)]
    return [header("New for you"), *blocks] if blocks else []
