"""Everything that is said about help with an item. Pure: facts in, Block Kit out.

Each message follows from the state of its request, so it is shown anew when that changes. What somebody took back is
not repeated, and nobody hears who could not help.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from kbot.cards import EDIT_ITEM, Block, button, buttons, card, context, form, section, title_of
from kbot.helping.facts import WORDS_LIMIT, RequestState, Role, Shown, Turn, TurnState
from kbot.library.facts import Item
from kbot.slack.mrkdwn import cut, escape, escaped
from kbot.trail.facts import Barrier, Outcome, Status
from kbot.trail.proof import Evidence

HELP = "helping.help"
NOT_NOW = "helping.not_now"
NOT_ME = "helping.not_me"
DID_IT = "helping.did_it"
NOT_QUITE = "helping.not_quite"
WITHDRAW = "helping.withdraw"
ASK_CHANNEL = "helping.ask_channel"
STOP = "follow_up.stop"
"""The one Stop that there is, answered by follow-up."""

MODAL = "helping.answer_modal"
WORDS = "words"
PIECE = 2900
"""Of a long answer, which is shown whole, in as many paragraphs as it takes."""

Said = tuple[str, list[Block]]

IN_THE_WAY = {
    Barrier.UNCLEAR: "it is not clear how",
    Barrier.MISSING_SKILL: "there is something to learn first",
    Barrier.MISSING_ACCESS: "an access or a tool is missing",
    Barrier.NEED_OK: "it needs somebody's OK",
    Barrier.CONFLICTS: "it clashes with their setup",
    Barrier.OUTDATED: "it seems to be outdated",
    Barrier.WORKED_PARTLY: "it worked only partly",
}


def _name(names: Mapping[str, str], person: str) -> str:
    return escaped(names.get(person, "A colleague"), 60)


def asker(shown: Shown) -> str:
    """The name of who wants help."""
    return _name(shown.names, shown.request.asker)


def title(shown: Shown) -> str:
    """What they want help with."""
    return f"*{title_of(shown.item)}*" if shown.item is not None else "something that is not there any more"


def _who(shown: Shown, turn: Turn) -> str:
    """A helper's name, once they have answered; before that only who is named on the item anyway."""
    item = shown.item
    if turn.role is Role.CONTRIBUTOR and (item is None or not item.is_named):
        return "the one who shared it"
    if turn.was_answered or turn.role in (Role.CONTRIBUTOR, Role.VOLUNTEER):
        return _name(shown.names, turn.helper)
    return "somebody for whom it worked" if turn.role is Role.USER else "somebody whom the broker knows"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


# To the asker: where it stands


def receipt(shown: Shown) -> Said:
    """Where a request stands, to who made it; they can take it back."""
    request = shown.request
    text, small, row = _stands(shown)
    if not request.state.is_over and request.state is not RequestState.ANSWERED:
        row.append(button("I don't need it any more", WITHDRAW, request.id))
    blocks = [section(text)]
    if row:
        blocks.append(buttons(*row))
    if small:
        blocks.append(context(small))
    return "About the help that you want.", blocks


SEEN_BY = "Who is asked reads your name and what you said of it; if nobody can help, so does the broker of its channel."


def _stands(shown: Shown) -> tuple[str, str, list[Any]]:
    request, about = shown.request, title(shown)
    turn = request.running
    match request.state:
        case RequestState.ASKED if turn is not None and turn.state is TurnState.ACCEPTED:
            return (
                f"{_sentence(_who(shown, turn))} means to help you with {about}. You get the answer here.",
                SEEN_BY,
                [],
            )
        case RequestState.ASKED if turn is not None:
            again = "asked" if len(request.turns) == 1 else "have asked the next one,"
            after = "the broker has it" if request.with_broker else "I ask the next"
            text = f"I {again} {_who(shown, turn)} to help you with {about}."
            return f"{text} If there is no answer in three working days, {after}.", SEEN_BY, []
        case RequestState.ANSWERED if not shown.may_read:
            return "There is an answer, about something that you may not see any more, so I keep it.", "", []
        case RequestState.ANSWERED:
            return f"You have an answer about {about}: it is the message below.", "", []
        case RequestState.BROKER:
            return _nobody_left(shown)
        case RequestState.RESOLVED:
            return f"You have been helped with {about}. Good.", "", []
        case RequestState.WITHDRAWN:
            return f"Noted: you don't need help with {about} any more.", "", []
        case RequestState.GONE:
            return "What you want help with is gone, or not for you to see any more, so I ask nobody about it.", "", []
        case _:
            return f"I am looking for somebody who can help you with {about}.", SEEN_BY, []


def _nobody_left(shown: Shown) -> tuple[str, str, list[Any]]:
    request = shown.request
    begins = f"Nobody is left whom I could ask about {title(shown)}"
    if request.in_channel and shown.item is not None:
        return f"{begins}, so I asked in <#{shown.item.channel}>. You get the answer here.", "", []
    ends = "; the broker has it now." if shown.has_broker else ", and its channel has no broker."
    row = [button("Ask in its channel", ASK_CHANNEL, request.id)] if shown.item is not None else []
    small = "In the channel everybody reads your name and what you want help with." if row else ""
    return begins + ends, small, row


def answer(shown: Shown, turn: Turn) -> Said:
    """A helper's answer, to the asker, with their word on it."""
    request = shown.request
    who = _sentence(_who(shown, turn))
    if turn.made_clearer:
        text = f"{who} said it in other words for you: {title(shown)}"
        blocks = [section(text)]
        if shown.item is not None:
            blocks.append(section(escaped(shown.item.lines.body.strip(), PIECE) or "…"))
    else:
        blocks = [section(f"{who} answers, about {title(shown)}:"), *(section(piece) for piece in pieces(turn.words))]
    value = f"{request.id}:{turn.helper}"
    did_it = button("That did it", DID_IT, value)
    match turn.state:
        case TurnState.ANSWERED if not request.state.is_over:
            blocks.append(buttons(did_it, button("Not quite", NOT_QUITE, value)))
            blocks.append(context("Who answered hears which one you press."))
        case TurnState.NOT_HELPED if not request.state.is_over:
            blocks.append(context("You said: not quite. I look further."))
            blocks.append(buttons(did_it))
        case TurnState.NOT_HELPED:
            blocks.append(context("You said: not quite."))
        case TurnState.HELPED:
            blocks.append(context("You said: that did it. Good."))
    return "There is an answer for you.", blocks


def pieces(words: str) -> list[str]:
    """All of a text, shown literally, in paragraphs that Slack takes."""
    found: list[str] = []
    rest = words.strip()
    while rest:
        size = min(len(rest), PIECE)
        while len(escape(rest[:size])) > PIECE:
            size = size * 9 // 10
        at = max(rest.rfind("\n", 0, size), rest.rfind(" ", 0, size)) if size < len(rest) else size
        size = at if at > size // 2 else size
        found.append(escape(rest[:size]).strip() or "…")
        rest = rest[size:].strip()
    return found


# To a helper


def wanted(shown: Shown, turn: Turn) -> Said:
    """To somebody who may be able to help, and what became of it."""
    request, who = shown.request, asker(shown)
    clearer = _clearer(shown, turn)
    match turn.state:
        case TurnState.ASKED if not request.state.is_over and shown.item is not None:
            row = [
                button("I'll help", HELP, request.id, primary=True),
                *clearer,
                button("Not now", NOT_NOW, request.id),
                button("Not me", NOT_ME, request.id),
                button("Stop", STOP, "helping"),
            ]
            return f"{who} would like your help.", [
                section(f"{wish(shown)} Could you help?"),
                buttons(*row),
                context(
                    f"{_why(turn)} I pass your answer on to {who}. If you cannot, I ask the next, and do not say why."
                ),
            ]
        case TurnState.ACCEPTED if not request.state.is_over and shown.item is not None:
            row = [button("Write the answer", HELP, request.id, primary=True), *clearer]
            row.append(button("Not me after all", NOT_ME, request.id))
            return "Thank you.", [section(f"Thank you. {wish(shown)}"), buttons(*row)]
        case TurnState.LAPSED if not request.state.is_over and not request.answers and shown.item is not None:
            text = f"I asked somebody else meanwhile. If you can help, {who} will be glad of it still.\n{wish(shown)}"
            return "Somebody else is asked.", [section(text), buttons(button("Write the answer", HELP, request.id))]
        case TurnState.ANSWERED:
            return _thanked(f"Thank you: {who} has your answer about {title(shown)}.", clearer)
        case TurnState.HELPED:
            return _thanked(f"{who} says of your answer about {title(shown)}: that did it. Thank you.", clearer)
        case TurnState.NOT_HELPED:
            text = f"{who} says of your answer about {title(shown)}: not quite. Thank you for trying; I look further."
            return _thanked(text, clearer)
        case TurnState.NOT_NOW:
            return "Noted.", [section("Noted: not now. I ask the next, and do not say why.")]
        case TurnState.NOT_ME:
            text = "Noted: not you. I do not say why, and will not ask you about this again."
            return "Noted.", [section(text)]
        case _ if request.state in (RequestState.ANSWERED, RequestState.RESOLVED):
            return "It is answered.", [section(f"{who} has an answer now. Thank you.")]
        case _:
            return "It is not needed any more.", [section("That is not needed any more. Thank you all the same.")]


def _clearer(shown: Shown, turn: Turn) -> list[Any]:
    """The contributor's own way: other words of the item, which everybody reads from then on."""
    item = shown.item
    mine = item is not None and item.is_findable and turn.role is Role.CONTRIBUTOR and not turn.made_clearer
    return [button("Make it clearer", EDIT_ITEM, item.id)] if mine and item is not None else []


def _thanked(text: str, clearer: list[Any]) -> Said:
    blocks = [section(text)]
    if clearer:
        blocks += [buttons(*clearer), context("Other words of it help the next one too.")]
    return "Thank you.", blocks


def wish(shown: Shown) -> str:
    """Ben tried it and it did not work: it is not clear how."""
    said, who, about = shown.said, f"*{asker(shown)}*", title(shown)
    if said is not None and said.status is Status.TRIED_NOT_WORKED:
        text = f"{who} tried {about} and it did not work"
    elif said is not None and said.outcome is Outcome.MADE_WORSE:
        text = f"{who} used {about} and it made things worse"
    else:
        text = f"{who} would like help with {about}"
    barrier = shown.request.barrier
    return f"{text}: {IN_THE_WAY[barrier]}." if barrier in IN_THE_WAY else f"{text}."


def _why(turn: Turn) -> str:
    return {
        Role.CONTRIBUTOR: "You get this because you shared it.",
        Role.USER: "You get this because it worked for you and you offered to be asked.",
        Role.ROUTED: "You get this because a broker thinks that you may know.",
    }.get(turn.role, "")


def answer_modal(shown: Shown) -> dict[str, Any]:
    """Room for an answer, under what is wanted."""
    hint = f"It goes to {shown.names.get(shown.request.asker, 'a colleague')} as you write it."
    return form(
        MODAL,
        {"request": shown.request.id},
        "Your answer",
        [
            section(wish(shown)),
            {
                "type": "input",
                "block_id": WORDS,
                "label": {"type": "plain_text", "text": "Your answer"},
                "element": {
                    "type": "plain_text_input",
                    "action_id": WORDS,
                    "multiline": True,
                    "max_length": WORDS_LIMIT,
                },
                "hint": {"type": "plain_text", "text": cut(hint, 150)},
            },
        ],
        submit="Send",
    )


def in_channel(shown: Shown) -> Said:
    """In the item's channel, because the asker wanted that."""
    request = shown.request
    if request.state is RequestState.RESOLVED or request.answers_wait:
        return "It is answered.", [section(f"{asker(shown)} has an answer about {title(shown)}. Thank you.")]
    if request.state.is_over or shown.item is None:
        return "It is not needed any more.", [section("That is not needed any more. Thank you all the same.")]
    blocks = [section(f"{wish(shown)} Can somebody help?"), buttons(button("I can help", HELP, request.id))]
    return f"{asker(shown)} would like help.", blocks


# What comes of a barrier


def clearer(item: Item, by: str | None, names: Mapping[str, str], evidence: Evidence, now: datetime) -> Said:
    """To who found something unclear: it has other words now. `by` is None for a contributor who goes unnamed."""
    who = _name(names, by) if by is not None else "The one who shared it"
    lead = section(f"You found this not clear. {who} made it clearer:")
    small = context("You get this once, because you said that it was not clear.")
    return "Something that you found unclear is clearer now.", [lead, *card(item, names, evidence, now), small]


def for_others(item: Item, evidence: Evidence, now: datetime) -> Said:
    """To who is not convinced: what became of it for others, whatever that was."""
    said = [worked_for(evidence)] if worked_for(evidence) else []
    if evidence.told(now):
        said.append(evidence.told(now))
    text = f"*{title_of(item)}*, for others: {'; '.join(said)}."
    return "What became of it for others.", [
        section(text),
        context("They told it themselves. Not everybody says, and yours may be another case."),
    ]


def worked_for(evidence: Evidence) -> str:
    """Such as "worked for 6 of 7"; "" where nobody told how it went."""
    told = evidence.helped + evidence.failed + evidence.made_worse
    return f"worked for {evidence.helped} of {told} who told" if told else ""
