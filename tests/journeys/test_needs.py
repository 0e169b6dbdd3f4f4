"""Needs: met by what is there, met by what arrives, asked about when the day is over, shown to a broker when unmet."""

from kbot.playground.driver import Driver
from kbot.playground.hands import Person
from kbot.playground.seen import Seen
from tests.journeys.bot import Bot
from tests.journeys.days import Days
from tests.journeys.steps import QUESTION, TIP, becomes, flags, opens, set_up, tip_saved, told
from tests.journeys.ways import on_postgresql

NEED = '/kb need "importer hangs after a deploy" by 25 Jan'


def needs(slack: Driver, person: Person, line: str = NEED, words: str = "You need") -> Seen:
    return told(slack, person, line, words)


def test_what_is_known_is_shown_at_once(slack: Driver, bot: Bot) -> None:
    tip_saved(slack)
    seen = needs(slack, slack.cleo)
    assert "You need: _importer hangs after a deploy_." in seen.text
    assert "I look out for more until Wednesday 25 January" in seen.text
    assert TIP in seen.text
    assert bot.count("need_match") == 1
    assert bot.count("follow_up_case") == 0, "a need is followed up as a whole"


@on_postgresql
def test_a_need_is_met_as_knowledge_arrives_and_then_asked_about(slack: Driver, days: Days, bot: Bot) -> None:
    seen = needs(slack, slack.cleo)
    assert "I have nothing on it yet." in seen.text
    tip_saved(slack)
    slack.settle()
    days.go_to(slack.cleo, "tue", 11)
    card = slack.wait(lambda: slack.cleo.inbox, what="the delivery")[-1]
    assert "You get this because you need: _importer hangs after a deploy_" in card.text
    assert QUESTION in card.text
    card.press("I'll use this")
    becomes(slack, card, "When might you try it?")
    before = len(slack.cleo.inbox)
    days.go_to(slack.cleo, "thu", 11)
    days.go(days=14)
    asked = slack.wait(lambda: [s for s in slack.cleo.inbox[before:] if "You needed" in s.text], what="the question")[0]
    assert "Did what came help?" in asked.text
    assert asked.buttons == ["It helped", "Partly", "It didn't help", "I need it longer"]
    asked.press("It helped")
    becomes(slack, asked, "Good to hear. It is closed.")
    assert bot.count("need", "state = 'helped'") == 1


def test_a_need_is_met_from_the_score_on_from_which_kbot_answers_here(slack: Driver, bot: Bot) -> None:
    form = opens(slack, slack.cleo, lambda: slack.cleo.command("/kb setup", "platform"))
    assert form.fill("Answer from which score on?", "0.95").submit() == {}
    if slack.cleo.modal:
        slack.cleo.modal.close()
    needs(slack, slack.cleo)
    tip_saved(slack)
    slack.settle()
    slack.wait(lambda: bot.count("spread", "wave > 0") == 1, what="its recipients to be chosen")
    assert bot.count("need_match") == 0


def test_needed_longer_it_is_looked_out_for_again(slack: Driver, days: Days, bot: Bot) -> None:
    needs(slack, slack.cleo, "/kb need zebra food by tomorrow")
    days.go_to(slack.cleo, "wed", 11)
    asked = slack.wait(lambda: slack.cleo.inbox, what="the question")[0]
    assert "I found nothing. Did you find it elsewhere?" in asked.text
    asked.press("I need it longer")
    becomes(slack, asked, "I look out for it two weeks longer.")
    assert bot.count("need", "state = 'open'") == 1


def test_only_what_the_person_may_see_meets_their_need(slack: Driver, days: Days, bot: Bot) -> None:
    needs(slack, slack.dov)
    flags(slack, slack.ana, slack.ana.says(f"{QUESTION} {TIP}", "oncall"))
    slack.settle()
    days.go_to(slack.dov, "tue", 11)
    days.nothing_comes(slack.dov)
    assert bot.count("need_match") == 0


def test_a_broker_sees_what_stays_unmet_without_a_name(slack: Driver) -> None:
    set_up(slack, slack.ana, Brokers=["cleo"])
    needs(slack, slack.ben, "/kb need zebra food by 25 Jan")
    review = told(slack, slack.cleo, "/kb review", "zebra food")
    assert "needed by somebody in" in review.text
    assert "ben" not in review.text.lower()
    assert "Write it down" in review.buttons


def test_bad_input_is_one_sentence(slack: Driver, bot: Bot) -> None:
    for line, sentence in (
        ("/kb need zebra food by yesterday", "That day is over already."),
        ("/kb need zebra food by 31 Feb", "I do not understand until when."),
        ("/kb need zebra food", "Say what you need and until when"),
        ("/kb need by friday", "Say what you need"),
    ):
        needs(slack, slack.ben, line, sentence)
    needs(slack, slack.ben, "/kb need", "You need nothing that I know of.")
    assert bot.count("need") == 0


def test_what_is_needed_no_more_is_not_asked_about(slack: Driver, days: Days, bot: Bot) -> None:
    needs(slack, slack.cleo, "/kb need zebra food by tomorrow")
    listed = needs(slack, slack.cleo, "/kb need", "nothing found yet")
    listed.press("I need it no more")
    becomes(slack, listed, "I look out no more for _zebra food_.")
    days.go_to(slack.cleo, "wed", 11)
    days.nothing_comes(slack.cleo)
    flags(slack, slack.ben, slack.ana.says("What food do zebras eat? Hay.", "platform"))
    assert bot.count("need_match") == 0
