"""Word pieces: the same ids as the model was trained with, for any text, in linear time."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kbot.meaning import wordpiece
from kbot.meaning.wordpiece import END, LONGEST_TEXT, MOST_TOKENS, START, UNKNOWN

# What Hugging Face's tokenizer makes of each with the model's own tokenizer.json, without start and end.
TOLD = {
    "": [],
    "How do I reset my password?": [2129, 2079, 1045, 25141, 2026, 20786, 1029],
    "Größe, naïve, İSTANBUL": [24665, 2080, 17499, 1010, 15743, 1010, 9960],
    "ΣΑΣ ΟΔΥΣΣΕΥΣ": [1173, 14608, 29733, 1169, 29722, 29735, 29733, 29733, 29723, 29735, 29733],
    "東京タワー": [1879, 1755, 1709, 30262, 30265],
    "한국어 ไทย": [1469, 30006, 30021, 29991, 30014, 30020, 29999, 30008, UNKNOWN],
    "don't e-mail ana@example.com!": [2123, 1005, 1056, 1041, 1011, 5653, 9617, 1030, 2742, 1012, 4012, 999],
    "kubectl --dry-run=client": [13970, 4783, 6593, 2140, 1011, 1011, 4318, 1011, 2448, 1027, 7396],
    "snake_case CamelCase": [7488, 1035, 2553, 19130, 18382],
    "a\N{NO-BREAK SPACE}b\N{IDEOGRAPHIC SPACE}c\td": [1037, 1038, 1039, 1040],
    "zero\N{ZERO WIDTH SPACE}width\N{SOFT HYPHEN}": [5717, 9148, 11927, 2232],
    "a\0b\N{REPLACEMENT CHARACTER}c": [5925],
    "ﬁne ½ ²": [1984, 2638, 1092, 1082],
    "🎉 shipped 🚀": [UNKNOWN, 12057, UNKNOWN],
    "\N{COMBINING ACUTE ACCENT}\N{LINE SEPARATOR}": [],
    "x" * 100: [22038, *[20348] * 49],
    "x" * 101: [UNKNOWN],
}


@pytest.mark.parametrize("text", TOLD, ids=lambda text: ascii(text[:20]))
def test_the_pieces_are_those_of_the_model(text: str) -> None:
    assert wordpiece.ids(text) == [START, *TOLD[text], END]


def test_accents_count_the_same_however_they_are_written() -> None:
    text = "Größe, naïve, İSTANBUL, 한국어"
    assert wordpiece.ids(unicodedata.normalize("NFD", text)) == wordpiece.ids(unicodedata.normalize("NFC", text))


def test_nobody_ends_the_text_by_writing_so() -> None:
    assert wordpiece.ids("a [SEP] b") == [START, 1037, 1031, 19802, 1033, 1038, END]


def test_a_long_text_is_cut_and_still_ended() -> None:
    assert wordpiece.ids("a " * 254) == [START, *[1037] * 254, END]
    assert wordpiece.ids("a " * 255) == wordpiece.ids("a " * 254)
    assert len(wordpiece.ids("a " * 255)) == MOST_TOKENS
    assert len(wordpiece.ids("unbelievabilities " * 100)) == MOST_TOKENS


@pytest.mark.parametrize(
    "text",
    [
        "\N{COMBINING ACUTE ACCENT}" * 20_000 + "\N{COMBINING GRAVE ACCENT BELOW}" * 20_000,
        ("q" * 99 + "☃ ") * 400,
        "東" * 40_000,
        "\0" * 40_000,
        "\ud800" * 40_000,
        " " * 40_000,
        "".join(map(chr, range(0x110000))),
    ],
    ids=["accents", "unknown words", "ideographs", "nothing", "half pairs", "space", "all there is"],
)
def test_no_text_is_too_much(text: str) -> None:
    found = wordpiece.ids(text)
    assert found == wordpiece.ids(text[:LONGEST_TEXT])
    assert 2 <= len(found) <= MOST_TOKENS
    assert len(wordpiece._folded) <= wordpiece._MOST_REMEMBERED


@given(st.text(st.characters(), max_size=300))
def test_any_text_becomes_ids_of_the_vocabulary(text: str) -> None:
    found = wordpiece.ids(text)
    assert (found[0], found[-1]) == (START, END)
    assert all(0 <= number < 30_522 for number in found)
