"""What the demo shows at its end: a table of the URLs, a tally, and commands to look further."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich import box
from rich.markup import escape
from rich.table import Table

from tests.site.entries import Entry

UNKNOWN = "not stored"
_COLOURS = {"stored": "green", "unchanged": "green", "duplicate": "cyan", "rejected": "yellow", "failed": "red", UNKNOWN: "red"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How one URL of the demo ended; *article* as the contract's article JSON when it leads to one."""

    entry: Entry
    outcome: str
    cause: str | None = None
    article: Mapping[str, Any] | None = None

    @property
    def words(self) -> str:
        """Outcome and cause in one."""
        return f"{self.outcome} ({self.cause})" if self.cause else self.outcome

    @property
    def right(self) -> bool:
        """Whether the catalogue admits it; a refused URL that no list names was at least not stored."""
        return self.entry.admits(self.outcome, self.cause) or (
            self.outcome == UNKNOWN and self.entry.outcome not in {"stored", "duplicate"}
        )


def endings(
    entries: Iterable[Entry], base_url: str, articles: Sequence[Mapping[str, Any]], refused: Sequence[Mapping[str, Any]]
) -> list[Ending]:
    """Match each of *entries* with the *articles* of the store and the *refused* URLs of the ledger, by address."""
    own = {article.get("url"): article for article in articles}
    also = {address: article for article in articles for address in _addresses(article)}
    ended = {row.get("url"): row for row in refused}
    return [_ending(entry, base_url + entry.path, own, also, ended) for entry in entries]


def _addresses(article: Mapping[str, Any]) -> list[str]:
    named = [article.get("final_url"), article.get("canonical_url"), *article.get("aliases", ())]
    return [address for address in named if address]


def _ending(
    entry: Entry,
    url: str,
    own: Mapping[Any, Mapping[str, Any]],
    also: Mapping[str, Mapping[str, Any]],
    ended: Mapping[Any, Mapping[str, Any]],
) -> Ending:
    if url in own:
        return Ending(entry=entry, outcome=own[url].get("outcome") or "stored", article=own[url])
    if url in also:
        return Ending(entry=entry, outcome="duplicate", article=also[url])
    if url in ended:
        row = ended[url]
        return Ending(entry=entry, outcome=row.get("outcome") or row.get("state") or "rejected", cause=row.get("cause"))
    return Ending(entry=entry, outcome=UNKNOWN)


def table(found: Iterable[Ending]) -> Table:
    """Return the table of all endings, articles with their particulars."""
    shown = Table(box=box.SIMPLE_HEAD, header_style="bold", expand=True)
    shown.add_column("Outcome", no_wrap=True, min_width=10)
    shown.add_column("Language", no_wrap=True, min_width=8)
    shown.add_column("Title", overflow="ellipsis", no_wrap=True, ratio=3)
    shown.add_column("Authors", overflow="ellipsis", no_wrap=True, ratio=1)
    shown.add_column("Published", no_wrap=True, min_width=10)
    shown.add_column("Images", justify="right", no_wrap=True, min_width=6)
    for ending in found:
        colour = "red" if not ending.right else _COLOURS.get(ending.outcome, "white")
        shown.add_row(f"[{colour}]{ending.outcome}[/{colour}]", *(escape(cell) for cell in _cells(ending)))
    return shown


def _cells(ending: Ending) -> Iterator[str]:
    article = ending.article
    if article is None:
        yield from ("", f"{ending.cause}: {ending.entry.path}" if ending.cause else ending.entry.path, "", "", "")
        return
    images = article.get("images", ())
    stored = sum(image.get("state") == "stored" for image in images)
    wanted = sum(image.get("state") != "skipped" for image in images)
    yield article.get("language") or ""
    yield article.get("title") or ""
    yield ", ".join(article.get("authors", ()))
    yield (article.get("published_at") or "")[:10]
    yield str(stored) if stored == wanted else f"{stored} of {wanted}"


def tally(status: Mapping[str, Any], took_s: float) -> str:
    """Return the totals of *status* (the contract's `status --json`) in one line."""
    parts = [f"{status[word]} {word}" for word in ("stored", "unchanged", "duplicate", "pending", "dead") if status.get(word)]
    for word in ("rejected", "failed"):
        causes = {cause: count for cause, count in status.get(word, {}).items() if count}
        if causes:
            parts.append(
                f"{sum(causes.values())} {word} ({', '.join(f'{count} {cause}' for cause, count in sorted(causes.items()))})"
            )
    images = status.get("images", {})
    pictures = [f"{images.get('stored', 0)} stored"]
    pictures += [f"{sum(images[word].values())} {word}" for word in ("skipped", "failed") if images.get(word)]
    return f"{status.get('accepted', 0)} URLs: {', '.join(parts)}. Images: {', '.join(pictures)}. In {took_s:.1f} s."


def hints(newsmill: str, home: str, articles: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return commands that show what is in the store, ready to paste; *newsmill* is the command with its settings."""
    lines = [f"{newsmill} list"]
    article = next((article for article in articles if _first_picture(article)), None)
    if article is not None:
        lines.append(f"{newsmill} show {article['id']} --format markdown")
        lines.append(f"{newsmill} image {_first_picture(article)} --to {home}/picture.jpg")
    lines.append(f"{newsmill} export --format markdown --to {home}/export")
    lines.append(f"{newsmill} status")
    return lines


def _first_picture(article: Mapping[str, Any]) -> str | None:
    """Return the SHA-256 of the article's first stored JPEG, None when it has none."""
    images = article.get("images", ())
    return next(
        (image["sha256"] for image in images if image.get("state") == "stored" and image.get("media_type") == "image/jpeg"), None
    )
