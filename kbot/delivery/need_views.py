"""What is said of needs. Pure: facts in, Block Kit out."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from kbot.cards import Block, acts, button, buttons, card, context, section, title_of
from kbot.delivery import dates
from kbot.delivery.facts import Need, NeedState
from kbot.library.facts import Item
from kbot.slack.mrkdwn import escaped, one_line
from kbot.trail.proof import Evidence

SAY = "delivery.need"
"""Each button of the last question is `delivery.need.<state>`."""

END = "delivery.need_end"
SHOWN = 200

Text = tuple[str, list[Block]]

HELPED = (
    (NeedState.HELPED, "It helped"),
    (NeedState.PARTLY, "Partly"),
    (NeedState.UNMET, "It didn't help"),
    (NeedState.OPEN, "I need it longer"),
)
NOTHING = (
    (NeedState.HELPED, "I found it elsewhere"),
    (NeedState.UNMET, "Still missing"),
    (NeedState.OPEN, "I need it longer"),
)
SAID = {
    NeedState.HELPED: "Good to hear. It is closed.",
    NeedState.PARTLY: "Noted: partly. It is closed.",
    NeedState.UNMET: "Noted. A broker may see its words, not your name.",
    NeedState.OPEN: "I look out for it two weeks longer.",
    NeedState.DROPPED: "It is closed.",
}


def words_of(need: Need) -> str:
    return f"_{escaped(one_line(need.words), SHOWN)}_"


def noted(
    need: Need,
    day: date,
    today: date,
    items: Sequence[Item],
    names: Mapping[str, str],
    evidence: Mapping[str, Evidence],
    now: datetime,
) -> Text:
    """After `/kb need`: what there is now, and that kbot looks out for more."""
    until = dates.in_words(day, today)
    watch = f"I look out for more until {until}, and then ask whether it helped."
    if not items:
        watch = f"I have nothing on it yet. {watch}"
    blocks = [section(f"You need: {words_of(need)}. {watch}")]
    for item in items:
        blocks += [*card(item, names, evidence[item.id], now, body=400), acts(item)]
    if need.channel is not None:
        blocks.append(
            context(f"While nothing is found, a broker of <#{need.channel}> may see its words, not your name.")
        )
    blocks.append(buttons(button("I need it no more", END, need.id)))
    return "I look out for it.", blocks


def mine(needs: Sequence[tuple[Need, date]], today: date) -> Text:
    """`/kb need` without words: what a person needs now."""
    if not needs:
        text = 'You need nothing that I know of. Say it like this: `/kb need "moving billing to X" by 2 Dec`'
        return text, [section(text)]
    blocks = [section("*What you need*")]
    for need, day in needs:
        found = {0: "nothing found yet", 1: "1 item found"}.get(len(need.matches), f"{len(need.matches)} items found")
        text = f"{words_of(need)} · until {dates.in_words(day, today)} · {found}"
        blocks.append(section(text, accessory=button("I need it no more", END, need.id)))
    return "What you need.", blocks


def over(need: Need, items: Sequence[Item]) -> Text:
    """The day is over: did it help? Answered, it is a receipt."""
    text = f"You needed: {words_of(need)}."
    if need.state is not NeedState.ASKED:
        return "Noted.", [section(f"{text} {SAID[need.state]}")]
    if items:
        titles = "\n".join(f"• *{title_of(item)}*" for item in items)
        text = f"{text} The day you named is over. Did what came help?\n{titles}"
    else:
        text = f"{text} The day you named is over, and I found nothing. Did you find it elsewhere?"
    choices = HELPED if items else NOTHING
    row = buttons(*(button(label, f"{SAY}.{state.value}", f"{state.value}:{need.id}") for state, label in choices))
    return "Did it help?", [section(text), row, context("Only you see what you say; a broker sees what stayed unmet.")]


def ended(need: Need) -> str:
    """After "I need it no more"."""
    return f"I look out no more for {words_of(need)}."
