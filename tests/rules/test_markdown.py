"""People's words in Slack's `markdown` block: read back, they are the words that were written, and nothing else.

The judge is a Markdown parser that knows nothing of kbot.
"""

import re
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from kbot.playground.seed import harbor
from kbot.playground.words import markdown as read_back
from kbot.slack.markdown import code_apart, link, literal
from tests.examples import examples

often = settings(max_examples=examples(100), deadline=None)
PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
HARMLESS = {"paragraph_open", "paragraph_close", "inline", "text", "text_special", "code_inline"} | {
    "softbreak",
    "hardbreak",
}
PIECES = [
    *("<!channel>", "<@U0BEN>", "<http://x|y>", "[here](https://evil.example)", "![x](https://evil.example/x.png)"),
    *("# ", "- ", "1. ", "2) ", "+ ", "> ", "---", "===", "    ", "\t", "| a | b |", "|---|---|", "~~", "~", "**", "_"),
    *("*", "`", "``", "```", "`x`", "\\", "\n", "\n\n", "&", "&amp;", "<b>", "</b>", "<!--", "a", "b c", "!", "["),
    *("]", "(", ")", ":", "https://x.example/a_b*c", "http://y.example/?a=1&b=2)", "שלום", "\r", "."),
]
hostile = st.lists(st.sampled_from(PIECES), max_size=30).map("".join) | st.text(max_size=200)


def parts(text: str) -> Iterator[Token]:
    for token in PARSER.parse(text):
        yield token
        yield from token.children or ()


def bare(text: str) -> str:
    """Without blanks and the marks of code: what a person reads, letter by letter."""
    return re.sub(r"[\s`\u00a0\ufffd\x00\x1c-\x1f\x85]", "", text)


@often
@given(hostile)
def test_nothing_is_a_mark_that_was_not_one(text: str) -> None:
    tokens = list(parts(literal(text, 100_000)))
    assert {token.type for token in tokens} <= HARMLESS
    shown = "".join(token.content for token in tokens if token.type != "inline")
    assert bare(shown).replace("%5F", "_").replace("%7E", "~") == bare(text)


@often
@given(hostile, st.integers(1, 300))
def test_what_is_cut_fits(text: str, limit: int) -> None:
    assert len(literal(text, limit)) <= limit


@often
@given(hostile)
def test_there_is_nothing_that_slack_reads_as_its_own(text: str) -> None:
    assert not set("<>") & set(literal(text, 100_000))


@often
@given(hostile)
def test_a_label_leads_where_kbot_says(text: str) -> None:
    label = text.strip() or "x"
    tokens = list(parts(link(label, "https://harbor.slack.com/archives/C1/p1", 100_000)))
    assert [token.attrGet("href") for token in tokens if token.type == "link_open"] == [
        "https://harbor.slack.com/archives/C1/p1"
    ]


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("Drain it *first*, then `run --all`.", r"Drain it \*first\*, then `run --all`."),
        ("1. drain\n2. restart", "1\\. drain  \n2\\. restart"),
        ("see https://x.example/a_b?c=1&d=2 now", "see https://x.example/a_b?c=1&d=2 now"),
        ("https://x.example/~me/_y_ _z_", r"https://x.example/%7Eme/%5Fy%5F \_z\_"),
        ("a < b & `x < y`", r"a &lt; b &amp; \`x &lt; y\`"),
        ("  indented_name", "\u00a0\u00a0indented\\_name"),
    ],
)
def test_people_read_what_was_written(said: str, written: str) -> None:
    assert literal(said, 1000) == written
    assert read_back(harbor(), written).replace("\u00a0", " ").replace("%5F", "_").replace("%7E", "~") == said


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("no code", [(False, "no code")]),
        ("do\n```select 1\nwhere 2;```\nthen", [(False, "do"), (True, "select 1\nwhere 2;"), (False, "then")]),
        ("```\n<!channel>\n```", [(True, "<!channel>")]),
        ("```  x\n  y", [(True, "x\n  y")]),
        ("a ```` ```", [(False, "a "), (True, "`")]),
        ("``````", []),
    ],
)
def test_code_stands_by_itself(text: str, expected: list[tuple[bool, str]]) -> None:
    assert code_apart(text) == expected
