"""The person's desk on both databases: what the Home tab tells, and to whom; the words of `/kb`."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kbot.act import BadInput
from kbot.answers import listeners as answers
from kbot.capture import flags, link_listeners, sources
from kbot.capture import listeners as capture
from kbot.cards import PLAN, Block
from kbot.delivery import deliveries, mailing, mobilize_listeners, mobilizing, need_listeners, needs, topic_listeners
from kbot.delivery import listeners as delivery
from kbot.delivery.facts import NeedState, Rule
from kbot.follow_up import cases, lots, opening, responses
from kbot.follow_up import listeners as follow_up
from kbot.follow_up.facts import BUNDLE, Answer, CaseState
from kbot.helping import listeners as helping
from kbot.helping import requests, states
from kbot.home import commands, listeners, log_listeners, question_views, setup_views, tab, views
from kbot.home.question_views import Questions
from kbot.library import items, topics
from kbot.library.facts import Item, ItemState
from kbot.library.search.thresholds import Threshold, Tuning
from kbot.meaning.hashed import HashEmbedder
from kbot.people import directory
from kbot.people.facts import Mode, Policy, Publication, Viewer
from kbot.people.hours import local_moment
from kbot.people.tables import AuditRow
from kbot.post import outbox
from kbot.post.gate import Proactive
from kbot.post.outbox import Letter
from kbot.post.tables import OutboxRow
from kbot.review import listeners as review
from kbot.slack.words import SlackChannel
from kbot.trail.facts import Barrier, Helper, HelpWanted, Outcome, Plan, ReceiptKind, Received, Status
from kbot.trail.log import remember
from tests.rooms.desk import (
    ANA,
    BEN,
    CLEO,
    DOV,
    FRIDAY,
    MONDAY,
    ONCALL,
    PLATFORM,
    REAL,
    TEAM,
    act,
    days,
    follow,
    letters,
    meet,
    said,
    saved,
    set_up,
)

CEILING = (
    "I write to you unasked 3 times a week at most, on working days from 10:00 to 16:00 your time (America/New_York)."
)
DELIVERIES = "What is new of the topics that you follow, and what others send you, comes"
AT_ONCE = "What follows what you do comes at once, and word when somebody saves what you wrote."
HOME = (
    "*Your community* is that of the channel you choose. With it I can tell that what worked for you came from "
    "elsewhere, never that it was you."
)
PACE = (
    f"What you do: you have not said.\n{DELIVERIES}\n{HOME}\n*What I may send you*\n[Pause a week]\n{CEILING} {AT_ONCE}"
)


@pytest.fixture(autouse=True)
def everybody(request: pytest.FixtureRequest) -> None:
    if "session" in request.fixturenames:
        meet(request.getfixturevalue("session"), ANA, BEN, CLEO, DOV)


def home(session: Session, user: str, *channels: str, now: datetime = MONDAY) -> str:
    """What a person who may see these channels reads in their Home tab."""
    return read(blocks_of(session, user, *channels, now=now))


def blocks_of(session: Session, user: str, *channels: str, now: datetime = MONDAY) -> list[Block]:
    person = directory.person(session, TEAM, user)
    assert person is not None
    asked_for = tab.channels(session, person, now)  # Slack is asked about these alone
    return views.home(tab.desk(session, Viewer(TEAM, user, frozenset(channels) & asked_for), person, now), now)


def read(blocks: list[Block]) -> str:
    assert len(blocks) <= 100
    lines = []
    for block in blocks:
        if "text" in block:
            lines.append(block["text"]["text"])
        named = [e for e in block.get("elements", ()) if "text" in e]
        labels = [e["text"] if block["type"] == "context" else f"[{e['text']['text']}]" for e in named]
        lines += [" ".join(labels)] if labels else []
    return "\n".join(lines)


def will_use(session: Session, item: Item, person: str = BEN) -> str:
    opening.open_case(session, Received(TEAM, f"r{item.id}", FRIDAY, person, item.id, ReceiptKind.WILL_USE), REAL)
    return next(case.id for case in cases.of_person(session, TEAM, person) if case.item == item.id)


def test_the_first_look_is_three_lines(session: Session) -> None:
    assert home(session, BEN) == (
        "Welcome\n"
        "*Save:* react with :bulb: to a message that others should find, or say `/kb add`.\n"
        "*Ask:* mention me in a channel, or write to me in the Messages tab.\n"
        "*Hear back:* what you find and what you share gathers here, with what became of it.\n" + PACE
    )


def test_what_waits_and_what_was_said(session: Session) -> None:
    to_try, tried = saved(session, "To <try>"), saved(session, "Tried")
    will_use(session, to_try)
    case = will_use(session, tried)
    responses.respond(session, act(BEN), case, Answer.USED)
    responses.respond(session, act(BEN), case, Answer.HELPED)
    shown = home(session, BEN, PLATFORM)
    assert "To try\n*To &lt;try&gt;*\nI ask on Friday 4 December, or a little later." in shown
    assert f"My log\n*Tried*\nUsed it, it helped · 2 days ago\n{views.ONLY_YOURS}" in shown
    assert "[Open my log] [Export]" in shown
    assert shown.endswith(PACE)


def test_what_one_shared_with_what_came_of_it(session: Session) -> None:
    item = saved(session, "Importer stuck?")
    saved(session, "Never flagged by anybody else")
    said(session, item, BEN, Status.APPLIED_AS_IS, Outcome.HELPED)
    said(session, item, DOV, Status.TRIED_NOT_WORKED)
    shown = home(session, ANA)
    assert "*Importer stuck?*\nShared 2 days ago · used by 1 (reported), worked for 1 of 2, did not work for 1" in shown
    assert "Shared 2 days ago · nobody has said yet what came of it" in shown
    assert "ben" not in shown.lower()


def test_who_left_a_private_channel_reads_nothing_of_its_items(session: Session) -> None:
    secret = saved(session, "The secret way", channel=ONCALL)
    case = will_use(session, secret)
    assert "The secret way" in home(session, BEN, ONCALL)
    assert "_an item you can no longer see_" in home(session, BEN, PLATFORM)
    responses.respond(session, act(BEN), case, Answer.USED)
    assert "The secret way" not in home(session, BEN, PLATFORM)


def test_what_was_taken_back_is_not_repeated(session: Session) -> None:
    item = saved(session, "Better forgotten")
    responses.respond(session, act(BEN), will_use(session, item), Answer.USED)
    items.take_away(session, act(ANA), item.id, ItemState.REJECTED)
    assert "_an item that was taken back_" in home(session, BEN, PLATFORM)
    assert "Better forgotten" not in home(session, BEN, PLATFORM)


def test_a_long_life_still_fits_on_the_page(session: Session) -> None:
    for n in range(11):
        will_use(session, saved(session, f"To try {n}"))
        responses.respond(session, act(BEN), will_use(session, saved(session, f"Tried {n}")), Answer.TRIED)
        saved(session, f"Mine {n}", by=ANA, contributor=BEN)
    assert home(session, BEN, PLATFORM).count("And 1 more.") == 3


def test_a_pause_is_shown_and_can_be_ended(session: Session) -> None:
    directory.pause(session, act(BEN), MONDAY + days(10))
    shown = home(session, BEN)
    assert (
        "You hear nothing unasked from me before Thursday 3 December. `/kb resume` ends the pause.\n[Start again]"
        in shown
    )
    assert "[Pause a week]" in home(session, BEN, now=MONDAY + days(11))
    directory.stop(session, act(BEN))
    shown = home(session, BEN)
    assert f"You stopped me: I send nothing unasked.\n[Start again]\n{AT_ONCE}" in shown
    assert CEILING not in shown


def test_a_broker_reads_when_the_digest_comes(session: Session) -> None:
    digest = "Your digest as a broker comes at its own hour."
    set_up(session, CLEO)
    assert home(session, CLEO).endswith(f"{AT_ONCE} {digest}")
    assert digest not in home(session, BEN)
    directory.stop(session, act(CLEO))
    assert digest not in home(session, CLEO)


def asked_now(session: Session, title: str = "To try") -> tuple[str, Letter, datetime]:
    """Ben is asked about it in a letter that is on its way: the case, the letter and the time."""
    case = will_use(session, saved(session, title))
    due = FRIDAY + days(14.2)
    letter = Letter(TEAM, f"ask:{case}", BUNDLE, BEN, proactive=Proactive.BUNDLE)
    outbox.plan(session, letter, REAL)
    drawn = lots.draw([one for one in cases.due(session, TEAM, BEN, due) if one.id == case], "week")
    cases.ask(session, drawn, letter.key, {case: "D1"}, due)
    assert [one.state for one in cases.of_letter(session, TEAM, letter.key)] == [CaseState.ASKED]
    return case, letter, due


def arrives(session: Session, letter: Letter, at: datetime) -> None:
    task = next(t for t in outbox.claim(session, "me", REAL, at, days(1), days(1), 8) if t.letter.key == letter.key)
    outbox.settle(session, task, state="sent", channel="D0BEN", ts=letter.key, sent_at=at)
    session.expire_all()


def test_what_a_message_asks_can_be_answered_here_once_it_has_arrived(session: Session) -> None:
    case, letter, due = asked_now(session)
    directory.pause(session, act(BEN), due + days(3))
    assert "*To try*\nI ask on Monday 7 December, or a little later." in home(session, BEN, PLATFORM, now=due)
    arrives(session, letter, due)
    shown = home(session, BEN, PLATFORM, now=due)
    assert "Waiting for you\n*To try* (you noted it 2 weeks ago)\nHas there been a chance to use it?" in shown
    assert "[Not yet] [Used it] [Used it, changed it] [Tried, didn't work] [Not for me]" in shown
    assert "I ask on" not in shown
    responses.respond(session, act(BEN, due), case, Answer.USED)
    shown = home(session, BEN, PLATFORM, now=due)
    assert "*To try*\nYou said: Used it. Good. How did it go?" in shown
    assert outbox_row(session, letter.key).revision == 1, "the message shows itself anew"
    responses.respond(session, act(BEN, due), case, Answer.HELPED)
    assert "May I tell Ana?" in home(session, BEN, PLATFORM, now=due)
    assert "May I tell Ana?" not in home(session, BEN, PLATFORM, now=due + days(2)), "it is optional"
    responses.respond(session, act(BEN, due), case, Answer.TELL_NOT)
    shown = home(session, BEN, PLATFORM, now=due)
    assert "Waiting for you" not in shown
    assert "My log\n*To try*\nUsed it, it helped" in shown


def test_after_silence_the_day_is_a_month_later_or_never(session: Session) -> None:
    for n in range(4):
        _, letter, due = asked_now(session, f"To try {n}")
        arrives(session, letter, due + days(7 * n))
        now = due + days(7 * n + 7.1)
        cases.leave_in_peace(session, now)
        shown = home(session, BEN, PLATFORM, now=now)
        assert ("I ask on Friday 8 January" in shown) == (n == 1), "four weeks after the second"
        assert ("I ask no more, for I heard nothing back; `/kb resume` begins again." in shown) == (n == 3)


def outbox_row(session: Session, key: str) -> OutboxRow:
    session.expire_all()
    return session.get_one(OutboxRow, (TEAM, key))


def test_nothing_is_asked_about_what_one_may_not_see_any_more(session: Session) -> None:
    _, letter, due = asked_now(session)
    arrives(session, letter, due)
    shown = home(session, BEN, now=due)
    assert "Waiting for you" not in shown
    assert "_an item you can no longer see_\nThere is nothing to answer any more." in shown


def test_when_one_means_to_try_it_can_be_said_here(session: Session) -> None:
    item = saved(session, "To try")
    deliveries.will_use(session, act(BEN), item.id)
    follow(session)
    row = next(b for b in blocks_of(session, BEN, PLATFORM) if b.get("accessory", {}).get("action_id") == PLAN)
    assert row["accessory"]["options"][0]["value"] == f"this_week:{item.id}"
    deliveries.intend(session, act(BEN), item.id, Plan.THIS_WEEK, "2026-11-27")
    follow(session)
    assert "*To try*\nYou mean to use it this week. I ask once, after that, how it went." in home(
        session, BEN, PLATFORM
    )


def test_whether_what_was_needed_came_is_asked_here_too(session: Session) -> None:
    until = local_moment(date(2026, 11, 23), 0, ZoneInfo("America/New_York"))
    found = saved(session, "Found")
    kept = needs.say(session, act(BEN), "x", until, PLATFORM, HashEmbedder().embed("x"), [found.id])
    assert needs.move(session, TEAM, kept.id, NeedState.ASKED)
    shown = home(session, BEN, PLATFORM)
    assert "You needed: _x_. The day you named is over. Did what came help?\n• *Found*\n[It helped] [Partly]" in shown
    assert "Found" not in home(session, BEN)
    needs.answer(session, act(BEN), kept.id, NeedState.HELPED)
    assert "You needed" not in home(session, BEN, PLATFORM)


def test_who_decides_about_an_audience_is_asked_here_too(session: Session) -> None:
    set_up(session, CLEO, channel=ONCALL)
    item = saved(session, "The secret way", channel=ONCALL)
    mobilizing.send_on(session, act(CLEO), item.id, [], PLATFORM, "Look", REAL, wider=True)
    shown = home(session, ANA)
    assert "Cleo would like to show *The secret way* to <#C0PLATFORM>" in shown
    assert "[Yes, show it there] [No]" in shown
    assert "would like to show" not in home(session, CLEO, ONCALL)
    assert "would like to show" not in home(session, BEN, ONCALL)
    mobilizing.decide(session, act(ANA), item.id, PLATFORM, yes=True)
    assert "would like to show" not in home(session, ANA)


def test_a_broker_who_cannot_see_the_item_is_not_asked(session: Session) -> None:
    set_up(session, CLEO, channel=ONCALL)
    item = saved(session, "The secret way", channel=ONCALL)
    mobilizing.send_on(session, act(ANA), item.id, [], PLATFORM, "", REAL, wider=True)
    assert "The secret way" in home(session, CLEO, ONCALL)
    assert "The secret way" not in home(session, CLEO)


def test_what_waits_for_its_contributor_waits_here_too(session: Session) -> None:
    item = saved(session, "May it?", publication=Publication.OPT_IN)
    saved(session, "Published", publication=Publication.NOTIFY)
    shown = home(session, ANA)
    assert "Waiting for you\nBen would like others to find this. May others find this?" in shown
    assert "[Yes, share it] [Edit first] [Share without my name] [No]" in shown
    assert "May others" not in home(session, BEN)
    flags.accept(session, act(ANA), item.id, with_name=True)
    assert "May others" not in home(session, ANA)


def test_what_becomes_of_a_message_that_changed_is_asked_here_too(session: Session) -> None:
    edited, gone = saved(session, "Edited"), saved(session, "Deleted")
    ts = [item.source.ts for item in (edited, gone) if item.source]
    sources.source_edited(session, act(ANA), PLATFORM, ts[0], "1763700000.1", REAL)
    sources.source_deleted(session, act(ANA), PLATFORM, ts[1], REAL)
    assert asked_of_sources(session) == ([], []), "not before the messages have arrived"
    lands(session, sources.edited_key(edited.id, "1763700000.1"), flags.orphaned_key(gone.id))
    assert asked_of_sources(session) == ([edited.id], [gone.id])
    assert "Shall it stay away?" in home(session, ANA)
    assert "[Keep as my own words] [Delete it]" in home(session, ANA)
    asked = Questions(edited=[items.get(session, TEAM, edited.id)], words={edited.id: "The new words"})
    assert "[Take the new words] [Keep it as it was]" in read(question_views.questions(asked, MONDAY))
    assert "stay away" not in home(session, BEN)
    with pytest.raises(BadInput):
        sources.settle_edit(session, act(BEN), edited.id)
    sources.settle_edit(session, act(ANA), edited.id)
    sources.keep_own_words(session, act(ANA), gone.id)
    assert asked_of_sources(session) == ([], [])
    sources.source_edited(session, act(ANA), PLATFORM, ts[0], "1763700000.2", REAL)
    lands(session, sources.edited_key(edited.id, "1763700000.2"))
    assert asked_of_sources(session) == ([edited.id], []), "another edit is another question"
    sources.take_over(session, act(ANA), edited.id, edited.lines, edited.kind)
    assert asked_of_sources(session) == ([], [])


def lands(session: Session, *keys: str) -> None:
    """These letters have arrived."""
    for key in keys:
        row = session.get_one(OutboxRow, (TEAM, key))
        row.state, row.channel, row.ts, row.sent_at = "sent", "D0", key, MONDAY
    session.flush()


def asked_of_sources(session: Session) -> tuple[list[str], list[str]]:
    edited, orphaned = sources.waiting_for(session, TEAM, ANA)
    return [item.id for item in edited], [item.id for item in orphaned]


def test_help_is_asked_for_and_judged_here_too(session: Session) -> None:
    item = saved(session, "Importer stuck?")
    wanted = HelpWanted(TEAM, "w", FRIDAY, BEN, item.id, Helper.CONTRIBUTOR, "case", Barrier.UNCLEAR)
    remember(session, wanted)
    follow(session)
    (request,) = requests.to_route(session)
    requests.ask_next(session, TEAM, request.id, {ANA}, FRIDAY, REAL)
    assert "Could you help?" not in home(session, ANA, PLATFORM), "not before the message has arrived"
    lands(session, states.wanted_key(request.id, ANA))
    assert "[I'll help] [Make it clearer] [Not now] [Not me] [Stop]" in home(session, ANA, PLATFORM)
    assert "Could you help?" not in home(session, ANA), "not about what she may not see"
    requests.answer(session, act(ANA), request.id, "Drain it.", REAL)
    assert "Could you help?" not in home(session, ANA, PLATFORM)
    lands(session, states.answer_key(request.id, ANA))
    assert "[That did it] [Not quite]" in home(session, BEN, PLATFORM)
    assert "Drain it." not in home(session, CLEO, PLATFORM)
    requests.judge(session, act(BEN), request.id, ANA, did_it=True)
    assert "That did it" not in home(session, BEN, PLATFORM)


def test_what_came_and_was_not_answered_can_be_answered_here(session: Session) -> None:
    item = saved(session, "New")
    deliveries.add(session, act(CLEO), item, BEN, Rule.BROKER)
    assert "New for you" not in home(session, BEN, PLATFORM)
    assert mailing.plan(session, TEAM, BEN, MONDAY, REAL)
    found = deliveries.get(session, TEAM, item.id, BEN)
    assert found is not None
    assert found.letter is not None
    arrives(session, Letter(TEAM, found.letter, "", BEN), MONDAY)
    mailing.settle(session, MONDAY)
    shown = home(session, BEN, PLATFORM)
    assert "New for you\n*New*\nYou get this because Cleo, a broker, thought of you." in shown
    assert "[I'll use this] [Good to know] [Not for me]" in shown
    assert "New for you" not in home(session, BEN)
    assert "New for you" not in home(session, BEN, PLATFORM, now=MONDAY + days(15))
    deliveries.good_to_know(session, act(BEN), item.id)
    assert "New for you" not in home(session, BEN, PLATFORM)


def test_the_tab_is_shown_anew_to_who_ever_opened_it(session: Session) -> None:
    tab.show_anew(session, act(BEN), REAL)
    assert letters(session, "home:") == []
    outbox.plan(session, tab.home_letter(TEAM, BEN, "opened"), REAL)
    again = act(BEN)
    for _ in range(2):
        tab.show_anew(session, again, REAL)
    assert [row.key for row in letters(session, "home:")] == sorted([f"home:{BEN}:opened", f"home:{BEN}:{again.key}"])


def test_what_asks_in_the_tab_shows_it_anew() -> None:
    pressed = {
        name: listener
        for room in (capture, delivery, follow_up, helping, need_listeners, mobilize_listeners, listeners)
        for name, listener in (*room.PRESSES.items(), *getattr(room, "SUBMISSIONS", {}).items())
    }
    assert set(pressed) >= listeners.IN_BOTH
    kept = listeners.shown_anew(pressed)
    assert {name for name, listener in kept.items() if listener is not pressed[name]} == listeners.IN_BOTH


def test_every_change_of_a_channel_is_written_down(session: Session) -> None:
    set_up(session, CLEO)
    set_up(session, CLEO, BEN, publication=Publication.REVIEW)
    changes = session.scalars(select(AuditRow).order_by(AuditRow.change)).all()
    assert [(row.person, row.about) for row in changes] == [(ANA, PLATFORM)] * 2
    assert changes[1].change == "capture_and_ask review bulb brokers: U0CLEO U0BEN"


def test_what_a_channel_follows_beside_the_form_stays(session: Session) -> None:
    topics.give(session, act(ANA), saved(session).id, ["deploys", "importer", "vault"])
    ids = {name: topics.find(session, TEAM, name) for name in ("deploys", "importer", "vault")}
    known = {name: topic.id for name, topic in ids.items() if topic is not None}
    for name in ("vault", "importer"):
        topics.follow(session, act(CLEO), known[name], PLATFORM)
    policy = Policy(PLATFORM, is_set_up=True)
    listeners._set_up(session, act(ANA), policy, None, [known["deploys"]], [known["importer"]])
    assert [topic.name for topic in topics.followed(session, TEAM, PLATFORM)] == ["deploys", "vault"]


PLACE = SlackChannel(PLATFORM, "plat<form", ANA, False, False, False, False, True)
PRIVATE = SlackChannel(ONCALL, "oncall", ANA, True, False, False, False, True)


def test_what_is_set_in_a_channel_in_words() -> None:
    policy = Policy(PLATFORM, Mode.CAPTURE, Publication.REVIEW, ("bulb", "memo"), (CLEO,), 4, 9, True)
    assert read(setup_views.in_words(PLACE, policy, {CLEO: "Cleo & Co"}, Tuning())[1]) == (
        "*<#C0PLATFORM>*: save flagged messages.\n"
        "*Flag with* :bulb: :memo:\n"
        "*Published* when a broker approves.\n"
        "*Brokers* Cleo &amp; Co.\n"
        "*Digest* on Fridays at 09:00, each broker's own time.\n"
        "`/kb setup` changes it: for Slack's admins, the channel's creator and its brokers."
    )
    begins = read(setup_views.in_words(PRIVATE, Policy(ONCALL, publication=Publication.OPT_IN), {}, Tuning())[1])
    assert "*Brokers* nobody yet." in begins
    assert setup_views.PRIVATE in begins
    assert "Nobody has set me up here yet" in begins


@pytest.mark.parametrize(
    ("tuning", "words"),
    [
        (Tuning(), "from a score of 0.40 on, and without a doubt from a chance of 0.30 on: as I begin everywhere."),
        (
            Tuning(fitted=Threshold(0.36, 0.42), thumbs=57),
            "from a score of 0.36 on, and without a doubt from a chance of 0.42 on: fitted to 57 thumbs under answers.",
        ),
        (
            Tuning(chosen_answer=0.5),
            "from a score of 0.50 on, and without a doubt from a chance of 0.30 on: an admin chose so.",
        ),
    ],
)
def test_when_kbot_answers_is_told_to_everybody(tuning: Tuning, words: str) -> None:
    assert f"*Answers*, in all channels, {words}" in read(setup_views.in_words(PLACE, Policy(PLATFORM), {}, tuning)[1])
    silent = Policy(PLATFORM, Mode.CAPTURE)
    assert "*Answers*" not in read(setup_views.in_words(PLACE, silent, {}, tuning)[1])


def test_only_an_admins_modal_is_about_the_whole_workspace() -> None:
    def fields(tuning: Tuning | None) -> dict[str, dict[str, object]]:
        blocks = setup_views.modal(PLACE, Policy(PLATFORM), tuning)["blocks"]
        return {block["block_id"]: block for block in blocks if "block_id" in block}  # type: ignore[attr-defined]

    assert "answer_from" not in fields(None)
    chosen = fields(Tuning(chosen_answer=0.5, thumbs=12))["answer_from"]
    assert chosen["element"]["initial_value"] == "0.50"  # type: ignore[index]
    assert chosen["hint"]["text"].endswith("Empty: 0.40, until 30 thumbs under answers say more; there are 12.")  # type: ignore[index]
    fitted = fields(Tuning(fitted=Threshold(0.36, 0.42), thumbs=57))["sure_from"]
    assert "initial_value" not in fitted["element"]  # type: ignore[operator]
    assert "Empty: 0.42, which suits the 57 thumbs under answers" in fitted["hint"]["text"]  # type: ignore[index]


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("publication", Publication)
def test_the_modal_shows_what_is_set(mode: Mode, publication: Publication) -> None:
    policy = Policy(PLATFORM, mode, publication, ("bulb", "memo"), (CLEO,), 6, 23, True)
    fields = {block["block_id"]: block.get("element", {}) for block in setup_views.modal(PLACE, policy)["blocks"]}  # type: ignore[attr-defined]
    assert fields["mode"]["initial_option"]["value"] == mode
    assert fields["publication"]["initial_option"]["value"] == publication
    assert fields["emojis"]["initial_value"] == ":bulb: :memo:"
    assert fields["brokers"]["initial_users"] == [CLEO]
    assert (fields["day"]["initial_option"]["value"], fields["hour"]["initial_option"]["value"]) == ("6", "23")


def test_a_private_channel_has_no_publication_to_choose() -> None:
    modal = setup_views.modal(PRIVATE, Policy(ONCALL, publication=Publication.OPT_IN))
    assert "publication" not in [block["block_id"] for block in modal["blocks"]]  # type: ignore[attr-defined]


def test_what_i_follow_and_need_is_there(session: Session) -> None:
    topics.give(session, act(ANA), saved(session, "To try").id, ["deploys"])
    found = topics.find(session, TEAM, "deploys")
    assert found is not None
    topics.follow(session, act(BEN), found.id)
    until = local_moment(date(2026, 12, 3), 0, ZoneInfo("America/New_York"))
    needs.say(session, act(BEN), "moving billing", until, PLATFORM, HashEmbedder().embed("moving billing"), ())
    tab = home(session, BEN)
    assert "Topics: *deploys*" in tab
    assert "_moving billing_ · until Wednesday 2 December" in tab


def test_every_word_of_kb_is_in_the_help_and_the_reverse() -> None:
    told = (capture, link_listeners, answers, topic_listeners, need_listeners, mobilize_listeners)
    there = {word for room in (*told, follow_up, review, listeners, log_listeners) for word in room.WORDS}
    assert there == set(commands.HELP)


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        ("setpu", "I do not know `/kb setpu`; did you mean `/kb setup`? `/kb help` shows what I can do."),
        ("hepl", "I do not know `/kb hepl`. `/kb help` shows what I can do."),
        ("<!here>`", "I do not know `/kb &lt;!here&gt;'`. `/kb help` shows what I can do."),
        ("x" * 40_000, f"I do not know `/kb {'x' * 29}…`. `/kb help` shows what I can do."),
    ],
)
def test_an_unknown_word_is_named_with_the_nearest_one(word: str, sentence: str) -> None:
    assert commands.unknown(word, commands.HELP) == sentence


def test_help_shows_only_what_there_is() -> None:
    shown = commands.help_text({"ask": None, "setup": None})
    assert [line.split("`")[1] for line in shown.splitlines()[1:]] == [
        "/kb ask how do we restart the importer?",
        "/kb setup",
    ]
