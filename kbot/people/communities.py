"""Communities: channels that belong together, and the one that a person calls theirs. Unknown stays unknown."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from kbot.people.tables import ChannelRow, PersonRow


def named(session: Session, teams: Iterable[str], channels: Iterable[str]) -> dict[tuple[str, str], str]:
    """The names of the communities of these channels, by team and channel; those by themselves have none."""
    query = select(ChannelRow.team_id, ChannelRow.channel_id, ChannelRow.community).where(
        ChannelRow.team_id.in_(set(teams)), ChannelRow.channel_id.in_(set(channels)), ChannelRow.community != ""
    )
    return {(team, channel): community for team, channel, community in session.execute(query)}


def homes(session: Session, team: str, people: Iterable[str]) -> dict[str, str]:
    """The communities of those of these people who chose one: its name, or the id of a channel by itself."""
    query = select(PersonRow.user_id, PersonRow.home_channel).where(
        PersonRow.team_id == team, PersonRow.user_id.in_(set(people)), PersonRow.home_channel.is_not(None)
    )
    chosen = {person: channel for person, channel in session.execute(query) if channel is not None}
    names = named(session, [team], chosen.values())
    return {person: names.get((team, channel), channel) for person, channel in chosen.items()}
