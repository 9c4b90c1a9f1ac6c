"""`newsmill pause`, `resume` and `cancel`, and what other commands say of a paused job."""

import json
import shlex

import pytest

from tasks.cli import cancel as cancel_module
from tasks.cli.summary import Summary
from tests.building import Stacks, image, news
from tests.unit.tasks.cli.conftest import Newsmill
from worker.models import Form, Source, State
from worker.store import claims
from worker.store.crawls import note_job
from worker.store.following import standings
from worker.store.transaction import transaction

NAMES = ("pause", "resume", "cancel")
URL = "https://a.example/1"


@pytest.fixture
def busy(stacks: Stacks) -> int:
    """Three URLs of the job `politics` are pending, and the late image of a stored one; one more is in flight."""
    stacks.store(news(URL, images=(image("https://img.example/a.png"),)), job="politics")
    ids = [stacks.accept(f"https://a.example/{n}", job="politics") for n in (2, 3, 4, 5)]
    with transaction(stacks.engine) as tx:
        assert claims.claim(tx, ids[0], owner="p", alone=False) is not None
    stacks.accept("https://a.example/9", job="sport")
    return ids[0]


def standing(call: Newsmill, job: str = "politics") -> dict[str, object]:
    values: dict[str, object] = json.loads(call("status", job, "--json").stdout)
    return values


@pytest.mark.parametrize("name", NAMES)
def test_a_job_that_nobody_ever_saw_is_a_sentence_with_the_names_there_are(call: Newsmill, busy: int, name: str) -> None:
    result = call(name, "polities")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "There is no job 'polities'. There are: politics, sport." in result.stderr


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_ledger_says_so(call: Newsmill, name: str) -> None:
    assert "There is none yet." in call(name, "politics").stderr


def test_only_a_few_of_many_names_are_told(call: Newsmill, stacks: Stacks) -> None:
    for n in range(23):
        stacks.accept(f"https://a.example/{n}", job=f"job{n:02}")
    assert "job19 and 3 more." in call("pause", "job99").stderr


def test_pausing_and_resuming_say_what_waits(call: Newsmill, busy: int) -> None:
    said = call("pause", "politics").stdout
    assert "politics is paused: 3 URLs and the late images of 1 article will wait until `newsmill resume politics`." in said
    assert "1 in flight ends by itself." in said
    assert "politics is running: 3 URLs and the late images of 1 article had waited." in call("resume", "politics").stdout


def test_the_command_that_is_told_works_for_any_name(call: Newsmill, stacks: Stacks) -> None:
    stacks.accept("https://a.example/1", job="-l'été")
    said = call("pause", "--", "-l'été").stdout
    told = shlex.split(said.partition("`newsmill ")[2].partition("`.")[0])
    assert "is running: 1 URL had waited." in call(*told).stdout


def test_pausing_once_more_parks_nothing_more(call: Newsmill, busy: int) -> None:
    first, second = (json.loads(call("pause", "politics", "--json").stdout) for _ in range(2))
    assert first == {"job": "politics", "standing": "paused", "urls": 3, "images": 1, "listings": 0, "in_flight": 1}
    assert (second["standing"], second["urls"], second["images"]) == ("paused", 0, 0)
    assert json.loads(call("resume", "politics", "--json").stdout)["urls"] == 3


def test_status_shows_which_job_is_paused_and_no_time_for_it(call: Newsmill, busy: int) -> None:
    call("pause", "politics")
    values = standing(call)
    assert (values["standing"], values["pending"], values["next_due_s"], values["oldest_due_s"]) == ("paused", 3, None, None)
    assert standing(call, "sport")["standing"] == "running"
    for said in (call("status").stdout, call("status", "politics").stdout):
        assert "politics (paused)" in said
        assert "politics is paused: `newsmill resume politics` lets it go on" in said
    assert "paused" not in call("status", "sport").stdout


def test_enqueueing_into_a_paused_job_says_so(call: Newsmill, stacks: Stacks, busy: int) -> None:
    call("pause", "politics")
    result = call("enqueue", "--job", "politics", "https://a.example/10", "--json")
    assert json.loads(result.stdout)["accepted"] == 1
    assert "The job 'politics' is paused: its URLs wait until `newsmill resume politics`." in result.stderr
    assert "is paused" not in call("enqueue", "--job", "sport", "https://a.example/11").stderr
    assert json.loads(call("resume", "politics", "--json").stdout)["urls"] == 4


def test_the_summary_of_a_run_says_why_a_url_waits(call: Newsmill, stacks: Stacks, capsys: pytest.CaptureFixture[str]) -> None:
    url_id = stacks.accept(URL, job="run")
    call("pause", "run")
    with stacks.engine.connect() as connection:
        found = standings(connection, [url_id])
    summary = Summary(found.values())
    summary.tell()
    said = capsys.readouterr().out
    assert f"{URL} pending, its job is paused: `newsmill resume run` goes on with it" in said
    assert "due in" not in said
    assert summary.values()["missing"] == [
        {"url": URL, "state": "pending", "cause": None, "detail": None, "next_at": None, "asked": True}
    ]


def test_a_name_is_quoted_as_the_shell_wants_it(call: Newsmill, stacks: Stacks) -> None:
    stacks.accept(URL, job="local news")
    assert "`newsmill resume 'local news'`" in call("pause", "local news").stdout


def test_cancelling_counts_what_it_drops_and_says_how_to_have_it_after_all(call: Newsmill, busy: int) -> None:
    said = call("cancel", "politics").stdout
    assert "politics is cancelled: 3 URLs and the late images of 1 article dropped." in said
    assert "1 in flight ends with this try." in said
    assert standing(call)["cancelled"] == 3
    assert "newsmill retry --job politics --cause cancelled" in said
    assert "3 are asked for once more." in call("retry", "--job", "politics", "--cause", "cancelled").stdout
    assert (standing(call)["pending"], standing(call)["cancelled"]) == (3, 0)


def test_cancelling_for_programs(call: Newsmill, busy: int) -> None:
    counts = json.loads(call("cancel", "politics", "--json").stdout)
    assert counts == {"job": "politics", "standing": "cancelled", "urls": 3, "images": 1, "listings": 0, "in_flight": 1}
    assert json.loads(call("cancel", "politics", "--json").stdout)["urls"] == 0
    assert standing(call, "sport")["pending"] == 1


@pytest.mark.parametrize(("arguments", "dropped"), [((), 0), (("--yes",), 3)])
def test_on_a_terminal_it_asks_first(
    call: Newsmill, busy: int, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], dropped: int
) -> None:
    monkeypatch.setattr(cancel_module, "on_terminal", lambda: True)
    result = call("cancel", "politics", *arguments, stdin=b"n\n")
    assert ("Drop 3 pending URLs of politics? [y/N]" in result.stderr) is (not arguments)
    assert result.exit_code == (0 if dropped else 1)
    assert standing(call)["cancelled"] == dropped


def test_a_batch_of_which_nothing_waits_is_not_asked_about(
    call: Newsmill, stacks: Stacks, monkeypatch: pytest.MonkeyPatch
) -> None:
    stacks.store(news(URL), job="politics")
    monkeypatch.setattr(cancel_module, "on_terminal", lambda: True)
    result = call("cancel", "politics")
    assert (result.exit_code, result.stderr) == (0, "")


@pytest.mark.parametrize(
    ("pending", "asked"),
    [(0, "Stop crawl job courier? [y/N]"), (1, "Stop crawl job courier, and drop its 1 pending URL? [y/N]")],
)
def test_a_crawl_job_is_asked_about_since_its_timetable_stops_too(
    call: Newsmill, stacks: Stacks, monkeypatch: pytest.MonkeyPatch, pending: int, asked: str
) -> None:
    with transaction(stacks.engine) as tx:
        note_job(tx, "courier", Source(form=Form.FEED, url="https://news.example/feed.xml"))
    for n in range(pending):
        stacks.accept(f"https://a.example/{n}", job="courier")
    monkeypatch.setattr(cancel_module, "on_terminal", lambda: True)
    result = call("cancel", "courier", stdin=b"n\n")
    assert (result.exit_code, asked in result.stderr) == (1, True)
    assert standing(call, "courier")["standing"] == "running"


def test_the_one_in_flight_ends_by_itself(call: Newsmill, stacks: Stacks, busy: int) -> None:
    call("cancel", "politics")
    with transaction(stacks.engine) as tx:
        assert claims.crashed(tx, owner="p") == 1
    assert (standing(call)["cancelled"], standing(call)[State.IN_FLIGHT]) == (4, 0)
