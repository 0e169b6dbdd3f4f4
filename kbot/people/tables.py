"""Tables of people and channels."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from kbot.storage.tables import Key, PeoplesWords, Table, TeamKey, kept, whose

AUDIT = "who changed what holds for others is kept"


class PersonRow(Table):
    """What Slack says of a person (`fetched_at`: machine's time), and what the person wishes.

    `joined_at` (people's time): when Slack told that they came. `budget`, `first_hour`, `last_hour`, `days` (weekdays
    as digits, 0 is Monday): how often and when they want something unasked; None is as usual. `ask_day`: on which
    weekday they like to be asked how things went. `next_door`: they want something from beyond their own topics once a
    month. `home_channel`: whose community they call theirs; None is unknown.
    """

    __tablename__ = "person"
    people = whose(
        user_id=kept("what Slack says of everybody in the workspace, and their wishes"),
    )
    team_id: Mapped[TeamKey]
    user_id: Mapped[Key]
    name: Mapped[PeoplesWords]
    tz: Mapped[str]
    is_admin: Mapped[bool]
    is_guest: Mapped[bool]
    is_stranger: Mapped[bool]
    is_bot: Mapped[bool]
    deleted: Mapped[bool]
    fetched_at: Mapped[datetime]
    never_capture: Mapped[bool] = mapped_column(default=False)
    pause_until: Mapped[datetime | None]
    stopped: Mapped[bool] = mapped_column(default=False)
    joined_at: Mapped[datetime | None]
    budget: Mapped[int | None]
    first_hour: Mapped[int | None]
    last_hour: Mapped[int | None]
    days: Mapped[str | None]
    ask_day: Mapped[int | None]
    pace: Mapped[str] = mapped_column(default="daily")
    home_channel: Mapped[str | None]
    next_door: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (
        CheckConstraint("pace IN ('at_once', 'daily', 'weekly', 'never')", name="person_pace"),
        Index("person_next_door", "team_id", postgresql_where=text("next_door"), sqlite_where=text("next_door = 1")),
    )


class CeilingRow(Table):
    """How often something unasked may reach anybody of a workspace in 7 days, where an admin has lowered it."""

    __tablename__ = "ceiling"
    people = whose(
        set_by=kept(AUDIT),
    )
    team_id: Mapped[TeamKey]
    budget: Mapped[int]
    set_by: Mapped[str]
    set_at: Mapped[datetime]


class ChannelRow(Table):
    """How kbot behaves in a channel, set by `/kb setup`. No row: the defaults of `Policy`.

    `community`: channels of the same one belong together; "" is a community of its own. `asks`: whether everybody
    there is asked, two weeks after something was posted, if they used it.
    """

    __tablename__ = "channel"
    people = whose(
        set_by=kept(AUDIT),
    )
    team_id: Mapped[TeamKey]
    channel_id: Mapped[Key]
    mode: Mapped[str]
    publication: Mapped[str]
    emojis: Mapped[list[str]]
    digest_day: Mapped[int]
    digest_hour: Mapped[int]
    community: Mapped[PeoplesWords] = mapped_column(default="")
    asks: Mapped[bool] = mapped_column(default=False)
    set_by: Mapped[str]
    set_at: Mapped[datetime]
    __table_args__ = (
        CheckConstraint("digest_day BETWEEN 0 AND 6", name="channel_digest_day"),
        CheckConstraint("digest_hour BETWEEN 0 AND 23", name="channel_digest_hour"),
    )


class BrokerRow(Table):
    """Who is a broker of a channel."""

    __tablename__ = "broker"
    people = whose(
        user_id=kept("a role, given in `/kb setup`"),
    )
    team_id: Mapped[TeamKey]
    channel_id: Mapped[Key]
    user_id: Mapped[Key]
    __table_args__ = (
        ForeignKeyConstraint(["team_id", "channel_id"], ["channel.team_id", "channel.channel_id"], ondelete="CASCADE"),
    )


class FavourRow(Table):
    """A person was asked for help, by any stage; `key` is its letter's. `is_open`: it still is theirs to answer."""

    __tablename__ = "favour"
    people = whose(
        key=kept("the key of a letter to them"),
        person=kept("how often they were asked to help is what keeps them from being asked too often"),
    )
    team_id: Mapped[TeamKey]
    key: Mapped[Key]
    person: Mapped[str]
    asked_at: Mapped[datetime]
    is_open: Mapped[bool]
    __table_args__ = (Index("favour_person", "team_id", "person", "asked_at"),)


class AuditRow(Table):
    """Who changed what of a channel's set-up. Append-only."""

    __tablename__ = "audit"
    people = whose(
        person=kept(AUDIT),
        change=kept(AUDIT),
    )
    team_id: Mapped[TeamKey]
    id: Mapped[Key]
    at: Mapped[datetime]
    person: Mapped[str]
    about: Mapped[str]
    change: Mapped[PeoplesWords]
