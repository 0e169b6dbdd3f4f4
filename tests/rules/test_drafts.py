"""A story as it was typed in: what fits is taken whole, everything else is said in its field."""

import pytest

from kbot.act import BadInput
from kbot.follow_up.drafts import HAPPENED, LINK, NAME, PLACE, READERS, WORDS_LIMIT, draft
from kbot.slack.incoming import Submission

FINE = {PLACE: "EU tenant", HAPPENED: "It hung again.", READERS: "everyone", NAME: "with"}


def submitted(**other: str) -> Submission:
    return Submission("T1", "U0BEN", "follow_up.story_modal", {"case": "c"}, {**FINE, **other}, "V1")


def test_what_fits_is_taken_whole() -> None:
    words = "<!channel> <https://evil.test|click> @here " * 40
    taken = draft(submitted(happened=words, place=" night \n shift "))
    assert (taken.happened, taken.place, taken.with_name) == (words.strip(), "night shift", True)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        (HAPPENED, "x" * 10_000, f"At most {WORDS_LIMIT:,} characters fit here; these are 10,000. Nothing is lost."),
        (PLACE, "x" * 101, "At most 100 characters fit here; these are 101. Nothing is lost."),
        (HAPPENED, "  ", "Please say what you did, and what happened."),
        (PLACE, "", "Please say in a few words where it was."),
        (LINK, "tickets.test/1", "Please paste a whole link, such as https://..., or leave it empty."),
        (LINK, "https://a|<!channel>", "Please paste a whole link, such as https://..., or leave it empty."),
        (READERS, "nobody", "Please choose one."),
    ],
)
def test_what_does_not_fit_is_said_in_its_field(field: str, value: str, sentence: str) -> None:
    with pytest.raises(BadInput) as refused:
        draft(submitted(**{field: value}))
    assert (refused.value.field, refused.value.sentence) == (field, sentence)


def test_who_chose_no_name_is_not_named() -> None:
    assert not draft(submitted(name="without")).with_name
    assert not draft(submitted(name="")).with_name
