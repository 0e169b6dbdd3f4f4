"""The contributor's weekly note: what became of what they shared, as far as allowed. Wording: domain.md 3.3 J. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from kbot.cards import (
    EDIT_ITEM,
    SECTION_LIMIT,
    Block,
    age,
    button,
    buttons,
    context,
    linked_title,
    section,
    title_of,
)
from kbot.follow_up.facts import Answer, Became, Case, Puzzled, Step, Told
from kbot.follow_up.views import PAUSE, STOP
from kbot.follow_up.wording import WENT
from kbot.slack.mrkdwn import escaped, one_line
from kbot.trail.facts import UNCLEAR_TO, Status
from kbot.trail.proof import Readers, Story

THANK = "follow_up.thank"

FEWEST_ASKED = 5
"""Of fewer people who were asked nothing is counted (product.md 6)."""

QUOTE, SMALL = 300, 120
"""Characters of what happened and of the other words, where there is room for them."""

ROOM = 4000
"""Characters of people's own words and links in one note, all together: Slack takes 13,200 with everything else."""

MOST_THANKED = 3

REASONS: Mapping[Answer, str] = {
    Answer.UNCLEAR: "it was not clear how",
    Answer.MISSING_SKILL: "it takes a skill that they would have to learn first",
    Answer.MISSING_ACCESS: "an access or a tool was missing",
    Answer.CONFLICTS: "it clashes with their setup",
    Answer.OUTDATED: "it is outdated",
    Answer.WRONG: "it is wrong",
    Answer.WORKED_PARTLY: "it worked only in part",
}
CHANGES: Mapping[Answer, str] = {
    Answer.FITTED: "to fit their case",
    Answer.CORRECTED: "because it had a mistake",
    Answer.SIMPLER: "to make it simpler",
}


def note(became: Sequence[Became], names: Mapping[str, str], now: datetime) -> tuple[str, list[Block]]:
    """All items of a week, each with what people said of it and what can be done about it."""
    blocks: list[Block] = [section("*What became of what you shared*")]
    room = ROOM // max(1, sum(len(one.told) for one in became))
    for one in became:
        blocks += _sections(_lines(one, names, now, room))
        row = _row(one, names)
        if row:
            blocks.append(buttons(*row))
    if any(one.puzzled for one in became):
        blocks.append(context("_Who found something unclear is told when it has new words; nobody is named to you._"))
    if any(one.told for one in became):
        blocks.append(context("_Only what they allowed me to tell. Not everybody says._"))
    blocks.append(buttons(button("Pause", PAUSE, "note"), button("Stop", STOP, "note")))
    return "What became of what you shared.", blocks


def _lines(one: Became, names: Mapping[str, str], now: datetime, room: int) -> list[str]:
    item = one.item
    lines = [f"*{title_of(item)}* (shared {age(item.created_at, now)} in <#{item.channel}>)"]
    lines += [f"- {_line(told, names, one, room)}" for told in one.told]
    if one.puzzled is not None:
        lines.append(f"- {_puzzled(one.puzzled)}")
    if one.is_first and any(told.case.status is not None and told.case.status.is_use for told in one.told):
        lines.append("- It was put to use for the first time, as far as I may tell.")
    if one.questions:
        many = "a question" if one.questions == 1 else f"{one.questions} questions"
        where = {0: "", 1: " in one channel"}.get(one.channels, f" in {one.channels} channels")
        lines.append(f"- It answered {many}{where}.")
    if one.asked >= FEWEST_ASKED:
        lines.append(f"_Not everybody says; {one.answered} of {one.asked} asked have answered._")
    return lines


def _puzzled(puzzled: Puzzled) -> str:
    if puzzled.is_clearer:
        return "It was not clear to some. Thank you for the new words."
    if puzzled.people < UNCLEAR_TO:
        return "It was not clear to some."
    return f"{puzzled.people} people wanted to use it, and it was not clear to them how."


def _line(told: Told, names: Mapping[str, str], one: Became, room: int) -> str:
    parts = [_did(told.case, _who(told, names))]
    if told.with_name and told.case.id in one.variants:
        parts.append(f"Their variant: {linked_title(one.variants[told.case.id], min(SMALL, room // 6))}.")
    if told.story is not None:
        parts.append(_quote(told.story, room))
    return " ".join(parts)


def _who(told: Told, names: Mapping[str, str]) -> str:
    return escaped(names.get(told.case.person, "A colleague"), 60) if told.with_name else "Somebody"


def _did(case: Case, who: str) -> str:
    went = f": {WENT[case.outcome]}" if case.outcome else ""
    match case.status:
        case Status.TRIED_NOT_WORKED:
            reason = REASONS.get(case.taps.get(Step.BARRIER, Answer.OTHER))
            return f"{who} tried it and it did not work{f': {reason}' if reason else ''}."
        case Status.CHANGED_THINKING:
            return f"It changed how {who if who != 'Somebody' else 'somebody'} thinks."
        case Status.ALREADY_DID:
            return f"{who} did the same before, so it is confirmed."
        case Status.APPLIED_ADAPTED:
            why = CHANGES.get(case.taps.get(Step.CHANGED, Answer.SKIP_CHANGE))
            return f"{who} used it and changed it{f' {why}' if why else ''}{went}."
        case _:
            return f"{who} used it{went}."


def _quote(story: Story, room: int) -> str:
    """A story in at most about `room` characters, and its link where that leaves room for it."""
    small = min(SMALL, room // 6)
    place = f" ({escaped(one_line(story.place), small)})" if story.place else ""
    parts = [f'"{escaped(one_line(story.happened), min(QUOTE, room // 3))}"{place}']
    if story.why:
        parts.append(f"Why: {escaped(one_line(story.why), small)}")
    if story.advice:
        parts.append(f"To the next one: {escaped(one_line(story.advice), small)}")
    if story.link and len(story.link) <= room // 6:
        parts.append(f"<{story.link.replace('&', '&amp;')}|The link>")
    if story.was_seen:
        parts.append("A colleague saw it.")
    if story.readers is Readers.CONTRIBUTOR:
        parts.append("_Only you read this._")
    return " ".join(parts)


def _sections(lines: Sequence[str]) -> list[Block]:
    """Paragraphs of whole lines, as many as it takes."""
    made = [""]
    for line in lines:
        if len(made[-1]) + len(line) + 1 > SECTION_LIMIT:
            made.append("")
        made[-1] += f"\n{line}" if made[-1] else line
    return [section(text) for text in made]


def _row(one: Became, names: Mapping[str, str]) -> list[object]:
    failed = any(told.case.status is Status.TRIED_NOT_WORKED for told in one.told)
    named = list(dict.fromkeys(told.case.person for told in one.told if told.with_name))[:MOST_THANKED]
    is_unclear = one.puzzled is not None and not one.puzzled.is_clearer
    row: list[object] = [button("Clarify it", EDIT_ITEM, one.item.id)] if failed or is_unclear else []
    for n, person in enumerate(named):
        label = f"Say thanks to {names.get(person, 'them')}"
        url = f"https://slack.com/app_redirect?team={one.item.team}&channel={person}"
        row.append(button(label, f"{THANK}.{n}", person, url=url))
    return row
