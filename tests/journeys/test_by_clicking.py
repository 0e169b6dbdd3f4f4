"""The whole loop once, by clicking in the playground's page in a real browser, with the real bot behind it."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from kbot.playground.driver import Driver
from tests.browser.conftest import PHONE, OpenPage, browser, open_page, skip_without_chromium
from tests.journeys.bot import Bot
from tests.journeys.steps import things_are_known
from tests.journeys.ways import with_model

skip_without_chromium()
expect.set_options(timeout=15_000)  # milliseconds; a busy machine takes its time
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

__all__ = ["browser", "open_page"]  # fixtures

QUESTION = "The importer hangs after a deploy"


def message(page: Page, text: str, within: str = "main") -> Locator:
    return page.locator(f"{within} article", has_text=text).last


def become(page: Page, user: str, channel: str) -> None:
    page.locator(f"[data-person={user}]").click()
    page.locator(f"[data-channel={channel}]").click()


def write(page: Page, text: str, where: str) -> None:
    page.get_by_label(where, exact=True).fill(text)
    page.keyboard.press("Enter")


def press(where: Locator, name: str) -> None:
    where.get_by_role("button", name=name, exact=True).click()


def move_time(page: Page, entry: str) -> None:
    page.get_by_role("button", name="Move time forward").click()
    page.get_by_role("menuitem", name=entry).click()


def shoot(page: Page, name: str) -> None:
    """Keep a picture where KBOT_SCREENSHOTS says, to be looked at."""
    if folder := os.environ.get("KBOT_SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png")


@pytest.mark.timeout(120)
def test_a_newcomer_clicks_once_through_the_loop(open_page: OpenPage, slack: Driver, bot: Bot) -> None:
    page = open_page("U0BEN")

    # Ben flags what Ana wrote in a thread.
    message(page, QUESTION).get_by_role("button", name="1 reply").click()
    answer = message(page, "Drain the queue", within="aside")
    answer.hover()
    press(answer, "React with :bulb:")
    expect(page.locator("article", has_text="Saved, so that others can find it").last).to_be_visible()
    shoot(page, "1-flagged")

    # Ana is told and says that it is fine.
    become(page, "U0ANA", "D0ANA")
    notice = message(page, "saved this so that others can find it")
    shoot(page, "2-notice")
    press(notice, "Fine")
    expect(message(page, "others can find it").get_by_role("button", name="Take it back")).to_be_visible()

    # Ben invites kbot to #support; Dov asks there and gets the cited answer in the thread.
    slack.invite("kbot", "support", by=slack.ben)
    become(page, "U0DOV", "C0SUPPORT")
    write(page, "@kbot the importer is stuck after a deploy, what now?", "Message #support")
    expect(page.locator("aside article", has_text="A colleague saved this")).to_be_visible()
    shoot(page, "3-answer")

    # A week later he is asked, and says it with two taps.
    move_time(page, "A week")
    move_time(page, "next morning")
    page.locator("[data-channel=D0DOV]").click()
    ask = message(page, "Did the answer help?")
    expect(ask).to_be_visible()
    shoot(page, "4-ask")
    press(ask, "Solved it")
    press(message(page, "May I tell"), "Yes, with my name")
    expect(message(page, "in the weekly note, with your name")).to_be_visible()

    # Ana hears of it, on her phone.
    become(page, "U0ANA", "D0ANA")
    move_time(page, "next morning")
    expect(message(page, "What became of what you shared")).to_be_visible()
    phone = open_page("U0ANA", channel="D0ANA", size=PHONE)
    expect(message(phone, "What became of what you shared")).to_be_visible()
    shoot(phone, "5-note-on-a-phone")

    # Dov's Home tab shows his log.
    become(page, "U0DOV", "D0DOV")
    page.get_by_role("tab", name="Home").click()
    expect(page.locator("main", has_text="it helped")).to_be_visible()
    shoot(page, "6-home")


@with_model
@pytest.mark.timeout(120)
def test_answers_are_judged_by_clicking(open_page: OpenPage, slack: Driver) -> None:
    things_are_known(slack)
    slack.invite("kbot", "support", by=slack.ben)
    page = open_page("U0DOV", channel="C0SUPPORT")

    # The sure one: its reasons, and a thumb.
    write(page, "@kbot our import job is stuck since the release, how do we fix it?", "Message #support")
    sure = message(page, "A colleague saved this", within="aside")
    expect(sure.locator("blockquote")).to_have_text("First drain the queue, then restart the importer with --resume.")
    press(sure, "Helpful")
    expect(message(page, "Thanks, noted", within="aside")).to_be_visible()
    expect(sure.get_by_role("button", name="Helpful", exact=True)).to_have_attribute("aria-pressed", "true")
    shoot(page, "7-sure")
    press(sure, "Why this answer?")
    expect(message(page, "It shares these words with the question", within="aside")).to_be_visible()
    shoot(page, "8-why")

    # The unsure one, in kbot's Messages tab: offered questions, a thumb down, a reason.
    become(page, "U0DOV", "D0DOV")
    shoot(page, "9-conversation")
    write(page, "how do I add a birthday to the team calendar?", "Ask kbot")
    page.get_by_role("button", name="1 reply").click()
    unsure = message(page, "I am not sure", within="aside")
    expect(unsure).to_be_visible()
    shoot(page, "10-unsure")
    press(unsure, "Not helpful")
    page.get_by_label("It is not what I asked").check()
    shoot(page, "11-complaint")
    page.get_by_role("button", name="Send", exact=True).last.click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def save(page: Page, words: str, topics: str) -> None:
    """`/kb add` in the channel that is open, with its form."""
    write(page, f"/kb add {words}", "Message #platform")
    form = page.get_by_role("dialog")
    form.get_by_label("Topics").fill(topics)
    send(page, form)


def send(page: Page, form: Locator) -> None:
    """A form goes off; where kbot says something in its place, that is read and closed."""
    form.get_by_role("button", name="Save", exact=True).click()
    expect(form.get_by_role("button", name="Save", exact=True)).to_have_count(0)
    if form.count():
        page.keyboard.press("Escape")
    expect(form).to_have_count(0)


@pytest.mark.timeout(180)
def test_what_is_needed_comes_and_is_recalled_by_clicking(open_page: OpenPage, slack: Driver) -> None:
    page = open_page("U0ANA", channel="C0PLATFORM")
    save(page, "Deploys are on Tuesdays", "deploys")

    # Cleo says what she needs, Ben follows a topic.
    become(page, "U0CLEO", "C0PLATFORM")
    write(page, '/kb need "the importer hangs after a deploy" by 25 Jan', "Message #platform")
    expect(message(page, "I have nothing on it yet")).to_be_visible()
    shoot(page, "12-need")
    become(page, "U0BEN", "C0PLATFORM")
    write(page, "/kb follow deploys", "Message #platform")
    expect(message(page, "You follow deploys")).to_be_visible()

    # Ana writes down what helps; the next morning it comes to both, each with the reason.
    become(page, "U0ANA", "C0PLATFORM")
    save(page, "The importer hangs after a deploy? Drain the queue, then restart it.", "deploys")
    slack.settle()
    become(page, "U0CLEO", "D0CLEO")
    move_time(page, "next morning")
    card = message(page, "because you need")
    expect(card).to_be_visible()
    shoot(page, "13-delivery")
    press(card, "I'll use this")
    expect(message(page, "When might you try it?")).to_be_visible()
    shoot(page, "14-when")
    press(message(page, "When might you try it?"), "This week")
    expect(message(page, "you mean to use it this week")).to_be_visible()
    become(page, "U0BEN", "D0BEN")
    move_time(page, "next morning")
    delivered = message(page, "because you follow deploys")
    expect(delivered).to_be_visible()
    press(delivered, "Good to know")
    shoot(page, "15-followed")

    # Ana replaces it, and Cleo, who means to use it, is told.
    become(page, "U0ANA", "C0PLATFORM")
    write(page, "/kb lineage drain the queue", "Message #platform")
    lineage = page.locator("main article", has=page.get_by_role("button", name="Build on this")).last
    press(lineage, "Build on this")
    form = page.get_by_role("dialog")
    form.get_by_label("What is this to the other one?").select_option(label="Takes its place")
    form.get_by_label("The question it answers").fill("The importer hangs: what since 4.2?")
    form.get_by_label("What to do or know").fill("Restart it with --replay and never drain.")
    shoot(page, "16-build-on")
    send(page, form)
    slack.settle()
    become(page, "U0CLEO", "D0CLEO")
    move_time(page, "next morning")
    recall = message(page, "Not current any more")
    expect(recall).to_be_visible()
    phone = open_page("U0CLEO", channel="D0CLEO", size=PHONE)
    expect(message(phone, "Not current any more")).to_be_visible()
    shoot(phone, "17-recall-on-a-phone")
    expect(page.locator("main article", has_text="Restart it with --replay")).to_have_count(0)  # said once, not twice
    press(recall, "Got it")
    expect(message(page, "You have read this")).to_be_visible()
