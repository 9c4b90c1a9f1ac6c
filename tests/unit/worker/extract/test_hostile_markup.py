"""Markup made to slip past the look at a page, or to make that look itself slow or large."""

import time
import tracemalloc

import pytest

from worker.extract.screen import DEEPEST, MOST_TAGS, suspicion

LOOK_S = 1.0  # of processor time for the largest page; an ordinary one takes two milliseconds

SLIPPING_PAST = {
    "end tags that a border makes void": "<div><object></div></object>" * 5_000,
    "end tags that a table makes void": "<div><table></div></table>" * 5_000,
    "blocks that outlive the bold around them": "<b><div></b>" * 5_000,
    "end tags in advance": "".join(f"</x{n}>" * 400 + f"<x{n}>" * 400 for n in range(20)),
    "a long page deep inside": "<ul>" * (DEEPEST - 1) + "<p>x" * 20_000,
}


@pytest.mark.parametrize("name", SLIPPING_PAST)
def test_depth_that_end_tags_only_seem_to_undo_is_suspected(name: str) -> None:
    assert suspicion(SLIPPING_PAST[name]) == "deep nesting"


HEAVY = {
    "every tag of another name": "".join(f"<x{n}></x{n}>" for n in range(MOST_TAGS // 2)),
    "end tags of what is far away": "<div>" * 400 + "<x>" + "</y>" * (MOST_TAGS - 500),
    "quotation marks": "<a " + "\"'\"'" * 1_000_000,
    "quoted nothings": "<a " + '""' * 2_000_000 + ">",
    "attributes without a value": "<a " + "=" * 5_000_000,
    "blanks": "<a" + " " * 5_000_000 + ">",
    "tags that never end": "<a " * (MOST_TAGS - 1),
    "values that never end": "<a x='" * (MOST_TAGS - 1),
    "comments that never end": "<!--" * (MOST_TAGS - 1) + "<p a" + " a" * 1_000,
}


@pytest.mark.parametrize("name", HEAVY)
def test_the_look_itself_takes_little_time_and_memory(name: str) -> None:
    tracemalloc.start()
    try:
        suspicion(HEAVY[name])
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 60_000_000
    began = time.process_time()
    suspicion(HEAVY[name])
    assert time.process_time() - began < LOOK_S
