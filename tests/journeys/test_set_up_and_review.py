"""Cleo sets a channel up and has her week as a broker; everybody's own page; pauses; words that kbot does not know."""

from collections.abc import Sequence

import pytest

from kbot.playground.driver import Driver
from kbot.playground.hands import Person
from kbot.playground.seen import Seen
from kbot.post.looking_inside import What
from tests.journeys.bot import Bot
from tests.journeys.days import Days
from tests.journeys.steps import NOTHING, asks, becomes, commands, elsewhere, flags, is_told, opens, set_up, tip_saved
from tests.journeys.ways import by_http, on_postgresql

PUBLISHED = "When is a flagged message published?"
REVIEW = "When a broker approves"


def digests(person: Person) -> list[Seen]:
    return [seen for seen in person.inbox if "Your weekly look" in seen.text]


@by_http
def test_a_channel_is_set_up_and_everybody_can_read_how(slack: Driver) -> None:
    assert set_up(slack, slack.cleo, Brokers=["cleo"]) == {}
    shown = commands(slack, slack.ben, "/kb setup show").text
    assert "Cleo" in shown
    assert "Monday" in shown


def test_only_admins_the_creator_and_brokers_set_up(slack: Driver) -> None:
    slack.ben.command("/kb setup", "platform")
    slack.wait(lambda: slack.ben.modal and "Only Slack's admins" in slack.ben.modal.text, what="a refusal")
    assert set_up(slack, slack.ana, Brokers=["ben"]) == {}  # Ana made the channel
    assert set_up(slack, slack.ben) == {}  # Ben is a broker now


def test_somebody_who_loses_the_right_while_the_form_is_open_is_refused(slack: Driver) -> None:
    set_up(slack, slack.ana, Brokers=["ben"])
    modal = opens(slack, slack.ben, lambda: slack.ben.command("/kb setup", "platform"))
    set_up(slack, slack.ana, Brokers=["cleo"])
    assert any("Only Slack's admins" in sentence for sentence in modal.submit().values())
    assert "Cleo" in commands(slack, slack.cleo, "/kb setup show").text


@pytest.mark.parametrize(
    ("choices", "field", "sentence"),
    [
        ({PUBLISHED: REVIEW, "Brokers": []}, "Brokers", "there must be a broker"),
        ({"Brokers": ["gus"]}, "Brokers", "guest"),
        ({"Brokers": ["deploybot"]}, "Brokers", "bot"),
        ({"Flag emojis": "💡"}, "Flag emojis", "by their names"),
        ({"Flag emojis": ":a: :b: :c: :d: :e: :f:"}, "Flag emojis", "Up to 5"),
    ],
)
def test_what_cannot_be_is_said_in_the_field(
    slack: Driver, choices: dict[str, str | Sequence[str]], field: str, sentence: str
) -> None:
    errors = set_up(slack, slack.cleo, **choices)
    assert sentence in errors[field]


def test_another_flag_emoji_counts_and_the_old_one_does_not(slack: Driver) -> None:
    set_up(slack, slack.cleo, **{"Flag emojis": ":memo:"})
    post = slack.ana.says("Rotate the keys on the first of each month.")
    slack.ben.reacts(post, "bulb")
    assert "Saved" in flags(slack, slack.ben, post, "memo").text


@on_postgresql
def test_an_admin_says_from_when_on_kbot_answers(slack: Driver) -> None:
    field = "Answer from which score on?"
    tip_saved(slack)
    assert asks(slack, slack.ben).text.startswith("A colleague saved this")
    errors = set_up(slack, slack.cleo, **{field: "high"})
    assert "a number from 0.05 to 0.95" in errors[field]
    assert slack.cleo.modal is not None
    slack.cleo.modal.close()
    assert set_up(slack, slack.cleo, **{field: "0,95"}) == {}
    assert asks(slack, slack.ben).text.startswith(NOTHING)
    assert "from a score of 0.95 on" in commands(slack, slack.ben, "/kb setup show").text
    modal = opens(slack, slack.ana, lambda: slack.ana.command("/kb setup", "platform"))
    assert field not in modal.fields, "Ana made the channel; the workspace is the admins'"
    assert modal.submit() == {}
    assert set_up(slack, slack.cleo, **{field: ""}) == {}, "as it was"
    assert "from a score of 0.40 on" in commands(slack, slack.ben, "/kb setup show").text


def test_a_channel_kbot_is_not_in_cannot_be_set_up(slack: Driver) -> None:
    slack.cleo.command("/kb setup", "support")
    slack.wait(lambda: slack.cleo.modal and "invite" in slack.cleo.modal.text.lower(), what="what to do")


@on_postgresql
def test_what_waits_is_approved_from_the_digest_and_then_found(slack: Driver, days: Days) -> None:
    set_up(slack, slack.cleo, **{PUBLISHED: REVIEW, "Brokers": ["cleo", "ben"]})
    tip = tip_saved(slack)
    assert "A broker looks at it first" in tip.receipt.text
    support = elsewhere(slack)
    assert "I have nothing" in asks(slack, slack.dov, channel=support).text
    days.go_to(slack.cleo, "mon")
    digest = slack.wait(lambda: digests(slack.cleo), what="Cleo's digest")[0]
    days.go_to(slack.ben, "mon")
    other = slack.wait(lambda: digests(slack.ben), what="Ben's digest")[0]
    slack.at_once(lambda: digest.press("Approve"), lambda: other.press("Approve"))
    becomes(slack, digest, "Approved by")
    becomes(slack, other, "Approved by")
    assert "--resume" in asks(slack, slack.dov, channel=support).text


def test_an_open_question_is_answered_from_the_digest_and_its_asker_told(slack: Driver, days: Days) -> None:
    set_up(slack, slack.cleo, Brokers=["cleo"])
    asks(slack, slack.ben, "how do I get a new badge printed?")
    days.go_to(slack.cleo, "mon")
    digest = slack.wait(lambda: digests(slack.cleo), what="Cleo's digest")[0]
    modal = opens(slack, slack.cleo, lambda: digest.press("Write the answer"))
    assert modal.fill("What to do or know", "Ask at the front desk on floor 2.").submit() == {}
    told = slack.wait(lambda: [s for s in slack.ben.sees() if "There is an answer now" in s.text], what="Ben is told")
    assert "front desk" in told[0].text
    becomes(slack, digest, "✓ Answered: _how do I get a new badge printed?_")


def test_one_digest_a_week_and_none_when_there_is_nothing(slack: Driver, days: Days) -> None:
    set_up(slack, slack.cleo, Brokers=["cleo"])
    days.go_to(slack.cleo, "mon")
    days.nothing_comes(slack.cleo)
    tip_saved(slack)
    days.go_to(slack.cleo, "mon")
    slack.wait(lambda: digests(slack.cleo), what="Cleo's digest")
    days.go(hours=5)
    days.nothing_comes(slack.cleo)
    assert len(digests(slack.cleo)) == 1


def test_a_digest_that_is_late_comes_in_the_brokers_hours(slack: Driver, days: Days, bot: Bot) -> None:
    set_up(slack, slack.cleo, Brokers=["cleo"])
    tip_saved(slack)
    bot.kill()
    days.go_to(slack.cleo, "sun")
    days.go_to(slack.cleo, "mon", 22)
    bot.start()
    slack.wait(lambda: bot.statuses(What.OUTBOX, "review.digest") == ["pending"], what="the digest to be planned")
    days.nothing_comes(slack.cleo)
    days.go_to(slack.cleo, "tue", 10)
    slack.wait(lambda: digests(slack.cleo), what="Cleo's digest")


def test_a_broker_who_says_stop_gets_no_digest_until_they_start_again(slack: Driver, days: Days) -> None:
    tip_saved(slack)
    asks(slack, slack.cleo)
    ask = days.until_asked(slack.cleo)
    set_up(slack, slack.cleo, Brokers=["cleo"])
    ask.press("Stop")
    is_told(slack, slack.cleo, "I've stopped asking", "dm")
    days.go_to(slack.cleo, "mon")
    days.nothing_comes(slack.cleo)
    slack.cleo.opens_home()
    slack.wait(lambda: "You stopped me: I send nothing unasked" in slack.cleo.home.text, what="the Home tab")
    slack.cleo.home.press("Start again")
    slack.wait(lambda: "Your digest as a broker comes at its own hour" in slack.cleo.home.text, what="the start")
    slack.wait(lambda: digests(slack.cleo), what="Cleo's digest")


def test_review_shows_it_now_and_its_buttons_work_there(slack: Driver) -> None:
    set_up(slack, slack.cleo, Brokers=["cleo"])
    tip_saved(slack)
    now = commands(slack, slack.cleo, "/kb review")
    now.press("Verify")
    is_told(slack, slack.cleo, "Verified by you")
    assert "verified today by Cleo" in asks(slack, slack.ben).text
    assert "is for brokers" in commands(slack, slack.dov, "/kb review", "general").text


def test_home_shows_what_waits_the_log_and_the_pause(slack: Driver, days: Days) -> None:
    tip_saved(slack)
    asks(slack, slack.dov, channel=elsewhere(slack))
    slack.dov.opens_home()
    slack.wait(lambda: "importer" in slack.dov.home.text, what="what waits")
    ask = days.until_asked(slack.dov)
    ask.press("Solved it")
    slack.dov.opens_home()
    slack.wait(lambda: "it helped" in slack.dov.home.text, what="the log")
    slack.dov.home.press("Pause a week")
    slack.wait(lambda: "Start again" in slack.dov.home.buttons, what="the pause")
    slack.ana.opens_home()
    slack.wait(lambda: "used by 1 (reported)" in slack.ana.home.text, what="what Ana shared")


def test_a_pause_keeps_kbot_quiet_until_it_ends(slack: Driver, days: Days) -> None:
    tip_saved(slack)
    asks(slack, slack.dov, channel=elsewhere(slack))
    assert "before Monday 23 January" in commands(slack, slack.dov, "/kb pause 2 weeks", "general").text
    days.go_to(slack.dov, "thu")
    days.nothing_comes(slack.dov)
    commands(slack, slack.dov, "/kb resume", "general")
    days.go_to(slack.dov, "fri")
    slack.wait(lambda: any("Did the answer help" in s.text for s in slack.dov.inbox), what="the follow-up")


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("/kb", "Flag a message"),
        ("/kb help", "/kb ask"),
        ("/kb aks something", "did you mean `/kb ask`"),
        ("/kb " + "x" * 4000, "I do not know"),
        ("/kb pause until yesterday", "/kb pause"),
        ("/kb ask", "Ask something after it"),
        ("/kb used zzzz", "I find nothing like that"),
        ("/kb learned", "Your log is empty"),
    ],
)
def test_every_command_is_answered(slack: Driver, line: str, sentence: str) -> None:
    assert sentence in commands(slack, slack.ben, line).text
