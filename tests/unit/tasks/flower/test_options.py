"""Which options Flower starts with, and whom it lets in."""

from collections.abc import Iterator

import pytest
from flower.options import options

from config.settings import Settings
from tasks.flower.options import configure, is_guarded, is_this_machine, prefix


@pytest.fixture(autouse=True)
def _options_as_before() -> Iterator[None]:
    before = {name: value for name, value in options.as_dict().items() if name != "help"}
    yield
    for name, value in before.items():
        setattr(options, name, value)


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FLOWER_BASIC_AUTH", "FLOWER_PORT", "FLOWER_ADDRESS", "FLOWER_URL_PREFIX", "FLOWER_UNAUTHENTICATED_API"):
        monkeypatch.delenv(name, raising=False)


def chosen(auth: str | None = None, *, read_only: bool = False) -> Settings:
    return Settings(flower_auth=auth, flower_read_only=read_only)


def test_without_a_password_it_listens_on_this_machine_only_and_has_no_buttons() -> None:
    configure(chosen(), port=None, address=None)
    assert (options.address, options.port) == ("127.0.0.1", 5555)
    assert options.read_only
    assert not is_guarded()


@pytest.mark.parametrize("address", ["0.0.0.0", "", "192.0.2.7", "::", "news.example"])
def test_without_a_password_any_other_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="NEWSMILL_FLOWER_AUTH=user:password"):
        configure(chosen(), port=None, address=address)


def test_an_address_by_flowers_own_variable_is_refused_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLOWER_ADDRESS", "0.0.0.0")
    with pytest.raises(ValueError, match=r"not on 0\.0\.0\.0"):
        configure(chosen(), port=None, address=None)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.9", "::1", "localhost"])
def test_this_machines_own_addresses_need_no_password(address: str) -> None:
    configure(chosen(), port=None, address=address)
    assert options.address == address


@pytest.mark.parametrize("host", ["[::1]", "127.0.0.1", "localhost"])
def test_a_url_means_this_machine_by_these_hosts(host: str) -> None:
    assert is_this_machine(host)


@pytest.mark.parametrize(
    "host", ["", "[", "[]", "localhost.", "localhost.evil.example", "127.1", "0.0.0.0", "[::ffff:192.0.2.7]"]
)
def test_a_url_may_mean_another_by_these_hosts(host: str) -> None:
    assert not is_this_machine(host)


def test_with_a_password_it_may_listen_everywhere_but_does_so_only_when_told() -> None:
    configure(chosen("ada:s3cret:word"), port=None, address=None)
    assert options.address == "127.0.0.1"
    configure(chosen("ada:s3cret:word"), port=80, address="0.0.0.0")
    assert (options.address, options.port, options.basic_auth) == ("0.0.0.0", 80, ["ada:s3cret:word"])
    assert not options.read_only


def test_read_only_takes_the_buttons_away() -> None:
    configure(chosen("ada:s3cret", read_only=True), port=None, address=None)
    assert options.read_only


@pytest.mark.parametrize("auth", ["ada", "ada:", ":s3cret", ":", "", "ada:s3crét", "ada:s3cret\n"])
def test_a_malformed_password_is_refused_without_being_repeated(auth: str) -> None:
    with pytest.raises(ValueError, match="NEWSMILL_FLOWER_AUTH: write it as user:password") as refused:
        configure(chosen(auth), port=None, address=None)
    assert "s3cr" not in str(refused.value)


def test_flowers_own_variables_work_and_ours_win(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLOWER_PORT", "6001")
    monkeypatch.setenv("FLOWER_URL_PREFIX", "ops/flower/")
    monkeypatch.setenv("FLOWER_BASIC_AUTH", "bob:theirs")
    configure(chosen(), port=None, address="0.0.0.0")
    assert (options.port, options.basic_auth, prefix()) == (6001, ["bob:theirs"], "/ops/flower")
    configure(chosen("ada:ours"), port=6002, address=None)
    assert (options.port, options.basic_auth) == (6002, ["ada:ours"])


@pytest.mark.parametrize(("name", "value"), [("FLOWER_PORT", "many"), ("FLOWER_NATURAL_TIME", "perhaps")])
def test_a_variable_that_cannot_be_used_is_a_sentence(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ValueError, match="FLOWER_… variable cannot be used"):
        configure(chosen(), port=None, address=None)


def test_columns_show_the_url_and_the_outcome() -> None:
    configure(chosen(), port=None, address=None)
    assert {"state", "args", "result", "received", "runtime", "worker", "name"} <= set(options.tasks_columns.split(","))
    assert options.max_tasks == 20_000
