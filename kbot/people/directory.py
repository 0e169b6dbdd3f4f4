"""People and channels: remember what Slack says of them, and what they wish."""

from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from uuid import uuid4
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import Session

from kbot.act import Act
from kbot.people.facts import MOST_A_WEEK, DigestTime, Limits, Mode, Pace, Person, Policy, Publication
from kbot.people.hours import USUAL, Window
from kbot.people.tables import AuditRow, BrokerRow, CeilingRow, ChannelRow, PersonRow
from kbot.slack.words import SlackUser
from kbot.storage.upsert import insert_or_update

_FROM_SLACK = ("name", "tz", "is_admin", "is_guest", "is_stranger", "is_bot", "deleted", "fetched_at")


def zone_or_utc(name: str | None) -> str:
    """An IANA zone that this machine knows, else UTC."""
    try:
        return ZoneInfo(name).key if name else "UTC"
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return "UTC"


def remember_person(session: Session, team: str, user: SlackUser, fetched_at: datetime) -> Person:
    """Keep what Slack says of a person now (`fetched_at`: machine's time); their own wishes stay.

    A person whose home is another workspace is a stranger, whatever Slack calls them.
    """
    row = {
        "team_id": team,
        "user_id": user.id,
        "name": user.name,
        "tz": zone_or_utc(user.tz),
        "is_admin": user.is_admin,
        "is_guest": user.is_guest,
        "is_stranger": user.is_stranger or (bool(user.team) and user.team != team),
        "is_bot": user.is_bot,
        "deleted": user.deleted,
        "fetched_at": fetched_at,
        "never_capture": False,
        "stopped": False,
        "pace": Pace.DAILY.value,
    }
    insert_or_update(session, PersonRow, row, keys=("team_id", "user_id"), change=_FROM_SLACK)
    found = person(session, team, user.id)
    assert found
    return found


def remember_joined(session: Session, team: str, user: SlackUser, fetched_at: datetime, at: datetime) -> None:
    """Somebody came to the workspace (`at`: people's time). Told again, the first time counts."""
    remember_person(session, team, user, fetched_at)
    session.execute(
        update(PersonRow)
        .where(PersonRow.team_id == team, PersonRow.user_id == user.id, PersonRow.joined_at.is_(None))
        .values(joined_at=at)
    )


def _person(row: PersonRow, ceiling: int | None) -> Person:
    window = Window(
        USUAL.first if row.first_hour is None else row.first_hour,
        USUAL.last if row.last_hour is None else row.last_hour,
        USUAL.days if row.days is None else frozenset(int(day) for day in row.days),
    )
    return Person(
        team=row.team_id,
        id=row.user_id,
        name=row.name,
        tz=row.tz,
        is_admin=row.is_admin,
        is_guest=row.is_guest,
        is_stranger=row.is_stranger,
        is_bot=row.is_bot,
        deleted=row.deleted,
        never_capture=row.never_capture,
        pause_until=row.pause_until,
        stopped=row.stopped,
        joined_at=row.joined_at,
        limits=Limits(min(row.budget or MOST_A_WEEK, MOST_A_WEEK if ceiling is None else ceiling), window, row.ask_day),
        pace=Pace(row.pace),
        next_door=row.next_door,
        home_channel=row.home_channel,
    )


_CEILING = select(CeilingRow.budget).where(CeilingRow.team_id == bindparam("team"))
_MET = select(PersonRow, CeilingRow.budget).outerjoin(CeilingRow, CeilingRow.team_id == PersonRow.team_id)
_PERSON = _MET.where(PersonRow.team_id == bindparam("team"), PersonRow.user_id == bindparam("user"))
# Put together once, not at every call: few statements are run more often.


def ceiling(session: Session, team: str) -> int:
    """How often something unasked may reach anybody of this workspace in 7 days."""
    budget = session.scalar(_CEILING, {"team": team})
    return MOST_A_WEEK if budget is None else budget


def person(session: Session, team: str, user: str) -> Person | None:
    """A person that kbot has met."""
    met = session.execute(_PERSON, {"team": team, "user": user}).first()
    return _person(*met) if met else None


def people(session: Session, team: str, users: Iterable[str]) -> dict[str, Person]:
    """Those of `users` that kbot has met, by id."""
    met = session.execute(_MET.where(PersonRow.team_id == team, PersonRow.user_id.in_(set(users))))
    return {row.user_id: _person(row, budget) for row, budget in met}


def people_since(session: Session, team: str, users: Collection[str], at: datetime) -> dict[str, Person]:
    """Those of `users` whom Slack told of since then (machine's time), by id."""
    # There may be more users than a statement takes parameters.
    rows = session.scalars(select(PersonRow).where(PersonRow.team_id == team, PersonRow.fetched_at > at))
    most = ceiling(session, team)
    return {row.user_id: _person(row, most) for row in rows if row.user_id in users}


def fetched_at(session: Session, team: str, user: str) -> datetime | None:
    """When Slack was last asked about this person (machine's time)."""
    row = session.get(PersonRow, (team, user))
    return row.fetched_at if row else None


def lock_person(session: Session, team: str, user: str) -> None:
    """One unit at a time for this person, also where several processes work."""
    session.execute(
        select(PersonRow.user_id).where(PersonRow.team_id == team, PersonRow.user_id == user).with_for_update()
    )


def pause(session: Session, act: Act, until: datetime | None) -> None:
    """Nothing unasked until then (UTC, people's time); None ends a pause, and a stop too."""
    if until is None:
        _wish(session, act, pause_until=None, stopped=False)
    else:
        _wish(session, act, pause_until=until)


def stop(session: Session, act: Act) -> None:
    """Nothing unasked until the person starts again."""
    _wish(session, act, stopped=True)


def set_pace(session: Session, act: Act, pace: Pace) -> None:
    """How often this person gets what is new for them."""
    _wish(session, act, pace=pace.value)


def want_next_door(session: Session, act: Act, *, wanted: bool) -> None:
    """Whether this person wants something from beyond their own topics once a month."""
    _wish(session, act, next_door=wanted)


def choose_home(session: Session, act: Act, channel: str | None) -> None:
    """The community of this channel is the person's own; None: they do not say."""
    _wish(session, act, home_channel=channel)


def never_capture(session: Session, act: Act) -> None:
    """Nothing this person writes is saved from now on."""
    _wish(session, act, never_capture=True)


def capture_again(session: Session, act: Act) -> None:
    """The person takes `never_capture` back."""
    _wish(session, act, never_capture=False)


def limit(session: Session, act: Act, limits: Limits) -> None:
    """How often and when the person wants something unasked; the workspace's own ceiling holds beside it."""
    window = limits.window
    _wish(
        session,
        act,
        budget=limits.budget,
        first_hour=window.first,
        last_hour=window.last,
        days="".join(str(day) for day in sorted(window.days)),
        ask_day=limits.ask_day,
    )


def choose_ask_day(session: Session, act: Act, day: int | None) -> None:
    """The weekday (0 is Monday) on which the person likes to be asked how things went; None: any of their days."""
    _wish(session, act, ask_day=day)


def lower_ceiling(session: Session, act: Act, budget: int) -> None:
    """An admin decides how often something unasked may reach anybody of the workspace, and who did is kept."""
    row = {"team_id": act.team, "budget": budget, "set_by": act.person, "set_at": act.at}
    insert_or_update(session, CeilingRow, row, keys=("team_id",), change=("budget", "set_by", "set_at"))
    write_down(session, act, act.team, f"at most {budget} a week for everybody")


def _wish(session: Session, act: Act, **wishes: object) -> None:
    session.execute(
        update(PersonRow).where(PersonRow.team_id == act.team, PersonRow.user_id == act.person).values(**wishes)
    )


def policy_of(session: Session, team: str, channel: str, *, is_private: bool = False) -> Policy:
    """How kbot behaves in a channel. A private channel is always `opt_in`, whatever was set when it was public."""
    row = session.get(ChannelRow, (team, channel))
    if row is None:
        return Policy(channel, publication=Publication.OPT_IN if is_private else Publication.NOTIFY)
    return Policy(
        channel=channel,
        mode=Mode(row.mode),
        publication=Publication.OPT_IN if is_private else Publication(row.publication),
        emojis=tuple(row.emojis),
        brokers=brokers_of(session, team, channel),
        digest_day=row.digest_day,
        digest_hour=row.digest_hour,
        is_set_up=True,
        community=row.community,
        asks=row.asks,
    )


def zone_of_channel(session: Session, team: str, channel: str) -> ZoneInfo:
    """The zone of who set a channel up; a channel has none of its own."""
    row = session.get(ChannelRow, (team, channel))
    who = person(session, team, row.set_by) if row is not None else None
    return who.zone if who is not None else ZoneInfo("UTC")


def suggesting(session: Session) -> dict[str, frozenset[str]]:
    """The channels of each team in which kbot suggests answers."""
    found: dict[str, set[str]] = {}
    for team, channel in session.execute(
        select(ChannelRow.team_id, ChannelRow.channel_id).where(ChannelRow.mode == Mode.SUGGEST.value)
    ):
        found.setdefault(team, set()).add(channel)
    return {team: frozenset(channels) for team, channels in found.items()}


def brokers_of(session: Session, team: str, channel: str) -> tuple[str, ...]:
    """The brokers of a channel."""
    query = select(BrokerRow.user_id).where(BrokerRow.team_id == team, BrokerRow.channel_id == channel)
    return tuple(session.scalars(query.order_by(BrokerRow.user_id)))


def channels_of_broker(session: Session, team: str, user: str) -> list[str]:
    """The channels that this person is a broker of."""
    query = select(BrokerRow.channel_id).where(BrokerRow.team_id == team, BrokerRow.user_id == user)
    return list(session.scalars(query.order_by(BrokerRow.channel_id)))


def digest_times(session: Session) -> list[DigestTime]:
    """For every broker of every channel, when its digest comes."""
    query = select(
        BrokerRow.team_id,
        BrokerRow.user_id,
        BrokerRow.channel_id,
        ChannelRow.digest_day,
        ChannelRow.digest_hour,
        ChannelRow.set_at,
    ).join(ChannelRow, (ChannelRow.team_id == BrokerRow.team_id) & (ChannelRow.channel_id == BrokerRow.channel_id))
    order = (BrokerRow.team_id, BrokerRow.user_id, BrokerRow.channel_id)
    return [DigestTime(*row) for row in session.execute(query.order_by(*order))]


def rename_channel(session: Session, team: str, old: str, new: str) -> None:
    """Slack gave a channel another id: its set-up and its brokers go with it."""
    homes = update(PersonRow).where(PersonRow.team_id == team, PersonRow.home_channel == old)
    session.execute(homes.values(home_channel=new))
    row = session.get(ChannelRow, (team, old))
    if row is None or session.get(ChannelRow, (team, new)) is not None:
        return
    brokers = brokers_of(session, team, old)
    names = ("mode", "publication", "emojis", "digest_day", "digest_hour", "community", "asks")
    kept = {name: getattr(row, name) for name in names}
    session.add(ChannelRow(team_id=team, channel_id=new, set_by=row.set_by, set_at=row.set_at, **kept))
    session.delete(row)
    session.flush()
    session.add_all(BrokerRow(team_id=team, channel_id=new, user_id=user) for user in brokers)


def set_up(session: Session, act: Act, policy: Policy) -> None:
    """Keep how kbot shall behave in a channel, and who changed it."""
    row = {
        "team_id": act.team,
        "channel_id": policy.channel,
        "mode": policy.mode.value,
        "publication": policy.publication.value,
        "emojis": list(policy.emojis),
        "digest_day": policy.digest_day,
        "digest_hour": policy.digest_hour,
        "community": policy.community,
        "asks": policy.asks,
        "set_by": act.person,
        "set_at": act.at,
    }
    changed = tuple(name for name in row if name not in ("team_id", "channel_id"))
    insert_or_update(session, ChannelRow, row, keys=("team_id", "channel_id"), change=changed)
    session.execute(delete(BrokerRow).where(BrokerRow.team_id == act.team, BrokerRow.channel_id == policy.channel))
    session.add_all(BrokerRow(team_id=act.team, channel_id=policy.channel, user_id=user) for user in policy.brokers)
    change = f"{policy.mode} {policy.publication} {' '.join(policy.emojis)} brokers: {' '.join(policy.brokers)}"
    if policy.community:
        change += f" community: {policy.community}"
    if policy.asks:
        change += " asks the channel"
    write_down(session, act, policy.channel, change)


def write_down(session: Session, act: Act, about: str, change: str) -> None:
    """Who changed what, for ever: the audit."""
    at = act.at.astimezone(UTC)
    session.add(AuditRow(team_id=act.team, id=uuid4().hex, at=at, person=act.person, about=about, change=change))
