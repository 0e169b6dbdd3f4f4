"""What people read in blocks, and what in them would ring everybody's bell."""

import re
from collections.abc import Iterator

from kbot.playground.rich_text import unescape
from kbot.playground.world import Json, World

_MARKED = re.compile(r"(`[^`\n]+`)|\\([^\w\s]|_)|\[((?:\\.|[^\[\]\n\\])+)\]\([^()\s]+\)")
_LOUD = re.compile(r"<!(channel|here|everyone|subteam\^[^>]*)(\|[^>]*)?>")


def broadcasts(text: str, blocks: list[Json]) -> list[str]:
    """Every mention of whole groups in a message. plain_text is not parsed by Slack, so it does not count."""
    found = [match.group() for match in _LOUD.finditer(text)]
    for node in walk(blocks):
        if node.get("type") in ("mrkdwn", "markdown"):
            found += [match.group() for match in _LOUD.finditer(str(node.get("text", "")))]
        elif node.get("type") == "broadcast":
            found.append(f"broadcast {node.get('range')}")
        elif node.get("type") == "usergroup":
            found.append(f"usergroup {node.get('usergroup_id')}")
    return found


def walk(node: object) -> Iterator[Json]:
    """Every object inside, outermost first."""
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from walk(value)
    elif isinstance(node, list):
        for value in node:
            yield from walk(value)


def plain(world: World, mrkdwn: str) -> str:
    """mrkdwn as a person reads it: names instead of ids, labels instead of addresses."""

    def shown(match: re.Match[str]) -> str:
        sign, target, label = match.groups()
        if sign == "@":
            person = world.people.get(target)
            return "@" + (label or (person.name if person else target))
        if sign == "#":
            channel = world.channels.get(target)
            return "#" + (label or (channel.name if channel else target))
        if sign == "!":
            if target.startswith(("date^", "subteam^")):
                return label or target
            return "@" + (label or target)
        return label or target

    return unescape(re.sub(r"<([@#!]?)([^<>|]+)(?:\|([^<>]*))?>", shown, mrkdwn))


def markdown(world: World, text: str) -> str:
    """Standard Markdown as a person reads it: labels of links, and letters behind a backslash. Code stays as it is."""

    def shown(match: re.Match[str]) -> str:
        code, letter, label = match.groups()
        return code or letter or markdown(world, label)

    return plain(world, _MARKED.sub(shown, text).replace("  \n", "\n"))


def text_of(world: World, blocks: list[Json]) -> str:
    """All visible text of blocks, one line per block, in reading order; buttons in [brackets]."""
    return "\n".join(line for line in (_block(world, block) for block in blocks) if line)


def _block(world: World, block: Json) -> str:
    match block.get("type"):
        case "section":
            parts = [_text(world, block.get("text"))]
            parts += [_text(world, field) for field in block.get("fields", [])]
            parts.append(element(world, block.get("accessory")))
        case "header" | "alert":
            parts = [_text(world, block.get("text"))]
        case "markdown":
            parts = [markdown(world, str(block.get("text", "")))]
        case "context" | "actions" | "context_actions":
            parts = [element(world, each) for each in block.get("elements", [])]
        case "input":
            parts = [_text(world, block.get("label")), _text(world, block.get("hint"))]
            parts.append(element(world, block.get("element")))
        case "image":
            parts = [_text(world, block.get("title")), f"({block.get('alt_text', '')})"]
        case "rich_text":
            return "\n".join(_rich(world, each) for each in block.get("elements", []))
        case "table":
            return "\n".join(" | ".join(_cell(world, cell) for cell in row) for row in block.get("rows", []))
        case "divider":
            return ""
        case _:
            parts = [_text(world, each) for each in (block.get("title"), block.get("body"))]
            inner = [n for key in ("elements", "tasks", "child_blocks") for n in block.get(key, [])]
            parts += [_block(world, each) for each in inner]
            parts += [element(world, each) for each in block.get("actions", [])]
    return " ".join(part for part in parts if part)


def _text(world: World, text: object) -> str:
    if isinstance(text, str):
        return text
    if not isinstance(text, dict):
        return ""
    content = str(text.get("text", ""))
    return plain(world, content) if text.get("type") == "mrkdwn" else content


def element(world: World, it: Json | None) -> str:
    """A button as [Label], a menu as [placeholder], its options are read when it is opened."""
    if not it:
        return ""
    kind = it.get("type")
    if kind in ("mrkdwn", "plain_text"):
        return _text(world, it)
    if kind in ("button", "icon_button"):
        return f"[{_text(world, it.get('text'))}]"
    if kind == "feedback_buttons":
        names = ("positive_button", "negative_button")
        return " ".join(f"[{_text(world, it.get(name, {}).get('text'))}]" for name in names)
    if kind == "image":
        return f"({it.get('alt_text', '')})"
    if kind in ("radio_buttons", "checkboxes"):
        return " ".join(
            _text(world, part)
            for option in it.get("options", [])
            for part in (option.get("text"), option.get("description"))
            if part
        )
    chosen = it.get("initial_option") or {}
    label = chosen.get("text") or it.get("placeholder")
    return f"[{_text(world, label)}]" if label else ""


def _rich(world: World, it: Json) -> str:
    kind = it.get("type")
    if kind == "text":
        return str(it.get("text", ""))
    if kind == "link":
        return str(it.get("text") or it.get("url", ""))
    if kind == "user":
        return plain(world, f"<@{it.get('user_id')}>")
    if kind == "channel":
        return plain(world, f"<#{it.get('channel_id')}>")
    if kind == "emoji":
        return f":{it.get('name')}:"
    if kind == "broadcast":
        return f"@{it.get('range')}"
    if kind == "date":
        return str(it.get("fallback", it.get("timestamp", "")))
    glue = "\n" if kind == "rich_text_list" else ""
    return glue.join(_rich(world, each) for each in it.get("elements", []))


def _cell(world: World, cell: Json) -> str:
    return str(cell.get("text", "")) if cell.get("type") == "raw_text" else _block(world, cell)
