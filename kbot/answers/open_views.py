"""What is said about open questions: whether something answers one, and who may know. Pure: facts in, Block Kit out."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from kbot.answers.facts import Expert, HelpState, OpenQuestion, Question
from kbot.cards import Block, age, button, buttons, context, section, title_of
from kbot.library.facts import Item
from kbot.slack.mrkdwn import escaped, quoted

SAVE_ANSWER = "answers.save_answer"
ASK_PEOPLE = "answers.ask_people"
ASK_ONE = "answers.ask_one"
ASK_ALL = "answers.ask_all"
TAKE = "answers.take"
NOT_ME = "answers.not_me"
STOP = "answers.stop"

GONE = "That question is answered already, or this is not for all who asked it to see. Nothing was changed."
QUOTED = 300

Said = tuple[str, list[Block]]


def offer(item: Item, near: Sequence[OpenQuestion], now: datetime) -> Said:
    """To who saved something: is it the answer to one of these?"""
    blocks = [section(f"You saved *{title_of(item)}*. Does it answer an open question? Then all who asked are told.")]
    for group in near:
        asked = f"_asked {age(group.since, now)}{_by(group)} in_ <#{group.question.channel}>"
        blocks.append(section(f"Save as the answer to:\n{quoted(group.question.text, QUOTED)}\n{asked}"))
        blocks.append(buttons(button("Save as the answer", SAVE_ANSWER, f"{item.id}:{group.id}")))
    return "Does it answer an open question?", blocks


def _by(group: OpenQuestion) -> str:
    return f" by {len(group.askers)} people" if len(group.askers) > 1 else ""


def saved_answer(item: Item, others: int, *, is_told: bool) -> str:
    """After "Save as the answer"; `others` asked it beside the one who reads this."""
    who = "who asked" if others == 1 else f"all {others} who asked"
    if not is_told:
        return f"Noted: when *{title_of(item)}* is published, it is the answer, and {who} will be told."
    return f"*{title_of(item)}* is the answer now" + (f"; {who} will be told." if others else ".")


STOPPED = "I've stopped asking. `/kb resume` starts again."
NOBODY = "Nobody comes to mind whom I could ask now. Your question stays open, and I tell you when there is an answer."


def may_know(question: str, found: Sequence[Expert], names: Mapping[str, str]) -> Said:
    """To the asker alone: who may know, why, and a button for each. `question` is its id."""
    if not found:
        return NOBODY, [section(NOBODY)]
    blocks = [section("These people may know. Each is asked once, within their hours; whoever answers, I tell you.")]
    for expert in found:
        name = names[expert.person]
        why = "shared" if expert.item.contributor == expert.person else "verified"
        text = f"*{escaped(name, 60)}* {why} *{title_of(expert.item)}*"
        blocks.append(section(text, accessory=button(f"Ask {name}", ASK_ONE, f"{question}:{expert.person}")))
    if len(found) > 1:
        blocks.append(buttons(button("Ask all of them", ASK_ALL, question)))
    blocks.append(context("They read the question and who first asked it. If somebody cannot help, I ask the next."))
    return "These people may know.", blocks


def asked(names: Sequence[str]) -> str:
    """After the asker chose whom to ask."""
    if not names:
        return "They have been asked enough for now, so I asked nobody. I tell you when there is an answer."
    return f"Asked: {', '.join(escaped(name, 60) for name in names)}. I tell you when there is an answer."


def help_wanted(
    group: str,
    question: Question | None,
    asker: str,
    item: Item | None,
    state: HelpState,
    link: str | None,
    *,
    is_theirs: bool,
) -> Said:
    """To somebody who may know. `question` is None where they may not read it any more; `link` leads to its thread."""
    if state is HelpState.CLOSED:
        return "It is answered.", [section("The question that I asked you about is answered. Thank you.")]
    if state is HelpState.DECLINED or question is None:
        return "Noted.", [section("Noted: not you. Nobody is told that you said so.")]
    where = f"<{link}|its thread>" if link else "its thread"
    asks = f"{escaped(asker, 60)} asks in <#{question.channel}>:\n{quoted(question.text, QUOTED)}"
    if state is HelpState.TAKEN:
        text = f"Thank you. Please answer in {where} and flag your answer there: then I tell all who asked."
        return "Thank you.", [section(f"{text}\n{asks}"), buttons(button("Not me after all", NOT_ME, group))]
    why = f"You may know: you {'shared' if is_theirs else 'verified'} *{title_of(item)}*." if item else "You may know."
    return f"{escaped(asker, 60)} asks something that you may know.", [
        section(f"{asks}\n{why}"),
        buttons(
            button("I'll answer in the thread", TAKE, group),
            button("Not me", NOT_ME, group),
            button("Stop", STOP, group),
        ),
        context("An answer that is flagged there is saved, and all who asked are told. Stop: I ask you nothing more."),
    ]
