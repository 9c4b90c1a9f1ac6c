"""docker-compose.yml and Dockerfile: sound for the real parsers, sparing with what they open, and true to the commands."""

import re
import shlex
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import click
import pytest

from config.settings import Settings
from tasks.child import KILL_AFTER_S, RSS_LIMIT
from tasks.cli import COMMANDS
from tests.composition import OURS, ROOT, SECRETS, THEIRS, as_run, model, parse
from tests.parts import absent

EVERY = (*OURS, *THEIRS)
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
DEPLOY = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    found: dict[str, Any] = model()["services"]
    return found


def seconds(duration: str) -> float:
    """Return the seconds of one of Compose's durations, such as 1m30s."""
    parts = re.fullmatch(r"(?:(\d+)m)?(?:(\d+)s)?", duration)
    assert parts is not None, duration
    return 60 * int(parts[1] or 0) + int(parts[2] or 0)


def test_it_has_the_parts_and_no_other(services: dict[str, Any]) -> None:
    assert set(services) == set(EVERY)


@pytest.mark.parametrize("secret", SECRETS)
def test_without_a_secret_it_refuses_and_names_it(secret: str) -> None:
    done = parse("--quiet", **{name: value for name, value in SECRETS.items() if name != secret})
    assert done.returncode != 0
    assert f"required variable {secret} is missing a value: set it in .env" in done.stderr


def test_no_secret_and_no_default_of_one_stands_in_it() -> None:
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    for secret in SECRETS:
        assert f"${{{secret}:-" not in text
        assert all(use.startswith("${" + secret + ":?") for use in re.findall(r"\$\{?" + secret + r"[^}]*", text))


@pytest.mark.parametrize("name", EVERY)
def test_no_part_may_do_more_than_it_must(services: dict[str, Any], name: str) -> None:
    service = services[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["user"].split(":")[0] not in ("", "0", "root")
    assert not service.get("privileged")
    assert service["logging"]["options"].keys() == {"max-size", "max-file"}
    assert int(service["deploy"]["resources"]["limits"]["memory"]) > 0
    assert "container_name" not in service
    assert "hostname" not in service


def test_only_flower_has_a_port_and_on_this_machine_alone(services: dict[str, Any]) -> None:
    published = {name: service["ports"] for name, service in services.items() if service.get("ports")}
    (port,) = published.pop("flower")
    assert not published
    assert port["host_ip"] == "127.0.0.1"
    assert services["flower"]["environment"]["NEWSMILL_FLOWER_AUTH"] == SECRETS["NEWSMILL_FLOWER_AUTH"]


def test_redis_and_database_cannot_be_reached_from_outside(services: dict[str, Any]) -> None:
    networks = model()["networks"]
    assert networks["inside"]["internal"] is True
    for name in (*THEIRS, "migrate", "scheduler"):
        assert set(services[name]["networks"]) == {"inside"}


@pytest.mark.parametrize("name", [name for name in EVERY if name != "migrate"])
def test_every_part_that_stays_is_asked_for_its_health_and_started_again(services: dict[str, Any], name: str) -> None:
    assert services[name]["healthcheck"]["test"]
    assert services[name]["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", ["worker", "scheduler", "flower"])
def test_the_health_of_our_parts_is_their_progress(services: dict[str, Any], name: str) -> None:
    words = services[name]["healthcheck"]["test"]
    assert words[:5] == ["CMD", "newsmill", "doctor", "--live", name]


def test_ours_wait_for_the_servers_and_the_schema(services: dict[str, Any]) -> None:
    for name in ("worker", "scheduler", "flower"):
        conditions = {part: need["condition"] for part, need in services[name]["depends_on"].items()}
        assert conditions == {
            "postgres": "service_healthy",
            "redis": "service_healthy",
            "migrate": "service_completed_successfully",
        }
    assert services["migrate"]["depends_on"]["postgres"]["condition"] == "service_healthy"


def test_what_must_last_is_on_named_volumes() -> None:
    found = model()
    assert set(found["volumes"]) == {"home", "database", "redis"}
    mounted = {
        (name, volume["source"]): volume["target"]
        for name, service in found["services"].items()
        for volume in service.get("volumes", [])
        if volume["type"] == "volume"
    }
    assert mounted == {
        ("worker", "home"): "/var/lib/newsmill",
        ("postgres", "database"): "/var/lib/postgresql",
        ("redis", "redis"): "/data",
    }


@pytest.mark.parametrize("name", ["worker", "scheduler", "flower"])
def test_the_crawl_jobs_are_read_and_not_written(services: dict[str, Any], name: str) -> None:
    (mount,) = [volume for volume in services[name]["volumes"] if volume["type"] == "bind"]
    assert mount["read_only"] is True
    assert mount["source"] == str(ROOT / "config")
    assert services[name]["environment"]["NEWSMILL_SOURCES"] == f"{mount['target']}/sources.toml"


def test_redis_keeps_a_log_drops_nothing_and_hides_its_password(services: dict[str, Any]) -> None:
    command = services["redis"]["command"]
    line, *rest = as_run(command)[2].splitlines()
    words = shlex.split(line)
    options = dict(zip(words[3:-1:2], words[4:-1:2], strict=True))
    assert options["--appendonly"] == "yes"
    assert options["--maxmemory-policy"] == "noeviction"
    assert options["--maxmemory"].endswith("mb")
    assert rest[0] == "requirepass $REDISCLI_AUTH"
    assert SECRETS["REDIS_PASSWORD"] not in str(command)


def test_a_worker_has_the_time_and_the_memory_that_it_takes(services: dict[str, Any]) -> None:
    worker = services["worker"]
    assert seconds(worker["stop_grace_period"]) > KILL_AFTER_S + 5
    processes = int(worker["environment"]["NEWSMILL_PROCESSES"]) + 1
    assert int(worker["deploy"]["resources"]["limits"]["memory"]) > processes * RSS_LIMIT
    assert not worker.get("ports")


def test_every_setting_can_be_set_from_outside(services: dict[str, Any]) -> None:
    known = {f"NEWSMILL_{name.upper()}" for name in Settings.model_fields}
    given = {name for name in services["flower"]["environment"] if name.startswith("NEWSMILL_")}
    assert given == known
    passed = model(**SECRETS, NEWSMILL_CONTACT="mailto:desk@news.example")
    assert passed["services"]["worker"]["environment"]["NEWSMILL_CONTACT"] == "mailto:desk@news.example"


def commands() -> list[list[str]]:
    """Return each call of newsmill that the two files make, as words after `newsmill`."""
    found = [as_run(service["command"]) for name, service in model()["services"].items() if name in OURS]
    checks = [service["healthcheck"].get("test", []) for name, service in model()["services"].items() if name in OURS]
    found += [words[2:] for words in checks if words[1:2] == ["newsmill"]]
    found += [
        re.findall(r'"([^"]+)"', words) for words in re.findall(r"^(?:CMD|HEALTHCHECK.* CMD) (\[.*\])$", DOCKERFILE, re.MULTILINE)
    ]
    return [words[1:] if words[0] == "newsmill" else words for words in found]


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_every_call_of_newsmill_in_them_can_be_made(words: list[str]) -> None:
    name, *arguments = words
    command: click.Command = import_module(COMMANDS[name][0]).command
    command.make_context(name, arguments).close()


def test_hadolint_finds_nothing_in_the_dockerfile() -> None:
    program = shutil.which("hadolint", path=str(Path(sys.executable).parent))
    if program is None:
        absent("hadolint", "install the development requirements (make install-dev)")
    done = subprocess.run([program, "--no-color", "-"], input=DOCKERFILE, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_image_runs_as_nobody_of_the_host_and_hears_term() -> None:
    last = DOCKERFILE[DOCKERFILE.rindex("FROM ") :]
    assert re.search(r"^USER 10001:10001$", last, re.MULTILINE)
    assert 'ENTRYPOINT ["newsmill"]' in last
    assert "STOPSIGNAL SIGTERM" in last
    assert "VOLUME /var/lib/newsmill" in last
    assert "pip" not in last


def test_the_image_gets_what_it_copies_and_neither_data_nor_secrets() -> None:
    first, *others = [line for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line[:1] in "*!"]
    assert first == "*"
    let_in = {line[1:] for line in others if line[0] == "!"}
    copied = {
        source.removeprefix("./")
        for words in re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
        for source in words.split()
    }
    assert copied == let_in
    assert not {".env", "tests", ".git", "demo-home"} & copied


def test_the_guide_names_every_secret_and_volume() -> None:
    for name in (*SECRETS, *model()["volumes"]):
        assert name in DEPLOY
