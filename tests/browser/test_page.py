"""The playground's page in a real browser: what a newcomer does, and what must never happen to them."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from kbot.playground.server import Playground
from kbot.slack.markdown import link, literal
from tests.browser.conftest import PHONE, OpenPage, skip_without_chromium
from tests.browser.stand_in import ASK, StandIn, button, says

skip_without_chromium()
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PLATFORM = "C0PLATFORM"
HOSTILE = "<img src=x onerror=alert(1)> <script>alert(2)</script> [x](javascript:alert(3)) :constructor: *so*"


@pytest.fixture
def playground(tmp_path: Path) -> Iterator[Playground]:
    with Playground(clock_file=tmp_path / "clock") as playground:
        yield playground


@pytest.fixture
def app(playground: Playground) -> Iterator[StandIn]:
    with StandIn(playground) as app:
        yield app


def message(page: Page, text: str, within: str = "main") -> Locator:
    return page.locator(f"{within} article", has_text=text).last


def write(page: Page, text: str, where: str = "Message #platform") -> None:
    page.get_by_label(where, exact=True).fill(text)
    page.keyboard.press("Enter")


def become(page: Page, user: str) -> None:
    page.locator(f"[data-person={user}]").click()


def said_by(playground: Playground, user: str, text: str, channel: str = PLATFORM) -> None:
    playground.call(lambda: playground.people.say(playground.slack.world.people[user], channel, text))


def test_a_flag_is_seen_by_kbot_and_its_answer_by_nobody_else(open_page: OpenPage, app: StandIn) -> None:
    page = open_page("U0CLEO")
    message(page, "The importer hangs").get_by_role("button", name="1 reply").click()
    answer = message(page, "Drain the queue", within="aside")
    answer.hover()
    answer.get_by_role("button", name="React with :bulb:").click()

    expect(answer.get_by_role("button", name="bulb, 1: you")).to_have_attribute("aria-pressed", "true")
    receipt = message(page, "Saved. Ana has been told.")
    expect(receipt).to_contain_text("Only visible to you")
    expect(page.locator("[data-person=U0ANA]")).to_have_accessible_name(re.compile("1 new from kbot"))

    become(page, "U0BEN")
    expect(message(page, "The importer hangs")).to_be_visible()
    expect(page.get_by_text("Saved. Ana has been told.")).to_have_count(0)

    become(page, "U0ANA")
    page.locator("[data-channel=D0ANA]").click()
    page.get_by_role("button", name="Used it").click()
    expect(message(page, "You said: Used it.")).to_be_focused()
    expect(page.get_by_role("button", name="Not yet")).to_have_count(0)


def test_a_receipt_is_dismissed_and_a_flag_taken_back(open_page: OpenPage, app: StandIn) -> None:
    page = open_page("U0CLEO")
    question = message(page, "The importer hangs")
    question.hover()
    question.get_by_role("button", name="React with :bulb:").click()
    message(page, "Saved. Ana").get_by_role("button", name="Dismiss message").click()
    expect(page.locator("main article", has_text="Saved. Ana")).to_have_count(0)
    question.get_by_role("button", name="bulb, 1: you").click()
    expect(question.get_by_role("button", name="bulb, 1: you")).to_have_count(0)


def test_hostile_words_stay_words(open_page: OpenPage, playground: Playground, app: StandIn) -> None:
    said_by(playground, "U0ANA", HOSTILE)
    app.call("chat.postMessage", channel=PLATFORM, text="x", blocks=[{"type": "markdown", "text": HOSTILE}])
    page = open_page("U0BEN")
    page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))

    for hostile in page.locator("main article", has_text="onerror").all():
        expect(hostile).to_contain_text("<img src=x onerror=alert(1)> <script>alert(2)</script>")
        expect(hostile).to_contain_text(":constructor:")
        expect(hostile.locator("script, img:not(.avatar), a[href^=javascript]")).to_have_count(0)
    expect(page.locator("main article", has_text="onerror")).to_have_count(2)
    expect(message(page, "onerror").locator("em")).to_have_text("so")


def test_an_app_is_told_what_one_looks_at_beside_it_and_a_channel_is_shared(
    open_page: OpenPage, playground: Playground, app: StandIn
) -> None:
    page = open_page("U0BEN")
    page.locator("[data-channel=D0BEN]").click()
    page.locator("[data-channel=C0SUPPORT]").click()
    page.get_by_role("button", name="members").click()
    page.get_by_role("menuitem", name="Share with another organization").click()
    expect(page.get_by_text("shared with another organization")).to_be_visible()
    expect(page.get_by_role("button", name="4 members")).to_be_visible()
    page.get_by_role("button", name="members").click()
    page.get_by_role("menuitem", name="Close kbot beside it").click()
    page.locator(f"[data-channel={PLATFORM}]").click()
    told = [d.body["event"]["context"] for d in playground.journal.deliveries if d.kind == "app_context_changed"]
    assert [[entity["value"] for entity in context["entities"]] for context in told] == [["C0SUPPORT"]]
    page.get_by_role("button", name="members").click()
    expect(page.get_by_role("menuitem", name="Close kbot beside it")).to_have_count(0)


def test_what_is_said_in_markdown_is_drawn(open_page: OpenPage, app: StandIn) -> None:
    address = "https://harbor.slack.com/archives/C0PLATFORM/p1?thread_ts=1.1"
    said = literal("1. a_b *so* [x](https://evil.example) `run --all`\n# y", 500)
    text = f"**{link('The [new] *importer_2*', address, 100)}**\n\n> quoted\n\n{said}"
    app.call("chat.postMessage", channel=PLATFORM, text="x", blocks=[{"type": "markdown", "text": text}])
    row = message(open_page("U0BEN"), "importer")
    expect(row.locator("strong a")).to_have_text("The [new] *importer_2*")
    expect(row.locator("blockquote")).to_have_text("quoted")
    expect(row.locator("code")).to_have_text("run --all")
    expect(row).to_contain_text("1. a_b *so* [x](https://evil.example)")
    expect(row).to_contain_text("# y")
    expect(row.locator("em, ol, .heading")).to_have_count(0)


def test_news_takes_neither_words_nor_focus_nor_place(open_page: OpenPage, playground: Playground) -> None:
    for number in range(40):
        said_by(playground, "U0ANA", f"Line {number}")
    page = open_page("U0BEN")
    expect(message(page, "Line 39")).to_be_in_viewport()
    page.locator("main .list").evaluate("list => list.scrollTop = 100")
    box = page.get_by_label("Message #platform")
    box.press_sequentially("half a thought")
    box.evaluate("box => box.setSelectionRange(4, 4)")

    said_by(playground, "U0ANA", "News!")
    expect(page.get_by_text("News!", exact=True)).to_have_count(1)
    page.keyboard.type(",")
    expect(box).to_have_value("half, a thought")
    assert page.locator("main .list").evaluate("list => list.scrollTop") == 100
    expect(page.locator("#news")).to_contain_text("ana: News!")


def test_a_form_is_refused_beside_its_field_and_then_accepted(open_page: OpenPage, app: StandIn) -> None:
    page = open_page("U0CLEO")
    write(page, "/kb add")
    form = page.get_by_role("dialog", name="Add knowledge")
    title = form.get_by_label("Title")
    expect(title).to_be_focused()
    title.fill("Importer")
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_role("alert")).to_contain_text("required")

    form.get_by_label("Kind").select_option("A warning")
    form.get_by_label("Ana Costa").check()
    title.press("Enter")
    expect(form.get_by_role("alert")).to_contain_text("Say it as a question")
    expect(title).to_be_focused()
    expect(title).to_have_value("Importer")

    title.fill("How do I restart the importer?")
    title.press("Enter")
    expect(form).to_have_count(0)
    (saved,) = app.saved
    assert saved["title"]["it"]["value"] == "How do I restart the importer?"
    assert saved["kind"]["it"]["selected_option"]["value"] == "warning"
    assert saved["who"]["it"]["selected_users"] == ["U0ANA"]


def test_escape_closes_one_thing_at_a_time(open_page: OpenPage, app: StandIn) -> None:
    page = open_page("U0CLEO")
    message(page, "The importer hangs").get_by_role("button", name="1 reply").click()
    write(page, "/kb add")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("complementary", name="Thread")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("complementary", name="Thread")).to_have_count(0)
    expect(page.get_by_label("Message #platform")).to_be_focused()


def test_everything_by_keyboard(open_page: OpenPage, app: StandIn) -> None:
    page = open_page("U0BEN")
    page.get_by_label("Message #platform").focus()
    page.keyboard.type("@kb")
    expect(page.get_by_role("option", name="@kbot")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    page.keyboard.type("hello")
    page.keyboard.press("Enter")
    mine = message(page, "@kbot hello")
    expect(mine.locator(".mention")).to_have_text("@kbot")
    expect(page.get_by_role("complementary", name="Thread")).to_be_visible()

    mine.focus()
    page.keyboard.press("ArrowUp")
    expect(message(page, "To see what holds a lock")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    expect(mine.get_by_role("button", name="React with :bulb:")).to_be_focused()
    more = mine.get_by_role("button", name="More actions")
    more.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitem", name="Save as knowledge")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("menu")).to_have_count(0)
    expect(more).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_role("menuitem", name="Edit message").press("Enter")
    page.get_by_label("Edit message").fill("@kbot goodbye")
    page.keyboard.press("Enter")
    expect(message(page, "goodbye")).to_contain_text("(edited)")


def test_time_moves_for_everybody(open_page: OpenPage, playground: Playground) -> None:
    page = open_page("U0DOV", channel="C0GENERAL")
    page.get_by_role("button", name="Move time forward").click()
    page.get_by_role("menuitem", name="Dov’s next morning").click()
    expect(page.locator("[data-person=U0DOV]")).to_contain_text("10:00")
    page.get_by_role("button", name="Move time forward").click()
    page.get_by_role("menuitem", name="A week").click()
    expect(page.get_by_role("button", name="Move time forward")).to_contain_text(re.compile(r"\+[78]d"))
    assert playground.slack.clock.ahead > 7 * 24 * 3600


def test_the_log_shows_both_ways_and_what_slack_would_refuse(open_page: OpenPage, app: StandIn) -> None:
    app.call("chat.postMessage", channel=PLATFORM, text="Fine")
    with pytest.raises(Exception, match="invalid_blocks"):
        app.call("chat.postMessage", channel=PLATFORM, text="x", blocks=[says("y" * 3001)])
    page = open_page("U0CLEO")
    page.get_by_role("button", name="Log, 1 that Slack would refuse").click()
    log = page.get_by_role("region", name="Log", exact=True)
    write(page, "Hello")
    expect(log.locator(".to_app", has_text="message").first).to_be_visible()
    expect(log.locator(".from_app", has_text="chat.postMessage").first).to_be_visible()
    expect(log.locator(".violation")).to_contain_text("invalid_blocks")
    log.locator(".violation summary").click()
    expect(log.locator(".violation pre")).to_contain_text("where")


def test_the_home_tab_is_drawn_when_it_is_opened(open_page: OpenPage, app: StandIn) -> None:
    page = open_page("U0ANA", channel="D0ANA")
    page.get_by_role("tab", name="Home").click()
    expect(page.get_by_role("heading", name="Your log")).to_be_visible()
    become(page, "U0BEN")
    expect(page.get_by_role("heading", name="Your log")).to_have_count(0)


def test_who_is_not_in_a_channel_sees_nothing_of_it(open_page: OpenPage) -> None:
    page = open_page("U0BEN")
    expect(page.locator("[data-channel=G0ONCALL]")).to_be_visible()
    become(page, "U0DOV")
    expect(page.locator("[data-channel=C0SUPPORT]")).to_be_visible()
    expect(page.locator("[data-channel=G0ONCALL]")).to_have_count(0)
    become(page, "U0GUEST")
    expect(page.locator("[data-channel=C0GENERAL]")).to_have_attribute("aria-current", "page")
    expect(page.locator("[data-channel=C0SUPPORT]")).to_have_count(0)


def test_without_kbot_the_page_says_so_and_kbot_can_be_invited(open_page: OpenPage) -> None:
    page = open_page("U0CLEO", channel="C0SUPPORT")
    expect(page.get_by_text("kbot is not connected")).to_be_visible()
    page.get_by_role("button", name="Invite kbot").click()
    expect(page.get_by_role("button", name="4 members")).to_be_visible()
    expect(page.get_by_role("button", name="Invite kbot")).to_have_count(0)


def test_a_refusal_is_a_sentence_and_gives_the_words_back(open_page: OpenPage) -> None:
    page = open_page("U0CLEO")
    write(page, "/nothing at all")
    expect(page.get_by_role("alert")).to_contain_text("/nothing is not a valid command.")
    expect(page.get_by_label("Message #platform")).to_have_value("/nothing at all")


def test_on_a_phone_nothing_stands_outside(open_page: OpenPage, app: StandIn) -> None:
    many = {"type": "actions", "elements": [button(f"b{n}", f"A button number {n}") for n in range(5)]}
    app.call("chat.postMessage", channel=PLATFORM, text="x", blocks=[*ASK, many, says("w" * 300)])
    page = open_page("U0CLEO", size=PHONE)
    page.get_by_role("button", name="Channels").tap()
    page.locator("[data-channel=C0PLATFORM]").tap()
    expect(page.get_by_role("navigation", name="Channels")).not_to_be_visible()
    message(page, "The importer hangs").get_by_role("button", name="1 reply").tap()
    message(page, "Drain the queue", within="aside").tap()
    page.get_by_role("complementary").get_by_role("button", name="Add reaction").last.tap()
    page.get_by_role("menuitem", name="eyes", exact=True).tap()
    expect(page.get_by_role("button", name="eyes, 1: you")).to_be_visible()
    page.get_by_role("button", name="Close thread").tap()
    page.get_by_role("button", name="Log").tap()
    for scroller in ("html", "#app", "main", "main .list", ".log-lines"):
        width, inside = page.locator(scroller).evaluate("one => [one.clientWidth, one.scrollWidth]")
        assert inside <= width, f"{scroller} is {inside} px wide in {width} px"
