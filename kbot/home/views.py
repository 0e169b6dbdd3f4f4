"""The Home tab: what waits, the log, what one shared, and what kbot may send. Pure: facts in, Block Kit out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from kbot.cards import (
    LOG,
    Block,
    age,
    button,
    buttons,
    channel_choice,
    choice,
    context,
    divider,
    header,
    learned,
    section,
    title_of,
)
from kbot.delivery.dates import in_words as day_in_words
from kbot.delivery.facts import Need
from kbot.delivery.need_views import words_of
from kbot.delivery.views import Shown
from kbot.follow_up.facts import Case, Form
from kbot.follow_up.wording import SAID, WENT
from kbot.home import limits as wishes
from kbot.home import question_views
from kbot.home.log_views import EXPORT, title
from kbot.home.pausing import in_words
from kbot.home.question_views import Questions
from kbot.library.facts import Item, Topic
from kbot.people.facts import Pace, Person
from kbot.people.hours import next_window
from kbot.post.facts import Unasked
from kbot.post.gate import Proactive
from kbot.slack.mrkdwn import escaped
from kbot.trail.facts import Plan
from kbot.trail.proof import Evidence

PAUSE = "home.pause"
PACE = "home.pace"
ASK_DAY = "home.ask_day"
INTERESTS = "home.interests"
RESUME = "home.resume"
COMMUNITY = "home.community"
NO_COMMUNITY = "home.no_community"

MOST = 10
"""Rows of each section; the newest count."""

CEILING = "I write to you unasked {limits} your time ({zone})."
AT_ONCE = "What follows what you do comes at once, and word when somebody saves what you wrote."

DELIVERIES = "What is new of the topics that you follow, and what others send you, comes"
PACES = (
    ("at once", Pace.AT_ONCE.value),
    ("once a day at most", Pace.DAILY.value),
    ("once a week", Pace.WEEKLY.value),
    ("never", Pace.NEVER.value),
)

ANY_DAY = "any"

HOME = (
    "*Your community* is that of the channel you choose. With it I can tell that what worked for you came from "
    "elsewhere, never that it was you."
)

TITLE_LIMIT = 100
FIRST = (Form.QUESTION, Form.USE, Form.THOUGHT)
"""What waits is shown; that a use is asked about again in three months, only when it is asked."""

ONLY_YOURS = "Only you see your log; there you change, export and delete it."


@dataclass(frozen=True)
class Desk:
    """What a person's Home tab is made of. `shown` are the items that this person may be shown now, by id; `shared` is
    what they contributed themselves. `asked` is what waits for their word, `planned` when they mean to use which item,
    `new` what was chosen for them. After silence nothing is asked (`rests`), or nothing before `asks_from`."""

    person: Person
    cases: Sequence[Case] = ()
    shown: Mapping[str, Item] = field(default_factory=dict)
    shared: Sequence[Item] = ()
    evidence: Mapping[str, Evidence] = field(default_factory=dict)
    is_broker: bool = False
    follows: Sequence[Topic] = ()
    needs: Sequence[Need] = ()
    asked: Questions = field(default_factory=Questions)
    planned: Mapping[str, Plan] = field(default_factory=dict)
    new: Sequence[Shown] = ()
    does: Sequence[Topic] = ()
    rests: bool = False
    asks_from: datetime | None = None


def home(desk: Desk, now: datetime) -> list[Block]:
    """The whole tab."""
    is_asked = {one.case.id for one in desk.asked.cases}
    to_try = [one for one in desk.cases if one.is_open and one.form in FIRST and one.id not in is_asked]
    told = [case for case in desk.cases if not case.is_open and case.status is not None]
    blocks = [*question_views.questions(desk.asked, now), *question_views.new(desk.new)]
    if to_try:
        blocks += _section("To try", [_to_try(desk, case, now) for case in to_try])
    if told:
        told = sorted(told, key=lambda case: case.responded_at or case.opened_at, reverse=True)
        blocks += _section("My log", [_said(desk, case, now) for case in told], ONLY_YOURS)
    if desk.shared:
        blocks += _section("What you shared", [_shared(desk, item, now) for item in desk.shared])
    if looked_for := _looked_for(desk, now):
        blocks += _section("What I look out for", looked_for, "`/kb topics` and `/kb need` change it.")
    if not blocks:
        blocks = _welcome()
    if desk.cases:
        log = button("Open my log", LOG, "all:0"), button("Export", EXPORT, "log")
        blocks = [*blocks, buttons(*log)]
    return [*blocks, divider(), *_pace(desk, now)]


def _section(title: str, lines: Sequence[str | Block], small: str = "") -> list[Block]:
    rest = len(lines) - MOST
    more = f"And {rest} more." if rest > 0 else ""
    blocks = [header(title), *(section(line) if isinstance(line, str) else line for line in lines[:MOST])]
    small = " ".join(part for part in (more, small) if part)
    return [*blocks, context(small)] if small else blocks


def _welcome() -> list[Block]:
    return [
        header("Welcome"),
        section(
            "*Save:* react with :bulb: to a message that others should find, or say `/kb add`.\n"
            "*Ask:* mention me in a channel, or write to me in the Messages tab.\n"
            "*Hear back:* what you find and what you share gathers here, with what became of it."
        ),
    ]


def _to_try(desk: Desk, case: Case, now: datetime) -> Block:
    person = desk.person
    name = title(desk.shown.get(case.item))
    if person.stopped:
        return section(f"{name}\nI will not ask, as you wished; `/kb used` tells me all the same.")
    if desk.rests:
        return section(f"{name}\nI ask no more, for I heard nothing back; `/kb resume` begins again.")
    if _findable(desk, case.item) is None:
        return section(f"{name}\nThere is nothing to answer any more.")
    if case.form is Form.USE and case.asks_made == 0 and case.item in desk.planned:
        return section(question_views.planned(name, desk.planned[case.item]))
    due = max(case.due_at, person.pause_until or case.due_at, desk.asks_from or case.due_at)
    opens = next_window(max(due, now), person.zone, person.limits.asks_in)
    text = f"{name}\nI ask on {in_words(opens, person.zone, now)}, or a little later."
    is_meant = case.form is Form.USE and case.asks_made == 0
    return question_views.when(case.item, text) if is_meant else section(text)


def _findable(desk: Desk, item_id: str) -> Item | None:
    item = desk.shown.get(item_id)
    return item if item is not None and item.is_findable else None


def _said(desk: Desk, case: Case, now: datetime) -> str:
    assert case.status is not None
    went = f", {WENT[case.outcome]}" if case.outcome else ""
    when = age(case.responded_at or case.opened_at, now)
    return f"{title(desk.shown.get(case.item))}\n{SAID[case.status]}{went} · {when}"


def _shared(desk: Desk, item: Item, now: datetime) -> str:
    found = desk.evidence.get(item.id, Evidence())
    said = found.told(now) or "nobody has said yet what came of it"
    if found.is_learned(item.home):
        said = f"{learned(item, found)} · {said}"
    return f"*{title_of(item, TITLE_LIMIT)}*\nShared {age(item.published_at or item.created_at, now)} · {said}"


def _looked_for(desk: Desk, now: datetime) -> list[str]:
    zone = desk.person.zone
    today = now.astimezone(zone).date()
    lines = [f"{words_of(need)} · until {day_in_words(need.last_day(zone), today)}" for need in desk.needs]
    if desk.follows:
        named = ", ".join(f"*{escaped(topic.name, 60)}*" for topic in desk.follows[:MOST])
        rest = len(desk.follows) - MOST
        lines.insert(0, f"Topics: {named}" + (f" and {rest} more" if rest > 0 else ""))
    return lines


def _pace(desk: Desk, now: datetime) -> list[Block]:
    person = desk.person
    small = [AT_ONCE]
    if person.stopped:
        text, row = "You stopped me: I send nothing unasked.", button("Start again", RESUME, "home")
    else:
        small.insert(0, _ceiling(person))
        if person.is_quiet(now) and person.pause_until is not None:
            text, row = paused(person.pause_until, person, now), button("Start again", RESUME, "home")
        else:
            text, row = "*What I may send you*", button("Pause a week", PAUSE, "home")
        if desk.is_broker:
            small.append("Your digest as a broker comes at its own hour.")
    does = ", ".join(f"*{escaped(topic.name, 60)}*" for topic in desk.does[:MOST]) or "you have not said"
    next_door = " Once a month something from next door." if person.next_door else ""
    interests = section(f"What you do: {does}.{next_door}", accessory=button("Change", INTERESTS, "home"))
    deliveries = section(DELIVERIES, accessory=choice(PACE, PACES, person.pace.value))
    home = section(HOME, accessory=channel_choice(COMMUNITY, person.home_channel, "Choose a channel"))
    forget = [button("No community", NO_COMMUNITY, "home")] if person.home_channel else []
    when = buttons(row, _ask_day(person), *forget)
    blocks = [interests, deliveries, home, section(text), when, context(" ".join(small))]
    if person.never_capture:
        blocks.append(context("Nothing you write is saved. `/kb capture me` changes that."))
    return blocks


def _ask_day(person: Person) -> object:
    days = [(f"Ask me on {wishes.NAMES[day]}s", str(day)) for day in sorted(person.limits.window.days)]
    asks_in, usual = person.limits.asks_in, person.limits.window
    chosen = ANY_DAY if asks_in == usual else str(person.limits.ask_day)
    return choice(ASK_DAY, [("Ask me on any of my days", ANY_DAY), *days], chosen)


def _ceiling(person: Person) -> str:
    limits = CEILING.format(limits=wishes.in_words(person.limits), zone=escaped(person.tz, 60))
    return limits + wishes.asks_in_words(person.limits)


def paused(until: datetime, person: Person, now: datetime) -> str:
    """After a pause was asked for."""
    return f"You hear nothing unasked from me before {in_words(until, person.zone, now)}. `/kb resume` ends the pause."


RESUMED = "I am back: now and then I ask how something went, within your limits."


WHAT = {
    Proactive.RECALL: "word that something you used is not current any more",
    Proactive.HELP: "a question that you may know the answer to",
    Proactive.CHECK_IN: "something you asked for",
    Proactive.BUNDLE: "how it went with what you found",
    Proactive.DELIVERY: "something for you",
    Proactive.CHECK: "something to remember",
    Proactive.FEED: "what became of what you shared",
}


def limits(person: Person, told: Sequence[Unasked], now: datetime) -> tuple[str, list[Block]]:
    """How often and when something unasked may come, what came in the last seven days, and what waits, and why."""
    lines = [_ceiling(person)]
    if person.stopped:
        lines = ["You stopped me: I send nothing unasked. `/kb resume` starts again."]
    came = [one for one in told if one.sent_at is not None]
    waits = [one for one in told if one.sent_at is None]
    if came:
        lines.append("*In the last seven days:*")
        lines += [f"• {WHAT[one.what]} ({age(one.sent_at, now)})" for one in came[:MOST] if one.sent_at]
    if waits:
        lines.append("*Waiting:*")
        lines += [f"• {WHAT[one.what]}" + (f": {one.held_for}" if one.held_for else "") for one in waits[:MOST]]
    return "What I may send you.", [section("\n".join(lines)), context(wishes.EXAMPLES)]


def lowered(most: int) -> str:
    """After an admin has changed what holds for everybody."""
    times = {1: "once", 2: "twice"}.get(most, f"{most} times")
    return f"From now on I write unasked {times} a week at most to anybody here. People may lower it for themselves."


def nobody(sentence: str) -> list[Block]:
    """For a guest or a stranger: one polite sentence."""
    return [section(sentence)]
