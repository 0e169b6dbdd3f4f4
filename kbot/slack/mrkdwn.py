"""Slack's text: people's words in, harmless words out."""

import re
from bisect import bisect_right
from collections.abc import Callable

_CONTROL = re.compile(r"<([@#!])?([^<>|]*)(?:\|([^<>]*))?>")
_SPACE = re.compile(r"\s+")


def escape(text: str) -> str:
    """Make any text literal in mrkdwn: nobody is notified, nothing becomes a link."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    """What a person sees where Slack's text has entities."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def mentioned(text: str) -> list[str]:
    """The ids of the people mentioned in Slack's text without a name beside the id."""
    return [m[2] for m in _CONTROL.finditer(text) if m[1] == "@" and not m[3]]


def plain(text: str, name_of: Callable[[str], str] = lambda person: person) -> str:
    """Slack's text as a person reads it: mentions, channels and links in words, entities resolved.

    `name_of` tells the name of a person from their id.
    """

    def words(found: re.Match[str]) -> str:
        sigil, target, label = found[1], found[2], found[3]
        if sigil == "@":
            return "@" + (label or name_of(target))
        if sigil == "#":
            return "#" + (label or target)
        if sigil == "!":
            return label or "@" + target.split("^")[0]
        if label and label != target:
            return f"{label} ({target})"
        return target.removeprefix("mailto:")

    return unescape(_CONTROL.sub(words, text))


def one_line(text: str) -> str:
    """The text without line breaks and runs of blanks."""
    return _SPACE.sub(" ", text).strip()


def cut(text: str, limit: int) -> str:
    """At most `limit` characters, cut at a word where there is one, with an ellipsis."""
    if len(text) <= limit:
        return text
    short = text[: max(0, limit - 1)]
    at = short.rfind(" ")
    return (short[:at] if at > limit // 2 else short).rstrip() + "…"


def escaped(text: str, limit: int) -> str:
    """Literal text whose escaped form has at most `limit` characters."""
    fits = bisect_right(range(1, min(len(text), limit) + 1), limit, key=lambda n: len(escape(text[:n])))
    return escape(cut(text, fits))


MOST_QUOTED_LINES = 15


def quoted(text: str, limit: int = 600) -> str:
    """Literal text as a block quote, of `limit` characters and 15 lines at most."""
    lines = escaped(text.strip(), limit).splitlines()
    if len(lines) > MOST_QUOTED_LINES:
        lines[MOST_QUOTED_LINES - 1 :] = ["…"]
    return "\n".join(f"> {line}" for line in lines) or "> …"
