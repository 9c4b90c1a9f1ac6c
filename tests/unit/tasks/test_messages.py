"""From a URL as somebody brings it to the message that asks for it: its host can be told at every step."""

import pytest

from tasks.intake import Intake, Line, _candidate
from tasks.publish import shown
from worker.urls import MAX_LENGTH, host_of

LONG = "https://a.example/?" + "&".join(["key=a"] * 320)


@pytest.mark.parametrize(
    "url", [" https://a.example/x ", "https://a.example/x\r\n", LONG, f"https://a.example/{'x' * 1_950}?sig=a"]
)
def test_the_host_of_an_accepted_url_can_be_told_from_its_message(url: str) -> None:
    account = Intake()
    candidate = _candidate(Line(place="argument 1", text=url), account)
    assert candidate is not None
    assert account.invalid == []
    assert host_of(shown(candidate.url)) == candidate.host == "a.example"
    assert host_of(candidate.url) == "a.example"


def test_what_is_shown_is_masked_and_no_longer_than_a_url_may_be() -> None:
    assert "key=a" not in shown(LONG)
    assert len(shown(LONG)) <= MAX_LENGTH
