"""Every decision on the way to an article, as people read them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tasks.cli.output import one_line

WIDTH = 110  # characters of a value: enough to see what it is
LABEL = 14  # characters of the column that says what is spoken of
SHOWN = 12  # candidates of one fact; --json has all that there are
LEAST = 0.005  # log-odds of a trait that is named: less would read as nothing
BY = {
    "rule": "what the page says of itself, or its lack of text",
    "glance": "a glance at its looks",
    "look": "a closer look at its looks",
}
Values = Mapping[str, Any]


def explain_page(values: Values) -> Iterator[str]:
    """Yield the lines of *values*, as `tasks.cli.explaining` made them."""
    yield from _way(values)
    if "http" in values and "error" in values["http"]:
        return
    if values.get("screen"):
        yield _line("screen", f"suspicious ({values['screen']}): it is read in a process of its own, which names no candidates")
        yield _line("verdict", f"no article: {values['reason']}" if values["reason"] else "an article")
        return
    yield from _rules(values)
    yield from _verdict(values)
    for name, label in (("titles", "title"), ("dates", "date"), ("authors", "authors")):
        yield from _candidates(label, values[name])
    yield from _bodies(values["bodies"])
    yield from _images(values["images"])
    yield _line("next page", values["next_page"] or "none")


def _way(values: Values) -> Iterator[str]:
    """Yield what is known before the page is read."""
    if "canonical_url" in values:
        yield _line("URL", values["canonical_url"])
        yield _line("fingerprint", values["fingerprint"])
        yield _line("ledger", _ledger(values["ledger"]))
    if "robots" in values:
        yield _line("robots.txt", values["robots"])
    http = values.get("http", {})
    if "error" in http:
        yield _line("HTTP", f"{http['error'] or 'later'}: {http['detail']}")
        return
    yield _line("page from", f"{http['from']}, {http['at']}")
    hops = f" after {len(http['hops'])} redirects" if http["hops"] else ""
    status = f"{http['status']}, " if http["status"] else ""
    yield _line("HTTP", f"{status}{http['content_type'] or 'no Content-Type'}, {http['bytes']:,} bytes{hops}")
    if http["final_url"]:
        yield _line("final URL", http["final_url"])
    charset = values["charset"]
    yield _line("charset", f"{charset['charset']}: {charset['why']}")
    if known := values.get("known_as"):
        yield _line("known as", f"{known['canonical_url'] or 'nothing'}: {known['why']}")
        if known["declared"] and known["declared"] != known["canonical_url"]:
            yield _line("", f"declared: {known['declared']}")


def _ledger(stands: Values | None) -> str:
    if stands is None:
        return "never accepted"
    said: str = stands["state"].replace("_", " ") + (f", {stands['cause']}" if stands["cause"] else "")
    said += f", job {stands['job']}, {stands['tries']} tries charged"
    if stands["paused"]:
        said += ", paused"
    elif stands["next_at"]:
        said += f", due {stands['next_at']}"
    if stands["article_id"] is not None:
        said += f", article {stands['article_id']}"
    return said + (f"; {stands['detail']}" if stands["detail"] else "")


def _rules(values: Values) -> Iterator[str]:
    missed = values["quality"].get("site_rule_missed", [])
    gone = f"; not there: {', '.join(missed)}" if missed else ""
    yield _line("site rules", f"{values['site_rule']}{gone}" if values["site_rule"] else "none for this page")


def _verdict(values: Values) -> Iterator[str]:
    yield _line("verdict", f"no article: {values['reason']}" if values["reason"] else "an article")
    one = values["verdict"]
    yield _line("", f"by {BY[one['by']]}{_odds(one)}")
    weighty = [trait for trait in one["traits"][:SHOWN] if abs(trait["added"]) >= LEAST]
    looks = [f"{trait['name']} {trait['value']:.3g} ({trait['added']:+.2f})" for trait in weighty]
    if looks:
        yield _line("", f"log-odds against it: {', '.join(looks)}")


def _odds(verdict: Values) -> str:
    if verdict["probability"] is None:
        return ""
    return f", no article with probability {verdict['probability']:.3f} (refused from {verdict['threshold']:.3f})"


def _candidates(label: str, found: Sequence[Values]) -> Iterator[str]:
    if not found:
        yield _line(label, "nothing was found")
    for n, one in enumerate(found[:SHOWN]):
        mark = "→" if one["chosen"] else " "
        why = f"  ({one_line(one['why'])})" if one["why"] else ""
        yield _line(label if n == 0 else "", f"{mark} {_clipped(one['value'])}  [{one_line(one['source'])}]{why}")
    if (more := len(found) - SHOWN) > 0:
        yield _line("", f"  … and {more:,} more (--json has all)")


def _bodies(found: Sequence[Values]) -> Iterator[str]:
    """Yield a line for each box that might hold the story."""
    lines = []
    for one in found:
        source = f"prose {one['prose']:,}, {one['linked']:.0%} in links, score {one['score']:,.0f}"
        lines.append({"value": one["path"], "source": source, "chosen": one["chosen"], "why": one["why"]})
    yield from _candidates("body", lines)


def _images(found: Sequence[Values]) -> Iterator[str]:
    """Yield a line for each picture, those of the article first."""
    lines = []
    for one in sorted(found, key=lambda one: not (one["kept"] or one["lead"])):
        best = next((address for address in one["addresses"] if address["chosen"]), next(iter(one["addresses"]), None))
        attribute = f", {best['source']}" if best is not None and best["source"] != one["source"] else ""
        lines.append(
            {
                "value": best["value"] if best is not None else "no address",
                "source": one["source"] + attribute,
                "chosen": one["kept"] or one["lead"],
                "why": "; ".join(filter(None, ("the lead image" if one["lead"] else "", one["why"]))),
            }
        )
    yield from _candidates("images", lines)


def _line(label: str, said: object) -> str:
    text = said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)
    return f"{label:<{LABEL}}{one_line(text)}"


def _clipped(text: str) -> str:
    line = one_line(text)
    return line if len(line) <= WIDTH else f"{line[: WIDTH - 1]}…"
