"""Damage pages at random for a while and let the extractor read them: `make fuzz`.

    python -m tests.fuzz [--seconds 600] [--seed N] [--cases N] [--out DIR] [DATA_DIR...]

Each case has a seed of its own, counted up from the one printed: `--seed N --cases 1` runs one again (over the same
folders). What raises, takes too long or gives a wrong document is written to DIR as N.html, with N.txt saying what is
wrong. Folders of saved pages (gold.jsonl and pages/) are taken beside our own fixtures. Exits 1 when anything was found.
"""

import argparse
import faulthandler
import random
import re
import resource
import sys
import time
from collections import Counter
from pathlib import Path

from tests.fuzz.cases import Outcome, corpus, run

HANGS_S = 120  # wall, in code that hears no signal: far over any page's budget on a busy machine
REPORT_S = 60
MOST_OF_A_KIND = 20  # findings that are written: more of the same say no more


def main() -> int:
    """Run cases until the time is up."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=random.randrange(10**9))
    parser.add_argument("--cases", type=int, default=None)
    parser.add_argument("--out", type=Path, default=Path("fuzz-findings"))
    parser.add_argument("data", type=Path, nargs="*")
    given = parser.parse_args()
    over = corpus(given.data)
    given.out.mkdir(parents=True, exist_ok=True)
    under_way = given.out / "under-way"  # says which case it was when the process dies
    print(f"{len(over.pages)} pages, first seed {given.seed}", flush=True)
    began = said_at = time.monotonic()
    counts: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    for seed in range(given.seed, given.seed + (given.cases or sys.maxsize)):
        now = time.monotonic()
        if now - began > given.seconds:
            break
        if now - said_at > REPORT_S:
            said_at = now
            print(f"{now - began:4.0f} s: {_counted(counts)}", flush=True)
        under_way.write_text(f"{seed}\n")
        faulthandler.dump_traceback_later(HANGS_S, exit=True)
        outcome = run(seed, over)
        faulthandler.cancel_dump_traceback_later()
        counts["pages"] += 1
        counts["suspicious"] += outcome.suspicious
        if outcome.fault:
            counts["faults"] += 1
            kinds[_kind(outcome.fault)] += 1
            if kinds[_kind(outcome.fault)] <= MOST_OF_A_KIND:
                _keep(outcome, given.out)
    under_way.unlink(missing_ok=True)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    last = given.seed + counts["pages"] - 1
    print(f"{time.monotonic() - began:4.0f} s: {_counted(counts)}; seeds {given.seed} to {last}; peak {peak_mb} MB")
    for kind, count in kinds.most_common():
        print(f"  {count} x {kind}")
    return 1 if counts["faults"] else 0


def _kind(fault: str) -> str:
    """Return what the faults of one cause have in common: an exception's name, a complaint without what it quotes."""
    return re.split(r"[:'\"]", fault.strip().splitlines()[-1])[0].strip()


def _counted(counts: Counter[str]) -> str:
    return f"{counts['pages']} pages, {counts['suspicious']} of them for the quarantine, {counts['faults']} faults"


def _keep(outcome: Outcome, folder: Path) -> None:
    (folder / f"{outcome.seed}.html").write_bytes(outcome.page)
    what = f"seed {outcome.seed}\npage {outcome.name}\nurl {outcome.url}\nmutations {', '.join(outcome.mutations)}\n\n{outcome.fault}\n"
    (folder / f"{outcome.seed}.txt").write_text(what, encoding="utf-8", errors="backslashreplace")
    lines = outcome.fault.strip().splitlines()
    print(f"seed {outcome.seed} ({outcome.name}): {lines[-1][:300]}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
