"""What people see who sit at a terminal."""

import os
import re

from tests.end_to_end.conftest import NEWSMILL, Shell
from tests.site.server import Site
from tests.terminal import OnTerminal, plain

FERRY = "/2026/03/02/harbour-ferry-electric.html"
GONE = "/gone/withdrawn.html"


def test_run_counts_articles_and_images_on_the_terminal_and_writes_its_summary_to_stdout(shell: Shell, site: Site) -> None:
    ours, theirs = os.pipe()
    command = [NEWSMILL, "run", site.url(FERRY), site.url(GONE)]
    with OnTerminal(command, columns=60, rows=20, environment=shell.environment, stdout=theirs) as terminal:
        os.close(theirs)
        code = terminal.ended(within_s=60)
        seen = plain(terminal.said)
    with os.fdopen(ours, encoding="utf-8") as stream:
        summary = stream.read()
    assert code == 1
    assert "2/2 articles · 2/2 images" in seen
    assert all(len(line) <= 60 for line in re.split(r"[\r\n]+", seen))
    assert summary.startswith("rejected 1  stored 1  images 2/2\n")
    assert "articles ·" not in summary
