"""Reading again what the main job brought in, without asking the site for anything."""

import json
import sqlite3
from contextlib import closing
from typing import Any

from tests.end_to_end.conftest import Shell
from tests.site.server import Site

FERRY, LONG, TIANSHUI = "/2026/03/02/harbour-ferry-electric.html", "/long/part-one.html", "/Html/2021-11/10/261110.html"


def exported(shell: Shell) -> dict[str, dict[str, Any]]:
    lines = shell.run("export", "--format", "jsonl", "--to", "-").stdout.splitlines()
    return {article["url"]: article for article in map(json.loads, lines)}


def become_old(shell: Shell) -> None:
    """Make the store what an earlier version of the extractor left: every title wrong."""
    with closing(sqlite3.connect(shell.home / "newsmill.db")) as database, database:
        database.execute(
            "UPDATE article SET extractor = '0', title = 'Old', extraction = json_set(extraction, '$.title', 'Old', '$.tags', json('[]'))"
        )


def test_what_came_in_is_read_again_as_it_was_and_nobody_is_asked(shell: Shell, site: Site) -> None:
    urls = [site.url(path) for path in (FERRY, LONG, TIANSHUI)]
    assert shell.run("run", *urls).returncode == 0
    as_it_was = exported(shell)
    become_old(shell)
    asked = len(site.requests)

    dry = shell.run("reparse", "--dry-run", "--json")
    assert dry.returncode == 0, dry.stderr
    told = {one["url"]: one for one in map(json.loads, dry.stdout.splitlines())}
    assert set(told) == set(urls)
    for url, one in told.items():
        assert one["changes"]["title"] == {"from": "Old", "to": as_it_was[url]["title"]}
        assert set(one["changes"]) <= {"title", "tags"}
        assert (one["became"], one["images_not_fetched"]) == ("changed", 0)
    assert {article["title"] for article in exported(shell).values()} == {"Old"}

    done = shell.run("reparse")
    assert (done.returncode, done.stdout.splitlines()[-1][:27]) == (0, "3 pages read again: 3 chang"), done.stderr
    for url, article in exported(shell).items():
        assert article == as_it_was[url] | {"version": 2}
    again = shell.run("reparse")
    assert (again.returncode, again.stdout) == (0, "")
    assert len(site.requests) == asked
    assert "equal a recount of every row" in shell.run("doctor").stdout
