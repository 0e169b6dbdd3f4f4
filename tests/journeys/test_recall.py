"""An item is superseded, and the people who used it are recalled: once, in their hours, with what they may see."""

from kbot.playground.driver import Driver
from kbot.post.looking_inside import What
from tests.journeys.bot import Bot
from tests.journeys.days import Days
from tests.journeys.steps import NOTHING, QUESTION, after, asks, becomes, commands, flags, opens, tip_saved
from tests.journeys.ways import on_postgresql

NEWER = "Since release 4.2 never drain: restart the importer with --replay, the queue is kept."


def builds_on(slack: Driver, kind: str, body: str = NEWER, title: str = "The importer hangs: what since 4.2?") -> None:
    """Ana, who contributed the tip, builds on it from an answer's menu."""
    answer = asks(slack, slack.ana)
    seen = next(s for s in slack.ana.sees("platform") if s.ts == answer.ts)
    form = opens(slack, slack.ana, lambda: seen.press("Build on this"))
    form.select("What is this to the other one?", kind)
    form.fill("The question it answers", title).fill("What to do or know", body)
    assert form.submit() == {}
    slack.settle()


@on_postgresql
def test_what_was_used_is_superseded_and_its_users_are_told_once(slack: Driver, days: Days, bot: Bot) -> None:
    tip_saved(slack)
    asks(slack, slack.ben)
    which = commands(slack, slack.cleo, "/kb used drain the queue")
    which.press("I used this")
    becomes(slack, which, "How did it go?")
    slack.settle()
    before = {person.name: len(person.inbox) for person in (slack.ben, slack.cleo, slack.dov)}

    builds_on(slack, "Takes its place")
    slack.wait(lambda: len(slack.cleo.inbox) > before["cleo"], what="Cleo's recall, at 15:00 in Berlin")
    told = slack.cleo.inbox[before["cleo"]]
    assert told.text.startswith(f"*Not current any more: {QUESTION}*\nYou used it today.")
    assert "takes its place" in told.text
    assert told.buttons == ["See the new one", "Got it", "Stop"]
    assert QUESTION not in told.notification, "a lock screen shows nothing of it"
    assert len(slack.ben.inbox) == before["ben"], "it is nine o'clock in New York"
    days.go_to(slack.ben, hour=10, minute=5)
    slack.wait(lambda: len(slack.ben.inbox) > before["ben"], what="Ben's recall")
    assert "You had it" in slack.ben.inbox[before["ben"]].text
    days.go(days=8)
    assert bot.statuses(What.OUTBOX, "delivery.recall") == ["sent", "sent"]
    assert len(slack.dov.inbox) == before["dov"]

    seen = after(slack, lambda: told.press("See the new one"), lambda: slack.cleo.ephemerals("dm"), "the new one")
    assert NEWER in seen.text
    told.press("Got it")
    becomes(slack, told, "You have read this.")
    answer = asks(slack, slack.cleo, "importer hangs after deploy restart")
    assert "--replay" in answer.text or NOTHING in answer.text
    assert "Drain the queue first" not in answer.text


def test_lineage_names_who_is_credited_and_a_loop_is_refused_in_the_form(slack: Driver) -> None:
    tip_saved(slack)
    builds_on(
        slack, "Builds on it", "Drain the queue, then watch the dashboard for ten minutes.", "How long to watch it?"
    )
    shown = commands(slack, slack.ben, "/kb lineage how long to watch")
    assert "_Builds on:_" in shown.text
    assert "by Ana" in shown.text
    root = commands(slack, slack.ben, "/kb lineage drain the queue")
    assert "_Built on by:_" in root.text or "_Builds on:_" in root.text
    root = commands(slack, slack.ben, "/kb lineage The importer hangs after a deploy, what do you do?")
    assert "_Built on by:_" in root.text
    form = opens(slack, slack.ben, lambda: root.press("Link to another"))
    form.select("What is this to the other one?", "Adapts it to another case")
    form.select("Which other one?", "How long to watch it?")
    errors = form.submit()
    assert ["That would be a loop" in error for error in errors.values()] == [True]


def test_a_link_that_was_wrong_is_taken_back_where_it_is_shown(slack: Driver, bot: Bot) -> None:
    tip_saved(slack)
    asks(slack, slack.cleo)
    before = len(slack.cleo.inbox)
    builds_on(slack, "Takes its place")
    notice = slack.wait(lambda: slack.cleo.inbox[before:], what="Cleo's recall")[0]
    shown = commands(slack, slack.ben, "/kb lineage the importer hangs: what since 4.2?")
    assert "Take it back" not in shown.buttons, "Ben said nothing of it"
    shown = commands(slack, slack.ana, "/kb lineage the importer hangs: what since 4.2?")
    shown.press("Take it back")
    becomes(slack, shown, "Nothing is linked to it yet.")
    becomes(slack, notice, f"Current again: {QUESTION}")
    assert bot.count("fact", "kind IN ('Superseded', 'Unlinked')") == 2
    slack.settle()
    assert "Drain the queue first" in asks(slack, slack.cleo, "drain queue restart").text


def test_who_may_not_see_the_successor_hears_only_that_it_is_not_current(slack: Driver) -> None:
    tip_saved(slack)
    asks(slack, slack.cleo)
    secret = slack.ana.says("Restart the importer from the vault: the password is in it.", "oncall")
    flags(slack, slack.ana, secret)
    slack.settle()
    shown = commands(slack, slack.ana, "/kb lineage restart the importer from the vault", "oncall")
    assert "from the vault" in shown.text
    form = opens(slack, slack.ana, lambda: shown.press("Link to another"))
    form.select("What is this to the other one?", "Takes its place").select("Which other one?", QUESTION)
    before = len(slack.cleo.inbox)
    assert form.submit() == {}
    told = slack.wait(lambda: slack.cleo.inbox[before:], what="Cleo's recall")[0]
    assert "It was replaced. Please do not rely on it." in told.text
    assert "vault" not in told.text
    assert "See the new one" not in told.buttons
