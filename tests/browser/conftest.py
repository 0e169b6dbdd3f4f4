"""A real Chromium, looking at a real playground. Skipped where there is none; in CI that is a failure."""

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from kbot.playground.server import Playground

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDE = (1280, 800)
PHONE = (390, 844)

OpenPage = Callable[..., Page]


def chromium() -> str | None:
    """The path of an installed Chromium or Chrome; None: there is none."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if (path := shutil.which(name))), None)


def skip_without_chromium() -> None:
    """Leaves out the whole file that calls it, in one line. In CI nothing is left out: the fixture fails."""
    if chromium() is None and os.environ.get("CI") != "true":
        reason = "no Chromium is installed: the playground's page is not tested here"
        pytest.skip(reason, allow_module_level=True)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = chromium()
    if path is None:
        pytest.fail("no Chromium is installed, and in CI the page must be tested")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser, playground: Playground) -> Iterator[OpenPage]:
    """Opens the page as somebody (a user id), in a place (a channel id). A script error fails the test."""
    contexts = []
    errors: list[str] = []

    def page(who: str = "U0CLEO", channel: str = "C0PLATFORM", size: tuple[int, int] = WIDE) -> Page:
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, has_touch=size == PHONE)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
        page.goto(f"{playground.url}/#as={who}&in={channel}")
        page.locator("main").wait_for()
        return page

    yield page
    for context in contexts:
        context.close()
    assert errors == []
