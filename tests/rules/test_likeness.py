"""When two questions are one: strict, for the answer to the one is told to who asked the other."""

import pytest

from kbot.answers.likeness import alike


@pytest.mark.parametrize(
    ("one", "other", "cosine", "is_same"),
    [
        ("How do I reset my VPN password?", "VPN password reset", 0.0, True),  # the same words
        ("How do I get access to the billing system?", "How can I get access to billing?", 0.94, True),
        ("importer hangs after deploy", "the importer is stuck after deploying, what now?", 0.86, True),
        ("How do we invoice in Norway?", "How do we invoice in Sweden?", 0.89, False),  # near in meaning alone
        ("how to restart the staging database", "how to restart the production database", 0.80, False),
        ("who approves travel?", "who approves the travel of guests?", 0.60, False),  # near in words alone
    ],
)
def test_two_questions_are_one(one: str, other: str, cosine: float, is_same: bool) -> None:
    """The cosines are MiniLM's."""
    assert (alike(one, other, cosine) > 0, alike(other, one, cosine) > 0) == (is_same, is_same)


def test_the_surest_likeness_is_the_same_words() -> None:
    assert alike("badges?", "Badges", 0.2) == 1 > alike("badges made where", "badges made there today", 0.99) > 0
