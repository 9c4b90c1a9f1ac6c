"""What went wrong, heaped up by cause and host with an example each: for `failures --summary`, and for `retry` beforehand."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from tasks.cli.output import one_line
from worker.models import State
from worker.store.failures import Example, Heap

SHOWN = 10  # hosts of one cause; --json has them all
NO_CAUSE = {State.DEAD: "its process died three times", State.CANCELLED: "by an operator"}
UNTRIED = "not tried yet"

Examples = Mapping[tuple[str, str], Example]


def by_cause(found: Iterable[Heap]) -> Counter[str]:
    """Return how many URLs have each cause."""
    sums = Counter[str]()
    for heap in found:
        sums[heap.cause] += heap.urls
    return sums


def in_words(cause: str) -> str:
    """Return the cause of a heap for people: one that waits for its host's sake has none yet."""
    return UNTRIED if cause == State.PENDING else cause


def values_of_heaps(found: Iterable[Heap], examples: Examples) -> Iterator[dict[str, object]]:
    """Yield each heap for programs."""
    for heap in found:
        one = examples[heap.cause, heap.host]
        example = {"id": one.url_id, "url": one.url, "detail": one.detail}
        yield {"outcome": one.state, "cause": _own(heap.cause), "host": heap.host, "urls": heap.urls, "example": example}


def lines_of_heaps(found: list[Heap], examples: Examples) -> Iterator[str]:
    """Yield the heaps for people: each cause with its hosts, the most first, and below each host an example."""
    for cause, urls in by_cause(found).most_common():
        hosts = [heap for heap in found if heap.cause == cause]
        yield f"{_heading(cause, examples[cause, hosts[0].host].state)}: {urls:,} {'URL' if urls == 1 else 'URLs'}"
        for heap in hosts[:SHOWN]:
            one = examples[cause, heap.host]
            why = f"  ({one_line(one.detail)})" if one.detail else ""
            yield f"{heap.urls:>9,}  {one_line(heap.host)}"
            yield f"{'':>11}e.g. {one_line(one.url)}{why}"
        if rest := hosts[SHOWN:]:
            yield f"{sum(heap.urls for heap in rest):>9,}  of {len(rest):,} more hosts"


def _heading(cause: str, state: State) -> str:
    if cause in NO_CAUSE:
        return f"{cause}: {NO_CAUSE[State(cause)]}"
    return f"{state}: {in_words(cause)}"


def _own(cause: str) -> str | None:
    """Return *cause* unless it is a state that stands in for one."""
    return None if cause in (State.DEAD, State.CANCELLED, State.PENDING) else cause
