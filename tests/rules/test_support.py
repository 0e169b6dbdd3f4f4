"""The sentence that an answer quotes, and the words it names: whatever people wrote."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kbot.answers.support import MOST_READ, best_sentence, sentences, shared_words
from kbot.library.facts import Lines
from kbot.meaning.embedder import Vector
from kbot.meaning.hashed import HashEmbedder

LONG = (
    "We had this twice in May. Drain the queue before you restart the importer, e.g. with --drain. "
    "Dr. Moreau wrote version 2.1 of it. Ask in #oncall!"
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("no capital. still two", ["no capital.", "still two"]),
        ("Take v2.1 of kbot.cli, e.g. the wheel.", ["Take v2.1 of kbot.cli, e.g. the wheel."]),
        ("It waits ... then goes. Done", ["It waits ... then goes.", "Done"]),
        ('He said "stop." Then he left.', ['He said "stop."', "Then he left."]),
        ("Ask J. Doe. He knows.", ["Ask J. Doe.", "He knows."]),
        ("- Drain\n- Restart\n\n2) Look", ["Drain", "Restart", "Look"]),
        ("> quoted", ["quoted"]),
        ("1.5 hours", ["1.5 hours"]),
        ("止めて。再開！終わり", ["止めて。", "再開！", "終わり"]),
        ("...\n!!!\n🎉 *", []),
        ("", []),
    ],
)
def test_sentences_as_people_write_them(text: str, said: list[str]) -> None:
    assert sentences(text) == said


hostile = st.text(st.sampled_from('.!?…。 \n\r\t\x00"”)>-*1ae\u2028<&`👩\ud800'), max_size=300) | st.text()


@settings(deadline=None)
@given(hostile)
def test_nothing_is_invented_and_no_word_is_lost(text: str) -> None:
    said = sentences(text)
    at = 0
    for sentence in said:
        assert sentence == sentence.strip()
        at = text.index(sentence, at) + len(sentence)
    letters = [letter for letter in "".join(said) if letter.isalpha()]
    assert letters == [letter for letter in text if letter.isalpha()]


@pytest.mark.parametrize("piece", [".", "!\"'", ". ", "a. ", "- ", ">", "。", "1.", " "])
def test_a_hostile_text_takes_no_time(piece: str) -> None:
    sentences(piece * 200_000)


def test_the_nearest_sentence_is_quoted() -> None:
    wanted = "Drain the queue before you restart the importer, e.g. with --drain."
    assert best_sentence(HashEmbedder(), "how do I restart importers?", LONG) == wanted


@pytest.mark.parametrize("body", ["", "Drain the queue.", "Drain the queue. Then restart it."])
def test_a_short_item_needs_no_quote(body: str) -> None:
    assert best_sentence(HashEmbedder(), "how do I restart the queue?", body) == ""


class Counting(HashEmbedder):
    """Counts the texts that it reads."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def embed(self, text: str) -> Vector:
        self.read.append(text)
        return super().embed(text)


def test_of_a_long_text_few_sentences_are_read_the_likeliest_among_them() -> None:
    body = "Weather again. " * 100 + "Restart it with --resume. " + "More weather. " * 100
    embedder = Counting()
    assert best_sentence(embedder, "restart with resume?", body) == "Restart it with --resume."
    assert len(embedder.read) == 1 + MOST_READ


def test_the_shared_words_are_the_asker_s_own() -> None:
    lines = Lines("The importer hangs", "Drain it, then restart.", limits="Not in the EU")
    assert shared_words("Importers hanging: how to (re)start, or restarted, in Norway?", lines) == [
        "Importers",
        "hanging",
        "restarted",
    ]
    assert shared_words("what is that?", lines) == []


@settings(deadline=None)
@given(hostile, hostile)
def test_shared_words_of_anything(question: str, body: str) -> None:
    for word in shared_words(question, Lines("x", body)):
        assert word
        assert word in question
