"""The doors of delivery from Slack: the buttons of every card, and stop under what was delivered."""

from sqlalchemy.orm import Session

from kbot.act import Act, BadInput
from kbot.cards import ASK_CONTRIBUTOR, CARD_MENU, DOUBT, GOOD, LESS, NOT_FOR_ME, PLAN, STOP_DELIVERIES, USE
from kbot.delivery import deliveries, intentions, mailing, muting, ticks, views
from kbot.delivery.facts import CARD
from kbot.house import House
from kbot.library.facts import Item
from kbot.library.looking import Shown, show
from kbot.people import directory
from kbot.people.facts import Pace, Person
from kbot.people.viewers import member_of
from kbot.post import inbox, outbox
from kbot.post.outbox import Letter
from kbot.slack.incoming import Answer, Event, Press, Reply, Submission
from kbot.slack.mrkdwn import one_line
from kbot.slack.words import emoji_name
from kbot.trail.facts import Complaint, Doubted, Plan
from kbot.trail.log import remember

TICK = "white_check_mark"
GONE = "That is not there any more, or not for you to see."


def _act(house: House, press: Press) -> Act:
    return house.act(press.team, press.person, press.place.channel or "", f"press:{press.trigger_id}")


async def _seen(house: House, team: str, person: str, item: str) -> tuple[Person, Shown, Item]:
    """Who presses, and the item as they may see it now. Raises BadInput when it is gone."""
    member = await member_of(house, team, person)
    shown = await show(house, team, person, [item])
    if not shown.items:
        raise BadInput(GONE)
    return member, shown, shown.items[0]


async def _is_shown_anew(house: House, press: Press, item: str) -> bool:
    """Whether where was pressed shows by itself what came of it: the Home tab, or the delivery's own message."""
    if press.place.view_id is not None:
        return True
    mine = await house.unit.read(deliveries.get, press.team, item, press.person)
    letter = await house.unit.read(outbox.letter_at, press.team, press.place.channel, press.place.ts)
    return mine is not None and letter is not None and letter.key == mine.letter


async def on_use(house: House, press: Press) -> Answer:
    """ "I'll use this": a receipt, and the question when, which needs no answer."""
    _, _, item = await _seen(house, press.team, press.person, press.value)
    is_new = await house.unit(deliveries.will_use, _act(house, press), item.id)
    if await _is_shown_anew(house, press, item.id):
        return None
    text, blocks = views.will_use(item, is_new=is_new)
    return Reply(text, blocks)


async def on_plan(house: House, press: Press) -> Answer:
    """When: this week, this month, when it comes up; own words in a form."""
    said, _, item_id = press.value.partition(":")
    try:
        plan = Plan(said)
    except ValueError:
        raise BadInput("I do not know that answer any more.") from None
    person, _, item = await _seen(house, press.team, press.person, item_id)
    if plan is Plan.OWN_WORDS:
        await house.slack.open_view(press.trigger_id, views.plan_modal(item.id))
        return None
    act = _act(house, press)
    by = intentions.until(plan, "", act.at, person.zone)
    await house.unit(deliveries.intend, act, item.id, plan, by.isoformat())
    return None if await _is_shown_anew(house, press, item.id) else Reply(views.will_ask(plan), replace=True)


async def on_plan_modal(house: House, submission: Submission) -> Answer:
    """When, in own words; a day in them says when kbot asks."""
    words = one_line(submission.text("words"))
    if not words:
        raise BadInput("Please say when, or press Cancel.", "words")
    person, _, item = await _seen(house, submission.team, submission.person, str(submission.metadata["item"]))
    act = house.act(submission.team, submission.person, "", f"modal:{submission.view_id}")
    by = intentions.until(Plan.OWN_WORDS, words, act.at, person.zone)
    await house.unit(deliveries.intend, act, item.id, Plan.OWN_WORDS, by.isoformat(), words[: views.PLAN_LIMIT])
    return None


async def on_good(house: House, press: Press) -> Answer:
    await member_of(house, press.team, press.person)
    await house.unit(deliveries.good_to_know, _act(house, press), press.value)
    return None


async def on_not_for_me(house: House, press: Press) -> Answer:
    await member_of(house, press.team, press.person)
    await house.unit(deliveries.not_for_me, _act(house, press), press.value)
    return None


async def on_menu(house: House, press: Press) -> Answer:
    """The menu of a card."""
    choice, _, item_id = press.value.partition(":")
    act = _act(house, press)
    if choice == STOP_DELIVERIES:
        await member_of(house, press.team, press.person)
        await house.unit(directory.set_pace, act, Pace.NEVER)
        return Reply(views.STOPPED)
    _, shown, item = await _seen(house, press.team, press.person, item_id)
    if choice == LESS:
        mine = await house.unit.read(deliveries.get, press.team, item.id, press.person)
        if mine is None:
            raise BadInput("This did not come to you by a rule, so there is nothing to have less of.")
        await house.unit(muting.less_like_this, act, mine)
        return Reply(views.less(mine.why))
    if choice == DOUBT:
        await house.unit(_doubt, act, item.id)
        return Reply(views.DOUBTED)
    if choice == ASK_CONTRIBUTOR:
        return Reply(views.ask_contributor(item, shown.names))
    raise BadInput("I do not know that choice any more.")


def _doubt(session: Session, act: Act, item: str) -> None:
    remember(session, Doubted(act.team, f"{item}:{act.person}", act.at, act.person, item, Complaint.OUTDATED))


async def on_stop(house: House, press: Press) -> Answer:
    await member_of(house, press.team, press.person)
    await house.unit(directory.stop, _act(house, press))
    return Reply("I send you nothing unasked from now on. `/kb resume` starts again.")


async def on_reaction_added(house: House, event: Event) -> None:
    """A check mark on one's own delivered message says that it was used."""
    letter = await _ticked(house, event)
    if letter is None:
        return
    inside = await house.unit.read(mailing.of_letter, letter)
    seen = await show(house, event.team, letter.to, [one.item for one in inside])
    act = house.act(event.team, letter.to, str(event.body["item"]["channel"]), event.id)
    ts = str(event.body["event_ts"])
    await house.unit(inbox.finishing(event, ticks.tick), act, letter, ts, [item.id for item in seen.items])


async def on_reaction_removed(house: House, event: Event) -> None:
    """It is taken off again."""
    letter = await _ticked(house, event)
    if letter is not None:
        act = house.act(event.team, letter.to, str(event.body["item"]["channel"]), event.id)
        await house.unit(inbox.finishing(event, ticks.untick), act, letter, str(event.body["event_ts"]))


async def _ticked(house: House, event: Event) -> Letter | None:
    """The delivered message that a check mark is about, if it is its recipient's own."""
    body = event.body
    if body["item"].get("type") != "message" or emoji_name(body["reaction"]) != TICK:
        return None
    letter = await house.unit.read(outbox.letter_at, event.team, body["item"]["channel"], body["item"]["ts"])
    return letter if letter is not None and letter.kind == CARD and letter.to == body["user"] else None


EVENTS = {"reaction_added": on_reaction_added, "reaction_removed": on_reaction_removed}
PRESSES = {
    USE: on_use,
    GOOD: on_good,
    NOT_FOR_ME: on_not_for_me,
    CARD_MENU: on_menu,
    **{f"{PLAN}.{plan.value}": on_plan for plan in Plan},
    PLAN: on_plan,
    views.STOP: on_stop,
}
SUBMISSIONS = {views.PLAN_MODAL: on_plan_modal}
