"""A person's log for whoever operates kbot, to hand over: `kbot export`. It shows no more than the person would see."""

from kbot.act import BadInput
from kbot.clock import Clock
from kbot.home import log, log_export
from kbot.house import House
from kbot.meaning.hashed import HashEmbedder
from kbot.people import directory
from kbot.people.facts import Viewer
from kbot.people.viewers import viewer_of
from kbot.settings import Settings
from kbot.slack.reader import SlackAway, SlackReader
from kbot.storage.address import Address
from kbot.storage.schema import held, open_units, session_of


async def export_log(settings: Settings, team: str, person: str, *, as_json: bool) -> str:
    """A person's own log. Slack is asked what they may see now; where kbot has no token, no title is in it.

    Raises BadInput when kbot has never met them, and beside a kbot that works on the same SQLite file.
    """
    address, clock = Address.parse(settings.database_url), Clock(settings.clock_file)
    with session_of(address) as session:
        who = directory.person(session, team, person)
    if who is None:
        raise BadInput(f"I have never met {person} in {team}; look at both ids.")
    with held(address):
        units = open_units(address)
        try:
            viewer = Viewer(team, person)
            if settings.slack_bot_token is not None:
                slack = SlackReader(settings.slack_bot_token.get_secret_value().strip(), settings.slack_api_url)
                house = House(units, clock, slack, settings, "", HashEmbedder())  # nothing is looked up
                viewer = await viewer_of(house, team, person, await units.read(log.channels, team, person))
            mine = await units.read(log.read, viewer, who)
        except SlackAway as away:
            raise BadInput(away.sentence) from None
        finally:
            await units.close()
    return log_export.as_json(mine, clock.now()) if as_json else log_export.markdown(mine, clock.now())
