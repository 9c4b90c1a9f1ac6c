"""The product as people start it: the `newsmill` command in processes of its own, over the sample site."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.site.server import Site, serve

NEWSMILL = str(Path(sys.executable).with_name("newsmill"))
LIMIT_S = 100.0  # of one command; the slowest here takes a fifth of it on an idle machine


@pytest.fixture
def site() -> Iterator[Site]:
    """The sample news site, fresh."""
    with serve() as site:
        yield site


class Shell:
    """Runs `newsmill` in a home of its own, with the settings of a loopback site."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("NEWSMILL_")} | {
            "NEWSMILL_HOME": str(home),
            "NEWSMILL_ALLOW_NETWORKS": "127.0.0.0/8",
            "NEWSMILL_ALLOW_PORTS": "*",
            "NEWSMILL_HOST_INTERVAL": "0.02",
            "NEWSMILL_PROCESSES": "1",
            "NEWSMILL_LOG_LEVEL": "WARNING",
        }

    def run(self, *words: str, stdin: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            [NEWSMILL, *words],
            env=self.environment | settings,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
            check=False,
        )

    def start(self, *words: str, **settings: str) -> subprocess.Popen[str]:
        """Start a command and leave it running."""
        return subprocess.Popen(
            [NEWSMILL, *words], env=self.environment | settings, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )


@pytest.fixture
def shell(newsmill_home: Path) -> Shell:
    return Shell(newsmill_home)
