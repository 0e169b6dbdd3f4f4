"""The table of flags."""

from sqlalchemy.orm import Mapped

from kbot.storage.tables import Key, Table, TeamKey, kept, whose


class FlagRow(Table):
    """A person's flag emoji on a message, set or taken off. `event_ts` is Slack's: the newest event counts,
    whichever arrives first."""

    __tablename__ = "flag"
    people = whose(
        user_id=kept("a flag: taking the emoji off takes it back"),
    )
    team_id: Mapped[TeamKey]
    channel_id: Mapped[Key]
    ts: Mapped[Key]
    user_id: Mapped[Key]
    emoji: Mapped[Key]
    is_set: Mapped[bool]
    event_ts: Mapped[str]
