"""Score whole bodies fold by fold, each with the forest that has not seen the fold's sites.

    python tests/accuracy/train_body.py folds EXAMPLES.jsonl FORESTS_DIR      # see there
    python tests/accuracy/held_out.py SETS_DIR FORESTS_DIR [SET...]

Prints body F1 (of the snippets where a set has no text) for each fold, and the mean.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))  # run as a script, from anywhere

from tests.accuracy.pages import FOLDS, fold_of, pages_of
from tests.accuracy.predict import predict
from tests.accuracy.score import Score
from worker.extract import weighing
from worker.extract.decode import decode
from worker.extract.forest import read_forest

SETS = ("fundus_dev", "wcxb_dev_article", "magic_article", "zh_handmade", "trafilatura", "mozilla")


def main(sets: Path, forests: Path, names: list[str]) -> None:
    """Print a line for each set."""
    scores = {name: [Score() for _ in range(FOLDS)] for name in names}
    for fold in range(FOLDS):
        forest = read_forest((forests / f"fold{fold}.json").read_text(encoding="utf-8"))
        weighing.the_forest.cache_clear()
        weighing._evidence.cache_clear()
        weighing.the_forest = lambda forest=forest: forest  # type: ignore[assignment]
        for name in names:
            for gold, body in pages_of(sets / name):
                if fold_of(gold) == fold:
                    html = decode(body, content_type=None).text
                    scores[name][fold].page(gold, predict(html, url=gold.get("url") or ""))
        weighing.the_forest = THE_FOREST
    for name, folds in scores.items():
        held = [float(row.get("F1") or row.get("snipF1") or 0.0) for row in (score.table() for score in folds)]
        print(f"{name:18} mean {sum(held) / FOLDS:.4f}, by fold {' '.join(f'{value:.3f}' for value in held)}")


THE_FOREST = weighing.the_forest

if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:] or list(SETS))
