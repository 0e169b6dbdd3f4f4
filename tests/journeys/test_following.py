"""Topics: chosen, followed, delivered with the reason; and what a broker makes of them."""

from kbot.playground.driver import Driver
from kbot.playground.hands import Person
from kbot.playground.seen import Seen
from tests.journeys.bot import Bot
from tests.journeys.days import Days
from tests.journeys.steps import TIP, after, becomes, elsewhere, flags, opens, set_up, told
from tests.journeys.ways import by_http, on_postgresql


def adds(slack: Driver, person: Person, words: str, topics: str, channel: str = "platform") -> None:
    """`/kb add` with topics."""
    modal = opens(slack, person, lambda: person.command(f"/kb add {words}", channel))
    assert modal.submit({"Topics": topics}) == {}
    closes(person)
    slack.settle()


def closes(person: Person) -> None:
    if person.modal:
        person.modal.close()


def follows(slack: Driver, person: Person, topic: str) -> None:
    told(slack, person, f"/kb follow {topic}", f"You follow *{topic}*.")


def next_delivery(slack: Driver, days: Days, person: Person, topic: str = "deploys") -> Seen:
    """Ana saves something about it; at eleven on Tuesday it comes."""
    before = len(person.inbox)
    adds(slack, slack.ana, TIP, topic)
    days.go_to(person, "tue", 11)
    return slack.wait(lambda: person.inbox[before:], what=f"a delivery for {person.name}")[0]


@on_postgresql
def test_a_followed_topic_delivers_with_its_reason(slack: Driver, days: Days, bot: Bot) -> None:
    adds(slack, slack.ana, "Deploys are on Tuesdays", "deploys, calendar")
    follows(slack, slack.ben, "deploys")
    seen = next_delivery(slack, days, slack.ben)
    assert "You get this because you follow *deploys*." in seen.text
    assert TIP in seen.text
    assert seen.buttons == [
        *("I'll use this", "Good to know", "Not for me"),
        *("Less like this", "Stop deliveries", "Outdated or wrong?", "Ask the contributor", "Build on this"),
        *("Pause", "Stop"),
    ]
    assert seen.notification == f"From a colleague: {TIP}"
    slack.wait(lambda: bot.count("delivery", "rule = 'follows' AND state = 'sent'") == 1, what="it to be noted")


@by_http
def test_ill_use_this_asks_when_and_follows_up_after_that(slack: Driver, days: Days, bot: Bot) -> None:
    adds(slack, slack.ana, "Deploys are on Tuesdays", "deploys")
    follows(slack, slack.ben, "deploys")
    seen = next_delivery(slack, days, slack.ben)
    seen.press("I'll use this")
    becomes(slack, seen, "When might you try it? You need not say.")
    seen.press("This week")
    becomes(slack, seen, "Noted: you mean to use it this week. I ask once, after that, how it went.")
    before = len(slack.ben.inbox)
    days.go_to(slack.ben, "mon", 15)
    days.nothing_comes(slack.ben)
    days.go_to(slack.ben, "tue", 11)
    asked = slack.wait(lambda: slack.ben.inbox[before:], what="the question")[0]
    assert "Has there been a chance to use it?" in asked.text
    assert bot.count("fact", "kind = 'Intended'") == 1


def test_a_check_mark_on_it_tells_that_it_was_used(slack: Driver, days: Days, bot: Bot) -> None:
    adds(slack, slack.ana, "Deploys are on Tuesdays", "deploys")
    follows(slack, slack.ben, "deploys")
    seen = next_delivery(slack, days, slack.ben)
    asked = after(slack, lambda: slack.ben.reacts(seen, "white_check_mark"), lambda: slack.ben.ephemerals("dm"), "word")
    assert "Good. How did it go?" in asked.text
    slack.redeliver("reaction_added", 2)
    slack.settle()
    assert bot.count("fact", "kind = 'Responded'") == 1
    slack.ben.unreacts(seen, "white_check_mark")
    slack.wait(lambda: bot.count("fact", "kind = 'TakenBack'") == 1, what="it to be taken back")
    slack.ben.reacts(seen, "white_check_mark")
    asked = slack.wait(lambda: [s for s in slack.ben.ephemerals("dm") if s.live][1:], what="the question again")[-1]
    asked.press("It helped")
    becomes(slack, asked, "May I tell Ana?")
    slack.ben.unreacts(seen, "white_check_mark")
    slack.settle()
    assert bot.count("follow_up_case", "outcome = 'helped'") == 1


def test_in_my_own_words(slack: Driver, days: Days, bot: Bot) -> None:
    adds(slack, slack.ana, "Deploys are on Tuesdays", "deploys")
    follows(slack, slack.ben, "deploys")
    seen = next_delivery(slack, days, slack.ben)
    seen.press("I'll use this")
    becomes(slack, seen, "When might you try it?")
    seen.press("In my own words")
    form = slack.wait(lambda: slack.ben.modal, what="the form")
    assert form.submit() != {}
    assert form.fill("When do you mean to use it? Only you see it", "after the release, by 30 Jan").submit() == {}
    becomes(slack, seen, "Noted: you mean to use it when you said.")
    assert bot.count("follow_up_case", "due_at LIKE '2040-02-0%'") == 1


def test_good_to_know_opens_no_case_and_not_for_me_neither(slack: Driver, days: Days, bot: Bot) -> None:
    adds(slack, slack.ana, "Deploys are on Tuesdays", "deploys")
    for person in (slack.ben, slack.cleo):
        follows(slack, person, "deploys")
    seen = next_delivery(slack, days, slack.ben)
    seen.press("Good to know")
    becomes(slack, seen, "You said: good to know. I ask nothing about it.")
    days.go_to(slack.cleo, "wed", 11)
    other = slack.wait(lambda: slack.cleo.inbox, what="Cleo's")[-1]
    other.press("Not for me")
    becomes(slack, other, "Noted: not for you. Nobody is told.")
    assert bot.count("follow_up_case") == 0


def test_the_menu_of_a_card(slack: Driver, days: Days) -> None:
    adds(slack, slack.ana, "Deploys are on Tuesdays", "deploys")
    follows(slack, slack.ben, "deploys")
    seen = next_delivery(slack, days, slack.ben)

    def said(label: str) -> str:
        return after(slack, lambda: seen.press(label), lambda: slack.ben.ephemerals("dm"), label).text

    form = opens(slack, slack.ben, lambda: seen.press("Build on this"))
    assert "You build on" in form.text
    form.close()
    assert "Ana shared it" in said("Ask the contributor")
    assert "not who" in said("Outdated or wrong?")
    assert "for 90 days" in said("Less like this")
    assert "I deliver nothing to you from now on" in said("Stop deliveries")
    before = len(slack.ben.inbox)
    adds(slack, slack.ana, "Deploys need two people", "deploys")
    days.go_to(slack.ben, "wed", 11)
    days.nothing_comes(slack.ben)
    assert len(slack.ben.inbox) == before


def test_an_unknown_topic_and_what_is_known(slack: Driver) -> None:
    told(slack, slack.ben, "/kb topics", "There are no topics yet.")
    adds(slack, slack.ana, "Deploys are on Tuesdays", "deploys")
    told(slack, slack.ben, "/kb follow deplois", 'There is no topic "deplois". Did you mean "deploys"?')
    told(slack, slack.ben, "/kb follow", "You follow no topic yet.")
    listed = told(slack, slack.ben, "/kb topics", "deploys")
    listed.press("Follow")
    becomes(slack, listed, "you follow it")
    told(slack, slack.ben, "/kb unfollow deploys", "You no longer follow")
    told(slack, slack.ben, "/kb unfollow deploys", "You did not follow")


def test_a_broker_renames_and_merges_without_losing_followers(slack: Driver, days: Days, bot: Bot) -> None:
    set_up(slack, slack.ana, Brokers=["cleo"])
    adds(slack, slack.ana, "Deploys are on Tuesdays", "deploys, releases")
    follows(slack, slack.ben, "deploys")
    listed = told(slack, slack.cleo, "/kb topics", "deploys")
    form = opens(slack, slack.cleo, lambda: listed.press("Merge into another", near="deploys"))
    assert form.fill("The topic that it becomes part of", "nonsense").submit() != {}
    form.fill("The topic that it becomes part of", "releases").submit()
    closes(slack.cleo)
    told(slack, slack.ben, "/kb follow", "You follow *releases*.")
    listed = told(slack, slack.cleo, "/kb topics", "releases")
    form = opens(slack, slack.cleo, lambda: listed.press("Change"))
    form.fill("Its name", "Shipping")
    form.select("How often is there a chance to use it?", "A few times a year: I ask after a month").submit()
    closes(slack.cleo)
    assert bot.count("topic", "name = 'Shipping' AND cadence = 'slow'") == 1
    assert "Shipping" in next_delivery(slack, days, slack.ben, "deploys").text
    assert "Change" not in told(slack, slack.ben, "/kb topics", "Shipping").buttons


def test_a_channel_follows_and_everybody_there_reads_it(slack: Driver, days: Days, bot: Bot) -> None:
    place = elsewhere(slack)
    adds(slack, slack.ana, "Deploys are on Tuesdays", "deploys")
    told(slack, slack.dov, "/kb follow deploys here", "Only Slack's admins", "platform")
    told(slack, slack.cleo, "/kb follow deploys here", "follows", place)
    before = len(slack.cleo.sees(place))
    adds(slack, slack.ana, TIP, "deploys")
    seen = slack.wait(lambda: [s for s in slack.cleo.sees(place)[before:] if not s.ephemeral], what="the post")[0]
    assert "This channel follows" in seen.text
    assert TIP in seen.text

    # Two weeks later everybody there is asked, for its set-up says so now.
    form = opens(slack, slack.cleo, lambda: slack.cleo.command("/kb setup", place))
    assert form.select("What I posted here", ["Ask here whether anyone used it"]).submit() == {}
    closes(slack.cleo)
    slack.wait(lambda: bot.count("channel_ask") == 1, what="the question to be kept")
    before = len(slack.ben.sees(place))
    days.go(days=15)
    days.go_to(slack.cleo, "wed", 11)
    ask = slack.wait(lambda: [s for s in slack.ben.sees(place)[before:] if not s.ephemeral], what="the question")[0]
    assert "Did anyone use it?" in ask.text
    said = after(slack, lambda: ask.press("I used it"), lambda: slack.ben.ephemerals(place), "a word")
    becomes(slack, said, "Noted: I used it. It is only counted.")
    assert bot.count("channel_tap", "answer = 'used'") == 1
    said.press("Take it back")
    slack.wait(lambda: bot.count("channel_tap") == 0, what="it to be taken back")
    assert "told me" not in ask.text
    days.go_to(slack.cleo, "wed", 11)
    days.nothing_comes(slack.ben)
    assert bot.count("outbox", "kind = 'follow_up.channel_ask'") == 1


def test_what_a_channel_follows_stands_in_its_set_up(slack: Driver, bot: Bot) -> None:
    adds(slack, slack.ana, "Deploys are on Tuesdays", "deploys, calendar")
    field = "Topics that this channel follows"
    form = opens(slack, slack.ana, lambda: slack.ana.command("/kb setup", "platform"))
    assert form.fill(field, "deplois").submit() == {
        field: 'There is no topic "deplois". Did you mean "deploys"? /kb topics lists them all.'
    }
    assert bot.count("channel") == 0, "nothing half done"
    assert form.fill(field, "Deploys, calendar").submit() == {}
    closes(slack.ana)
    told(slack, slack.ben, "/kb setup show", "*Follows* calendar, deploys.")
    form = opens(slack, slack.ana, lambda: slack.ana.command("/kb setup", "platform"))
    assert form.fields[field] == "calendar, deploys"
    assert form.fill(field, "deploys").submit() == {}
    closes(slack.ana)
    told(slack, slack.ben, "/kb setup show", "*Follows* deploys.")
    assert bot.count("follow", "is_channel") == 1


def test_a_flag_finds_its_topics_by_name(slack: Driver) -> None:
    adds(slack, slack.ana, "Deploys are on Tuesdays", "deploys")
    flags(slack, slack.ben, slack.ana.says("How do we deploy on Fridays? We do not.", "platform"))
    slack.settle()
    told(slack, slack.cleo, "/kb topics", "2 items")


def test_topics_that_can_be_none_are_refused_in_the_form(slack: Driver) -> None:
    modal = opens(slack, slack.ana, lambda: slack.ana.command("/kb add Deploys are on Tuesdays", "platform"))
    errors = modal.submit({"Topics": "a, b, c, d, e, f"})
    assert errors == {"Topics": "Up to 5 topics, please; these are 6."}
    assert modal.submit({"Topics": "!!!"})["Topics"].startswith("A topic has a name")
