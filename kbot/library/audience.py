"""The only place that turns a Viewer into a condition. Without a viewer, no item is shown."""

from sqlalchemy import ColumnElement, and_

from kbot.library.tables import ItemRow
from kbot.people.facts import Viewer


def visible_to(viewer: Viewer) -> ColumnElement[bool]:
    """Items that this viewer may see now: their audience is a channel that is open to the viewer."""
    return and_(ItemRow.team_id == viewer.team, ItemRow.channel_id.in_(viewer.channels))
