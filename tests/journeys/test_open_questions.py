"""What nobody has saved yet: several ask it, who may know is asked, somebody answers, and all who asked are told."""

from collections.abc import Sequence

from kbot.playground.driver import Driver
from kbot.playground.hands import Person
from kbot.playground.seen import Seen
from tests.journeys.bot import Bot
from tests.journeys.days import Days
from tests.journeys.steps import (
    NOTHING,
    after,
    asks,
    asks_privately,
    becomes,
    commands,
    elsewhere,
    flags,
    opens,
    set_up,
    tip_saved,
)
from tests.journeys.ways import on_postgresql

BADGES = "Where are new badges made?"
AGAIN = "new badges: where are they made?"
ANSWER = "Badges are made at the front desk on floor 2."
NEAR = "Does the tenant in Norway have the importer, and does it hang as often as in Sweden?"
ANSWERED = "There is an answer now"
ASK_PEOPLE = "Ask the people who may know"


def told(person: Person) -> list[Seen]:
    """What tells this person that there is an answer: alone, or by their name in the thread where they asked."""
    there = [seen for seen in person.sees("platform") if ANSWERED in seen.text and f"@{person.name}" in seen.text]
    return [seen for seen in person.inbox if ANSWERED in seen.text] + there


def offers(person: Person) -> list[Seen]:
    return [seen for seen in person.ephemerals("platform") if "Save as the answer to:" in seen.text]


def becomes_broker(slack: Driver, person: Person) -> None:
    modal = opens(slack, slack.ana, lambda: slack.ana.command("/kb setup", "platform"))
    modal.select("Brokers", [person.name.lower()])
    assert modal.submit() == {}


def asked_for_help(slack: Driver, person: Person) -> Seen:
    return slack.wait(lambda: [s for s in person.inbox if "may know" in s.text], what="a request for help")[0]


@on_postgresql
def test_a_flagged_reply_closes_the_question_for_all_who_asked(slack: Driver, days: Days, bot: Bot) -> None:
    post = slack.ben.mentions(BADGES, "platform")
    slack.wait(lambda: slack.ben.thread(post), what="that there is nothing")
    asks(slack, slack.cleo, AGAIN)
    asks_privately(slack, slack.ben, AGAIN)
    reply = slack.ana.replies(post, "They are made at the front desk on floor 2.")
    slack.ana.reacts(reply, "bulb")
    offer = slack.wait(lambda: offers(slack.ana), what="the offer")[0]
    assert BADGES in offer.text, "in the words of the first who asked in public"
    assert "by 2 people" in offer.text
    slack.at_once(lambda: offer.press("Save as the answer"), lambda: offer.press("Save as the answer"))
    slack.wait(lambda: told(slack.ben) and told(slack.cleo), what="that both are told")
    slack.settle()
    assert (len(told(slack.ben)), len(told(slack.cleo)), told(slack.ana)) == (1, 1, [])
    assert "front desk" in told(slack.cleo)[0].text
    assert bot.count("question", "state = 'open'") == 0
    assert "You asked" in days.until_asked(slack.cleo).text, "and later how it went"


def test_what_is_saved_elsewhere_is_offered_as_the_answer_where_it_is_near(slack: Driver) -> None:
    asks(slack, slack.ben, "where are badges made at the front desk?")
    flags(slack, slack.cleo, slack.ana.says("Lunch is at noon."))
    flags(slack, slack.cleo, slack.ana.says(ANSWER))
    offer = slack.wait(lambda: offers(slack.cleo), what="the offer")
    slack.settle()
    assert len(offers(slack.cleo)) == 1, "lunch answers nothing"
    offer[0].press("Save as the answer")
    slack.wait(lambda: told(slack.ben), what="that Ben is told")


def test_what_was_asked_in_private_is_offered_to_nobody_and_counted_without_a_name(slack: Driver) -> None:
    becomes_broker(slack, slack.cleo)
    asks_privately(slack, slack.ben, BADGES)
    asks_privately(slack, slack.ana, AGAIN)
    slack.cleo.says(BADGES)
    flags(slack, slack.cleo, slack.cleo.says(f"{BADGES} At the front desk."))
    slack.settle()
    assert offers(slack.cleo) == []
    review = commands(slack, slack.cleo, "/kb review").text
    assert "asked for their eyes only, today by 2 people" in review
    assert "Ben" not in review
    assert "Ana" not in review


def test_the_broker_has_one_row_for_all_who_asked(slack: Driver, days: Days) -> None:
    becomes_broker(slack, slack.cleo)
    asks(slack, slack.ben, BADGES)
    asks(slack, slack.ana, AGAIN)
    days.go_to(slack.cleo, "mon")
    digest = slack.wait(lambda: [s for s in slack.cleo.inbox if "Your weekly look" in s.text], what="the digest")[0]
    assert digest.buttons.count("Write the answer") == 1
    assert "by 2 people" in digest.text
    modal = opens(slack, slack.cleo, lambda: digest.press("Write the answer"))
    assert modal.fill("What to do or know", ANSWER).submit() == {}
    slack.wait(lambda: told(slack.ben) and told(slack.ana), what="that both are told")
    becomes(slack, digest, "Answered")


def test_a_broker_approves_what_waits_as_the_answer(slack: Driver, days: Days) -> None:
    choices = {"Brokers": ["cleo"], "When is a flagged message published?": "When a broker approves"}
    assert set_up(slack, slack.ana, **choices) == {}
    asks(slack, slack.ben, BADGES)
    flags(slack, slack.ben, slack.ana.says(f"{BADGES} {ANSWER}"))
    days.go_to(slack.cleo, "mon")
    digest = slack.wait(lambda: [s for s in slack.cleo.inbox if "Your weekly look" in s.text], what="the digest")[0]
    assert f"It may answer:_\n> {BADGES}" in digest.text
    digest.press("Approve as the answer")
    slack.wait(lambda: told(slack.ben), what="that Ben is told")
    becomes(slack, digest, "✓ Approved by you")
    becomes(slack, digest, "✓ Answered")


@on_postgresql
def test_all_who_asked_in_a_thread_are_told_there_in_one_message(slack: Driver, days: Days) -> None:
    root = slack.ben.mentions(BADGES, "platform")
    slack.wait(lambda: slack.ben.thread(root), what="that there is nothing")
    slack.cleo.mentions(AGAIN, "platform", root)
    slack.wait(lambda: len(slack.ben.thread(root)) == 3, what="that there still is nothing")
    flags(slack, slack.ana, slack.ana.says(f"{BADGES} {ANSWER}"))
    offer = slack.wait(lambda: offers(slack.ana), what="the offer")[0]
    offer.press("Save as the answer")
    there = slack.wait(lambda: [s for s in slack.ben.thread(root) if ANSWERED in s.text], what="the answer")[0]
    assert there.text.startswith("@ben @cleo asked: _Where are new badges made?_. There is an answer now:")
    assert "front desk" in there.text
    slack.settle()
    assert [len(told(person)) for person in (slack.ben, slack.cleo)] == [1, 1]
    assert "You asked" in days.until_asked(slack.cleo).text, "and later how it went"


def test_who_has_left_the_channel_is_told_alone(slack: Driver) -> None:
    asks(slack, slack.ben, BADGES)
    slack.leave(slack.ben, "platform")
    flags(slack, slack.ana, slack.ana.says(f"{BADGES} {ANSWER}"))
    slack.wait(lambda: offers(slack.ana), what="the offer")[0].press("Save as the answer")
    slack.wait(lambda: [s for s in slack.ben.inbox if ANSWERED in s.text], what="that Ben is told")
    slack.settle()
    assert not any(ANSWERED in seen.text for seen in slack.ana.sees("platform")), "nobody else is told"


def test_what_is_not_for_all_who_read_the_thread_is_told_alone(slack: Driver) -> None:
    asks(slack, slack.ben, BADGES)
    there = elsewhere(slack)
    flags(slack, slack.cleo, slack.cleo.says(f"{BADGES} {ANSWER}", there))
    offer = slack.wait(lambda: [s for s in slack.cleo.ephemerals(there) if "Save as the" in s.text], what="the offer")[
        0
    ]
    slack.invite(slack.guest.name, "platform")
    offer.press("Save as the answer")
    slack.wait(lambda: [s for s in slack.ben.inbox if ANSWERED in s.text], what="that Ben is told")
    slack.settle()
    assert not any("front desk" in seen.text for seen in slack.guest.sees("platform"))


@on_postgresql
def test_who_may_know_is_asked_answers_in_the_thread_and_the_asker_is_told(slack: Driver, days: Days) -> None:
    tip_saved(slack)
    days.go_to(slack.ana, "tue")
    post = slack.ben.mentions(NEAR, "platform")
    nothing = slack.wait(lambda: slack.ben.thread(post), what="that there is nothing")[0]
    assert nothing.text.startswith(NOTHING)
    choice = after(slack, lambda: nothing.press(ASK_PEOPLE), lambda: slack.ben.ephemerals("platform"), "who may know")
    assert "Ana shared The importer hangs after a deploy" in choice.text.replace("*", "")
    choice.press("Ask Ana")
    becomes(slack, choice, "Asked: Ana.")
    wanted = asked_for_help(slack, slack.ana)
    assert "you shared" in wanted.text
    wanted.press("I'll answer in the thread")
    becomes(slack, wanted, "Please answer in its thread")
    reply = slack.ana.replies(post, "No, there it has a queue of its own.")
    slack.ana.reacts(reply, "bulb")
    slack.wait(lambda: offers(slack.ana), what="the offer")[0].press("Save as the answer")
    slack.wait(lambda: told(slack.ben), what="that Ben is told")
    becomes(slack, wanted, "is answered")


def test_not_me_is_told_to_nobody_and_the_next_is_asked(slack: Driver, days: Days) -> None:
    tip_saved(slack)
    flags(slack, slack.ben, slack.cleo.says("A lock may hang for days: look into pg_locks, then ask the tenant."))
    days.go_to(slack.cleo, "tue", hour=15)
    nothing = asks(slack, slack.ben, NEAR)
    choice = after(slack, lambda: nothing.press(ASK_PEOPLE), lambda: slack.ben.ephemerals("platform"), "who may know")
    first, second = _in_order(choice, slack.ana, slack.cleo)
    choice.press(f"Ask {first.name.capitalize()}")
    wanted = asked_for_help(slack, first)
    assert [s for s in second.inbox if "may know" in s.text] == []
    wanted.press("Not me")
    becomes(slack, wanted, "Noted: not you.")
    asked_for_help(slack, second)


def _in_order(choice: Seen, *people: Person) -> Sequence[Person]:
    return sorted(people, key=lambda person: choice.text.index(person.name.capitalize()))


def test_only_who_asked_chooses_and_who_has_stopped_is_not_named(slack: Driver, days: Days) -> None:
    tip_saved(slack)
    nothing = asks(slack, slack.ben, NEAR)
    as_cleo_sees_it = slack.cleo.look(nothing)
    assert as_cleo_sees_it is not None
    refusal = after(
        slack,
        lambda: as_cleo_sees_it.press(ASK_PEOPLE),
        lambda: slack.cleo.ephemerals("platform"),
        "a refusal",
    )
    assert "Only the person who asked" in refusal.text
    days.go_to(slack.ana, "tue")
    choice = after(slack, lambda: nothing.press(ASK_PEOPLE), lambda: slack.ben.ephemerals("platform"), "who may know")
    choice.press("Ask Ana")
    asked_for_help(slack, slack.ana).press("Stop")
    again = asks(slack, slack.ben, "Why does the importer of the zebra in Norway hang on Sundays?")
    nobody = after(slack, lambda: again.press(ASK_PEOPLE), lambda: slack.ben.ephemerals("platform"), "who may know")
    assert "Nobody comes to mind" in nobody.text
