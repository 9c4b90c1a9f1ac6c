"""docker-compose.yml as Docker Compose itself understands it: its own parser, from a wheel, without an engine for containers."""

import importlib.util
import json
import os
import subprocess
from pathlib import Path
from typing import Any

from tests.parts import absent

ROOT = Path(__file__).parents[1]
SECRETS = {"POSTGRES_PASSWORD": "pgsecret", "REDIS_PASSWORD": "redissecret", "NEWSMILL_FLOWER_AUTH": "ops:flowersecret"}
OURS = ("migrate", "worker", "scheduler", "flower")
THEIRS = ("redis", "postgres")


def parse(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `docker compose config` on the project's file with *environment* alone: no `.env`, nothing of this machine's."""
    spec = importlib.util.find_spec("compose")
    program = Path(spec.origin).parent / "docker-compose" if spec and spec.origin else None
    if program is None or not program.exists():  # the script that pip makes of it loses the exit code
        absent("Docker Compose's parser", "install the development requirements (make install-dev)")
    command = [str(program), "--env-file", os.devnull, "--file", str(ROOT / "docker-compose.yml"), "config", *words]
    return subprocess.run(command, env={"HOME": os.devnull, **environment}, capture_output=True, text=True, check=False)


def model(**environment: str) -> dict[str, Any]:
    """Return the parsed file; without *environment* with secrets of our own."""
    done = parse("--format", "json", **(environment or SECRETS))
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def as_run(words: list[str]) -> list[str]:
    """Return a command as the engine gets it: the parser's output escapes its dollars once more."""
    return [word.replace("$$", "$") for word in words]
