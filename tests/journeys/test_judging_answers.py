"""An answer shows what supports it, says why it was given, and is judged with one tap that nobody else sees."""

from kbot.playground.driver import Driver
from kbot.trail.evidence import ratings
from kbot.trail.facts import Complaint, Rated
from kbot.trail.log import since
from kbot.trail.proof import Ratings
from tests.journeys.bot import Bot
from tests.journeys.days import MONDAY, Days
from tests.journeys.steps import (
    ASKED,
    after,
    asks,
    asks_in_dm,
    asks_privately,
    becomes,
    flags,
    opens,
    set_up,
    tip_saved,
)
from tests.journeys.ways import on_postgresql, with_model

BEGINNING = "We had this in May. It was never the network."
SUPPORTING = "When the importer hangs, <!here> restart it with --resume & wait."
WHY = "Why this answer?"
GONE = "That is not there any more, or not for you to see."


def test_an_answer_quotes_the_sentence_that_supports_it(slack: Driver) -> None:
    tip_saved(slack, tip=f"{BEGINNING} {SUPPORTING} Lunch is at noon.")
    for answer in (asks(slack, slack.ben), asks_in_dm(slack, slack.cleo), asks_privately(slack, slack.dov)):
        assert f"\n> {SUPPORTING}\n{BEGINNING}" in answer.text.replace("\n\n", "\n")


def test_a_short_answer_quotes_nothing(slack: Driver) -> None:
    tip_saved(slack)
    assert asks(slack, slack.ben).text.count("Drain the queue first") == 1


@with_model
def test_why_an_answer_was_given_is_said_in_words_to_who_asks(slack: Driver) -> None:
    tip_saved(slack)
    slack.settle()
    root = slack.ben.mentions(ASKED, "platform")
    slack.wait(lambda: slack.cleo.thread(root), what="the answer")
    answer = slack.cleo.thread(root)[0]
    why = after(slack, lambda: answer.press(WHY), lambda: slack.cleo.ephemerals("platform"), "the reasons")
    assert why.thread == root.ts
    assert "It shares these words with the question: _importer_, _hangs_, _deploy_" in why.text
    assert "In meaning it is almost the same as the question." in why.text
    assert "Nobody has said yet whether it works." in why.text
    assert "It was saved today." in why.text
    assert "I was sure enough to say so without a doubt." in why.text
    assert not any(WHY in seen.text for seen in slack.ben.ephemerals("platform"))


def test_why_is_not_told_to_who_may_not_see_it_any_more(slack: Driver) -> None:
    flags(slack, slack.ana, slack.ana.says("The failover password is in the vault", "oncall"))
    answer = asks_in_dm(slack, slack.ben, "where is the failover password?")
    slack.leave(slack.ben, "oncall")
    said = after(slack, lambda: answer.press(WHY), lambda: slack.ben.ephemerals("dm"), "a sentence")
    assert said.text == GONE


def rated(bot: Bot) -> list[Rated]:
    with bot.looked_into() as session:
        return since(session, Rated, "T0HARBOR", MONDAY)


def counted(bot: Bot) -> Ratings:
    with bot.looked_into() as session:
        (item,) = {fact.item for fact in since(session, Rated, "T0HARBOR", MONDAY)}
        return ratings(session, "T0HARBOR", str(item))


@on_postgresql
def test_one_tap_judges_an_answer_and_another_one_changes_it(slack: Driver, bot: Bot) -> None:
    tip_saved(slack)
    answer = asks(slack, slack.ben)
    others = [len(person.sees("platform")) + len(person.inbox) for person in (slack.ana, slack.cleo)]
    said = after(slack, lambda: answer.press("Helpful"), lambda: slack.ben.ephemerals("platform"), "thanks")
    assert said.text.startswith("Thanks, noted. Only you see")
    assert counted(bot) == Ratings(helpful=1)
    modal = opens(slack, slack.ben, lambda: answer.press("Not helpful"))
    assert counted(bot) == Ratings(not_helpful=1), "kept before a word more is said"
    modal.close()
    assert counted(bot) == Ratings(not_helpful=1)
    slack.settle()
    assert others == [len(person.sees("platform")) + len(person.inbox) for person in (slack.ana, slack.cleo)]


def test_who_likes_says_what_was_wrong(slack: Driver, bot: Bot) -> None:
    tip_saved(slack)
    modal = opens(slack, slack.dov, lambda: asks_in_dm(slack, slack.dov).press("Not helpful"))
    assert modal.choices("The answer") == [
        "It is wrong",
        "It is outdated",
        "It is not what I asked",
        "It is hard to follow",
    ]
    assert modal.submit({"The answer": "It is outdated", "In your own words": "We have no queue <!channel> now"}) == {}
    last = slack.wait(lambda: rated(bot)[1:], what="the reason")[0]
    assert (last.person, last.is_helpful, last.complaint) == ("U0DOV", False, Complaint.OUTDATED)
    assert last.words == "We have no queue <!channel> now"
    assert counted(bot) == Ratings(not_helpful=1), "one person, one word"


def test_only_totals_are_told_of_what_others_said(slack: Driver, bot: Bot) -> None:
    tip_saved(slack)
    root = slack.ben.mentions(ASKED, "platform")
    answer = slack.wait(lambda: slack.ben.thread(root), what="the answer")[0]
    assert answer.press("Helpful")
    assert slack.cleo.thread(root)[0].press("Helpful")
    slack.wait(lambda: len(rated(bot)) == 2, what="both ratings")
    why = after(slack, lambda: answer.press(WHY), lambda: slack.ben.ephemerals("platform"), "the reasons")
    assert "Answers with it were helpful to 2." in why.text
    assert "Cleo" not in why.text


def test_nothing_found_is_nothing_to_judge(slack: Driver) -> None:
    assert "Helpful" not in asks(slack, slack.ben, "what about elephants?").buttons


def test_a_complaint_comes_to_the_broker_without_a_name_and_the_contributor_settles_it(
    slack: Driver, days: Days
) -> None:
    tip_saved(slack)
    assert set_up(slack, slack.cleo, Brokers=["cleo"]) == {}
    modal = opens(slack, slack.ben, lambda: asks(slack, slack.ben).press("Not helpful"))
    assert modal.submit({"The answer": "It is outdated"}) == {}
    days.go_to(slack.cleo, "mon")
    digest = slack.wait(lambda: [s for s in slack.cleo.inbox if "Your weekly look" in s.text], what="the digest")[0]
    assert "Check now" in digest.text
    assert "1 says that it is outdated or wrong" in digest.text
    assert "Ben" not in digest.text
    digest.press("Ask the contributor")
    days.go_to(slack.ana, "tue")
    holds = slack.wait(lambda: [s for s in slack.ana.inbox if "still hold?" in s.text], what="the question to Ana")[0]
    assert "Ben" not in holds.text
    holds.press("It still holds")
    becomes(slack, holds, "still holds, and its card says so")
    becomes(slack, digest, "✓ Verified by Ana")
    assert "verified today by Ana" in asks(slack, slack.ben).text
