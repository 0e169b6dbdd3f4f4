"""Where a channel is set up so, who asks others is told alone that kbot knows it; elsewhere nothing is even kept."""

import pytest

from kbot.playground.driver import Driver
from kbot.playground.hands import Person
from kbot.playground.seen import Seen
from tests.journeys.bot import Bot
from tests.journeys.days import Days
from tests.journeys.steps import TIP, becomes, commands, set_up, tip_saved
from tests.journeys.ways import on_postgresql

SUGGEST = {"What do I do here?": "Save, answer, and suggest answers to who asks others"}
ASKED = "What do you do when the importer hangs after a deploy?"
HINT = "This may answer it: "


@pytest.fixture
def suggesting(slack: Driver, days: Days) -> None:
    """#platform is set up so, and kbot has noticed."""
    tip_saved(slack)
    assert set_up(slack, slack.cleo, **SUGGEST) == {}
    days.go(minutes=1)


def hints(person: Person) -> list[Seen]:
    return [seen for seen in person.ephemerals("platform") if HINT in seen.text]


def kept(bot: Bot) -> int:
    return bot.count("inbox", "kind = 'message'")


@on_postgresql
@pytest.mark.usefixtures("suggesting")
def test_who_asks_others_is_told_alone_and_may_look(slack: Driver, bot: Bot) -> None:
    post = slack.cleo.says(ASKED, "platform")
    hint = slack.wait(lambda: hints(slack.cleo), what="the hint")[0]
    assert hint.text.startswith(f"{HINT}*The importer hangs after a deploy, what do you do?*")
    assert [hints(slack.ana), hints(slack.ben), slack.cleo.thread(post)] == [[], [], []]
    assert bot.count("question") == 0, "it is no question to kbot yet"
    hint.press("Show")
    becomes(slack, hint, TIP)
    assert f"You asked: _{ASKED}_ · only you see this" in hint.text
    assert bot.count("question", "is_private") == 1
    slack.cleo.says(ASKED, "platform")
    slack.settle()
    assert hints(slack.cleo) == [], "once a day"


@pytest.mark.usefixtures("suggesting")
def test_it_can_be_put_away(slack: Driver) -> None:
    slack.cleo.says(ASKED, "platform")
    hint = slack.wait(lambda: hints(slack.cleo), what="the hint")[0]
    hint.press("Not now")
    becomes(slack, hint, "All right.")


@pytest.mark.usefixtures("suggesting")
def test_what_is_no_question_or_not_surely_answered_brings_nothing(slack: Driver, bot: Bot) -> None:
    before = kept(bot)
    root = slack.cleo.says("The importer hangs after a deploy.", "platform")
    slack.cleo.replies(root, ASKED)
    slack.settle()
    assert kept(bot) == before, "dropped in memory"
    slack.cleo.says("Where do we get elephants?", "platform")
    slack.wait(lambda: kept(bot) == before + 1, what="the question to be looked at")
    slack.settle()
    assert hints(slack.cleo) == []
    assert bot.count("question") == 0


@pytest.mark.usefixtures("suggesting")
def test_who_paused_is_left_in_peace(slack: Driver) -> None:
    commands(slack, slack.cleo, "/kb pause")
    slack.cleo.says(ASKED, "platform")
    slack.settle()
    assert hints(slack.cleo) == []


@pytest.mark.usefixtures("suggesting")
def test_a_guest_gets_none(slack: Driver, bot: Bot) -> None:
    slack.invite(slack.guest.name, "platform")
    before = kept(bot)
    slack.guest.says(ASKED, "platform")
    slack.wait(lambda: kept(bot) == before + 1, what="the question to be looked at")
    slack.settle()
    assert slack.guest.ephemerals("platform") == []


def test_by_default_nothing_is_suggested_nor_kept(slack: Driver, bot: Bot) -> None:
    tip_saved(slack)
    before = kept(bot)
    slack.cleo.says(ASKED, "platform")
    slack.settle()
    assert hints(slack.cleo) == []
    assert kept(bot) == before


@pytest.mark.usefixtures("suggesting")
def test_a_channel_that_is_set_up_otherwise_ends_it(slack: Driver, days: Days, bot: Bot) -> None:
    assert set_up(slack, slack.cleo, **{"What do I do here?": "Save flagged messages, answer questions"}) == {}
    days.go(minutes=1)
    before = kept(bot)
    slack.cleo.says(ASKED, "platform")
    slack.settle()
    assert (hints(slack.cleo), kept(bot)) == ([], before)
