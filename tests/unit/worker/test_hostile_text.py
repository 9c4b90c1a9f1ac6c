"""Text made to cost Markdown more than its length."""

import time
import tracemalloc

import pytest

from worker.document import Span
from worker.markdown import escape, inline


@pytest.mark.parametrize("mark", ["*", "_", "`", "[", "<", "&", "\\", "~", "|"])
def test_a_long_run_of_one_mark_takes_a_few_times_its_length(mark: str) -> None:
    tracemalloc.start()
    try:
        escape(mark * 1_000_000 + "x")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 30_000_000


def test_a_paragraph_of_very_many_spans_is_written_in_linear_time() -> None:
    spans = (Span("word"), Span("bold", strong=True), Span("x", href="https://a.example/")) * 50_000
    began = time.process_time()
    inline(spans)
    assert time.process_time() - began < 4.0
