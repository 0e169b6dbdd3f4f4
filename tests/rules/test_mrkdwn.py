"""Whatever people write is shown literally, notifies nobody and fits."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kbot.slack.mrkdwn import cut, escape, escaped, mentioned, one_line, plain, quoted, unescape
from tests.examples import examples

PIECES = [
    "<",
    ">",
    "&",
    "|",
    "!",
    "@",
    "#",
    "<!channel>",
    "<@U0BEN>",
    "<http://x|y>",
    "&amp;",
    "&lt;",
    "*",
    "`",
    " ",
    "\n",
    "a",
    "שלום",
    "👩‍🚀",
    "\x00",
]
hostile = st.lists(st.sampled_from(PIECES), max_size=60).map("".join) | st.text(max_size=300)
often = settings(max_examples=examples(80), deadline=None)

CONTROL = re.compile(r"[<>]")
BROKEN_ENTITY = re.compile(r"&(?!amp;|lt;|gt;)")


@often
@given(hostile)
def test_escaped_text_holds_no_control_and_reads_as_it_was_written(text: str) -> None:
    literal = escape(text)
    assert not CONTROL.search(literal)
    assert not BROKEN_ENTITY.search(literal)
    assert unescape(literal) == text
    assert plain(literal) == text
    assert mentioned(literal) == []


@often
@given(hostile, st.integers(1, 400))
def test_what_is_escaped_fits_and_is_never_cut_within_an_entity(text: str, limit: int) -> None:
    literal = escaped(text, limit)
    assert len(literal) <= limit
    assert not CONTROL.search(literal)
    assert not BROKEN_ENTITY.search(literal)
    if len(escape(text)) <= limit:
        assert literal == escape(text)
    else:
        assert literal.endswith("…")
        assert text.startswith(unescape(literal).removesuffix("…"))


@often
@given(hostile, st.integers(1, 300))
def test_what_is_cut_fits_and_begins_as_it_did(text: str, limit: int) -> None:
    short = cut(text, limit)
    assert len(short) <= limit
    assert short == text or (short.endswith("…") and text.startswith(short[:-1]))


def test_a_cut_falls_between_words_where_there_is_one() -> None:
    assert cut("drain the queue first", 12) == "drain the…"
    assert cut("drainthequeuefirst", 12) == "drainthequeu"[:11] + "…"


@often
@given(hostile)
def test_every_line_of_a_quote_is_quoted(text: str) -> None:
    quote = quoted(text, 600)
    assert all(line.startswith("> ") for line in quote.split("\n"))
    assert not CONTROL.search(re.sub(r"^> ", "", quote, flags=re.MULTILINE))
    assert len(quote) <= 600 + 2 * 16


@often
@given(hostile)
def test_one_line_is_one_line(text: str) -> None:
    assert "\n" not in one_line(text)
    assert one_line(one_line(text)) == one_line(text)


@often
@given(st.text(max_size=300) | hostile)
def test_any_text_of_slack_can_be_read(text: str) -> None:
    assert not CONTROL.search(escape(plain(text)))
    assert all(f"<@{person}" in text for person in mentioned(text))


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("<@U0BEN> look", "@Ben look"),
        ("<@U0BEN|benny> look", "@benny look"),
        ("<#C1|general> and <#C2>", "#general and #C2"),
        ("<!here> <!channel>", "@here @channel"),
        ("<!subteam^S1|@ops> <!date^1700000000^{date}|yesterday>", "@ops yesterday"),
        ("<https://x.example/a|the page>", "the page (https://x.example/a)"),
        ("<https://x.example>", "https://x.example"),
        ("<mailto:a@b.example|a@b.example>", "a@b.example (mailto:a@b.example)"),
        ("1 &lt; 2 &amp;&amp; 3 &gt; 2", "1 < 2 && 3 > 2"),
        ("&amp;lt;", "&lt;"),
    ],
)
def test_slacks_text_as_a_person_reads_it(sent: str, read: str) -> None:
    assert plain(sent, {"U0BEN": "Ben"}.get) == read  # type: ignore[arg-type]
