"""The doors of a person's log: `/kb learned`, the button in the Home tab, and what can be done with each entry."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from kbot.act import Act, BadInput
from kbot.cards import LOG, Block
from kbot.follow_up import responses
from kbot.follow_up import views as follow_up
from kbot.follow_up.facts import Answer as Said
from kbot.follow_up.facts import Case
from kbot.follow_up.showing import asked
from kbot.home import log, log_export, log_views
from kbot.home.log_views import Log, Page
from kbot.home.tab import home_letter
from kbot.house import House
from kbot.learning import checks
from kbot.library.looking import show
from kbot.people.viewers import member_of, viewer_of
from kbot.post import outbox
from kbot.slack.incoming import Answer, Command, Press, Reply

GONE = "That is not there any more, or not for you to see."
EXPORTED = "Your log is in your messages with me, as a file to read and one for programs."


def _act(house: House, press: Press) -> Act:
    return house.act(press.team, press.person, press.place.channel or "home", f"press:{press.trigger_id}")


async def _log(house: House, team: str, user: str) -> Log:
    """A person's own log, with what they may see of it now."""
    person = await member_of(house, team, user)
    viewer = await viewer_of(house, team, user, await house.unit.read(log.channels, team, user))
    return await house.unit.read(log.read, viewer, person)


async def learned(house: House, command: Command) -> Answer:
    """`/kb learned`: my log."""
    mine = await _log(house, command.team, command.person)
    text, blocks = log_views.page(mine, Page(), house.now())
    return Reply(text, blocks)


async def on_log(house: House, press: Press) -> Answer:
    """Opened in the Home tab, another page, another shelf."""
    return await _page(house, press, Page.parse(press.value))


async def _page(house: House, press: Press, where: Page, said: str = "") -> Answer:
    mine = await _log(house, press.team, press.person)
    text, blocks = log_views.page(mine, where, house.now(), said)
    return await _shown(house, press, text, blocks)


async def _shown(house: House, press: Press, text: str, blocks: Sequence[Block]) -> Answer:
    """Where it was pressed: in the dialog, in the message, or from the Home tab in a new dialog."""
    if press.modal is not None and press.place.view_id is not None:
        await house.slack.update_view(press.place.view_id, log_views.form(blocks))
        return None
    if press.place.view_id is not None:
        await house.slack.open_view(press.trigger_id, log_views.form(blocks))
        return None
    return Reply(text, blocks, replace=press.place.is_ephemeral)


async def on_change(house: House, press: Press) -> Answer:
    """The question comes back with its buttons; what was said before is taken back."""
    await member_of(house, press.team, press.person)
    if not (await show(house, press.team, press.person, [press.value], findable=False)).items:
        raise BadInput(GONE)
    case = await house.unit(_ask_anew, _act(house, press), press.value)
    found = await asked(house, case.team, case.person, [case])
    blocks = follow_up.case_blocks(found[0], house.now())
    if press.place.view_id is not None:
        await house.slack.update_view(press.place.view_id, follow_up.in_log(blocks))
        return None
    return Reply("What became of it?", blocks)


def _ask_anew(session: Session, act: Act, item: str) -> Case:
    case = log.case_of(session, act, item)
    return case if case.status is None else responses.respond(session, act, case.id, Said.CHANGE)


async def on_forget(house: House, press: Press) -> Answer:
    """No more learning checks of this one."""
    item, _, where = press.value.partition(":")
    await house.unit(checks.stop, _act(house, press), item)
    return await _page(house, press, Page.parse(where))


async def on_delete(house: House, press: Press) -> Answer:
    """One entry."""
    item, _, where = press.value.partition(":")
    await member_of(house, press.team, press.person)
    await house.unit(_delete, _act(house, press), item, house)
    return await _page(house, press, Page.parse(where), log_views.DELETED)


async def on_delete_all(house: House, press: Press) -> Answer:
    """Everything the person said."""
    await member_of(house, press.team, press.person)
    await house.unit(_delete, _act(house, press), None, house)
    return await _page(house, press, Page(), log_views.DELETED_ALL)


def _delete(session: Session, act: Act, item: str | None, house: House) -> None:
    if item is None:
        log.delete_all(session, act)
    else:
        log.delete_entry(session, act, item)
    outbox.plan(session, home_letter(act.team, act.person, act.key), house.clock.real())


async def on_export(house: House, press: Press) -> Answer:
    """Everything as two files, in the person's own messages with kbot."""
    mine = await _log(house, press.team, press.person)
    made = log_export.files(mine, house.now())
    await house.slack.give_files(
        press.person, {file.name: file.content for file in made}, "Your log. Only you see this."
    )
    return Reply(EXPORTED)


PRESSES = {
    LOG: on_log,
    f"{LOG}.newer": on_log,
    f"{LOG}.older": on_log,
    log_views.SHELF: on_log,
    log_views.CHANGE: on_change,
    log_views.FORGET: on_forget,
    log_views.DELETE: on_delete,
    log_views.DELETE_ALL: on_delete_all,
    log_views.EXPORT: on_export,
}
WORDS = {"learned": learned}
