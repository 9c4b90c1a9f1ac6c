"""Run the extractor over every set of pages and hold its figures against the goals.

    python tests/accuracy/report.py DATA_DIR [--keep DIR] [--again DIR]

DATA_DIR holds one folder a set (gold.jsonl and pages/). Prints Markdown: the goals with the figure over the whole set,
the mean over the folds by domain, which is what a goal asks for, and the fold that was held out; then everything that
was measured, set by set. `--keep` writes the predictions there, `--again` scores those of an earlier run.
"""

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))  # run as a script, from anywhere

from tests.accuracy.goals import GOALS, NO_ARTICLES, REFUSED_ARTICLES, Goal
from tests.accuracy.pages import FOLDS, gold_of
from tests.accuracy.predict import predictions
from tests.accuracy.score import folds, lines_of, score
from tests.accuracy.tables import Row, markdown, mean_of, table_text

HELD_OUT = FOLDS - 1  # no rule is made by looking at its pages


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """The figures of one set: whole, and fold by fold; *kinds* by the kind of page, where the gold tells."""

    name: str
    whole: Row
    parts: list[Row]
    kinds: dict[str, Row]


def measure(folder: Path, said: list[Row]) -> Measured:
    """Return the figures of the predictions *said* on the set in *folder*."""
    golds = gold_of(folder)
    kinds = sorted({gold["page_type"] for gold in golds if gold.get("page_type")})
    by_kind = {kind: score([gold for gold in golds if gold.get("page_type") == kind], said).table() for kind in kinds}
    return Measured(
        name=folder.name,
        whole=score(golds, said).table(),
        parts=folds(golds, said),
        kinds=by_kind if len(kinds) > 1 else {},
    )


def goals_table(sets: dict[str, Measured]) -> str:
    """Return how far each goal is reached, as Markdown."""
    articles = [name for name in sets if name != NO_ARTICLES]
    goals = [*GOALS, *(Goal("articles refused", name, "refused", REFUSED_ARTICLES, most=True) for name in articles)]
    rows = [_goal_row(goal, sets[goal.set]) for goal in goals if goal.set in sets]
    return markdown(["field", "set", "goal", "whole", "mean of folds", "fold held out", ""], rows)


def _goal_row(goal: Goal, measured: Measured) -> list[object]:
    figure = mean_of(measured.parts, goal.column)
    if goal.goal is None or figure is None:
        wanted, verdict = "–", ""
    else:
        wanted = f"{'<' if goal.most else '≥'} {goal.goal:.3f}".replace("0.", ".")
        verdict = "yes" if goal.met(figure) else f"{figure - goal.goal:+.3f}".replace("0.", ".")
    held_out = measured.parts[HELD_OUT].get(goal.column)
    return [goal.field, goal.set, wanted, measured.whole.get(goal.column), figure, held_out, verdict]


def everything(sets: dict[str, Measured]) -> str:
    """Return all columns of all sets, and of the kinds of page inside a set, as text."""
    rows = []
    for measured in sets.values():
        rows.append({"name": measured.name, **measured.whole})
        rows += [{"name": f"  {kind}", **table} for kind, table in measured.kinds.items()]
    return table_text("", rows)


def main() -> int:
    """Print the report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--again", type=Path)
    given = parser.parse_args()
    folders = sorted(gold.parent for gold in given.data.glob("*/gold.jsonl"))
    if not folders:
        print(f"{given.data} holds no set: a folder with gold.jsonl and pages/.", file=sys.stderr)
        return 2
    sets = {}
    for folder in folders:
        said = lines_of(given.again / f"{folder.name}.jsonl") if given.again else list(predictions(folder))
        if given.keep:
            given.keep.mkdir(parents=True, exist_ok=True)
            lines = (json.dumps(prediction, ensure_ascii=False) for prediction in said)
            (given.keep / f"{folder.name}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
        sets[folder.name] = measure(folder, said)
        print(f"{folder.name}: {len(said)} pages", file=sys.stderr)
    print(goals_table(sets), everything(sets), sep="\n\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
