"""Everything follow-up says. Wording: domain.md 3.3. Pure: facts in, Block Kit out.

A bundle is one message whose content follows from the state of its cases: a question with its buttons, the next
optional tap, or a receipt. So pressing a button changes the facts, and the message is shown anew.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from kbot.cards import Block, age, button, buttons, context, contributor_of, divider, menu, section, title_of
from kbot.follow_up.facts import Answer, Case, CaseState, Form, Step, Telling, Told, next_step
from kbot.library.facts import Item, ItemKind
from kbot.slack.mrkdwn import escaped, one_line
from kbot.trail.facts import Complaint, Outcome, Status

ANSWER = "follow_up.answer"
"""Each button of a case is `follow_up.answer.<answer>`: action ids are unique within their block."""

MORE = "follow_up.more"
MISSING = "follow_up.missing"
MISSING_MODAL = "follow_up.missing_modal"
PAUSE = "follow_up.pause"
STOP = "follow_up.stop"
WHO_SEES = "follow_up.who_sees"
ASK_AGAIN = "follow_up.ask_again"
STAY_QUIET = "follow_up.stay_quiet"
USED_THIS = "follow_up.used_this"

BUNDLE_LIMIT = 3

WHO_SEES_THIS = (
    "You. {contributor}, if you let me tell them. Nobody else - not your manager, not the people who run kbot's "
    "reports. They see totals of 5 or more people; an item itself shows how often it was used and whether it failed, "
    "without names. If something did harm or is outdated, the broker hears that, not from whom. You can change any "
    "answer."
)

QUESTION_BUTTONS = (
    (Answer.SOLVED, "Solved it"),
    (Answer.PARTLY, "Partly"),
    (Answer.NOT_WORKED, "Didn't work"),
    (Answer.NOT_TRIED, "Haven't tried yet"),
    (Answer.OFF_THE_POINT, "Wasn't the point"),
)
USE_BUTTONS = (
    (Answer.NOT_YET, "Not yet"),
    (Answer.USED, "Used it"),
    (Answer.ADAPTED, "Used it, changed it"),
    (Answer.TRIED, "Tried, didn't work"),
    (Answer.NOT_FOR_ME, "Not for me"),
)
USE_MENU = (
    (Answer.THINKING, "It changed how I think"),
    (Answer.ALREADY, "I already did this"),
    (Answer.AGAINST, "Decided against it"),
    (Answer.PASSED_ON, "Passed it on"),
    (Answer.DONT_ASK, "Don't ask about this"),
)
OUTCOME_BUTTONS = (
    (Answer.HELPED, "It helped"),
    (Answer.NO_DIFFERENCE, "Made no difference"),
    (Answer.MADE_WORSE, "Made it worse"),
    (Answer.TOO_EARLY, "Too early to say"),
)
DOUBT_BUTTONS = ((Answer.OUTDATED, "It is outdated"), (Answer.WRONG, "It is wrong"))
DOUBTED = {Complaint.OUTDATED: "it is outdated", Complaint.WRONG: "it is wrong"}
TELLING_BUTTONS = (
    (Answer.TELL_NAMED, "Yes, with my name"),
    (Answer.TELL_UNNAMED, "Yes, without my name"),
    (Answer.TELL_NOT, "No"),
)

SAID = {
    Status.NOT_YET: "Not yet",
    Status.APPLIED_AS_IS: "Used it",
    Status.APPLIED_ADAPTED: "Used it, changed it",
    Status.TRIED_NOT_WORKED: "Tried, didn't work",
    Status.NOT_APPLICABLE: "Not for me",
    Status.CHANGED_THINKING: "It changed how I think",
    Status.ALREADY_DID: "I already did this",
    Status.DECIDED_AGAINST: "Decided against it",
    Status.PASSED_ON: "Passed it on",
    Status.DECLINED: "Don't ask about this",
    Status.OFF_THE_POINT: "The answer wasn't the point",
}
WENT = {
    Outcome.HELPED: "it helped",
    Outcome.PARTLY: "it helped partly",
    Outcome.NO_DIFFERENCE: "it made no difference",
    Outcome.MADE_WORSE: "it made things worse",
    Outcome.TOO_EARLY: "too early to say",
}
AFTER_OUTCOME = {
    Outcome.HELPED: "Good to hear.",
    Outcome.MADE_WORSE: "Sorry to hear that. The broker learns that it did harm, not from whom.",
}
THANKS = {
    Status.NOT_YET: "Fine, nobody is late.",
    Status.TRIED_NOT_WORKED: "Thanks - that is worth as much as a success.",
    Status.NOT_APPLICABLE: "Got it, I won't ask again.",
    Status.DECLINED: "Got it, I won't ask about this again.",
    Status.OFF_THE_POINT: "Thanks, that helps me to answer better.",
}


@dataclass(frozen=True)
class Asked:
    """A case as it is shown: with its item (None: the person can no longer see it)."""

    case: Case
    item: Item | None
    names: Mapping[str, str]


def bundle(asked: Sequence[Asked], now: datetime) -> tuple[str, list[Block]]:
    """The follow-up message: one case as form C or D, several as form E."""
    many = len(asked) > 1
    blocks: list[Block] = []
    if many:
        count = {2: "Two", 3: "Three"}.get(len(asked), str(len(asked)))
        blocks.append(section(f"*{count} quick ones* - a tap each, skip any. Only you see your answers."))
    for n, one in enumerate(asked, start=1):
        blocks += case_blocks(one, now, number=n if many else None)
        if many:
            blocks.append(divider())
    blocks.append(context("_Next one in a week at the earliest. Only you see your answers._"))
    key = asked[0].case.id
    blocks.append(
        buttons(button("Pause", PAUSE, key), button("Stop", STOP, key), button("Who sees this?", WHO_SEES, key))
    )
    return ("A quick question about something you found." if not many else "A few quick ones."), blocks


def case_blocks(asked: Asked, now: datetime, *, number: int | None = None) -> list[Block]:
    """One case: its question, its next optional tap, or its receipt."""
    case, item = asked.case, asked.item
    lead = f"*{number}* " if number else ""
    if item is None:
        return [section(f"{lead}This was about an item that you can no longer see, so there is nothing to answer.")]
    match next_step(case, item.contributor):
        case Step.STATUS:
            return _ask_status(asked, item, lead, now)
        case Step.OUTCOME:
            return [section(f"{lead}*{title_of(item)}*\nGood. How did it go?"), _row(case, OUTCOME_BUTTONS)]
        case Step.TELLING:
            thanks = _thanks(case)
            who = contributor_of(item, asked.names) if item.is_named else "the person who shared it"
            elements = [_button(case, answer, label) for answer, label in TELLING_BUTTONS]
            if case.outcome is Outcome.PARTLY and not case.missing:
                elements.append(button("Say what was missing", MISSING, case.id))
            asks = [section(f"{lead}*{title_of(item)}*\n{thanks} May I tell {who}?"), buttons(*elements)]
            return asks + _why_not(case)
        case Step.DONE:
            return [
                section(f"{lead}{_receipt(asked, item)}"),
                *_why_not(case),
                buttons(_button(case, Answer.CHANGE, "Change my answer")),
            ]


def _why_not(case: Case) -> list[Block]:
    """Of what did not work: is it the item? Nothing of it has to be said."""
    if case.status is not Status.TRIED_NOT_WORKED or case.complaint is not None:
        return []
    return [_row(case, DOUBT_BUTTONS)]


def _ask_status(asked: Asked, item: Item, lead: str, now: datetime) -> list[Block]:
    case = asked.case
    again = "Still open from before: " if case.asks_made > 1 else ""
    if case.form is Form.QUESTION and case.words:
        words = escaped(one_line(case.words), 200)
        text = f"{lead}{again}You asked: _{words}_. Did the answer help?\n*{title_of(item)}*"
        return [section(text), _row(case, QUESTION_BUTTONS)]
    text = (
        f"{lead}{again}*{title_of(item)}* (you noted it {age(case.opened_at, now)})\nHas there been a chance to use it?"
    )
    options = [(label, value_of(case, answer)) for answer, label in USE_MENU]
    if item.kind in (ItemKind.DECISION, ItemKind.INSIGHT, ItemKind.CAUTION):
        text = text.replace("Has there been a chance to use it?", "Did it change anything for you?")
    return [
        section(text),
        buttons(*(_button(case, a, label) for a, label in USE_BUTTONS), menu(MORE, options)),
    ]


def _thanks(case: Case) -> str:
    if case.outcome is not None:
        return AFTER_OUTCOME.get(case.outcome, "Thanks.")
    return THANKS.get(case.status, "Thanks.") if case.status is not None else ""


def _receipt(asked: Asked, item: Item) -> str:
    case = asked.case
    assert case.status is not None
    said = SAID[case.status] + (f", {WENT[case.outcome]}" if case.outcome else "")
    if case.complaint is not None:
        said += f", {DOUBTED[case.complaint]}; the broker hears that, not from whom"
    parts = [f"*{title_of(item)}*", f"You said: {said}."]
    who = contributor_of(item, asked.names) if item.is_named else "the person who shared it"
    if case.telling is Telling.WITH_NAME:
        parts.append(f"{who.capitalize() if not item.is_named else who} hears it in the weekly note, with your name.")
    elif case.telling is Telling.WITHOUT_NAME:
        parts.append(
            f"{who.capitalize() if not item.is_named else who} hears it without your name, in a weekly note, once "
            "three people have had it."
        )
    else:
        parts.append(THANKS.get(case.status, "Thank you."))
    if case.status is Status.NOT_YET and case.state is CaseState.WAITING:
        parts.append("I will ask once more, in two weeks at the earliest.")
    return "\n".join([parts[0], " ".join(parts[1:])])


def value_of(case: Case, answer: Answer) -> str:
    """What a button of a case carries."""
    return f"{case.id}:{answer.value}"


def _button(case: Case, answer: Answer, label: str) -> object:
    return button(label, f"{ANSWER}.{answer.value}", value_of(case, answer))


def _row(case: Case, answers: Sequence[tuple[Answer, str]]) -> Block:
    return buttons(*(_button(case, answer, label) for answer, label in answers))


def last_note(letter: str, *, starts_again: bool) -> tuple[str, list[Block]]:
    """After four silent bundles (form M)."""
    if starts_again:
        return ASKS_AGAIN, [section(ASKS_AGAIN)]
    text = "I've stopped asking. Everything you saved stays in my Home tab."
    row = buttons(button("Start again, monthly", ASK_AGAIN, letter), button("Stay quiet", STAY_QUIET, letter))
    return "I've stopped asking.", [section(text), row]


ASKS_AGAIN = "Fine, I ask again: once a month at most."
STAYS_QUIET = "I stay quiet. `/kb resume` starts again, whenever you like."


def note(told: Sequence[tuple[Told, Item]], names: Mapping[str, str], now: datetime) -> tuple[str, list[Block]]:
    """The contributor's weekly note: only what was allowed (form J)."""
    blocks: list[Block] = [section("*What became of what you shared*")]
    items: dict[str, Item] = {item.id: item for _, item in told}
    for item in items.values():
        lines = [f"*{title_of(item)}* (shared {age(item.created_at, now)} in <#{item.channel}>)"]
        lines += [f"- {_line(one, names)}" for one, other in told if other.id == item.id]
        blocks.append(section("\n".join(lines)))
    blocks.append(context("_Only what they allowed me to tell. Not everybody says._"))
    blocks.append(buttons(button("Pause", PAUSE, "note"), button("Stop", STOP, "note")))
    return "What became of what you shared.", blocks


def _line(told: Told, names: Mapping[str, str]) -> str:
    case = told.case
    who = escaped(names.get(case.person, "A colleague"), 60) if told.with_name else "Somebody"
    if case.status is Status.TRIED_NOT_WORKED:
        return f"{who} tried it and it did not work."
    did = "used it and changed it" if case.status is Status.APPLIED_ADAPTED else "used it"
    return f"{who} {did}" + (f": {WENT[case.outcome]}." if case.outcome else ".")


def log(asked: Sequence[Asked], now: datetime) -> list[Block]:
    """My log: what came, what I said of it, when."""
    if not asked:
        return [section("Your log is empty. Ask me something, or press *I'll use this* under an answer.")]
    lines = []
    for one in asked:
        case = one.case
        title = title_of(one.item) if one.item else "an item you can no longer see"
        said = (
            SAID[case.status] + (f", {WENT[case.outcome]}" if case.outcome else "") if case.status else "not said yet"
        )
        lines.append(f"- *{title}*: {said} ({age(case.responded_at or case.opened_at, now)})")
    return [section("*My log* - only you see this"), section("\n".join(lines))]


def which_used(items: Sequence[Item]) -> tuple[str, list[Block]]:
    """After `/kb used words`: which one was it?"""
    blocks: list[Block] = [section("Which one did you use?")]
    for item in items:
        blocks.append(section(f"*{title_of(item)}*"))
        blocks.append(buttons(button("I used this", USED_THIS, item.id)))
    return "Which one did you use?", blocks


def missing_modal(case: Case) -> dict[str, object]:
    """What was missing, in own words."""
    return {
        "type": "modal",
        "callback_id": MISSING_MODAL,
        "private_metadata": f'{{"case": "{case.id}"}}',
        "title": {"type": "plain_text", "text": "What was missing?"},
        "submit": {"type": "plain_text", "text": "Save"},
        "close": {"type": "plain_text", "text": "Cancel"},
        "blocks": [
            {
                "type": "input",
                "block_id": "missing",
                "label": {"type": "plain_text", "text": "In your own words; only you see it"},
                "element": {
                    "type": "plain_text_input",
                    "action_id": "missing",
                    "multiline": True,
                    "max_length": 2000,
                },
            }
        ],
    }
