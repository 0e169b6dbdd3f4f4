"""A person's log as they read it: pages of what they met, with what they said of it. Pure: facts in, blocks out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from kbot.answers.facts import Question
from kbot.cards import LOG, Block, age, button, buttons, choice, context, section, sure, title_of
from kbot.delivery.dates import in_words as day_in_words
from kbot.delivery.facts import Need
from kbot.follow_up.facts import Case, CaseState, Telling
from kbot.follow_up.steps import ONE_QUESTION
from kbot.follow_up.wording import LABELS, SAID, WENT
from kbot.learning.facts import Check, CheckState
from kbot.learning.views import REMEMBER, small_print
from kbot.library.facts import Item, Topic
from kbot.people.facts import Person
from kbot.slack.mrkdwn import escaped, one_line
from kbot.trail.facts import Intended, Status

SHELF = "home.log_shelf"
CHANGE = "home.log_change"
FORGET = "home.log_forget"
DELETE = "home.log_delete"
DELETE_ALL = "home.log_delete_all"
EXPORT = "home.log_export"

PAGE = 5
TITLE_SHOWN = 100
WORDS_SHOWN = 120
UNSEEN = "an item you can no longer see"
TAKEN_BACK = "an item that was taken back"
EMPTY = "Your log is empty. Ask me something, or press *I'll use this* under an answer."
NONE_HERE = "Nothing here yet."
ONLY_YOU = "Only you see this."
DELETED = "It is deleted."
DELETED_ALL = "All that you said is deleted."
WHAT_GOES = (
    "What I noted of it for you, and what you said of it, is deleted. If it is replaced or taken back one day, I "
    "cannot tell you."
)
ALL_THAT_GOES = (
    "Your answers, plans and learning checks are deleted, for good. Totals that were published stay, and what you "
    "shared; what I shall never ask about stays noted. If something is replaced one day, I cannot tell you."
)


class Came(StrEnum):
    """How a person came by an item."""

    ASKED = "asked"
    OPENED = "opened"
    SENT = "sent"
    MEANT = "meant"


class Shelf(StrEnum):
    """A part of the log."""

    ALL = "all"
    TO_TRY = "to_try"
    USED = "used"
    NOT_WORKED = "not_worked"
    MIND = "mind"
    REMEMBER = "remember"
    RECALLED = "recalled"


SHELVES = {
    Shelf.ALL: "Everything",
    Shelf.TO_TRY: "To try",
    Shelf.USED: "Used",
    Shelf.NOT_WORKED: "Didn't work",
    Shelf.MIND: "Changed my mind",
    Shelf.REMEMBER: "To remember",
    Shelf.RECALLED: "Not current any more",
}


@dataclass(frozen=True)
class Entry:
    """All that one person knows of one item. `item` is None when they may not see it now. `came`: when, how, and in
    which words they asked; `cases` the newest first, with what was asked once more, later."""

    item_id: str
    item: Item | None
    came: tuple[tuple[datetime, Came, str], ...] = ()
    cases: tuple[Case, ...] = ()
    plan: Intended | None = None
    recalled_at: datetime | None = None
    check: Check | None = None
    passed_to: tuple[str, ...] = ()
    """The names of those to whom they passed it on."""

    @property
    def case(self) -> Case | None:
        """What was said last; where nothing was, what may be said."""
        first = [case for case in self.cases if case.form not in ONE_QUESTION]
        told = [case for case in first if case.status is not None]
        if told:
            return max(told, key=lambda case: case.responded_at or case.opened_at)
        return first[0] if first else None

    @property
    def later(self) -> Sequence[Case]:
        """What they said when they were asked once more: whether they still use it, or why they had not answered."""
        return [case for case in self.cases if case.form in ONE_QUESTION and case.taps]

    @property
    def at(self) -> datetime:
        """When something happened last."""
        moments = [at for at, _, _ in self.came]
        told = [case for case in self.cases if case.form not in ONE_QUESTION or case.taps]
        moments += [case.responded_at or case.opened_at for case in told]
        moments += [moment for moment in (self.recalled_at, self.plan.at if self.plan else None) if moment]
        moments += [self.check.started_at] if self.check else []
        return max(moments or [case.opened_at for case in self.cases])

    def is_on(self, shelf: Shelf) -> bool:
        status = self.case.status if self.case else None
        match shelf:
            case Shelf.ALL:
                return True
            case Shelf.USED:
                return status is not None and status.is_use
            case Shelf.NOT_WORKED:
                return status is Status.TRIED_NOT_WORKED
            case Shelf.MIND:
                return status is Status.CHANGED_THINKING
            case Shelf.TO_TRY:
                return status is Status.NOT_YET or (status is None and (self.plan is not None or self._waits))
            case Shelf.REMEMBER:
                return self.check is not None and self.check.state in (CheckState.WAITING, CheckState.ASKED)
            case Shelf.RECALLED:
                return self.recalled_at is not None

    @property
    def _waits(self) -> bool:
        return any(case.is_open and case.form not in ONE_QUESTION for case in self.cases)


@dataclass(frozen=True)
class Log:
    """A person's log, the newest first, with what else is theirs."""

    person: Person
    entries: Sequence[Entry]
    questions: Sequence[Question] = ()
    needs: Sequence[Need] = ()
    follows: Sequence[Topic] = ()


@dataclass(frozen=True)
class Page:
    """Where in the log somebody reads; it travels in a button."""

    shelf: Shelf = Shelf.ALL
    n: int = 0

    @classmethod
    def parse(cls, value: str) -> "Page":
        shelf, _, n = value.partition(":")
        try:
            return cls(Shelf(shelf), int(n) if n.isdecimal() else 0)
        except ValueError:
            return cls()

    def __str__(self) -> str:
        return f"{self.shelf}:{self.n}"


def page(log: Log, where: Page, now: datetime, said: str = "") -> tuple[str, list[Block]]:
    """One page of the log. `said`: what has just been done."""
    if not log.entries:
        empty = f"{said} {EMPTY}".strip()
        return empty, [section(empty)]
    on_it = [entry for entry in log.entries if entry.is_on(where.shelf)]
    last = max(0, (len(on_it) - 1) // PAGE)
    n = min(where.n, last)
    shelves = [(f"{label} ({_count(log, shelf)})", str(Page(shelf))) for shelf, label in SHELVES.items()]
    head = section(f"{said}\n*My log*".strip(), accessory=choice(SHELF, shelves, str(Page(where.shelf))))
    blocks: list[Block] = [head]
    for entry in on_it[n * PAGE : (n + 1) * PAGE]:
        blocks += _entry(entry, log.person, Page(where.shelf, n), now)
    if not on_it:
        blocks.append(section(NONE_HERE))
    more = []
    if n > 0:
        more.append(button("Newer", f"{LOG}.newer", str(Page(where.shelf, n - 1))))
    if n < last:
        more.append(button("Older", f"{LOG}.older", str(Page(where.shelf, n + 1))))
    everything = sure(
        button("Delete all I said", DELETE_ALL, str(where.shelf)), "Delete all I said?", ALL_THAT_GOES, "Delete"
    )
    of_how_many = f" Page {n + 1} of {last + 1}." if last else ""
    end = buttons(*more, button("Export", EXPORT, "log"), everything)
    return "Your log.", [*blocks, end, context(f"{ONLY_YOU}{of_how_many}")]


def _count(log: Log, shelf: Shelf) -> int:
    return sum(entry.is_on(shelf) for entry in log.entries)


def _entry(entry: Entry, person: Person, where: Page, now: datetime) -> list[Block]:
    lines = [title(entry.item), *told(entry, person, now)]
    row = []
    if entry.item is not None and entry.item.is_public_word:
        has_said = entry.case is not None and entry.case.status is not None
        row.append(button("Change my answer" if has_said else "Say how it went", CHANGE, entry.item_id))
        if entry.is_on(Shelf.REMEMBER):
            row.append(button("Stop asking", FORGET, f"{entry.item_id}:{where}"))
        elif has_said and entry.item.is_findable:
            row.append(button("Help me remember this", REMEMBER, entry.item_id))
    row.append(sure(button("Delete", DELETE, f"{entry.item_id}:{where}"), "Delete this?", WHAT_GOES, "Delete"))
    return [section("\n".join(lines)), buttons(*row)]


def title(item: Item | None) -> str:
    """An item's title, as far as it may be named."""
    if item is None:
        return f"_{UNSEEN}_"
    return f"*{title_of(item, TITLE_SHOWN)}*" if item.is_public_word else f"_{TAKEN_BACK}_"


def told(entry: Entry, person: Person, now: datetime) -> list[str]:
    """What is known of one item: what was said, what is planned, how it came."""
    lines = []
    case = entry.case
    if case is not None and case.status is not None:
        went = f", {WENT[case.outcome]}" if case.outcome else ""
        may_hear = {Telling.WITH_NAME: " · told with your name", Telling.WITHOUT_NAME: " · told without your name"}
        when = age(case.responded_at or case.opened_at, now)
        lines.append(f"{SAID[case.status]}{went} · {when}{may_hear.get(case.telling, '')}")
        if case.missing:
            lines.append(f"Missing: {escaped(one_line(case.missing), WORDS_SHOWN)}")
    for one in entry.later:
        said = ", ".join(LABELS[answer] for answer in one.taps.values())
        lines.append(f"Asked again: {said} · {age(one.responded_at or one.opened_at, now)}")
    if entry.plan is not None and entry.is_on(Shelf.TO_TRY):
        lines.append(f"You mean to use it until {_day(entry.plan, person, now)}")
    elif case is not None and case.state is not CaseState.CLOSED:
        lines.append("Not said yet" if case.status is None else "I ask once more")
    if entry.passed_to:
        lines.append(f"Passed on to {escaped(', '.join(entry.passed_to), WORDS_SHOWN)}")
    if entry.recalled_at is not None:
        lines.append(f"Not current any more: I told you {age(entry.recalled_at, now)}")
    if entry.check is not None:
        lines.append(f"To remember: {small_print(entry.check, now)}")
    return [*lines, *(_came(*each, now) for each in entry.came[-1:])]


def _day(plan: Intended, person: Person, now: datetime) -> str:
    try:
        return day_in_words(date.fromisoformat(plan.by), now.astimezone(person.zone).date())
    except ValueError:
        return escaped(plan.by, WORDS_SHOWN)


def _came(at: datetime, came: Came, words: str, now: datetime) -> str:
    how: Mapping[Came, str] = {
        Came.ASKED: f"You asked: {escaped(one_line(words), WORDS_SHOWN)}" if words else "You asked for it",
        Came.OPENED: "You opened it",
        Came.SENT: "I sent it to you",
        Came.MEANT: "You meant to use it",
    }
    return f"_{how[came]} · {age(at, now)}_"


def form(blocks: Sequence[Block]) -> dict[str, object]:
    """The log in a dialog, for the Home tab, which has no message to show it in."""
    return {
        "type": "modal",
        "title": {"type": "plain_text", "text": "My log"},
        "close": {"type": "plain_text", "text": "Close"},
        "blocks": list(blocks),
    }
