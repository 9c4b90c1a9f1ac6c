"""A real browser for tests: the system's Chromium, driven by Playwright, which notes everything that its pages complain about."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Error, Page, sync_playwright

from tests.parts import absent

NAMES = ("chromium", "chromium-browser", "google-chrome")
LIMIT_MS = 20_000  # for whatever a test waits for in a page; a loaded machine included
PHONE = {"viewport": {"width": 390, "height": 844}}


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start a headless Chromium; without one the test is skipped on a laptop and fails under CI=true."""
    program = next((found for name in NAMES if (found := shutil.which(name))), None)
    if program is None:
        absent("Chromium", "apt-get install chromium fonts-wqy-microhei")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def page_of(browser: Browser, complaints: list[str], **options: Any) -> Iterator[Page]:
    """Open a page in a context of its own, with Playwright's context *options*; errors of its scripts go into *complaints*."""
    context = browser.new_context(**options)
    context.set_default_timeout(LIMIT_MS)

    def heard(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints.append(message.text)

    def flew(error: Error) -> None:
        complaints.append(str(error))

    page = context.new_page()
    page.on("console", heard)
    page.on("pageerror", flew)
    try:
        yield page
    finally:
        context.close()


def fits(page: Page) -> bool:
    """Return whether nothing runs over the right edge."""
    width: Any = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return bool(width <= 0)


def passes(page: Page) -> bool:
    """Let the browser's events through, which arrive only while it is talked to."""
    page.wait_for_timeout(20)
    return True
