"""The only place that turns a Viewer into a condition. Without a viewer, no item is shown."""

from sqlalchemy import ColumnElement, and_, or_, select

from kbot.library.tables import ItemRow, WideningRow
from kbot.people.facts import Viewer


def visible_to(viewer: Viewer) -> ColumnElement[bool]:
    """Items that this viewer may see now: their audience is a channel that is open to the viewer, or was widened to
    one by their contributor and a broker."""
    home = ItemRow.channel_id.in_(viewer.channels)
    if viewer.among_outsiders:  # nobody consented to guests and strangers
        return and_(ItemRow.team_id == viewer.team, home)
    widened = select(WideningRow.item_id).where(
        WideningRow.team_id == viewer.team, WideningRow.channel_id.in_(viewer.channels), WideningRow.state == "open"
    )
    return and_(ItemRow.team_id == viewer.team, or_(home, ItemRow.id.in_(widened)))
