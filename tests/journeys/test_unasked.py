"""What kbot sends of its own accord waits for people: do-not-disturb, an absence, first weeks, their own limits."""

from datetime import timedelta

from kbot.playground.driver import Driver
from kbot.playground.world import Person as Somebody
from kbot.post.looking_inside import What
from tests.journeys.bot import Bot
from tests.journeys.days import Days
from tests.journeys.steps import ASKED, asks, commands, tip_saved
from tests.journeys.ways import on_postgresql

BUNDLE = "follow_up.bundle"


def held(bot: Bot) -> list[str]:
    """Why the follow-up waits, as `kbot outbox list` tells it."""
    return [str(row["held"]) for row in bot.rows(What.OUTBOX) if row["kind"] == BUNDLE and row["held"]]


@on_postgresql
def test_a_follow_up_waits_until_do_not_disturb_is_over(slack: Driver, days: Days, bot: Bot) -> None:
    tip_saved(slack)
    asks(slack, slack.ben)  # on Monday, 9:00 in New York
    days.go_to(slack.ben, "wed", 9)
    begins = days.now()
    slack.ben.is_quiet(begins.timestamp(), (begins + timedelta(hours=4)).timestamp())
    days.go_to(slack.ben, "wed", 11)
    slack.wait(lambda: held(bot) == ["not to be disturbed"], what="the follow-up to be held back")
    assert slack.ben.inbox == []
    days.go_to(slack.ben, "wed", 13, 5)
    assert ASKED in slack.wait(lambda: slack.ben.inbox, what="the follow-up")[0].text


def test_who_is_away_is_asked_when_they_are_back(slack: Driver, days: Days, bot: Bot) -> None:
    tip_saved(slack)
    asks(slack, slack.ben)
    slack.ben.says_status("Vacationing", ":palm_tree:", (days.now() + timedelta(days=3)).timestamp())
    days.go_to(slack.ben, "wed", 11)
    slack.wait(lambda: held(bot) == ["out of office"], what="the follow-up to be held back")
    days.go_to(slack.ben, "thu", 9, 30)
    days.nothing_comes(slack.ben)
    days.go_to(slack.ben, "thu", 10, 5)
    slack.wait(lambda: slack.ben.inbox, what="the follow-up")


def test_while_slack_does_not_say_it_waits_and_nothing_is_lost(slack: Driver, days: Days, bot: Bot) -> None:
    tip_saved(slack)
    asks(slack, slack.ben)
    slack.fault("dnd.info", "refused", times=-1, error="internal_error")
    days.go_to(slack.ben, "wed", 11)
    slack.wait(lambda: held(bot) == ["Slack does not say whether they may be disturbed"], seconds=20, what="a hold")
    slack.no_more_faults()
    days.go(minutes=16)
    slack.wait(lambda: slack.ben.inbox, what="the follow-up")


def test_somebody_new_is_known_as_such(slack: Driver, bot: Bot) -> None:
    people = slack.playground.people
    slack.playground.call(lambda: people.hire(Somebody("U0EVE", "eve", "Eve New", "Support", "Europe/Paris")))
    slack.wait(lambda: bot.count("person", "user_id = 'U0EVE' AND joined_at IS NOT NULL") == 1, what="Eve's row")


def test_people_lower_what_they_get_and_see_what_waits(slack: Driver, days: Days) -> None:
    usual = commands(slack, slack.ben, "/kb limits")
    assert "I write to you unasked 3 times a week at most, on working days from 10:00 to 16:00" in usual.text
    fewer = commands(slack, slack.ben, "/kb limits 1, 13-15, tue to thu")
    assert "once a week at most, on Tuesday to Thursday from 13:00 to 15:00" in fewer.text
    assert "It is 3 a week at most" in commands(slack, slack.ben, "/kb limits 9").text
    assert "Only Slack's admins" in commands(slack, slack.ben, "/kb limits everybody 1").text
    assert "twice a week at most to anybody here" in commands(slack, slack.cleo, "/kb limits everybody 2").text
    assert "twice a week at most" in commands(slack, slack.ana, "/kb limits").text
    tip_saved(slack)
    asks(slack, slack.ben)
    days.go_to(slack.ben, "wed", 12, 50)
    days.nothing_comes(slack.ben)
    days.go_to(slack.ben, "wed", 13, 5)
    slack.wait(lambda: slack.ben.inbox, what="the follow-up")
    assert "how it went with what you found (today)" in commands(slack, slack.ben, "/kb limits").text
