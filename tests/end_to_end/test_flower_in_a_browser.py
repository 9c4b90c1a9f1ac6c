"""Flower's pages in a real Chromium, over a running crawl: what people see is what the ledger says."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import LIMIT_MS, PHONE, fits, page_of, passes
from tests.end_to_end.conftest import DONE_MS, GONE, HOSTILE, JOB, NEWSMILL, TIANSHUI, Shell, ledger, shown
from tests.parts import wait_until
from tests.site.catalogue import ARTICLES
from tests.site.server import Site
from tests.watch import Watch, watching

PATHS = [TIANSHUI, GONE, "/private/minutes.html", *(entry.path for entry in ARTICLES)]


@pytest.mark.slow
def test_the_numbers_of_a_running_crawl_become_the_ledgers_without_a_reload(
    shell: Shell, site: Site, flower: Watch, page: Page, request: pytest.FixtureRequest
) -> None:
    page.goto(f"{flower.url}/crawls")
    expect(page.locator("#crawls-empty")).to_contain_text("newsmill enqueue")
    page.evaluate("window.loadedOnce = true")
    shell.enqueue(JOB, [site.url(path) for path in PATHS])
    row = page.locator(f'tr[data-job="{JOB}"]')
    expect(row.locator("bdi")).to_have_text(JOB)
    assert shown(row) == ledger(shell.home)
    expect(page.locator("#crawls-hint")).to_contain_text("No worker is running")
    request.getfixturevalue("worker")
    expect(row.locator(".crawls-standing")).to_have_text("done", timeout=DONE_MS)
    assert shown(row) == ledger(shell.home)
    assert shown(row)["rejected"] == 2
    expect(row).to_contain_text("rejected: gone 1, robots 1")
    bar = row.get_by_role("progressbar")
    assert bar.get_attribute("aria-valuenow") == bar.get_attribute("aria-valuemax") == str(sum(ledger(shell.home).values()))
    expect(page.locator("#crawls-hint")).to_be_hidden()
    assert page.evaluate("window.loadedOnce") is True
    other_pages(page, flower, site)


def other_pages(page: Page, flower: Watch, site: Site) -> None:
    """After the crawl: Tasks with URLs and outcomes, Workers by role, Broker with its queues."""
    page.goto(f"{flower.url}/tasks")
    page.get_by_role("searchbox").fill(GONE)
    row = page.locator("#tasks-table tbody tr")
    expect(row).to_have_count(1)
    expect(row).to_contain_text(site.url(GONE))
    expect(row).to_contain_text("SUCCESS")
    expect(row).to_contain_text("rejected: gone")
    page.get_by_role("searchbox").fill("261110")
    expect(row).to_contain_text("stored · images 10/10")
    page.locator(".task-state-filter", has_text="Failed").click()
    expect(row).to_contain_text("No tasks match")
    page.goto(f"{flower.url}/workers")
    for name in ("articles-1@", "control@"):
        expect(page.locator("#workers-table tbody tr", has_text=name)).to_contain_text("Online")
    page.goto(f"{flower.url}/broker")
    expect(page.locator("#queue-table tbody tr")).to_have_count(5)


@pytest.mark.slow
def test_a_row_of_the_tasks_page_changes_by_itself(
    shell: Shell, site: Site, flower: Watch, page: Page, request: pytest.FixtureRequest
) -> None:
    page.goto(f"{flower.url}/tasks")
    expect(page.locator("#tasks-table_info")).to_contain_text("No tasks")
    shell.enqueue(JOB, [site.url(TIANSHUI)])
    request.getfixturevalue("worker")
    row = page.locator("#tasks-table tbody tr", has_text=site.url(TIANSHUI))
    expect(row).to_contain_text("stored · images 10/10", timeout=DONE_MS)
    expect(row).to_contain_text("SUCCESS")


def test_while_flower_is_away_the_page_says_so_and_how_old_its_numbers_are(shell: Shell, flower: Watch, browser: Browser) -> None:
    shell.enqueue(JOB, ["https://news.example/a.html"])
    with page_of(browser, []) as page:
        page.goto(f"{flower.url}/crawls")
        expect(page.locator(f'tr[data-job="{JOB}"]')).to_be_visible()
        flower.end()
        expect(page.locator("#crawls-trouble-text")).to_have_text("Flower does not answer.")
        expect(page.locator("#crawls-trouble-age")).to_contain_text("old")
        expect(page.locator(f'tr[data-job="{JOB}"]')).to_be_visible()
        flower.start()
        expect(page.locator("#crawls-trouble")).to_be_hidden()
        page.route("**/crawls/data", lambda route: route.fulfill(status=503, body=json.dumps({"trouble": "database: gone"})))
        expect(page.locator("#crawls-trouble-text")).to_have_text("The ledger does not answer: database: gone.")


def test_a_hidden_page_asks_for_nothing(flower: Watch, page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{flower.url}/crawls")
    expect(page.locator("#crawls-empty")).to_be_visible()
    page.evaluate("Object.defineProperty(document, 'hidden', {get: () => window.away, configurable: true}); window.away = true")
    page.wait_for_timeout(500)  # for what was under way
    before = len(asked)
    page.wait_for_timeout(4500)  # two ticks
    assert len(asked) == before
    page.evaluate("window.away = false; document.dispatchEvent(new Event('visibilitychange'))")
    wait_until(lambda: passes(page) and len(asked) > before, "it asks again at once", LIMIT_MS / 1000)


def test_whatever_a_job_is_called_is_text_and_fits_a_phone(shell: Shell, flower: Watch, browser: Browser) -> None:
    shell.enqueue(HOSTILE, ["https://news.example/a.html"])
    shell.enqueue(JOB, ["https://news.example/b.html"])
    complaints: list[str] = []
    with page_of(browser, complaints, **PHONE) as page:
        page.goto(f"{flower.url}/crawls")
        expect(page.locator("bdi", has_text=HOSTILE)).to_be_visible()
        assert page.locator("#crawls img").count() == 0
        assert page.title() == "Crawls · Flower"
        assert fits(page)
        for name in ("broker", "tasks", "workers"):
            page.goto(f"{flower.url}/{name}")
            page.wait_for_load_state()
            assert fits(page), name
    assert complaints == []


def test_with_a_password_the_page_works_and_in_the_dark_too(shell: Shell, browser: Browser, tmp_path: Path) -> None:
    environment = shell.environment | {"NEWSMILL_FLOWER_AUTH": "ada:correct-horse", "FLOWER_URL_PREFIX": "ops/flower"}
    complaints: list[str] = []
    credentials = {"username": "ada", "password": "correct-horse"}
    with (
        watching(NEWSMILL, environment, tmp_path / "flower.log") as flower,
        page_of(browser, complaints, http_credentials=credentials, color_scheme="dark") as page,
    ):
        page.goto(f"{flower.url}/crawls")
        expect(page.locator("#crawls-fresh")).to_contain_text("Updated")
        assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip-link"
        page.locator("a.nav-link", has_text="Tasks").click()
        expect(page.locator("#tasks-table_info")).to_be_visible()
        page.locator("a.nav-link", has_text="Crawls").click()
        expect(page.locator("a.nav-link.active")).to_have_text("Crawls")
    assert complaints == []
