"""The short form of `make fuzz`: our own pages, damaged in always the same ways."""

import pytest

from tests.fuzz.cases import corpus, judge, run
from tests.fuzz.checks import OverBudget, timed

CASES_A_TEST = 60
OURS = corpus([])


@pytest.mark.parametrize("first", range(0, 5 * CASES_A_TEST, CASES_A_TEST))
def test_damaged_pages_are_read_without_a_fault(first: int) -> None:
    outcomes = [run(seed, OURS) for seed in range(first, first + CASES_A_TEST)]
    assert [(outcome.seed, outcome.name, outcome.fault) for outcome in outcomes if outcome.fault] == []


def test_the_pages_as_they_are_have_no_fault_either() -> None:
    for name, url, page in OURS.pages:
        assert judge(page, seed=0, name=name, url=url, mutations=[], renderings=True).fault == ""


def test_a_case_is_the_same_every_time() -> None:
    assert run(7, OURS).page == run(7, OURS).page


def test_a_page_over_its_budget_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(html: str, *, url: str, fetched_at: float) -> None:
        while True:
            pass

    monkeypatch.setattr("tests.fuzz.checks.BUDGET_S", 0.05)
    monkeypatch.setattr("tests.fuzz.checks.extract", endless)
    with pytest.raises(OverBudget):
        timed("<p>a", "")
    assert "budget" in judge(b"<p>a", seed=0, name="a", url="", mutations=[], renderings=False).fault
