"""The form of a story, and the question to a colleague who may have seen a use. Wording: domain.md 3.3 I. Pure."""

from collections.abc import Sequence

from kbot.cards import Block, button, buttons, context, contributor_of, form, section, title_of
from kbot.follow_up.drafts import (
    ADVICE,
    HAPPENED,
    LINK,
    NAME,
    PLACE,
    PLACE_LIMIT,
    READERS,
    WHY,
    WITH_NAME,
    WITHOUT_NAME,
    WITNESS,
    WORDS_LIMIT,
)
from kbot.follow_up.facts import Case, Telling
from kbot.follow_up.views import PAUSE, STOP, Asked
from kbot.library.facts import Item
from kbot.slack.mrkdwn import escaped, unescape
from kbot.trail.facts import Status
from kbot.trail.proof import Readers, Story

STORY_MODAL = "follow_up.story_modal"
TAKE_BACK = "follow_up.story_take_back"
SAW = "follow_up.saw"
NOT_SEEN = "follow_up.not_seen"

EXAMPLES = (
    ("night shift", "Drained the queue twice, then it ran."),
    ("EU tenant", "Drained the queue; it hung again after a minute. I rolled back."),
)
"""A success and a failure; of two people one sees the one, one the other."""

KEPT = "Kept. The same button changes it or takes it back, whenever you like."
TAKEN_BACK = "Taken back: nobody reads it any more, and nothing of it is kept."
GONE = "This is not asked any more: who named you has taken it back. Thank you all the same."


def modal(asked: Asked, item: Item, story: Story | None) -> dict[str, object]:
    """Two lines, and who may read them; what was told before is filled in."""
    case = asked.case
    place, happened = EXAMPLES[int(case.id[-1:] or "0", 16) % 2]
    blocks = [
        _input(PLACE, "What was the situation?", place, _of(story, "place"), limit=PLACE_LIMIT, hint="One short line."),
        _input(
            HAPPENED,
            "What did you do, and what happened?",
            happened,
            _of(story, "happened"),
            limit=WORDS_LIMIT,
            hint=f"At most {WORDS_LIMIT:,} characters. What did not work helps as much as what did.",
        ),
        _optional(_input(WHY, "Why, do you think?", "", _of(story, "why"), limit=WORDS_LIMIT)),
        _optional(_input(ADVICE, "What would you tell the next person?", "", _of(story, "advice"), limit=WORDS_LIMIT)),
        _readers(asked, item, story),
        _name(case, story),
        _optional(_link(story)),
        *([] if story is not None and story.witness else [_optional(_witness())]),
    ]
    if story is not None and story.witness:
        blocks.append(context("A colleague was asked whether they saw it."))
    if story is not None:
        blocks.append(buttons(button("Take it back", TAKE_BACK, case.id)))
    return form(STORY_MODAL, {"case": case.id}, "Two lines", blocks)


def _of(story: Story | None, field: str) -> str:
    return str(getattr(story, field)) if story is not None else ""


def _input(block: str, label: str, example: str, before: str, *, limit: int, hint: str = "") -> Block:
    element: Block = {"type": "plain_text_input", "action_id": block, "max_length": limit, "multiline": block != PLACE}
    if example:
        element["placeholder"] = {"type": "plain_text", "text": example}
    if before:
        element["initial_value"] = before
    return _field(block, label, element, hint)


def _field(block: str, label: str, element: Block, hint: str = "") -> Block:
    made: Block = {
        "type": "input",
        "block_id": block,
        "label": {"type": "plain_text", "text": label},
        "element": element,
    }
    if hint:
        made["hint"] = {"type": "plain_text", "text": hint}
    return made


def _optional(field: Block) -> Block:
    return {**field, "optional": True}


def _radio(block: str, label: str, options: Sequence[tuple[str, str]], chosen: str) -> Block:
    entries = [{"text": {"type": "plain_text", "text": words}, "value": value} for words, value in options]
    initial = next(entry for entry in entries if entry["value"] == chosen)
    element = {"type": "radio_buttons", "action_id": block, "options": entries, "initial_option": initial}
    return _field(block, label, element)


def _readers(asked: Asked, item: Item, story: Story | None) -> Block:
    everyone = ("Everyone who may see it", Readers.EVERYONE.value)
    if item.contributor in (None, asked.case.person):
        return _radio(READERS, "Who may read it?", [everyone], Readers.EVERYONE)
    who = unescape(contributor_of(item, asked.names)) if item.is_named else "who shared it"
    options = [(f"Only {who}", Readers.CONTRIBUTOR.value), everyone]
    return _radio(READERS, "Who may read it?", options, story.readers if story else Readers.CONTRIBUTOR)


def _name(case: Case, story: Story | None) -> Block:
    named = story.with_name if story is not None else case.telling is Telling.WITH_NAME
    options = [("With my name", WITH_NAME), ("Without my name", WITHOUT_NAME)]
    return _radio(NAME, "Your name", options, WITH_NAME if named else WITHOUT_NAME)


def _link(story: Story | None) -> Block:
    element: Block = {"type": "url_text_input", "action_id": LINK}
    if story is not None and story.link:
        element["initial_value"] = story.link
    return _field(LINK, "A link that shows it", element, "A message, a pull request, a ticket.")


def _witness() -> Block:
    hint = "They get one message with your name, and one tap: I saw this, or I didn't."
    return _field(WITNESS, "Did a colleague see it?", {"type": "users_select", "action_id": WITNESS}, hint)


def did_you_see(item: Item, story: Story, status: Status, author: str) -> tuple[str, list[Block]]:
    """To a colleague whom somebody named: one tap, before it or after it."""
    who = escaped(author, 60)
    did = f"tried this, and it did not work: *{title_of(item)}*"
    if status.is_use:
        did = f"used this: *{title_of(item)}*"
    if story.was_seen is None:
        text = f"{who} says that they {did}\nDid you see that?"
        row = [button("I saw this", SAW, story.case), button("I didn't", NOT_SEEN, story.case)]
    else:
        said = "I saw this" if story.was_seen else "I did not see it"
        text = f"{who} says that they {did}\nYou said: {said}. Thank you."
        other = button("I didn't", NOT_SEEN, story.case) if story.was_seen else button("I saw this", SAW, story.case)
        row = [other]
    small = f"_{who} named you. Others read only how many uses a colleague saw, not who. Either answer is fine._"
    row += [button("Pause", PAUSE, story.case), button("Stop", STOP, story.case)]
    return f"Did you see what {who} used?", [section(text), context(small), buttons(*row)]


def gone() -> tuple[str, list[Block]]:
    return GONE, [section(GONE)]
