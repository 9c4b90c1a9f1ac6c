"""The page of one job in a real Chromium: its numbers are the ledger's, at every moment of a running crawl."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import LIMIT_MS, PHONE, fits, page_of, passes
from tests.end_to_end.conftest import DONE_MS, GONE, HOSTILE, JOB, TIANSHUI, Shell, ledger, shown
from tests.parts import wait_until
from tests.site.catalogue import ARTICLES
from tests.site.server import Site
from tests.watch import Watch

PRIVATE = "/private/minutes.html"
PATHS = [GONE, PRIVATE, TIANSHUI, *(entry.path for entry in ARTICLES[:4])]


@pytest.fixture
def slow_shell(shell: Shell) -> Shell:
    """Such that the moments between two URLs last."""
    shell.environment["NEWSMILL_HOST_INTERVAL"] = "0.7"
    return shell


@pytest.mark.slow
def test_the_numbers_equal_the_ledgers_while_a_crawl_runs_and_after_it(
    slow_shell: Shell, site: Site, flower: Watch, page: Page, request: pytest.FixtureRequest
) -> None:
    slow_shell.enqueue(JOB, [site.url(path) for path in PATHS])
    page.goto(f"{flower.url}/crawls")
    page.get_by_role("link", name=JOB).press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(JOB)
    expect(page.locator("#crawls-recent-empty")).to_be_visible()
    page.evaluate("window.loadedOnce = true")
    counts = page.locator("#crawls-counts")
    assert shown(counts) == ledger(slow_shell.home)
    request.getfixturevalue("worker")

    def agree() -> bool:
        before, said, after = ledger(slow_shell.home), shown(counts), ledger(slow_shell.home)
        return passes(page) and before == said == after and 0 < len(PATHS) - said["pending"] - said["in_flight"] < len(PATHS)

    wait_until(agree, "page and ledger say the same in the middle of the crawl", DONE_MS / 1000)
    expect(page.locator("#crawls-standing")).to_have_text("done", timeout=DONE_MS)
    assert shown(counts) == ledger(slow_shell.home)
    assert page.evaluate("window.loadedOnce") is True
    bar = page.get_by_role("progressbar")
    assert bar.get_attribute("aria-valuenow") == bar.get_attribute("aria-valuemax") == str(len(PATHS))
    expect(page.locator("#crawls-said")).to_contain_text(f"of {len(PATHS)} URLs done")
    what_became_of_each(page, site)


def what_became_of_each(page: Page, site: Site) -> None:
    """After the crawl: every URL with its outcome, two of them without an article, by cause and host."""
    rows = page.locator("#crawls-recent tr")
    expect(rows).to_have_count(len(PATHS))
    expect(rows.filter(has_text=site.url(TIANSHUI))).to_contain_text("stored")
    page.get_by_role("button", name="Without an article").press("Enter")
    expect(rows).to_have_count(2)
    expect(rows.filter(has_text=GONE)).to_contain_text("rejected: gone")
    expect(rows.filter(has_text=PRIVATE)).to_contain_text("rejected: robots")
    assert page.locator("#crawls-causes tr").all_inner_texts() == ["gone\trejected\t1", "robots\trejected\t1"]
    assert {text.split("\t")[1] for text in page.locator("#crawls-hosts tr").all_inner_texts()} == {"gone", "robots"}


def test_whatever_a_job_is_called_is_text_and_fits_a_phone(shell: Shell, flower: Watch, browser: Browser) -> None:
    shell.enqueue(HOSTILE, [f"https://news.example/{'long' * 60}"])
    complaints: list[str] = []
    with page_of(browser, complaints, **PHONE) as page:
        page.goto(f"{flower.url}/crawls")
        page.get_by_role("link", name=HOSTILE).click()
        expect(page.get_by_role("heading", level=1)).to_contain_text(HOSTILE)
        expect(page.locator("#crawls-pending")).to_have_text("1")
        assert page.locator("#crawls img").count() == 0
        assert page.title() == f"{HOSTILE} · Crawls · Flower"
        assert fits(page)
    assert complaints == []


def test_of_a_job_that_there_is_not_the_page_says_so(flower: Watch, browser: Browser) -> None:
    with page_of(browser, []) as page:
        page.goto(f"{flower.url}/crawls/job?name=nobody")
        expect(page.locator("#crawls-trouble-text")).to_have_text("There is no job 'nobody'.", timeout=LIMIT_MS)
