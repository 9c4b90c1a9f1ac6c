"""`newsmill explain` and rules for single sites as people use them, over the sample site."""

import json
from pathlib import Path
from typing import Any

from tests.end_to_end.conftest import Shell
from tests.site.server import Site

FERRY = "/2026/03/02/harbour-ferry-electric.html"
PRIVATE = "/private/minutes.html"


def explained(shell: Shell, url: str, *more: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(shell.run("explain", url, "--json", *more).stdout)
    return found


def chosen(found: dict[str, Any], group: str) -> list[str]:
    return [one["value"] for one in found[group] if one["chosen"]]


def test_a_page_is_explained_from_the_web_and_once_it_is_known_from_the_archive(shell: Shell, site: Site) -> None:
    url = site.url(FERRY)
    first = explained(shell, url)
    assert (first["ledger"], first["robots"], first["http"]["from"]) == (None, "allowed", "the web, just now")
    assert [request.path for request in site.requests] == ["/robots.txt", FERRY]
    assert shell.run("run", url).returncode == 0
    asked = len(site.seen(FERRY))
    again = explained(shell, url)
    assert (again["ledger"]["state"], len(site.seen(FERRY))) == ("stored", asked)
    stored = json.loads(shell.run("show", url, "--format", "json").stdout)
    assert chosen(again, "titles") == chosen(first, "titles") == [stored["title"]]
    assert ", ".join(chosen(again, "authors")) == ", ".join(stored["authors"])


def test_a_page_that_robots_may_not_read_is_not_asked_for(shell: Shell, site: Site) -> None:
    done = shell.run("explain", site.url(PRIVATE))
    assert done.returncode == 1
    assert "robots.txt    refused: robots.txt of" in done.stdout
    assert [request.path for request in site.requests] == ["/robots.txt"]


def test_workers_read_pages_by_the_rules_of_their_site(shell: Shell, site: Site, tmp_path: Path) -> None:
    rules = tmp_path / "sites.toml"
    rules.write_text('[[site]]\nname = "sample"\nhost = "127.0.0.1"\nremove = ["h2", "figure"]\nlanguage = "cy"\n')
    url, settings = site.url(FERRY), {"NEWSMILL_SITES": str(rules)}
    assert shell.run("run", url, **settings).returncode == 0
    stored = json.loads(shell.run("show", url, "--format", "json").stdout)
    assert stored["quality"]["site_rule"] == "sample"
    assert (stored["language"], [image for image in stored["images"] if image["position"] is not None]) == ("cy", [])
    tried = shell.run("sites", "try", url, **settings)
    assert tried.stdout.startswith(f"sample: {url}\n")
    assert '→ "cy"' in tried.stdout
    assert json.loads(shell.run("reparse", "--dry-run", "--again", "--json").stdout)["changes"]["language"]["from"] == "cy"
