"""What a broker decides: approve, reject, verify, retire, answer. Deciding again, or at the same time, is harmless."""

from datetime import datetime

from sqlalchemy.orm import Session

from kbot.act import Act, BadInput
from kbot.answers import groups
from kbot.capture import flags
from kbot.capture.flags import Finding
from kbot.helping import requests, states
from kbot.library import items
from kbot.library.facts import Item, ItemState, WaitsFor
from kbot.people import directory
from kbot.people.facts import Policy
from kbot.post import outbox
from kbot.post.gate import Proactive
from kbot.post.outbox import Letter
from kbot.review.digest import waits_for_broker
from kbot.review.planning import show_anew
from kbot.trail.facts import Decision, Reviewed
from kbot.trail.log import remember

DOES_IT_HOLD = "review.does_it_hold"
ANSWERED_MEANWHILE = "Somebody has answered that question meanwhile, so nothing was saved."


class NotABroker(BadInput):
    """Somebody presses a broker's button who is none there now."""

    def __init__(self) -> None:
        super().__init__("Only the brokers of that channel can decide this, so nothing was changed.")


def check_broker(session: Session, team: str, person: str, channel: str) -> None:
    """Raises NotABroker unless this person is a broker of the channel now."""
    if person not in directory.brokers_of(session, team, channel):
        raise NotABroker


def approve(session: Session, act: Act, item_id: str, real: datetime) -> None:
    """What waits for a broker can be found from now on."""
    item = _held(session, act, item_id)
    if waits_for_broker(item):
        items.publish(session, act, item_id)
        _decided(session, act, item, Decision.APPROVED)
    show_anew(session, act.team, item.channel, item_id, act.at)


def approve_answer(session: Session, act: Act, item_id: str, group: str, real: datetime) -> None:
    """The same, and it is the answer to an open question. Raises BadInput, and nothing is done, when that has one."""
    approve(session, act, item_id, real)
    groups.save_answer(session, act, group, item_id, real)


def reject(session: Session, act: Act, item_id: str, real: datetime) -> None:
    """What waits for a broker is left out, for ever."""
    item = _held(session, act, item_id)
    if waits_for_broker(item):
        items.take_away(session, act, item_id, ItemState.REJECTED)
        _decided(session, act, item, Decision.REJECTED)
        _unmark(session, act, item, real)
    show_anew(session, act.team, item.channel, item_id, act.at)


def verify(session: Session, act: Act, item_id: str, real: datetime) -> None:
    """The broker vouches for the item as it is now."""
    item = _held(session, act, item_id)
    if item.is_findable:
        items.verify(session, act, item_id)
    show_anew(session, act.team, item.channel, item_id, act.at)


def ask_contributor(session: Session, act: Act, item_id: str, real: datetime) -> None:
    """The contributor is asked whether the item still holds: once a week, through the gate."""
    item = _held(session, act, item_id)
    if item.is_findable and item.contributor is not None:
        about = {"item": item.id, "asked_at": act.at.isoformat(), "version": item.version}
        key = f"{DOES_IT_HOLD}:{item.id}:{act.at:%G-W%V}"
        outbox.plan(session, Letter(act.team, key, DOES_IT_HOLD, item.contributor, about, Proactive.HELP), real)


def route_help(session: Session, act: Act, request_id: str, helper: str, real: datetime) -> None:
    """The broker says who shall be asked for help with an item."""
    request = states.get(session, act.team, request_id)
    item = items.get(session, act.team, request.item)
    check_broker(session, act.team, act.person, item.channel)
    requests.route(session, act, request_id, helper, real)
    show_anew(session, act.team, item.channel, request_id, act.at)


def still_holds(session: Session, act: Act, item_id: str, real: datetime) -> None:
    """Its contributor vouches for an item."""
    item = items.lock(session, act.team, item_id)
    if item.contributor != act.person:
        raise BadInput("Only the one who shared it can say that; nothing was changed.")
    if item.is_findable:
        items.verify(session, act, item_id)
    show_anew(session, act.team, item.channel, item_id, act.at)


def retire(session: Session, act: Act, item_id: str, real: datetime) -> None:
    """The item is not shown in answers any more; its contributor's notice says so."""
    item = _held(session, act, item_id)
    if item.is_findable:
        items.take_away(session, act, item_id, ItemState.RETIRED)
        _decided(session, act, item, Decision.RETIRED)
        _unmark(session, act, item, real)
    show_anew(session, act.team, item.channel, item_id, act.at)


def answer(session: Session, act: Act, question_id: str, policy: Policy, finding: Finding, real: datetime) -> Item:
    """A broker writes the answer to an open question: it is saved and published, and all who asked are told.

    Raises BadInput when the question was answered meanwhile; then nothing is saved.
    """
    question = groups.get(session, act.team, question_id).question
    check_broker(session, act.team, act.person, question.channel)
    saved = flags.save(session, act, policy, finding, real)
    if saved.item.waits_for is WaitsFor.BROKER:
        items.publish(session, act, saved.item.id)  # writing it is approving it
        _decided(session, act, saved.item, Decision.APPROVED)
    if not groups.close(session, act, question_id, saved.item.id, real) and question.cited != (saved.item.id,):
        raise BadInput(ANSWERED_MEANWHILE)
    return items.get(session, act.team, saved.item.id)


def _held(session: Session, act: Act, item_id: str) -> Item:
    item = items.lock(session, act.team, item_id)
    check_broker(session, act.team, act.person, item.channel)
    return item


def _decided(session: Session, act: Act, item: Item, decision: Decision) -> None:
    remember(session, Reviewed(act.team, f"{item.id}:{act.key}", act.at, act.person, item.id, decision))
    flags.refresh_notice(session, act.team, item.id)


def _unmark(session: Session, act: Act, item: Item, real: datetime) -> None:
    if item.source is not None:
        letter = Letter(act.team, f"unmark:{item.id}:{act.key}", flags.MARK, item.channel, {"item": item.id})
        outbox.plan(session, letter, real)
