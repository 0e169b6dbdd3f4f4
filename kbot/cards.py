"""What several stages show: Block Kit's pieces, the item card, and words for time. Pure: facts in, blocks out.

Whatever a person wrote passes `mrkdwn.escaped` here: it is shown literally, notifies nobody and fits Slack's limits.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from slack_sdk.models.blocks import (
    ActionsBlock,
    ButtonElement,
    ConfirmObject,
    ContextActionsBlock,
    ContextBlock,
    ConversationFilter,
    ConversationSelectElement,
    DividerBlock,
    FeedbackButtonObject,
    FeedbackButtonsElement,
    HeaderBlock,
    MarkdownBlock,
    MarkdownTextObject,
    Option,
    OverflowMenuElement,
    PlainTextObject,
    SectionBlock,
    StaticSelectElement,
)

from kbot.library.facts import Item, Lines
from kbot.slack import markdown
from kbot.slack.mrkdwn import cut, escaped, one_line, quoted
from kbot.trail.proof import Evidence, Story

Block = dict[str, Any]

SECTION_LIMIT = 3000
TITLE_SHOWN = 140
BODY_SHOWN = 1200
LINE_SHOWN = 280
QUOTE_SHOWN = 240
STORY_SHOWN = 400
MOST_NAMED = 3
MOST_PARTS = 8
"""Of a card in Markdown; what is code after them stands among the words."""

BUTTON_LIMIT = 75

LOG = "home.log"
"""Of the button that opens a person's own log; it carries a shelf and a page."""

BUILD_ON = "cards.build_on"
"""Of the button, or the only choice of a menu, that begins something built on an item; it carries the item's id."""
EDIT_ITEM = "capture.edit"
"""Of the button that opens an item's words for its contributor; it carries the item's id."""
USE, GOOD, NOT_FOR_ME, CARD_MENU = "card.use", "card.good", "card.not_for_me", "card.menu"
PLAN = "card.plan"
"""Of a menu of when. Each button is `card.plan.<plan>`: action ids are unique within their block."""
LESS, STOP_DELIVERIES, DOUBT, ASK_CONTRIBUTOR, BUILD, MEMORIZE = (
    *("less", "stop", "doubt"),
    *("ask", "build", "memorize"),
)
"""What an entry of a card's menu begins with; the item's id follows."""


def section(text: str, *, accessory: Any = None) -> Block:
    """A paragraph of mrkdwn that is safe already. Lines that find no room are left out whole."""
    while len(text) > SECTION_LIMIT and "\n" in text:
        text = text.rpartition("\n")[0]
    return SectionBlock(text=MarkdownTextObject(text=text[:SECTION_LIMIT]), accessory=accessory).to_dict()


def header(text: str) -> Block:
    """A heading in plain text."""
    return HeaderBlock(text=PlainTextObject(text=cut(text, 150), emoji=True)).to_dict()


def context(*texts: str) -> Block:
    """Small print, in mrkdwn that is safe already."""
    return ContextBlock(elements=[MarkdownTextObject(text=text[:2000]) for text in texts[:10] if text]).to_dict()


def divider() -> Block:
    return DividerBlock().to_dict()


def button(label: str, action: str, value: str, *, primary: bool = False, url: str | None = None) -> ButtonElement:
    """A button. `value` carries ids, never words."""
    return ButtonElement(
        text=PlainTextObject(text=cut(label, BUTTON_LIMIT), emoji=True),
        action_id=action,
        value=value,
        style="primary" if primary else None,
        url=url,
    )


def sure(element: ButtonElement, title: str, question: str, yes: str) -> ButtonElement:
    """The same button, which asks once more before it does what cannot be undone."""
    element.style = "danger"
    element.confirm = ConfirmObject(
        title=PlainTextObject(text=title),
        text=PlainTextObject(text=question),
        confirm=yes,
        deny="Cancel",
        style="danger",
    )
    return element


def menu(action: str, options: Sequence[tuple[str, str]]) -> OverflowMenuElement:
    """The "..." menu: (label, value) of at most five entries."""
    return OverflowMenuElement(action_id=action, options=_entries(options))


def choice(
    action: str, options: Sequence[tuple[str, str]], chosen: str, *, empty: str | None = None
) -> StaticSelectElement:
    """A menu that shows what is chosen: (label, value) of each entry. `empty`: what it says where nothing is."""
    entries = _entries(options)
    initial = next((entry for entry in entries if entry.value == chosen), None)
    return StaticSelectElement(action_id=action, options=entries, initial_option=initial, placeholder=empty)


def channel_choice(action: str, chosen: str | None, placeholder: str) -> ConversationSelectElement:
    """A menu of this workspace's own channels."""
    return ConversationSelectElement(
        action_id=action,
        placeholder=placeholder,
        initial_conversation=chosen,
        filter=ConversationFilter(include=["public", "private"], exclude_external_shared_channels=True),
    )


def _entries(options: Sequence[tuple[str, str]]) -> list[Option]:
    return [Option(text=PlainTextObject(text=cut(label, BUTTON_LIMIT)), value=value) for label, value in options]


def buttons(*elements: Any) -> Block:
    """A row of buttons and menus."""
    return ActionsBlock(elements=list(elements)).to_dict()


def form(
    callback: str,
    about: Mapping[str, object],
    title: str,
    blocks: Sequence[Block],
    *,
    submit: str = "Save",
    close: str = "Cancel",
) -> dict[str, Any]:
    """A modal that is filled in. It carries what it is `about` to the door of its `callback`: ids, never words."""
    return {
        "type": "modal",
        "callback_id": callback,
        "private_metadata": json.dumps(dict(about)),
        "title": {"type": "plain_text", "text": title},
        "submit": {"type": "plain_text", "text": submit},
        "close": {"type": "plain_text", "text": close},
        "blocks": list(blocks),
    }


def feedback(action: str, helpful: str, not_helpful: str) -> Block:
    """Thumbs up and down, with what each carries: ids, never words."""
    good, bad = (
        FeedbackButtonObject(text=PlainTextObject(text=label), value=value, accessibility_label=label)
        for label, value in (("Helpful", helpful), ("Not helpful", not_helpful))
    )
    element = FeedbackButtonsElement(action_id=action, positive_button=good, negative_button=bad)
    return ContextActionsBlock(elements=[element]).to_dict()


def hidden() -> tuple[str, list[Block]]:
    """In the place of what stood in a channel."""
    text = "I do not show any more what stood here. Not everybody who reads along here may see it, or it is gone."
    return "This is not shown any more.", [context(text)]


def title_of(item: Item, limit: int = TITLE_SHOWN) -> str:
    """The item's title as literal text."""
    return escaped(one_line(item.lines.title), limit)


def linked_title(item: Item, limit: int = TITLE_SHOWN) -> str:
    """The title in bold, linked to the source where there is one."""
    permalink = item.source.permalink if item.source else None
    title = title_of(item, limit).replace("|", "¦")
    return f"*<{permalink}|{title}>*" if permalink else f"*{title}*"


def contributor_of(item: Item, names: Mapping[str, str]) -> str:
    """The contributor's name; "a colleague" for one who goes unnamed, "an app" for a message without an author."""
    if item.contributor is None:
        return "an app"
    if not item.is_named:
        return "a colleague"
    return escaped(names.get(item.contributor, "a colleague"), 60)


def age(then: datetime, now: datetime) -> str:
    """How long ago, in words."""
    days = (now - then) // timedelta(days=1)
    if days <= 0:
        return "today"
    if days == 1:
        return "yesterday"
    if days < 14:
        return f"{days} days ago"
    if days < 60:
        return f"{days // 7} weeks ago"
    return f"{days // 30} months ago"


def card(
    item: Item,
    names: Mapping[str, str],
    evidence: Evidence,
    now: datetime,
    *,
    body: int = BODY_SHOWN,
    quote: str = "",
    in_markdown: bool = False,
) -> list[Block]:
    """An item, the same everywhere: title, when, what, because, limits; and under it where it comes from, how old it
    is and what people said of it. `quote` is the sentence of it that matters here most. `in_markdown`: nothing is
    folded away, and code stands by itself."""
    said = _in_markdown(item, body, quote) if in_markdown else [section(_in_mrkdwn(item, body, quote))]
    return [*said, context(origin(item, names, evidence, now))]


def _in_mrkdwn(item: Item, body: int, quote: str) -> str:
    text = [linked_title(item)]
    if quote:
        text.append(quoted(one_line(quote), QUOTE_SHOWN))
    around = {label: f"_{label}:_ {escaped(words, LINE_SHOWN)}" for label, words in _around(item.lines).items()}
    text.append(around.pop("When", ""))
    if _has_body(item.lines):
        text.append(escaped(item.lines.body.strip(), body))
    return "\n".join(part for part in (*text, *around.values()) if part)


def _in_markdown(item: Item, body: int, quote: str) -> list[Block]:
    permalink = item.source.permalink if item.source else None
    title = one_line(item.lines.title)
    named = markdown.link(title, permalink, TITLE_SHOWN) if permalink else markdown.literal(title, TITLE_SHOWN)
    text = [f"**{named}**"]
    if quote:
        text.append(f"> {markdown.literal(one_line(quote), QUOTE_SHOWN)}\n")  # an empty line ends it
    written = {label: markdown.literal(words, LINE_SHOWN) for label, words in _around(item.lines).items()}
    around = {label: f"*{label}:* {words}" for label, words in written.items()}
    text.append(around.pop("When", ""))
    blocks: list[Block] = []
    for is_code, part in markdown.code_apart(cut(item.lines.body.strip(), body)) if _has_body(item.lines) else ():
        if is_code and len(blocks) < MOST_PARTS:
            blocks += [*_paragraphs(text), _code(part)]
            text = []
        elif body > 0:
            text.append(markdown.literal(part, body))
        body -= len(part) if is_code else len(text[-1])
    text += around.values()
    return [*blocks, *_paragraphs(text)]


def _around(lines: Lines) -> dict[str, str]:
    """The optional lines of an item, under their names."""
    named = {"When": lines.when, "Because": lines.because, "Limits": lines.limits}
    return {label: one_line(words) for label, words in named.items() if words}


def _has_body(lines: Lines) -> bool:
    """Of one short sentence the title is all."""
    return one_line(lines.body) != one_line(lines.title)


def _paragraphs(text: Iterable[str]) -> list[Block]:
    together = "  \n".join(part for part in text if part)
    return [MarkdownBlock(text=together).to_dict()] if together else []


def _code(text: str) -> Block:
    """Nothing in it is read as a mark, a link or a mention."""
    part = {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [part]}


def acts(item: Item, *, delivered: bool = False) -> Block:
    """The row under a card: what can be said of it. `delivered`: to this person alone, who did not ask for it."""
    answers = [button("I'll use this", USE, item.id)]
    entries = [
        ("Outdated or wrong?", f"{DOUBT}:{item.id}"),
        ("Ask the contributor", f"{ASK_CONTRIBUTOR}:{item.id}"),
        ("Build on this", f"{BUILD}:{item.id}"),
    ]
    if not delivered:
        entries.append(("Help me remember this", f"{MEMORIZE}:{item.id}"))
    else:
        answers += [button("Good to know", GOOD, item.id), button("Not for me", NOT_FOR_ME, item.id)]
        entries = [
            ("Less like this", f"{LESS}:{item.id}"),
            ("Stop deliveries", f"{STOP_DELIVERIES}:{item.id}"),
            *entries,
        ]
    return buttons(*answers, menu(CARD_MENU, entries))


def topics_of(item: Item) -> str:
    """The item's topics, in bold; "" where it has none."""
    return ", ".join(f"*{escaped(topic.name, 60)}*" for topic in item.topics)


def community_of(item: Item) -> str:
    """Where an item comes from, in mrkdwn: its community's name, or its channel."""
    return escaped(item.community, 60) if item.community else f"<#{item.channel}>"


def learned(item: Item, evidence: Evidence) -> str:
    """What is learned says why."""
    abroad = {1: "one"}.get(evidence.abroad(item.home), str(evidence.abroad(item.home)))
    return f"*learned*: worked for {evidence.worked}, {abroad} from outside {community_of(item)}"


def story_of(story: Story, names: Mapping[str, str]) -> str:
    """What somebody tells of a use, in short, in one line; whoever goes unnamed is somebody."""
    who = escaped(names.get(story.person, "Somebody"), 60) if story.with_name else "Somebody"
    place = f" ({escaped(one_line(story.place), LINE_SHOWN)})" if story.place else ""
    advice = f" To the next one: _{escaped(one_line(story.advice), LINE_SHOWN)}_" if story.advice else ""
    return f'{who}{place}: "{escaped(one_line(story.happened), STORY_SHOWN)}"{advice}'


def origin(item: Item, names: Mapping[str, str], evidence: Evidence, now: datetime) -> str:
    """Small print of an item: who, where, how old, verified, and what people said of it."""
    parts = [f"From {contributor_of(item, names)} in <#{item.channel}>"]
    parts.append(f"saved {age(item.published_at or item.created_at, now)}")
    if item.verified_by and item.verified_at:
        name = escaped(names.get(item.verified_by, "a broker"), 60)
        parts.append(f"verified {age(item.verified_at, now)} by {name}")
    if confirmed := [escaped(names[who], 60) for who in evidence.confirmed_by if who in names][:MOST_NAMED]:
        parts.append(f"confirmed by {', '.join(confirmed)}")
    if evidence.is_learned(item.home):
        parts.append(learned(item, evidence))
    if said := evidence.told(now):
        parts.append(said)
    if item.is_contested:
        parts.append("contested: another item says the opposite")
    if item.topics:
        parts.append(f"topics: {topics_of(item)}")
    if item.source and item.source.files:
        parts.append("files: " + escaped(", ".join(item.source.files), 200))
    return " · ".join(parts)
