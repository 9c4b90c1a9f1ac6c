"""Our extractor and the peers over the same pages in one run: accuracy by our scorer, CPU against the bare parse.

    python -m tests.bench.extract [DATA_DIR] [--sets A B] [--pages N] [--only NAME...] [--speed]

DATA_DIR (or the environment's BENCH_DATA) holds one folder a set: gold.jsonl and pages/. Each extractor runs in a child
process; one that cannot be installed or dies is named and left out. Prints Markdown for BENCHMARKS.md. `--speed` runs
ours alone, each page three times, and tells how the ratio is spread.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.accuracy.pages import gold_of, pages_of
from tests.accuracy.score import score
from tests.accuracy.tables import Row, markdown
from tests.bench.peers import PEERS, NotInstalled, Peer, python_of
from worker.extract.decode import decode

OURS = "newsmill"
COLUMNS = ("F1", "prec", "rec", "snipF1", "title~", "date=", "authF1", "lead", "imgR", "imgP", "refused")
# What a column is made of, where it is not the text.
FIELDS = {
    "title~": ("title",), "date=": ("date",), "authF1": ("authors",), "lead": ("lead_image", "images"), "imgR": ("images",),
    "imgP": ("images",), "refused": ("reason",),
}  # fmt: skip
CHILD_S = 3_600  # wall; the slowest peer takes 0.1 s a page
REPEAT = 3  # of each page for `--speed`
_CHILD = Path(__file__).with_name("extractors.py")


class Died(Exception):
    """The child ended before its pages; the message is its last line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What one extractor said about the pages of a set, and what it took."""

    name: str
    version: str
    peak_mb: float
    said: list[Row]

    @property
    def ratios(self) -> list[float]:
        """CPU of each page it did not fail on, as a multiple of the bare parse of that page; ascending."""
        return sorted(row["cpu_s"] / row["parse_s"] for row in self.said if not row["failed"])

    @property
    def failed(self) -> int:
        """Pages that it raised on."""
        return sum(bool(row["failed"]) for row in self.said)


@contextmanager
def pages_file(folder: Path, most: int | None) -> Iterator[Path]:
    """Write the decoded pages of the set in *folder*, at most *most*, evenly over it, for every child to read."""
    golds = gold_of(folder)
    step = max(1.0, len(golds) / most) if most else 1.0
    wanted = {golds[int(i * step)]["id"] for i in range(int(len(golds) / step))}
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".jsonl") as file:
        for gold, body in pages_of(folder):
            if gold["id"] in wanted:
                page = {"id": gold["id"], "url": gold.get("url") or "", "html": decode(body, content_type=None).text}
                file.write(json.dumps(page) + "\n")
        file.flush()
        yield Path(file.name)


def run(name: str, python: Path, pages: Path, *, repeat: int) -> Ran:
    """Run the extractor *name* with *python* over the pages of a `pages_file`. Raises Died."""
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch) / "said.jsonl"
        command = [str(python), str(_CHILD), name, str(pages), str(out), "--repeat", str(repeat)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=CHILD_S, check=False)
        except subprocess.TimeoutExpired as error:
            raise Died(f"took longer than {CHILD_S} s") from error
        if done.returncode:
            raise Died(f"ended with {done.returncode}: {(done.stderr.strip().splitlines() or ['nothing said'])[-1][:300]}")
        *said, last = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    return Ran(name=name, version=last["version"], peak_mb=last["peak_mb"], said=said)


def percentile(ascending: list[float], share: float) -> float | None:
    """Return the value below which *share* of the values lie, None of none."""
    return ascending[min(len(ascending) - 1, int(share * len(ascending)))] if ascending else None


def times(ratio: float | None) -> str:
    """Return *ratio* as it is written in a table."""
    return "–" if ratio is None else f"{ratio:.1f}"


def compared(folder: Path, extractors: dict[str, Path], pages: int | None) -> str:
    """Return the table of a set, best body first; who was left out is said below it."""
    golds, rows, left_out = gold_of(folder), [], []
    with pages_file(folder, pages) as file:
        for name, python in extractors.items():
            try:
                ran = run(name, python, file, repeat=1)
            except Died as error:
                left_out.append(f"{name}: {error}")
                continue
            read = {row["id"] for row in ran.said}
            table = score([gold for gold in golds if gold["id"] in read], ran.said).table()
            rows.append((ran, {column: figure for column, figure in table.items() if _says(ran, column)}))
            print(f"{folder.name}: {name}, {len(read)} pages", file=sys.stderr)
    rows.sort(key=lambda row: -(row[1].get("F1") or row[1].get("snipF1") or row[1].get("title~") or 0))
    columns = [column for column in COLUMNS if any(column in table for _, table in rows)]
    heading = ["extractor", *columns, "× bare parse, median", "p99", "peak MB", "raised on"]
    cells = [
        [f"**{ran.name}**" if ran.name == OURS else f"{ran.name} {ran.version}", *(table.get(column) for column in columns),
         times(percentile(ran.ratios, 0.5)), times(percentile(ran.ratios, 0.99)), f"{ran.peak_mb:.0f}", str(ran.failed)]
        for ran, table in rows
    ]  # fmt: skip
    count = len(rows[0][0].said) if rows else 0
    return "\n".join(
        [f"### {folder.name}, {count} pages\n", markdown(heading, cells), *(f"\nLeft out: {one}" for one in left_out)]
    )


def _says(ran: Ran, column: str) -> bool:
    """Return whether the extractor has an answer for *column* at all: no date from one that knows no dates is no 0."""
    return any(row.get(name) for row in ran.said for name in FIELDS.get(column, ("text",)))


def speeds(folders: list[Path], pages: int | None) -> str:
    """Return how long our extractor takes, set by set."""
    rows = []
    for folder in folders:
        with pages_file(folder, pages) as file:
            ran = run(OURS, Path(sys.executable), file, repeat=REPEAT)
        ratios = ran.ratios
        worst = max(ran.said, key=lambda row: row["cpu_s"] / row["parse_s"])
        milliseconds = sorted(row["cpu_s"] * 1000 for row in ran.said)
        figures = [times(percentile(ratios, share)) for share in (0.5, 0.9, 0.99)]
        median = percentile(milliseconds, 0.5)
        rows.append(
            [folder.name, len(ran.said), *figures, f"{times(ratios[-1])} ({worst['id']})", times(median), f"{ran.peak_mb:.0f}"]
        )
        print(f"{folder.name}: {len(ran.said)} pages", file=sys.stderr)
    return markdown(["set", "pages", "× bare parse, median", "p90", "p99", "worst", "ms, median", "peak MB"], rows)


def main() -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, nargs="?", default=os.environ.get("BENCH_DATA") or None)
    parser.add_argument("--sets", nargs="+", default=None)
    parser.add_argument("--pages", type=int, default=None, help="at most so many of a set, evenly over it")
    parser.add_argument("--only", nargs="+", default=None, choices=[peer.name for peer in PEERS], help="peers to run beside ours")
    parser.add_argument("--speed", action="store_true")
    given = parser.parse_args()
    data = Path(given.data) if given.data else None
    folders = sorted(gold.parent for gold in data.glob("*/gold.jsonl")) if data else []
    folders = [folder for folder in folders if given.sets is None or folder.name in given.sets]
    if not folders:
        print("Where are the pages? Give a folder of sets (each with gold.jsonl and pages/): "
              'make bench-extract DATA=… [SETS="…"], or BENCH_DATA in the environment.', file=sys.stderr)  # fmt: skip
        return 2
    if given.speed:
        print(speeds(folders, given.pages))
        return 0
    extractors = {OURS: Path(sys.executable), **_installed([p for p in PEERS if given.only is None or p.name in given.only])}
    for folder in folders:
        print(compared(folder, extractors, given.pages), end="\n\n", flush=True)
    return 0


def _installed(peers: list[Peer]) -> dict[str, Path]:
    found = {}
    for peer in peers:
        try:
            found[peer.name] = python_of(peer)
        except NotInstalled as error:
            print(f"Left out, cannot be installed: {peer.name}: {error}", flush=True)
    return found


if __name__ == "__main__":
    sys.exit(main())
