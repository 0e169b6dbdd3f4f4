"""Standard Markdown, as Slack's `markdown` block reads it: people's words in, harmless words out.

Slack reads its own `<...>` tokens there too, so an unescaped `<!channel>` would ring everybody's bell, and a link's
label may hide where it leads: of people's words only addresses and code are more than letters.
"""

import re
from bisect import bisect_right

from kbot.slack.mrkdwn import cut, escape, one_line

_MARKS = r"(?<!`)`(?P<code>[^`\n&<>]+)`(?!`)|(?P<mark>[\\`*_~\[\]|])"
_IN_A_LABEL = re.compile(f"(?P<address>(?!))|{_MARKS}")
_IN_A_TEXT = re.compile(rf"(?P<address>https?://[^\s<>`|*\[\]\\]+)|{_MARKS}")
_MARK_IN_AN_ADDRESS = re.compile(r"~|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w+;)")
"""What would be read as one also there. Backslashes would be part of the address."""
_ENCODED = {"~": "%7E", "_": "%5F", "&": "&amp;"}
_ENDS = re.compile(r"\r\n?|\n")
_BEGINNING = re.compile(r"(?P<blank>[ \t]*)(?:(?P<sign>[#+=-])|(?P<number>\d{1,9})(?P<dot>[.)]))?")
_FENCED = re.compile(r"```[^\S\n]*\n?(.*?)\n?[^\S\n]*(?:```|\Z)", re.DOTALL)


def literal(text: str, limit: int) -> str:
    """Any text as it is, in at most `limit` characters. Addresses are links to where they say, and `code` is code."""
    return _fitting(text, limit, _IN_A_TEXT)


def link(label: str, address: str, limit: int) -> str:
    """A link with any text as its label, of at most `limit` characters."""
    safe = address.replace("(", "%28").replace(")", "%29").replace("<", "%3C").replace(">", "%3E").replace(" ", "%20")
    return f"[{_fitting(one_line(label), limit, _IN_A_LABEL)}]({safe})"


def code_apart(text: str) -> list[tuple[bool, str]]:
    """The text in its parts, with whether each is the code between two fences; one that is not closed ends with it."""
    parts = [(n % 2 == 1, part) for n, part in enumerate(_FENCED.split(text))]
    return [(is_code, part if is_code else part.strip("\n")) for is_code, part in parts if part.strip()]


def _fitting(text: str, limit: int, parts: re.Pattern[str]) -> str:
    n = bisect_right(range(1, min(len(text), limit) + 1), limit, key=lambda n: len(_written(text[:n], parts)))
    while len(written := _written(cut(text, n), parts)) > limit:  # half of an address is longer than all of it
        n -= 1
    return written


def _written(text: str, parts: re.Pattern[str]) -> str:
    # Two blanks keep the end of a line.
    return "  \n".join(_line(line, parts) for line in _ENDS.split(text))


def _line(line: str, parts: re.Pattern[str]) -> str:
    begin = _BEGINNING.match(line)
    assert begin is not None  # it matches the empty line too
    # A blank that does not break keeps the indentation, which four others would turn into code.
    blank = "\u00a0" * len(begin["blank"])
    sign = f"\\{begin['sign']}" if begin["sign"] else f"{begin['number']}\\{begin['dot']}" if begin["number"] else ""
    rest, out, at = line[begin.end() :], [blank, sign], 0
    for found in parts.finditer(rest):
        out += [escape(rest[at : found.start()]), _part(found)]
        at = found.end()
    return "".join([*out, escape(rest[at:])])


def _part(found: re.Match[str]) -> str:
    if found["address"]:
        return _MARK_IN_AN_ADDRESS.sub(lambda mark: _ENCODED[mark[0]], found["address"])
    return f"`{found['code']}`" if found["code"] else f"\\{found['mark']}"
