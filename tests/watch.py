"""A running `newsmill flower`, as tests ask it."""

import base64
import json
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.parts import free_port, wait_until

READY_S = 60.0  # a loaded machine included; an idle one needs 2 s
END_S = 30.0


class Watch:
    """A Flower on a loopback port; its process may be ended and started again on the same port."""

    def __init__(self, command: str, environment: dict[str, str], log: Path, *words: str) -> None:
        self._command, self._environment, self._words = command, environment, words
        self.log, self.port = log, free_port()
        self.prefix = environment.get("FLOWER_URL_PREFIX", "").strip("/")
        self.start()

    @property
    def url(self) -> str:
        """Where everything of it begins, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}" + (f"/{self.prefix}" if self.prefix else "")

    def start(self) -> None:
        """Start it, and wait until it answers."""
        with self.log.open("a") as log:
            command = [self._command, "flower", "--port", str(self.port), *self._words]
            self.process = subprocess.Popen(command, env=self._environment, stdout=log, stderr=log)
        wait_until(lambda: self.answers() or self.process.poll() is not None, "Flower answers", READY_S)
        assert self.process.poll() is None, self.log.read_text()

    def answers(self) -> bool:
        """Return whether it is well."""
        with suppress(OSError):
            return self.get("/healthcheck")[0] == 200
        return False

    def get(self, path: str, auth: str | None = None, **headers: str) -> tuple[int, str]:
        """Ask for *path*, as *auth* (`user:password`) if given; return the status and the text. Raises OSError when it is away."""
        request = urllib.request.Request(self.url + path, headers=headers)
        if auth is not None:
            request.add_header("Authorization", f"Basic {base64.b64encode(auth.encode()).decode()}")
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def data(self) -> dict[str, Any]:
        """Return the numbers of the Crawls tab."""
        found: dict[str, Any] = json.loads(self.get("/crawls/data")[1])
        return found

    def end(self) -> int:
        """End it as a service manager does, and return its exit code."""
        self.process.terminate()
        return self.process.wait(END_S)


@contextmanager
def watching(command: str, environment: dict[str, str], log: Path, *words: str) -> Iterator[Watch]:
    """Keep a Flower running."""
    watch = Watch(command, environment, log, *words)
    try:
        yield watch
    finally:
        watch.process.kill()
        watch.process.wait(END_S)
