"""Who could not apply something gets help: from its contributor, the next one, new words, or the broker."""

from kbot.playground.driver import Driver
from kbot.playground.hands import Person
from kbot.playground.seen import Seen
from tests.journeys.bot import Bot
from tests.journeys.days import Days
from tests.journeys.steps import QUESTION, Tip, after, asks, asks_in_dm, becomes, flags, opens, set_up, tip_saved
from tests.journeys.ways import on_both_databases

WORDS = "Drain it with `drain --all`, wait for zero, then restart."
WICKED = f"<!channel> <@U0CLEO> <https://evil.test|here> {'x' * 10_000}"


def not_clear(slack: Driver, days: Days) -> tuple[Tip, Seen]:
    """Ben tried Ana's tip, which did not work: it was not clear how. Returns the tip and what he is asked next."""
    tip = tip_saved(slack)
    asks(slack, slack.ben)
    ask = days.until_asked(slack.ben)
    ask.press("Didn't work")
    becomes(slack, ask, "What happened?")
    ask.press("Not clear how")
    becomes(slack, ask, "Want help?")
    return tip, ask


def gets(slack: Driver, person: Person, words: str) -> Seen:
    """Wait for a message to this person that says so."""
    return slack.wait(lambda: [seen for seen in person.inbox if words in seen.text], what=f"{words!r}")[-1]


def ana_is_asked(slack: Driver, days: Days, ask: Seen) -> Seen:
    ask.press("Ask Ana")
    days.go_to(slack.ana, "fri", 11)
    return gets(slack, slack.ana, "Could you help?")


def answers(slack: Driver, person: Person, wanted: Seen, words: str, label: str = "I'll help") -> None:
    form = opens(slack, person, lambda: wanted.press(label))
    assert form.fill("Your answer", words).submit() == {}


@on_both_databases
def test_ana_answers_and_ben_is_helped(slack: Driver, days: Days, bot: Bot) -> None:
    _, ask = not_clear(slack, days)
    wanted = ana_is_asked(slack, days, ask)
    assert wanted.text.startswith(f"*Ben* tried *{QUESTION}* and it did not work: it is not clear how. Could you help?")
    assert wanted.buttons == ["I'll help", "Make it clearer", "Not now", "Not me", "Stop"]
    receipt = gets(slack, slack.ben, "I asked Ana to help you")
    assert "three working days" in receipt.text
    form = opens(slack, slack.ana, lambda: wanted.press("I'll help"))
    becomes(slack, receipt, "Ana means to help you")
    assert form.fill("Your answer", WORDS).submit() == {}
    answer = gets(slack, slack.ben, WORDS)
    assert answer.text.startswith("Ana answers, about")
    becomes(slack, wanted, "Ben has your answer")
    slack.at_once(lambda: answer.press("That did it"), lambda: answer.press("That did it"))
    becomes(slack, answer, "You said: that did it.")
    becomes(slack, wanted, "that did it. Thank you.")
    becomes(slack, receipt, "You have been helped")
    assert bot.count("fact", "kind = 'Helped'") == 1
    days.go(days=8)
    days.go_to(slack.ben, "thu", 11)
    gets(slack, slack.ben, "You got help with this. Did that do it?")


def test_a_no_and_a_silence_lead_to_the_next_and_then_to_the_broker(slack: Driver, days: Days) -> None:
    assert set_up(slack, slack.ana, Brokers=["ana"]) == {}
    tip_saved(slack)
    asks(slack, slack.cleo)
    asks(slack, slack.ben)
    used = days.until_asked(slack.cleo)
    for label, then in (("Solved it", "May I tell"), ("No", "Two lines"), ("Others may ask me", "may be sent to you")):
        used.press(label)
        becomes(slack, used, then)
    days.go_to(slack.ben, "thu", 11)
    ask = gets(slack, slack.ben, "Did the answer help?")
    for label, then in (("Didn't work", "What happened?"), ("Worked only partly", "Want help?")):
        ask.press(label)
        becomes(slack, ask, then)
    wanted = ana_is_asked(slack, days, ask)
    wanted.press("Not now")
    becomes(slack, wanted, "Noted: not now.")
    receipt = gets(slack, slack.ben, "I have asked the next one, somebody for whom it worked")
    assert "Cleo" not in receipt.text, "she has not answered yet"
    late = gets(slack, slack.cleo, "Could you help?")
    assert "it worked for you and you offered" in late.text
    days.go_to(slack.cleo, "thu", 11)
    becomes(slack, late, "I asked somebody else meanwhile.")
    becomes(slack, receipt, "the broker has it now")
    answers(slack, slack.cleo, late, "It needs --resume.", "Write the answer")
    assert gets(slack, slack.ben, "It needs --resume.").text.startswith("Cleo answers")


def test_ana_makes_it_clearer_and_that_is_the_answer(slack: Driver, days: Days) -> None:
    _, ask = not_clear(slack, days)
    wanted = ana_is_asked(slack, days, ask)
    form = opens(slack, slack.ana, lambda: wanted.press("Make it clearer"))
    assert form.fill("What to do or know", WORDS).submit() == {}
    answer = gets(slack, slack.ben, "Ana said it in other words for you")
    assert WORDS in answer.text
    answer.press("Not quite")
    becomes(slack, answer, "You said: not quite.")
    gets(slack, slack.ben, "Nobody is left whom I could ask")
    slack.settle()
    assert [seen for seen in slack.ben.inbox if "made it clearer" in seen.text] == [], "he has it as his answer"


def test_the_channel_is_asked_when_the_asker_wants_that(slack: Driver, days: Days) -> None:
    _, ask = not_clear(slack, days)
    ana_is_asked(slack, days, ask).press("Not me")
    receipt = gets(slack, slack.ben, "Nobody is left whom I could ask")
    assert "its channel has no broker" in receipt.text
    receipt.press("Ask in its channel")
    becomes(slack, receipt, "so I asked in")

    def asked() -> list[Seen]:
        return [seen for seen in slack.cleo.sees("platform") if "Can somebody help?" in seen.text]

    there = slack.wait(asked, what="the question in the channel")[0]
    assert "Ben" in there.text
    answers(slack, slack.cleo, there, WORDS, "I can help")
    gets(slack, slack.ben, WORDS).press("That did it")
    becomes(slack, there, "has an answer about")


def test_bad_input_is_said_and_nothing_is_lost(slack: Driver, days: Days) -> None:
    _, ask = not_clear(slack, days)
    wanted = ana_is_asked(slack, days, ask)
    form = opens(slack, slack.ana, lambda: wanted.press("I'll help"))
    errors = form.fill("Your answer", WICKED).submit()
    assert "2500" in errors["Your answer"], "said where it stands, and nothing of it is gone"
    assert form.fill("Your answer", WICKED[:2500]).submit() == {}
    answer = gets(slack, slack.ben, "Ana answers")
    assert WICKED[:200] in answer.text, "literally"
    wanted.press("I'll help", as_first_seen=True)
    slack.wait(lambda: slack.ana.modal and "answered this already" in slack.ana.modal.text, what="a sentence")
    for _ in range(2):
        answer.press("Not quite", as_first_seen=True)
    answer.press("That did it", as_first_seen=True)
    becomes(slack, answer, "that did it")


def test_nobody_is_asked_about_what_they_may_not_see_any_more(slack: Driver, days: Days) -> None:
    flags(slack, slack.ana, slack.ana.says("The failover password is in the vault, not in the wiki.", "oncall"))
    asks_in_dm(slack, slack.ben, "where is the failover password?")
    ask = days.until_asked(slack.ben)
    for label, then in (("Didn't work", "What happened?"), ("No access or tool", "Want help?")):
        ask.press(label)
        becomes(slack, ask, then)
    slack.leave(slack.ana, "oncall")
    ask.press("Ask Ana")
    gets(slack, slack.ben, "Nobody is left whom I could ask")
    days.go_to(slack.ana, "fri", 11)
    days.nothing_comes(slack.ana)
    assert not any("vault" in seen.text or "Could you help?" in seen.text for seen in slack.ana.inbox)


def test_taken_back_by_the_asker_it_is_not_needed_any_more(slack: Driver, days: Days) -> None:
    _, ask = not_clear(slack, days)
    wanted = ana_is_asked(slack, days, ask)
    form = opens(slack, slack.ana, lambda: wanted.press("I'll help"))
    receipt = gets(slack, slack.ben, "Ana means to help you")
    receipt.press("I don't need it any more")
    becomes(slack, receipt, "you don't need help")
    becomes(slack, wanted, "not needed any more")
    errors = form.fill("Your answer", WORDS).submit()
    assert "not needed any more" in errors["Your answer"], "and the words are still there"
    assert form.fields["Your answer"] == WORDS


def until_the_broker_has_it(slack: Driver, days: Days) -> Seen:
    """Cleo is the broker; Ana says no, and nobody else may know. Returns what Cleo reads on Monday."""
    assert set_up(slack, slack.ana, Brokers=["cleo"]) == {}
    _, ask = not_clear(slack, days)
    ana_is_asked(slack, days, ask).press("Not now")
    gets(slack, slack.ben, "the broker has it now")
    days.go_to(slack.cleo, "mon", 11)
    return gets(slack, slack.cleo, "asked 1 person so far")


def test_the_broker_routes_it_to_somebody_who_may_see_it(slack: Driver, days: Days) -> None:
    digest = until_the_broker_has_it(slack, days)
    assert "*Ben* tried" in digest.text
    for wrong, why in (("guest", "may not see it"), ("ben", "wants help"), ("ana", "asked already")):
        form = opens(slack, slack.cleo, lambda: digest.press("Route to ..."))
        errors = form.select("Who may know?", slack.guest.name if wrong == "guest" else wrong).submit()
        assert why in errors["Who may know?"]
        form.close()
    form = opens(slack, slack.cleo, lambda: digest.press("Route to ..."))
    assert form.select("Who may know?", "dov").submit() == {}
    becomes(slack, digest, "✓ Somebody is asked: help with")
    days.go_to(slack.dov, "tue", 11)
    answers(slack, slack.dov, gets(slack, slack.dov, "a broker thinks that you may know"), WORDS)
    assert gets(slack, slack.ben, WORDS).text.startswith("Dov answers")
    becomes(slack, digest, "✓ Answered: help with")


def test_the_broker_answers(slack: Driver, days: Days) -> None:
    digest = until_the_broker_has_it(slack, days)
    answers(slack, slack.cleo, digest, WORDS, "Answer now")
    assert gets(slack, slack.ben, WORDS).text.startswith("Cleo answers")
    becomes(slack, digest, "✓ Answered: help with")


def test_who_found_it_unclear_is_told_when_it_is_clearer_and_ana_may_hear_it_unnamed(slack: Driver, days: Days) -> None:
    tip = tip_saved(slack)
    for person in (slack.ben, slack.cleo):
        asks(slack, person)
    for person in (slack.ben, slack.cleo):
        days.go_to(person, "thu" if person is slack.ben else "fri", 11)
        ask = gets(slack, person, "Did the answer help?")
        for label, then in (("Haven't tried yet", "What's in the way"), ("Not clear how", "Want help?")):
            ask.press(label)
            becomes(slack, ask, then)
    days.go_to(slack.ana, "mon", 11)
    note = gets(slack, slack.ana, "2 people wanted to use it, and it was not clear to them how")
    assert "Ben" not in note.text
    form = opens(slack, slack.ana, lambda: note.press("Clarify it"))
    assert form.fill("What to do or know", WORDS).submit() == {}
    for person in (slack.ben, slack.cleo):
        assert WORDS in gets(slack, person, "Ana made it clearer").text
    becomes(slack, note, "Thank you for the new words")
    assert tip.notice.live


def test_who_is_not_convinced_reads_what_became_of_it_for_others(slack: Driver, days: Days) -> None:
    tip_saved(slack)
    answer = asks(slack, slack.cleo)
    seen = next(s for s in slack.ben.sees("platform") if s.ts == answer.ts)
    said = after(slack, lambda: seen.press("I'll use this"), lambda: slack.ben.ephemerals("platform"), "a word")
    said.press("This week")
    days.until_asked(slack.cleo).press("Solved it")
    days.go_to(slack.ben, "wed", 11)
    ask = gets(slack, slack.ben, "Has there been a chance to use it?")
    ask.press("Decided against it")
    becomes(slack, ask, "What tipped it?")
    ask.press("Not convinced")
    gets(slack, slack.ben, "for others: worked for 1 of 1 who told")
