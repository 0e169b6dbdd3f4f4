"""Each of the five answers, and what each barrier leads to, by clicking on a phone in a real browser."""

import pytest
from playwright.sync_api import Page, expect

from kbot.playground.driver import Driver
from tests.browser.conftest import PHONE, OpenPage, browser, open_page, skip_without_chromium
from tests.journeys.days import Days
from tests.journeys.steps import tip_saved
from tests.journeys.test_by_clicking import message, press, shoot
from tests.journeys.test_follow_up import means_to_use

skip_without_chromium()
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

__all__ = ["browser", "open_page"]  # fixtures

TITLE = "The importer hangs after a deploy"

FIVE = {
    "Not yet": "What's in the way, if anything?",
    "Used it": "How did it go?",
    "Used it, changed it": "What did you change?",
    "Tried, didn't work": "as much as a success. What happened?",
    "Not for me": "I won't ask again.",
}
"""The five answers, and what is asked next."""

ROUTES = {
    "Not yet": {
        "It hasn't come up": "Shall I come back to it?",
        "No time": "Shall I come back to it?",
        "Not clear how": "Want help?",
        "Need someone's OK": "Shall I come back to it?",
        "I forgot": "Shall I come back to it?",
    },
    "Tried, didn't work": {
        "Not clear how": "Want help?",
        "No access or tool": "Want help?",
        "Clashes with our setup": "Want help?",
        "It's outdated": "Want help?",
        "Worked only partly": "Want help?",
    },
}
"""Where each barrier leads after an answer."""


def begin_again(page: Page) -> None:
    """Take the answer back, by the menu or the button that every later form of the message has."""
    ask = message(page, TITLE)
    if ask.get_by_role("button", name="Change my answer").count():
        press(ask, "Change my answer")
    else:
        ask.get_by_role("button", name="More options", exact=True).last.click()
        page.get_by_role("menuitem", name="Change my answer").click()
    expect(message(page, "a chance to use it?")).to_be_visible()


@pytest.mark.timeout(240)
def test_each_answer_and_each_barrier_is_a_tap_and_leads_on(open_page: OpenPage, slack: Driver, days: Days) -> None:
    tip_saved(slack)
    means_to_use(slack, slack.ben)
    days.until_asked(slack.ben)
    page = open_page("U0BEN", channel="D0BEN", size=PHONE)
    expect(message(page, "a chance to use it?")).to_be_visible()
    shoot(page, "20-chance-on-a-phone")
    for answer, question in FIVE.items():
        press(message(page, TITLE), answer)
        expect(message(page, f"You said: {answer}.")).to_contain_text(question)
        shoot(page, f"21-{answer.replace(' ', '-')}")
        for barrier, route in ROUTES.get(answer, {}).items():
            press(message(page, TITLE), barrier)
            expect(message(page, TITLE)).to_contain_text(route)
            begin_again(page)
            press(message(page, TITLE), answer)
            expect(message(page, TITLE)).to_contain_text(question)
        begin_again(page)

    # It went to the end once: what stood in the way, no help, in two weeks.
    press(message(page, TITLE), "Not yet")
    expect(message(page, TITLE)).to_contain_text("What's in the way")
    press(message(page, TITLE), "It hasn't come up")
    expect(message(page, TITLE)).to_contain_text("Shall I come back to it?")
    shoot(page, "22-come-back-on-a-phone")
    press(message(page, TITLE), "When it comes up")
    expect(message(page, TITLE)).to_contain_text("after the next time you bring it up")
    shoot(page, "23-done-on-a-phone")
