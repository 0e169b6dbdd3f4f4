"""The rules of setting a channel up: who may, which emojis, which brokers; and for how long a pause lasts."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from kbot.act import BadInput
from kbot.home import pausing, setup
from kbot.people.facts import Mode, Person, Policy, Publication
from kbot.slack.words import SlackChannel


def somebody(user: str, **standing: bool) -> Person:
    return Person("T1", user, user.lower(), "UTC", **standing)  # type: ignore[arg-type]


def channel(*, is_private: bool = False) -> SlackChannel:
    return SlackChannel("C1", "platform", "ANA", is_private, False, False, False, True)


@pytest.mark.parametrize(
    ("person", "may"),
    [
        (somebody("ANA"), True),
        (somebody("CLEO"), True),
        (somebody("DOV"), False),
        (somebody("EVA", is_admin=True), True),
    ],
)
def test_who_may_set_a_channel_up(person: Person, may: bool) -> None:
    assert setup.may_set_up(person, channel(), Policy("C1", brokers=("CLEO",))) is may


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        (":bulb:", ("bulb",)),
        (":bulb: :memo:", ("bulb", "memo")),
        (":bulb::memo:", ("bulb", "memo")),
        ("bulb, memo", ("bulb", "memo")),
        (":BULB: :bulb:", ("bulb",)),
        (":thumbsup::skin-tone-3:", ("+1",)),
        (":party-parrot: :t_rex: :8ball:", ("party-parrot", "t_rex", "8ball")),
        (":ありがとう:", ("ありがとう",)),
    ],
)
def test_emojis_are_read_by_their_names(typed: str, names: tuple[str, ...]) -> None:
    assert setup.emojis(typed) == names


@pytest.mark.parametrize("typed", ["", "   ", "::", ":a: :b: :c: :d: :e: :f:", "💡", "<script>", ":" + "x" * 101 + ":"])
def test_what_is_no_emoji_is_refused_in_its_field(typed: str) -> None:
    with pytest.raises(BadInput) as refused:
        setup.emojis(typed)
    assert refused.value.field == setup.EMOJIS


@pytest.mark.parametrize("standing", ["is_guest", "is_stranger", "is_bot", "deleted"])
def test_only_full_members_are_brokers(standing: str) -> None:
    with pytest.raises(BadInput, match="a broker is a full member here") as refused:
        setup.check_brokers([somebody("CLEO"), somebody("X", **{standing: True})], Publication.NOTIFY, None)
    assert refused.value.field == setup.BROKERS


def test_review_needs_a_broker() -> None:
    with pytest.raises(BadInput, match="there must be a broker"):
        setup.check_brokers([], Publication.REVIEW, None)
    setup.check_brokers([somebody("CLEO")], Publication.REVIEW, None)
    setup.check_brokers([], Publication.NOTIFY, None)


def test_a_broker_of_a_private_channel_is_in_it() -> None:
    setup.check_brokers([somebody("CLEO")], Publication.OPT_IN, frozenset({"CLEO", "ANA"}))
    with pytest.raises(BadInput, match="not in this private channel"):
        setup.check_brokers([somebody("DOV")], Publication.OPT_IN, frozenset({"CLEO", "ANA"}))


def chosen(**other: str) -> Policy:
    fields = {"mode": "capture", "typed_emojis": ":memo:", "publication": "notify", "day": "4", "hour": "9", **other}
    is_private = fields.pop("is_private", "") == "yes"
    return setup.policy(channel(is_private=is_private), brokers=["CLEO", "CLEO"], **fields)  # type: ignore[arg-type]


def test_what_was_chosen_becomes_the_policy() -> None:
    assert chosen() == Policy("C1", Mode.CAPTURE, Publication.NOTIFY, ("memo",), ("CLEO",), 4, 9, True)


def test_a_community_is_a_name_that_fits() -> None:
    assert chosen(community="  #Run  & Ops ").community == "Run & Ops"
    with pytest.raises(BadInput, match="at most 60 characters; this one has 61") as refused:
        chosen(community="x" * 61)
    assert refused.value.field == setup.COMMUNITY


@pytest.mark.parametrize("publication", [*Publication, ""])
def test_a_private_channel_is_always_opt_in(publication: str) -> None:
    assert chosen(publication=publication, is_private="yes").publication is Publication.OPT_IN


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("mode", "loud"),
        ("publication", ""),
        ("day", "7"),
        ("day", "-1"),
        ("hour", "24"),
        ("hour", "9" * 5000),
        ("hour", "٣"),
    ],
)
def test_a_choice_that_was_never_offered_is_refused_in_its_field(field: str, value: str) -> None:
    with pytest.raises(BadInput) as refused:
        chosen(**{field: value})
    assert refused.value.field == field


NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2026, 11, 21, 3, tzinfo=UTC)
"""In New York it is still Friday the 20th."""


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("", "Friday 27 November"),
        ("a week", "Friday 27 November"),
        ("1 day", "Saturday 21 November"),
        ("for 2 weeks", "Friday 4 December"),
        ("2weeks", "Friday 4 December"),
        ("  TWO   Weeks ", "Friday 4 December"),
        ("3 months", "Thursday 18 February"),
        ("until 2026-12-24", "Thursday 24 December"),
        ("2026-12-24", "Thursday 24 December"),
        ("until 2027-11-20", "Saturday 20 November 2027"),
    ],
)
def test_a_pause_ends_at_the_beginning_of_a_day_of_ones_own(words: str, day: str) -> None:
    until = pausing.parse(words, NOW, NEW_YORK)
    assert until is not None
    assert until.astimezone(NEW_YORK).hour == 0
    assert pausing.in_words(until, NEW_YORK, NOW) == day


@pytest.mark.parametrize("words", ["off", "OFF", "stop", "end"])
def test_a_pause_can_be_ended(words: str) -> None:
    assert pausing.parse(words, NOW, NEW_YORK) is None


@pytest.mark.parametrize(
    "words",
    [
        *("foo", "0 days", "2 years", "-1 day", "999 months", "until", "x" * 40_000),
        *("until 2026-11-20", "2020-01-01", "2026-02-30", "2026-13-01", "0000-01-01", "0001-01-01", "9999-12-31"),
    ],
)
def test_any_other_pause_is_answered_with_examples(words: str) -> None:
    with pytest.raises(BadInput, match="until 2026-12-24"):
        pausing.parse(words, NOW, NEW_YORK)


@pytest.mark.parametrize(
    ("typed", "value"),
    [("", None), ("0.4", 0.4), ("0,35", 0.35), (".5", 0.5), ("35%", 0.35), ("35 %", 0.35), ("0.333333333", 0.33)],
)
def test_a_threshold_is_read_as_people_write_it(typed: str, value: float | None) -> None:
    assert setup.part(typed, setup.ANSWER_FROM) == value


@pytest.mark.parametrize(
    "typed", ["0", "1", "0.01", "0.96", "40", "0.4.4", "-0.4", "nan", "1e-1", "%", "high", "0.4\n"]
)
def test_what_is_no_threshold_is_refused_in_its_field(typed: str) -> None:
    with pytest.raises(BadInput, match=r"from 0\.05 to 0\.95") as refused:
        setup.part(typed, setup.SURE_FROM)
    assert refused.value.field == setup.SURE_FROM
