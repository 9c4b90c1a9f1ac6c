import json
from importlib.resources import files

import pytest

from worker.extract.features import NAMES
from worker.extract.forest import EXITS, read_forest

# A split is [feature, threshold, tree if the value is at most that, tree if it is more].
TREES = [[0, 1.5, -0.5, [1, 0.0, 0.25, 1.0]], 0.125]


def forest(trees: object, words: dict[str, float] | None = None) -> str:
    return json.dumps({"trees": trees, "words": words or {}})


@pytest.mark.parametrize(("values", "odds"), [((1.5, 9.0), -0.375), ((2.0, 0.0), 0.375), ((2.0, 0.5), 1.125), ((2, True), 1.125)])
def test_the_answers_of_all_trees_are_added_up(values: tuple[float, ...], odds: float) -> None:
    assert read_forest(forest(TREES)).odds(values) == odds


def test_features_that_no_tree_asks_for_may_stand_in_the_row() -> None:
    assert read_forest(forest(TREES)).odds((1.0, 0.0, 7.0, 8.0)) == -0.375


def test_a_clear_answer_stands_and_an_unclear_one_is_asked_on() -> None:
    first = min(EXITS)
    clear, unclear = [EXITS[first] / first + 0.01] * first, [0.001] * first
    assert read_forest(forest([*clear, -100.0])).odds((0.0,)) > 0
    assert read_forest(forest([*unclear, -100.0])).odds((0.0,)) < 0


def test_the_words_are_as_they_were_written() -> None:
    assert read_forest(forest(TREES, {"promo": -2.5})).words == {"promo": -2.5}


def test_only_numbers_become_code() -> None:
    with pytest.raises((ValueError, TypeError)):
        read_forest(forest([[0, "__import__('os')", 0.0, 1.0]]))
    with pytest.raises((ValueError, TypeError)):
        read_forest(forest([["x", 0.0, 0.0, 1.0]]))


def test_the_forest_that_ships_asks_for_features_that_there_are() -> None:
    data = json.loads(files("worker.extract").joinpath("body.json").read_text(encoding="utf-8"))

    def asked(tree: list[float] | float) -> set[int]:
        return {int(tree[0])} | asked(tree[2]) | asked(tree[3]) if isinstance(tree, list) else set()

    assert set().union(*map(asked, data["trees"])) <= set(range(len(NAMES)))
