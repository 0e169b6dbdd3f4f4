"""People's words: from what they type to Slack's markup, and from there to a rich_text block."""

import re

from kbot.playground.world import Json, World

BROADCASTS = ("channel", "here", "everyone")

_TOKEN = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>|:([a-z0-9_+-]+):")
_TYPED = re.compile(
    r"```.*?```|`[^`\n]*`"  # code stays as it is
    r"|(?<![\w/])([@#])([a-z0-9][a-z0-9_-]*)"
    r"|(https?://(?:(?!&[lg]t;)[^\s<>|`])*(?!&[lg]t;)[^\s<>|`.,;:!?)])",
    re.DOTALL,
)


def escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def as_sent(text: str, world: World, labels: bool = False) -> str:
    """What Slack makes of typed text: `@ana`, `#platform`, `@here` and addresses become references.

    `labels`: whether names follow the ids (`<@U0ANA|ana>`), as in escaped slash commands.
    """
    names = {("@", person.name): f"@{person.id}" for person in world.people.values()}
    names |= {("#", channel.name): f"#{channel.id}" for channel in world.channels.values() if channel.name}
    if not labels:
        names |= {("@", word): f"!{word}" for word in BROADCASTS}

    def reference(match: re.Match[str]) -> str:
        sign, name, address = match.groups()
        if address is not None:
            return f"<{address}>"
        if sign is None:
            return match.group()
        target = names.get((sign, name))
        if target is None:
            return match.group()
        return f"<{target}|{name}>" if labels else f"<{target}>"

    return _TYPED.sub(reference, escape(text))


def rich_text(text: str, block_id: str) -> list[Json]:
    """The block that Slack's own client sends along with a person's words."""
    elements: list[Json] = []
    for number, part in enumerate(text.split("```")):
        if not part:
            continue
        if number % 2:
            code = [{"type": "text", "text": unescape(part.strip("\n"))}]
            elements.append({"type": "rich_text_preformatted", "elements": code, "border": 0})
        else:
            elements.append({"type": "rich_text_section", "elements": _inline(part)})
    if not elements:
        return []
    return [{"type": "rich_text", "block_id": block_id, "elements": elements}]


def _inline(text: str) -> list[Json]:
    found: list[Json] = []
    end = 0
    for match in _TOKEN.finditer(text):
        if match.start() > end:
            found.append({"type": "text", "text": unescape(text[end : match.start()])})
        found.append(_reference(*match.groups()))
        end = match.end()
    if end < len(text):
        found.append({"type": "text", "text": unescape(text[end:])})
    return found


def _reference(sign: str | None, target: str | None, label: str | None, emoji: str | None) -> Json:
    if emoji is not None:
        return {"type": "emoji", "name": emoji}
    target = target or ""
    if sign == "@":
        return {"type": "user", "user_id": target}
    if sign == "#":
        return {"type": "channel", "channel_id": target}
    if sign == "!" and target in BROADCASTS:
        return {"type": "broadcast", "range": target}
    if sign == "!":
        return {"type": "text", "text": f"<!{target}>"}
    return {"type": "link", "url": unescape(target)} | ({"text": unescape(label)} if label else {})
