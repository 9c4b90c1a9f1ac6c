"""The scorer counts what it says it counts."""

from typing import Any

import pytest

from tests.accuracy.comparing import day, fold, names, overlap, picture, same_caption, tokens
from tests.accuracy.score import folds, score
from tests.accuracy.tables import mean_of

GOLD: dict[str, Any] = {
    "id": "a",
    "url": "https://news.example/a",
    "text": "The ferry runs again since Monday morning, and the council is glad.",
    "title": "A “ferry” runs",
    "authors": ["Ada Byron", "Bo Li"],
    "date": "2026-03-04",
    "images": [["https://i.example/large/harbour-ferry-1200x800.jpg", "https://i.example/small/harbour-ferry.jpg"], "https://i.example/2.jpg"],
    "lead_image": "https://i.example/large/harbour-ferry-1200x800.jpg",
    "captions": ["The ferry at noon.", "The mayor, in March."],
}  # fmt: skip
RIGHT = {
    **GOLD,
    "images": ["https://cdn.example/harbour-ferry.jpg", "https://i.example/2.jpg"],
    "captions": ["The ferry at noon. Photo: B. Smith/AP", "The mayor in March"],
}  # fmt: skip


def table(said: dict[str, Any], gold: dict[str, Any] = GOLD) -> dict[str, Any]:
    return score([gold], [said]).table()


def test_an_answer_that_is_the_gold_is_right_in_every_column() -> None:
    columns = table(RIGHT)
    assert {name for name, value in columns.items() if value != 1} == {"refused"}
    assert set(columns) >= {"F1", "title=", "title~", "date=", "authF1", "lead", "imgR", "imgP", "capR"}


def test_a_page_without_an_answer_counts_as_an_empty_one() -> None:
    columns = score([GOLD], []).table()
    assert columns["rec"] == columns["title~"] == columns["date="] == columns["authF1"] == columns["capR"] == 0


def test_a_caption_bound_to_another_image_is_not_bound() -> None:
    assert table({**RIGHT, "captions": RIGHT["captions"][::-1]})["capR"] == 0
    assert table({**RIGHT, "captions": ["", RIGHT["captions"][1]]})["capR"] == 0.5


def test_any_image_will_do_where_the_gold_does_not_say_which() -> None:
    gold = {**GOLD, "captions": GOLD["captions"][:1]}
    assert table({**RIGHT, "captions": ["", "The ferry at noon."]}, gold)["capR"] == 1


def test_too_many_images_cost_precision_and_missing_ones_recall() -> None:
    columns = table({**RIGHT, "images": ["https://i.example/2.jpg", "https://ads.example/banner-1.gif"]})
    assert (columns["imgR"], columns["imgP"]) == (0.5, 0.5)


def test_a_page_said_to_be_no_article_is_counted() -> None:
    assert table({**RIGHT, "reason": "a list"})["refused"] == 1


def test_snippets_that_should_not_be_there_cost_precision() -> None:
    columns = table(
        {"id": "a", "text": "wanted  here, menu"}, {"id": "a", "with": ["wanted here"], "without": ["menu", "footer"]}
    )
    assert columns["with"] == 1
    assert columns["snipF1"] == pytest.approx(2 / 3)
    assert columns["snipAcc"] == pytest.approx(2 / 3)


def test_the_mean_over_folds_weighs_each_fold_the_same() -> None:
    golds = [{"id": str(n), "url": f"https://{host}.example/{n}", "title": "t"} for n, host in enumerate("abcccccc")]
    parts = folds(golds, [{"id": "0", "title": "t"}, {"id": "1", "title": "t"}])
    assert sum(part.get("pages", 0) for part in parts) == len(golds)
    figures = [part["title~"] for part in parts if part]
    assert mean_of(parts, "title~") == pytest.approx(sum(figures) / len(figures))


def test_han_characters_are_tokens_and_shingles_weigh_pages_alike() -> None:
    assert tokens("渡船 runs 3") == ["渡", "船", "runs", "3"]
    right, wrong, missed = overlap(["a"] * 100, ["a"] * 50)
    assert right + wrong + missed == pytest.approx(1)
    assert wrong == 0


def test_names_days_and_titles_are_compared_without_their_dress() -> None:
    assert names("Ada Byron and Bo Li") == names(["ADA BYRON", "Bo  Li"])
    assert day("2026-03-04T23:00:00Z") == day("2026/3/4 x")
    assert day("2026-13-01") is None
    assert fold("A “Ferry”, runs!") == fold("a ferry runs")


def test_addresses_of_one_picture_are_known_as_one() -> None:
    first = picture("https://cdn.example/resize?url=https%3A%2F%2Fi.example%2Fpics%2Fferry-at-noon.jpg&w=300")
    assert first & picture("https://i.example/pics/ferry-at-noon.jpg")
    assert not picture("https://i.example/a/1.jpg") & picture("https://i.example/b/1.jpg")
    assert picture("http://[") == set()


def test_a_caption_is_the_same_with_a_credit_and_not_with_another_sentence() -> None:
    assert same_caption("The ferry at noon.", "The ferry at noon (Photo: AP)")
    assert not same_caption("The ferry at noon.", "The mayor of the town at his desk")
    assert not same_caption("The ferry", "")
