"""What a broker reads: the digest with its one button a row, the modal of an answer. Pure: facts in, blocks out."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from kbot.answers.facts import Question
from kbot.capture.views import EDIT, REFUSE, save_modal
from kbot.cards import (
    BUILD_ON,
    Block,
    age,
    button,
    buttons,
    context,
    contributor_of,
    form,
    header,
    linked_title,
    menu,
    section,
    title_of,
)
from kbot.delivery.facts import Need
from kbot.delivery.mobilize_views import MOBILIZE
from kbot.helping.facts import Shown
from kbot.helping.views import HELP as ANSWER_HELP
from kbot.helping.views import wish
from kbot.library.facts import TITLE_LIMIT, Item, ItemKind, Lines
from kbot.review.digest import at_least, should_go
from kbot.review.facts import Became, Desk, Done, Entry, Numbers, RowKind
from kbot.slack.mrkdwn import cut, escaped, one_line, quoted
from kbot.trail.facts import UNCLEAR_TO, Barrier
from kbot.trail.proof import Evidence

APPROVE = "review.approve"
APPROVE_ANSWER = "review.approve_answer"
REJECT = "review.reject"
VERIFY = "review.verify"
RETIRE = "review.retire"
ANSWER = "review.answer"
ASK_CONTRIBUTOR = "review.ask_contributor"
STILL_HOLDS = "review.still_holds"
MENU = "review.menu"
WRITE = "review.write"
ANSWER_MODAL = "review.answer_modal"
WRITE_BARRIER = "review.write_barrier"
ROUTE = "review.route"
ROUTE_MODAL = "review.route_modal"
HELPER = "helper"

NOTHING = "Nothing waits for you."
NO_BROKER = "`/kb review` is for brokers; a channel's creator or an admin makes you one with `/kb setup` there."
NOT_YOURS = "Nothing in this digest is for you to decide any more."
NOT_TO_BE_ASKED = "They may not see it, or want to be asked nothing now. Choose somebody else."
SAVED = "Saved, and whoever asked is told."

SECTIONS = (
    ("Check now", (RowKind.CHECK,)),
    ("People waiting", (RowKind.QUESTION, RowKind.HELP, RowKind.APPROVE)),
    ("Came in", (RowKind.CAME_IN,)),
    ("What people said", (RowKind.SAID,)),
    ("Tend", (RowKind.UNCLEAR,)),
    ("Grow", (RowKind.NEED, RowKind.BARRIER)),
)
TITLE_SHOWN = 120
QUOTE_SHOWN = 300

Said = tuple[str, list[Block]]


def digest(desk: Desk, now: datetime) -> Said:
    """The weekly message, as its rows are now."""
    where = _channels(desk.channels)
    blocks = [section(f"*Your weekly look* at {where}" if where else "*Your weekly look*")]
    waiting = sum(entry.done is None for entry in desk.entries)
    return f"Your weekly look: {_rows_in_words(waiting)}.", [*blocks, *_body(desk, now)]


def review(desk: Desk, now: datetime, receipt: Entry | None = None) -> Said:
    """The same at any time. `receipt` is what was decided a moment ago."""
    blocks: list[Block] = [section(_receipt(receipt, desk))] if receipt is not None else []
    if not desk.entries:
        blocks.append(section(NOTHING))
    return NOTHING if not desk.entries else "What there is to review.", [*blocks, *_body(desk, now)]


def nothing_left() -> Said:
    """In the place of a digest of which its reader may see nothing any more."""
    return NOT_YOURS, [section(NOT_YOURS)]


def _channels(channels: Sequence[str]) -> str:
    shown = ", ".join(f"<#{channel}>" for channel in channels[:5])
    return f"{shown} and {len(channels) - 5} more" if len(channels) > 5 else shown


def _rows_in_words(waiting: int) -> str:
    if not waiting:
        return "everything is done"
    return "one row" if waiting == 1 else f"{waiting} rows"


def _body(desk: Desk, now: datetime) -> list[Block]:
    blocks: list[Block] = []
    for title, kinds in SECTIONS:
        entries = [entry for entry in desk.entries if entry.row.kind in kinds]
        if entries:
            blocks.append(header(title))
        for entry in entries:
            blocks += _entry(entry, desk, now)
    if desk.more:
        blocks.append(context(f"{desk.more} more found no room; `/kb review` shows them as these are done."))
    numbers = in_numbers(desk.numbers)
    if numbers:
        blocks.append(context(f"{_since(desk.since, now)}: {numbers}."))
    return blocks


def _since(since: datetime, now: datetime) -> str:
    return f"In the last {max(1, (now - since).days)} days"


def in_numbers(numbers: Numbers) -> str:
    """Counts in one line; "" when nothing happened. No rates: the numbers are small."""
    parts = []
    if numbers.came_in:
        parts.append(f"{numbers.came_in} came in")
    if numbers.asked:
        questions = "1 question" if numbers.asked == 1 else f"{numbers.asked} questions"
        parts.append(f"{questions}, {numbers.answered} answered")
    if numbers.followed_up:
        parts.append(f"asked how it went: {numbers.followed_up}, told: {numbers.told}")
    return " · ".join(parts)


def _entry(entry: Entry, desk: Desk, now: datetime) -> list[Block]:
    if entry.done is not None:
        return [section(_receipt(entry, desk))]
    if entry.question is not None:
        text = _question(entry.question, entry.people, now)
        return [section(text, accessory=button("Write the answer", ANSWER, entry.row.id))]
    if entry.need is not None:
        return [section(_need(entry.need, now), accessory=button("Write it down", WRITE, entry.need.id))]
    if entry.help is not None:
        return _help(entry.help, now)
    if entry.barrier is not None:
        text, write = _barrier(entry.barrier, entry.people), button("Write it down", WRITE_BARRIER, entry.barrier)
        return [section(text, accessory=write)]
    assert entry.item is not None
    item = entry.item
    if entry.row.kind is RowKind.UNCLEAR:
        return [section(_unclear(entry, desk, now), accessory=_make_clearer(item))]
    if entry.row.kind is RowKind.APPROVE:
        lines = [linked_title(item, TITLE_SHOWN), quoted(item.lines.body, QUOTE_SHOWN), _origin(entry, desk, now)]
        if one_line(item.lines.body) == item.lines.title:
            del lines[1]
        pressed = [button("Approve", APPROVE, item.id, primary=True)]
        if entry.answers is not None:
            lines.append(f"_It may answer:_\n{quoted(entry.answers.question.text, QUOTE_SHOWN)}")
            pressed.append(button("Approve as the answer", APPROVE_ANSWER, f"{item.id}:{entry.answers.id}"))
        return [section("\n".join(lines)), buttons(*pressed, menu(MENU, [("Leave it out", _value(REJECT, item))]))]
    text = f"{linked_title(item, TITLE_SHOWN)}\n{_origin(entry, desk, now)}"
    goes = should_go(entry.evidence)
    first = button("Retire it", RETIRE, item.id) if goes else button("Verify", VERIFY, item.id)
    if entry.row.kind is not RowKind.CHECK:
        if entry.row.kind is RowKind.CAME_IN:
            return [section(text), buttons(first, button("Send it on", MOBILIZE, item.id))]
        return [section(text, accessory=first)]
    other = ("It is fine: verify it", _value(VERIFY, item)) if goes else ("Retire it", _value(RETIRE, item))
    ask = [button("Ask the contributor", ASK_CONTRIBUTOR, item.id)] if item.contributor else []
    return [section(text), buttons(first, *ask, menu(MENU, [other]))]


def _question(question: Question, askers: int, now: datetime) -> str:
    how = "asked for their eyes only, " if question.is_private else "asked "
    by = f" by {askers} people" if askers > 1 else ""
    return f"{quoted(question.text, QUOTE_SHOWN)}\n_{how}{age(question.asked_at, now)}{by} in_ <#{question.channel}>"


def _need(need: Need, now: datetime) -> str:
    when = "until" if need.until > now else "was needed until"
    return f"{quoted(need.words, QUOTE_SHOWN)}\n_needed by somebody in_ <#{need.channel}>, {when} {need.until:%-d %B}"


def _help(shown: Shown, now: datetime) -> list[Block]:
    """Who wants help asked for it, and reads that a broker may see it; so they are named."""
    request = shown.request
    asked = len(request.turns)
    by_now = "nobody could be asked" if not asked else f"asked {'1 person' if asked == 1 else f'{asked} people'} so far"
    text = f"{wish(shown)}\n_since {age(request.opened_at, now)}; {by_now}_"
    row = [button("Answer now", ANSWER_HELP, request.id), button("Route to ...", ROUTE, request.id)]
    return [section(text), buttons(*row)]


def _unclear(entry: Entry, desk: Desk, now: datetime) -> str:
    assert entry.item is not None
    return f"{linked_title(entry.item, TITLE_SHOWN)}\n{_origin(entry, desk, now)} · not clear to {entry.people} people"


def _make_clearer(item: Item) -> Any:
    """Its contributor says it in other words; where there is none, somebody else does."""
    if item.contributor is None:
        return button("Say it clearer", BUILD_ON, item.id)
    return button("Ask the contributor", ASK_CONTRIBUTOR, item.id)


BARRIERS = {
    Barrier.NEED_OK: ("somebody's OK is missing", "Who may say yes, and to what? Write that down, or ask them to."),
    Barrier.MISSING_ACCESS: ("an access or a tool is missing", "Who gives it, and how? Write that down."),
    Barrier.NO_TIME: ("there is no time", "What is the smallest first step? Add it to what is asked for most."),
}
TO_WRITE = {
    Barrier.NEED_OK: "Whose OK do I need?",
    Barrier.MISSING_ACCESS: "How do I get access?",
    Barrier.NO_TIME: "What is the smallest first step?",
}


def _barrier(barrier: Barrier, people: int) -> str:
    """What stands in the way of many: no items, no names, and a number in steps of five."""
    what, idea = BARRIERS[barrier]
    return f"What is most in the way this month: *{what}*, say {at_least(people)} or more people.\n_{idea}_"


def barrier_modal(barrier: Barrier) -> dict[str, Any]:
    """What is in the way, to be written down by who knows the way out."""
    return save_modal({}, Lines(title=TO_WRITE[barrier], body=""), ItemKind.HOW_TO, choose_channel=True)


def route_modal(shown: Shown) -> dict[str, Any]:
    """Who shall be asked for help?"""
    return form(
        ROUTE_MODAL,
        {"request": shown.request.id},
        "Route to",
        [
            section(wish(shown)),
            {
                "type": "input",
                "block_id": HELPER,
                "label": {"type": "plain_text", "text": "Who may know?"},
                "element": {"type": "users_select", "action_id": HELPER},
                "hint": {"type": "plain_text", "text": "They are asked within their own hours, and may say no."},
            },
        ],
        submit="Ask them",
    )


def write_modal(need: Need) -> dict[str, Any]:
    """What somebody needs, to be written down by who knows it; it is saved like everything."""
    lines = Lines(title=cut(one_line(need.words), TITLE_LIMIT), body="")
    return save_modal({"channel": need.channel or ""}, lines, ItemKind.HOW_TO)


def _origin(entry: Entry, desk: Desk, now: datetime) -> str:
    item = entry.item
    assert item is not None
    who = contributor_of(item, desk.names)
    when = age(item.published_at or item.created_at, now)
    said = entry.evidence.told(now)
    return f"From {who} in <#{item.channel}> · {when}" + (f" · {said}" if said else "")


def _value(action: str, item: Item) -> str:
    return f"{action}:{item.id}"


def _receipt(entry: Entry, desk: Desk) -> str:
    assert entry.done is not None
    about = f"*{title_of(entry.item, TITLE_SHOWN)}*" if entry.item and _may_be_named(entry.done) else ""
    if entry.question is not None:
        about = f"_{escaped(one_line(entry.question.text), TITLE_SHOWN)}_"
    if entry.need is not None:
        about = f"_{escaped(one_line(entry.need.words), TITLE_SHOWN)}_"
    if entry.help is not None and entry.help.item is not None:
        about = f"help with *{title_of(entry.help.item, TITLE_SHOWN)}*"
    done = entry.done.became.value + _by(entry.done, desk)
    return f"✓ {done}: {about}" if about else f"✓ {done}."


def _may_be_named(done: Done) -> bool:
    """What somebody took back is not repeated."""
    return done.became is not Became.TAKEN_BACK


def _by(done: Done, desk: Desk) -> str:
    if done.by is None:
        return ""
    return " by you" if done.by == desk.reader else f" by {escaped(desk.names.get(done.by, 'another broker'), 60)}"


def asked_contributor(item: Item) -> str:
    """After "Ask the contributor"."""
    return f"The contributor is asked whether *{title_of(item)}* still holds; what was said is told, not by whom."


def does_it_hold(
    item: Item, evidence: Evidence, asked_at: datetime, version: int, now: datetime, *, unclear: int = 0
) -> Said:
    """To the contributor: a broker asks whether their item still holds."""
    about = f"*{title_of(item)}*"
    if not item.is_findable:
        return "Thank you.", [section(f"Thank you. {about} is not shown in answers any more.")]
    if item.verified_at is not None and item.verified_at >= asked_at:
        return "Thank you.", [section(f"Thank you. {about} still holds, and its card says so.")]
    if item.version > version:
        return "Thank you.", [section(f"Thank you for the new words of {about}. A broker looks at it.")]
    heard = [evidence.told(now), f"not clear to {unclear} people" if unclear >= UNCLEAR_TO else ""]
    said = ", ".join(part for part in heard if part) or "the broker wants to be sure"
    row = buttons(
        button("It still holds", STILL_HOLDS, item.id),
        button("Edit", EDIT, item.id),
        button("Take it back", REFUSE, item.id),
    )
    text = f"Does {about} still hold? What people say of it: {said}.\n{quoted(item.lines.body, QUOTE_SHOWN)}"
    return "Does something that you shared still hold?", [section(text), row, context("Asked by a broker, once.")]


def answer_modal(question: Question) -> dict[str, Any]:
    """An open question, and room for its answer."""
    lines = Lines(title=cut(one_line(question.text), TITLE_LIMIT), body="")
    view = save_modal({"question": question.id}, lines, ItemKind.HOW_TO, more=True)
    return {**view, "callback_id": ANSWER_MODAL, "title": {"type": "plain_text", "text": "Write the answer"}}
