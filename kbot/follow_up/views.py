"""Everything follow-up says. Wording: domain.md 3.3. Pure: facts in, Block Kit out.

A bundle is one message whose content follows from the state of its cases: a question with its buttons, the next
optional tap, or a receipt. So pressing a button changes the facts, and the message is shown anew.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from kbot.cards import (
    BUILD_ON,
    LOG,
    Block,
    age,
    button,
    buttons,
    context,
    contributor_of,
    divider,
    form,
    menu,
    section,
    title_of,
)
from kbot.follow_up import wording
from kbot.follow_up.facts import Answer, Case, CaseState, Form, Step, Telling
from kbot.follow_up.rhythm import Rhythm
from kbot.follow_up.steps import MORE_BARRIERS, OF_STEP, ONE_QUESTION, barriers, next_step
from kbot.follow_up.wording import (
    AFTER_OUTCOME,
    AFTER_TAP,
    BARRIER_QUESTIONS,
    DOUBTED,
    LABELS,
    QUESTION_BUTTONS,
    QUESTIONS,
    SAID,
    THANKS,
    THOUGHT_BUTTONS,
    THOUGHT_MENU,
    USE_BUTTONS,
    USE_MENU,
    WENT,
)
from kbot.library.facts import Item, LinkKind
from kbot.slack.mrkdwn import cut, escaped, one_line
from kbot.trail.facts import Outcome, Status

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

TO_WHOM = "follow_up.to_whom"
TO_WHOM_MODAL = "follow_up.to_whom_modal"

STORY = "follow_up.story"
REMEMBER = "learning.remember"
"""Opened by other doors: the story's form, the learning check."""

WHOM = "whom"
"""The field of the form, which is its block id too."""

MOST_WHOM = 5

LABEL_NAME = 18
"""Of a name in a button, so that it can be read on a phone."""

WHO_SEES_THIS = (
    "You. {contributor}, if you let me tell them. Nobody else - not your manager, not the people who run kbot's "
    "reports. They see totals of 5 or more people; an item itself shows how often it was used and whether it failed, "
    "without names. Two lines that you write are read by whom you choose. If something did harm or is outdated, the "
    "broker hears that, not from whom. Whomever you ask for help sees that it is you. You can change or delete any "
    "answer: `/kb learned`."
)


@dataclass(frozen=True)
class Asked:
    """A case as it is shown: with its item (None: the person can no longer see it)."""

    case: Case
    item: Item | None
    names: Mapping[str, str]
    cited: Mapping[Answer, Item] = field(default_factory=dict)
    """Which of them helped, where the answer cited several; only what the person can see."""


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
    step = next_step(case, item.contributor)
    if step is Step.STATUS:
        return _ask_status(asked, item, lead, now)
    if step is Step.DONE:
        take_back = [_button(case, Answer.CHANGE, "Change my answer")] if case.form not in ONE_QUESTION else []
        more = [*_helps_to_remember(case), *_tells_more(case), *take_back]
        return [section(f"{lead}{_receipt(asked, item, now)}"), *([buttons(*more)] if more else [])]
    return _ask_more(asked, item, step, lead)


def _ask_more(asked: Asked, item: Item, step: Step, lead: str) -> list[Block]:
    """A question after the first one: what was said, and the next optional tap."""
    case, who = asked.case, _contributor(asked, item)
    if step is Step.BARRIER and case.status is not None:
        question, answers = BARRIER_QUESTIONS[case.status], barriers(case.status)
    else:
        question, answers = QUESTIONS[step].format(contributor=who), OF_STEP.get(step, ())
    if item.contributor is None:  # an app shared it, and cannot be asked
        answers = [answer for answer in answers if answer is not Answer.HELP_CONTRIBUTOR]
    if case.status is Status.TRIED_NOT_WORKED:
        answers = [answer for answer in answers if answer is not Answer.MAY_ASK_ME]
    if step is Step.WHICH:
        answers = [answer for answer in answers if answer in asked.cited or answer is Answer.CANT_SAY]
        question = "\n".join([question, *(f"{LABELS[one]}: *{title_of(it)}*" for one, it in asked.cited.items())])
    words = " ".join(part for part in (_said(case), _telling(asked, item), question) if part)
    elements = [_answer_button(case, item, answer, who) for answer in answers if answer not in MORE_BARRIERS]
    if step is Step.TELLING and case.outcome is Outcome.PARTLY and not case.missing:
        elements.append(button("Say what was missing", MISSING, case.id))
    options = [(LABELS[answer], value_of(case, answer)) for answer in answers if answer in MORE_BARRIERS]
    if step not in ONE_QUESTION.values():
        options.append(("Change my answer", value_of(case, Answer.CHANGE)))
    more = [menu(MORE, options)] if options else []
    about = f"You asked: _{escaped(one_line(case.words), 200)}_." if step is Step.WHICH else f"*{title_of(item)}*"
    return [section(f"{lead}{about}\n{words}"), buttons(*elements, *more)]


def _answer_button(case: Case, item: Item, answer: Answer, who: str) -> object:
    """A button that answers; saving something of one's own, or writing two lines, opens a form instead."""
    label = LABELS[answer].format(contributor=cut(who, LABEL_NAME))
    match answer:
        case Answer.VARIANT:
            return button(label, BUILD_ON, f"{item.id}:{LinkKind.ADAPTS}")
        case Answer.SHARE:
            return button(label, BUILD_ON, f"{item.id}:{LinkKind.ALTERNATIVE_TO}")
        case Answer.STORY:
            return button(label, STORY, case.id)
        case Answer.TO_WHOM:
            return button(label, TO_WHOM, case.id)
        case _:
            return _button(case, answer, label)


def _helps_to_remember(case: Case) -> list[object]:
    forgot = case.taps.get(Step.BARRIER) is Answer.FORGOT
    return [button("Help me remember this", REMEMBER, case.item)] if forgot else []


def _tells_more(case: Case) -> list[object]:
    """Two lines can be written later too, and changed."""
    if case.taps.get(Step.STORY) is Answer.STORY:
        return [button("My two lines", STORY, case.id)]
    said = case.status
    is_told = said is not None and (said.is_use or said is Status.TRIED_NOT_WORKED)
    return [button(LABELS[Answer.STORY], STORY, case.id)] if is_told else []


def _contributor(asked: Asked, item: Item) -> str:
    return contributor_of(item, asked.names) if item.is_named else "the person who shared it"


def _ask_status(asked: Asked, item: Item, lead: str, now: datetime) -> list[Block]:
    case = asked.case
    lead += wording.lead(case)
    title = f"*{title_of(item)}*"
    if case.form is Form.QUESTION and case.words:
        words = escaped(one_line(case.words), 200)
        question = "You got help with this. Did that do it?" if case.rhythm is Rhythm.HELPED else "Did the answer help?"
        text = f"{lead}You asked: _{words}_. {question}\n{title}"
        return [section(text), _row(case, QUESTION_BUTTONS)]
    if case.form is Form.THOUGHT:
        row, more, question = THOUGHT_BUTTONS, THOUGHT_MENU, "Did it change anything for you?"
    else:
        row, more, question = USE_BUTTONS, USE_MENU, "Has there been a chance to use it?"
    since = f"(you noted it {age(case.opened_at, now)})"
    if case.rhythm is Rhythm.HELPED:
        since, question = "", "You got help with this. Did that do it?"
    elif case.asks_made > 1:
        since, question = "", "Has it come up since?" if case.form is not Form.THOUGHT else question
    options = [(label, value_of(case, answer)) for answer, label in more]
    text = f"{lead}{title} {since}".rstrip() + f"\n{question}"
    return [section(text), buttons(*(_button(case, answer, label) for answer, label in row), menu(MORE, options))]


def _said(case: Case) -> str:
    """What was said so far; the first tap alone is complete, and looks so."""
    if case.status is None:
        return ""
    went = f", {WENT[case.outcome]}" if case.outcome else ""
    after = AFTER_OUTCOME.get(case.outcome, "") if case.outcome and case.telling is Telling.UNASKED else ""
    return f"You said: {SAID[case.status]}{went}. {after}".rstrip()


def _receipt(asked: Asked, item: Item, now: datetime) -> str:
    """What was said, and all that comes of it."""
    case = asked.case
    title = f"*{title_of(item)}*"
    if case.status is None:
        said = ", ".join(LABELS[answer] for answer in case.taps.values())
        return f"{title}\nYou said: {said}. {_comes_of(asked, item) or 'Thank you.'}"
    said = SAID[case.status] + (f", {WENT[case.outcome]}" if case.outcome else "")
    barrier = case.taps.get(Step.BARRIER)
    if case.complaint is not None:
        said += f", {DOUBTED[case.complaint]}; the broker hears that, not from whom"
    elif barrier is not None:
        said += f" ({LABELS[barrier].lower()})" if barrier is not Answer.FORGOT else " (I forgot)"
    parts = [f"You said: {said}.", _telling(asked, item) or THANKS.get(case.status, "Thank you.")]
    parts.append(_comes_of(asked, item))
    if barrier is Answer.NO_TIME:
        parts.append(f"In short: _{escaped(one_line(item.lines.body), 160)}_")
    if case.status is Status.NOT_YET and case.state is CaseState.WAITING and Answer.COMES_UP not in case.taps.values():
        parts.append(f"I will ask once more, {_in(case, now)}.")
    return "\n".join([title, " ".join(part for part in parts if part)])


def _comes_of(asked: Asked, item: Item) -> str:
    who = _contributor(asked, item)
    answers = (asked.case.taps[step] for step in Step if step in asked.case.taps)
    return " ".join(AFTER_TAP[answer].format(contributor=who) for answer in answers if answer in AFTER_TAP)


def _telling(asked: Asked, item: Item) -> str:
    who = _contributor(asked, item)
    who = who if item.is_named else who.capitalize()
    if asked.case.telling is Telling.WITH_NAME:
        return f"{who} hears it in the weekly note, with your name."
    if asked.case.telling is Telling.WITHOUT_NAME:
        return f"{who} hears it without your name, in a weekly note, once three people have had it."
    return ""


def _in(case: Case, now: datetime) -> str:
    """How long it is until the case is asked again, in words."""
    weeks = round((case.due_at - now).days / 7)
    if weeks < 2:
        return "in a week or so"
    return f"in {weeks} weeks at the earliest" if weeks < 9 else f"in {round(weeks / 4.3)} months at the earliest"


def value_of(case: Case, answer: Answer) -> str:
    """What a button of a case carries."""
    return f"{case.id}:{answer.value}"


def _button(case: Case, answer: Answer, label: str) -> object:
    return button(label, f"{ANSWER}.{answer.value}", value_of(case, answer))


def _row(case: Case, answers: wording.Options) -> Block:
    return buttons(*(_button(case, answer, label) for answer, label in answers))


def erased() -> tuple[str, list[Block]]:
    """In the place of what its person has deleted."""
    return ERASED, [section(ERASED)]


def last_note(letter: str, *, starts_again: bool) -> tuple[str, list[Block]]:
    """After four silent bundles (form M)."""
    if starts_again:
        return ASKS_AGAIN, [section(ASKS_AGAIN)]
    text = "I've stopped asking. Everything you saved stays in my Home tab."
    row = buttons(button("Start again, monthly", ASK_AGAIN, letter), button("Stay quiet", STAY_QUIET, letter))
    return "I've stopped asking.", [section(text), row]


ERASED = "You deleted what was here."
ASKS_AGAIN = "Fine, I ask again: once a month at most."
STAYS_QUIET = "I stay quiet. `/kb resume` starts again, whenever you like."


def in_log(blocks: Sequence[Block]) -> dict[str, object]:
    """A case in the dialog of its person's log, with the way back."""
    return {
        "type": "modal",
        "title": {"type": "plain_text", "text": "My log"},
        "close": {"type": "plain_text", "text": "Close"},
        "blocks": [*blocks, buttons(button("Back to my log", LOG, "all:0"))],
    }


def which_used(items: Sequence[Item]) -> tuple[str, list[Block]]:
    """After `/kb used words`: which one was it?"""
    blocks: list[Block] = [section("Which one did you use?")]
    for item in items:
        blocks.append(section(f"*{title_of(item)}*"))
        blocks.append(buttons(button("I used this", USED_THIS, item.id)))
    return "Which one did you use?", blocks


def to_whom_modal(case: Case) -> dict[str, object]:
    """To whom it was passed on."""
    named = {"type": "multi_users_select", "action_id": WHOM, "max_selected_items": MOST_WHOM}
    hint = "Nobody gets a message. If they may see it, it lies in their Home tab, without your name."
    return form(
        TO_WHOM_MODAL,
        {"case": case.id},
        "To whom?",
        [
            {
                "type": "input",
                "block_id": WHOM,
                "label": {"type": "plain_text", "text": "You passed it on to"},
                "hint": {"type": "plain_text", "text": hint},
                "element": named,
            }
        ],
    )


def missing_modal(case: Case) -> dict[str, object]:
    """What was missing, in own words."""
    return form(
        MISSING_MODAL,
        {"case": case.id},
        "What was missing?",
        [
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
    )
