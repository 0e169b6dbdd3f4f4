"""Who may look at the numbers of a workspace, and what they read there."""

from kbot.playground.driver import Driver
from kbot.review.report_views import NO_PERFORMANCE
from tests.journeys.steps import commands, set_up, tip_saved
from tests.journeys.ways import on_both_databases


@on_both_databases
def test_brokers_and_admins_see_the_numbers_and_nobody_else(slack: Driver) -> None:
    tip_saved(slack)
    slack.wait(lambda: "What asking cost" in commands(slack, slack.cleo, "/kb stats").text, what="the first numbers")
    assert NO_PERFORMANCE in commands(slack, slack.cleo, "/kb stats").text
    for somebody in (slack.ana, slack.ben):
        refused = commands(slack, somebody, "/kb stats").text
        assert "for brokers and admins" in refused
        assert "asking cost" not in refused
    assert set_up(slack, slack.cleo, Brokers=["ben"]) == {}
    assert "What asking cost: nobody was asked." in commands(slack, slack.ben, "/kb stats").text
    assert "part,from,to,people" in commands(slack, slack.ben, "/kb stats csv").text
