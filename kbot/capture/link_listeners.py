"""The doors of linking from Slack: "Build on this", "Link to another", `/kb lineage`."""

from dataclasses import replace
from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from kbot.act import Act, BadInput
from kbot.capture import flags, link_views
from kbot.capture.finding import may_add
from kbot.capture.flags import Finding
from kbot.capture.written import written
from kbot.cards import BUILD, BUILD_ON, CARD_MENU
from kbot.house import House
from kbot.library import items, lineage, looking
from kbot.library.facts import Item, LinkKind
from kbot.library.search.thresholds import NAMED, NEAREST
from kbot.people.facts import Policy
from kbot.people.viewers import member_of, names
from kbot.slack.incoming import Answer, Command, Press, Reply, Shortcut, Submission
from kbot.slack.modals import show_modal
from kbot.slack.mrkdwn import plain
from kbot.slack.outgoing import View

MOST_NEWEST = 15


async def build_on(house: House, press: Press) -> Answer:
    """ "Build on this", under an item or in its menu; the button may say what it is to be to it."""
    item, _, kind = press.value.removeprefix(f"{BUILD}:").partition(":")
    filled = partial(_filled_to_build, house, press.team, press.person, item, LinkKind(kind) if kind else None)
    await show_modal(house.slack, press.trigger_id, filled)
    return None


async def build_on_message(house: House, shortcut: Shortcut) -> Answer:
    """The message shortcut "Build on this"."""
    item = await house.unit.read(
        items.by_source, shortcut.team, str(shortcut.channel), str(shortcut.message.get("ts") or "")
    )
    if item is None:
        raise BadInput(link_views.NO_ITEM)
    await show_modal(
        house.slack, shortcut.trigger_id, partial(_filled_to_build, house, shortcut.team, shortcut.person, item.id)
    )
    return None


async def _seen(house: House, team: str, person: str, item: str, *, findable: bool = True) -> Item:
    """An item as this person may be shown it now. Raises BadInput where they may not."""
    await member_of(house, team, person)
    shown = await looking.show(house, team, person, [item], findable=findable)
    if not shown.items or not shown.items[0].is_public_word:
        raise BadInput(link_views.GONE)
    return shown.items[0]


async def _filled_to_build(house: House, team: str, person: str, item_id: str, kind: LinkKind | None = None) -> View:
    on = await _seen(house, team, person, item_id)
    may_decide = await house.unit.read(lineage.may_decide, team, person, on)
    return link_views.build_modal(on, kind, may_decide=may_decide)


async def on_build_modal(house: House, submission: Submission) -> Answer:
    """What builds on an item is sent off: saved where that one is, by the usual way, and linked to it."""
    lines, item_kind = written(submission)
    team, person = submission.team, submission.person
    on = await _seen(house, team, person, str(submission.metadata["on"]))
    act = house.act(team, person, on.channel, f"modal:{submission.view_id}")
    policy = await may_add(house, act, on.channel)
    finding = Finding(on.channel, person, lines, None, item_kind)
    await house.unit(_save_and_link, act, policy, finding, _kind(submission), on.id, house.clock.real())
    return Reply(link_views.LINKED)


def _kind(submission: Submission) -> LinkKind:
    try:
        return LinkKind(submission.text(link_views.KIND))
    except ValueError:
        raise BadInput("Please say what it is to the other one.", link_views.KIND) from None


def _save_and_link(
    session: Session, act: Act, policy: Policy, finding: Finding, kind: LinkKind, on: str, real: datetime
) -> None:
    saved = flags.save(session, act, policy, finding, real)
    _link(session, act, saved.item.id, kind, on)


def _link(session: Session, act: Act, item: str, kind: LinkKind, other: str) -> None:
    lineage.link(session, act, item, kind, other)
    flags.refresh_notice(session, act.team, other)


async def link(house: House, press: Press) -> Answer:
    """ "Link to another", under an item's lineage."""
    await show_modal(house.slack, press.trigger_id, partial(_filled_to_link, house, press))
    return None


async def _filled_to_link(house: House, press: Press) -> View:
    item = await _seen(house, press.team, press.person, press.value, findable=False)
    near = await looking.look_up(house, press.team, press.person, item.lines.title, lower_by=NEAREST)
    newest = await looking.show_newest(house, press.team, press.person, MOST_NEWEST)
    linked = (await house.unit.read(lineage.of_items, press.team, [item.id]))[item.id]
    wanted = dict.fromkeys(
        [*near.items, *(one.id for one in newest.items), *(end for one in linked for end in (one.item, one.other))]
    )
    wanted.pop(item.id, None)
    shown = await looking.show(house, press.team, press.person, list(wanted), findable=False)
    others = [one for one in shown.items if one.is_public_word]
    if not others:
        raise BadInput("There is nothing else saved yet that you may see.")
    return link_views.link_modal(item, others)


async def on_link_modal(house: House, submission: Submission) -> Answer:
    """Two items are linked; what cannot be is said at its field."""
    team, person = submission.team, submission.person
    item = await _seen(house, team, person, str(submission.metadata["item"]), findable=False)
    chosen = submission.text(link_views.OTHER)
    if not chosen:
        raise BadInput("Please choose the other one.", link_views.OTHER)
    other = await _seen(house, team, person, chosen, findable=False)
    act = house.act(team, person, item.channel, f"modal:{submission.view_id}")
    await house.unit(_link, act, item.id, _kind(submission), other.id)
    return Reply(link_views.LINKED)


async def show_lineage(house: House, command: Command) -> Answer:
    """`/kb lineage words`: what an item comes from, and what came of it."""
    await member_of(house, command.team, command.person)
    words = plain(command.rest)
    if not words:
        raise BadInput(link_views.WORDS_PLEASE)
    found = await looking.look_up(house, command.team, command.person, words, lower_by=NAMED)
    if not found.items:
        raise BadInput(f"I find nothing like that. {link_views.WORDS_PLEASE}")
    return await _lineage(house, command.team, command.person, found.items[0])


async def _lineage(house: House, team: str, person: str, item_id: str) -> Reply:
    links = (await house.unit.read(lineage.of_items, team, [item_id]))[item_id]
    origins = await house.unit.read(lineage.origins, team, item_id)
    wanted = [item_id, *origins, *(end for one in links for end in (one.item, one.other))]
    shown = await looking.show(house, team, person, list(dict.fromkeys(wanted)), findable=False)
    seen = {item.id: item for item in shown.items}
    if item_id not in seen:
        raise BadInput(link_views.GONE)
    mine = await house.unit.read(lineage.may_be_undone, team, person, links)
    known = shown.names | await names(house, team, {one.person for one in links} - shown.names.keys())
    said = shown.evidence[item_id]
    text, blocks = link_views.lineage(seen[item_id], links, seen, origins, known, said, house.now(), mine=mine)
    return Reply(text, blocks)


async def on_unlink(house: House, press: Press) -> Answer:
    """A link is taken back; the lineage in which that was pressed is shown anew."""
    team, person = press.team, press.person
    shown_of, item, kind, other = link_views.parse_unlink(press.value)
    for end in (item, other):
        await _seen(house, team, person, end, findable=False)
    key = f"press:{press.trigger_id}"
    await house.unit(_unlink, house.act(team, person, press.place.channel or "", key), item, kind, other)
    return replace(await _lineage(house, team, person, shown_of), replace=True)


def _unlink(session: Session, act: Act, item: str, kind: LinkKind, other: str) -> None:
    lineage.unlink(session, act, item, kind, other)
    for end in (item, other):
        flags.refresh_notice(session, act.team, end)


PRESSES = {
    BUILD_ON: build_on,
    f"{CARD_MENU}:{BUILD}": build_on,
    link_views.LINK: link,
    link_views.UNLINK: on_unlink,
}
SUBMISSIONS = {link_views.BUILD_MODAL: on_build_modal, link_views.LINK_MODAL: on_link_modal}
SHORTCUTS = {"build_on_this": build_on_message}
WORDS = {"lineage": show_lineage}
