"""Train the forest that has the last word on an article's texts, and say what it holds on sites that it was not trained on.

    python tests/accuracy/train_body.py examples SETS_DIR EXAMPLES.jsonl   # with the project's packages: reads the pages
    python tests/accuracy/train_body.py train EXAMPLES.jsonl OUT.json      # with numpy and lightgbm (4.7 was used)
    python tests/accuracy/train_body.py folds EXAMPLES.jsonl FORESTS_DIR   # the same, a forest for each fold held out

SETS_DIR holds folders of saved pages (see pages.py). Where a page's gold has its `text`, a run of text is the article's if
most of its shingles are in it; where the gold has snippets (`with`, `without`), only texts that hold one teach. The folds
hold whole sites; the log odds of words are taken without the fold that they are evidence for. OUT.json is what
worker/extract/body.json holds.
"""

import json
import math
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))  # run as a script, from anywhere

from tests.accuracy.comparing import shingles, tokens
from tests.accuracy.pages import FOLDS, fold_of, pages_of, site_of

SETS = {  # and how much a page of each weighs: news most, then what was marked up by hand
    "fundus_dev": 2.0, "magic_article": 1.5, "mozilla": 1.0, "zh_handmade": 1.0, "newspaper4k": 1.0, "wcxb_dev_article": 1.0,
    "trafilatura": 1.0,
}  # fmt: skip
FETCHED_AT = 1.8e9  # after every page was saved
SHORTEST_SNIPPET = 7  # characters; a shorter one stands in many texts
SNIPPET_WEIGHT = 0.1  # of a text that holds a snippet, in parts of a page
LEAST_WEIGHT = 0.003  # of any text, in parts of a page: a short line is a line too
MOST_TOKENS = 400  # of one text that count
WORD_SITES = 6  # on so many sites a word must have been seen
WORD_MIN = 0.4  # log odds that are worth keeping
FOREST = {
    "objective": "binary", "num_leaves": 13, "learning_rate": 0.12, "min_data_in_leaf": 40, "lambda_l2": 1.0,
    "feature_fraction": 0.7, "bagging_fraction": 0.8, "bagging_freq": 1, "seed": 1, "num_threads": 2, "verbose": -1,
}  # fmt: skip
TREES = 100

Example = dict[str, Any]


# ---------------------------------------------------------------- examples, with the project's packages


def write_examples(sets: Path, out: Path) -> None:
    """Write one object a page: its set, id, fold, site, and of each text its features, words, label and number of tokens."""
    with out.open("w", encoding="utf-8") as file:
        for name in SETS:
            for gold, body in pages_of(sets / name):
                if (example := _example(gold, body)) is not None:
                    file.write(
                        json.dumps({"set": name, "site": site_of(gold), "fold": fold_of(gold), "gold": known(gold), **example})
                        + "\n"
                    )


def known(gold: dict[str, Any]) -> dict[str, Any]:
    """Return what of *gold* tells of the body."""
    return {key: gold[key] for key in ("id", "text", "with", "without") if key in gold}


def _example(gold: dict[str, Any], body: bytes) -> Example | None:
    from selectolax.lexbor import LexborHTMLParser

    from worker.extract.blocks import collect
    from worker.extract.body import by_rules
    from worker.extract.decode import decode
    from worker.extract.features import features
    from worker.extract.metadata import read_metadata
    from worker.extract.weighing import NOTHING, texts_near

    html = decode(body, content_type=None).text
    tree = LexborHTMLParser(html)
    page = collect(tree)
    meta = read_metadata(tree, page, url=gold.get("url") or "", fetched_at=FETCHED_AT, html=html)
    ruled = by_rules(page, meta)
    if ruled.root is None:
        return None
    texts = texts_near(page, ruled.root, ruled.title, ruled.end)
    kept = frozenset(leaf.index for leaf in ruled.leaves)
    values = features(page, ruled.root, texts, kept, ruled.title, lambda _: NOTHING)
    return {
        "values": [[round(float(value), 4) for value in said] for said in values],
        "words": [_words(leaf.box, ruled.root, texts[0].index) for leaf in texts],
        "labels": list(_labels(gold, [leaf.text for leaf in texts])),
        "texts": [leaf.text for leaf in texts],
        # As `weighed` asks for more or less.
        "sure": [leaf.index in ruled.told or leaf.box.chrome > 0 for leaf in texts],
        "lead": [leaf.index in ruled.lead for leaf in texts],
    }


def _words(box: Any, root: Any, start: int) -> list[str]:
    """Return the words of *box* and of those around it, as far as `features` looks."""
    from worker.extract.features import words_in
    from worker.extract.hints import names

    found: list[str] = []
    while box is not None and box is not root and box.first >= start:
        found += words_in(box.tag, names(box))
        box = box.parent
    return found


def _labels(gold: dict[str, Any], texts: Iterable[str]) -> Iterable[tuple[float, int]]:
    """Yield for each text whether it is the article's (1, 0) and how many tokens it has; 0 tokens teach nothing."""
    if gold.get("text") is not None:
        wanted_tokens = tokens(gold["text"])
        runs_known, whole = set(shingles(wanted_tokens)), f" {' '.join(wanted_tokens)} "
        for text in texts:
            own = tokens(text)
            runs = shingles(own)
            found = sum(run in runs_known for run in runs) / max(1, len(runs)) if len(own) > 3 else f" {' '.join(own)} " in whole
            yield float(found > 0.5), len(own)
        return
    wanted, unwanted = ([" ".join(part.split()) for part in gold.get(key, ())] for key in ("with", "without"))
    for text in texts:
        flat = " ".join(text.split())
        good, bad = (any(len(part) >= SHORTEST_SNIPPET and part in flat for part in parts) for parts in (wanted, unwanted))
        yield float(good), len(flat) if good != bad else 0


# ---------------------------------------------------------------- training, with numpy and lightgbm


def train(examples: Path, out: Path) -> None:
    """Say what the forest holds fold by fold, then train it on all of them."""
    from tests.accuracy.score import Score
    from worker.extract.features import NAMES
    from worker.extract.forest import read_forest
    from worker.extract.weighing import SURE_ODDS

    with examples.open(encoding="utf-8") as lines:
        pages = [json.loads(line) for line in lines]
    slots = NAMES.index("word_mean"), NAMES.index("word_min")
    scores = {name: [Score() for _ in range(FOLDS)] for name in SETS}
    for fold in range(FOLDS):
        forest, words = _fit(pages, [other for other in range(FOLDS) if other != fold], slots)
        for page in (page for page in pages if page["fold"] == fold):
            said = forest.predict(_values(page, words, slots), raw_score=True) if page["values"] else []
            needed = [-math.inf if lead else SURE_ODDS * sure for sure, lead in zip(page["sure"], page["lead"], strict=True)]
            text = "\n".join(text for text, odds, least in zip(page["texts"], said, needed, strict=True) if odds > least)
            scores[page["set"]][fold].page(page["gold"], {"text": text})
    for name, folds in scores.items():
        held = [row.get("F1", row.get("snipF1")) for score in folds if (row := score.table()).get("pages")]
        print(f"{name:18} mean {sum(held) / len(held):.4f}, by fold {' '.join(f'{value:.3f}' for value in held)}")
    forest, words = _fit(pages, list(range(FOLDS)), slots)
    text = _written(forest, words)
    out.write_text(text, encoding="utf-8")
    _check(read_forest(text), forest, pages[:50], words, slots)


def train_folds(examples: Path, out: Path) -> None:
    """Write fold0.json …, each trained without the pages of its fold, for held_out.py."""
    from worker.extract.features import NAMES

    with examples.open(encoding="utf-8") as lines:
        pages = [json.loads(line) for line in lines]
    slots = NAMES.index("word_mean"), NAMES.index("word_min")
    out.mkdir(exist_ok=True)
    for fold in range(FOLDS):
        forest, words = _fit(pages, [other for other in range(FOLDS) if other != fold], slots)
        (out / f"fold{fold}.json").write_text(_written(forest, words), encoding="utf-8")


def _written(forest: Any, words: dict[str, float]) -> str:
    trees = [_tree(tree["tree_structure"]) for tree in forest.dump_model()["tree_info"]]
    return json.dumps({"words": words, "trees": trees}, ensure_ascii=False, separators=(",", ":")) + "\n"


def _fit(pages: Sequence[Example], folds: list[int], slots: tuple[int, int]) -> tuple[Any, dict[str, float]]:
    import lightgbm
    import numpy

    values, labels, weights = [], [], []
    for inner in folds:
        words = _odds(pages, [fold for fold in folds if fold != inner])
        for page in (page for page in pages if page["fold"] == inner):
            good = sum(n for label, n in page["labels"] if label) or 1
            for said, (label, n) in zip(_values(page, words, slots), page["labels"], strict=True):
                if n:
                    share = SNIPPET_WEIGHT if page["set"] == "trafilatura" else min(n, MOST_TOKENS) / good + LEAST_WEIGHT
                    values.append(said)
                    labels.append(label)
                    weights.append(share * SETS[page["set"]])
    data = lightgbm.Dataset(numpy.array(values), numpy.array(labels), weight=numpy.array(weights))
    return lightgbm.train(FOREST, data, TREES), _odds(pages, folds)


def _odds(pages: Sequence[Example], folds: list[int]) -> dict[str, float]:
    """Return the log odds that a text in a box with a word in its names is the article's, pages counting alike."""
    good: dict[str, float] = defaultdict(float)
    bad: dict[str, float] = defaultdict(float)
    sites: dict[str, set[str]] = defaultdict(set)
    for page in pages:
        if page["fold"] not in folds or page["set"] == "trafilatura":
            continue
        mine: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
        for said, (label, n) in zip(page["words"], page["labels"], strict=True):
            for word in set(said):
                mine[word][label > 0.5] += min(n, 100)
        for word, (other, own) in mine.items():
            if other + own:
                good[word] += own / (other + own)
                bad[word] += other / (other + own)
                sites[word].add(page["site"])
    odds = {
        word: round(math.log((good[word] + 1) / (bad[word] + 1)), 2) for word, seen in sites.items() if len(seen) >= WORD_SITES
    }
    return {word: value for word, value in sorted(odds.items()) if abs(value) >= WORD_MIN}


def _values(page: Example, words: dict[str, float], slots: tuple[int, int]) -> list[list[float]]:
    """Return the features of each text with the evidence of *words* in its two places."""
    out = []
    for said, names in zip(page["values"], page["words"], strict=True):
        odds = [words[name] for name in names if name in words]
        filled = list(said)
        filled[slots[0]] = sum(odds) / len(odds) if odds else 0.0
        filled[slots[1]] = min([0.0, *odds])
        out.append(filled)
    return out


def _tree(node: dict[str, Any]) -> Any:
    if "leaf_value" in node:
        return round(node["leaf_value"], 4)
    if node["decision_type"] != "<=":
        raise ValueError("only thresholds are read")
    return [node["split_feature"], round(node["threshold"], 5), _tree(node["left_child"]), _tree(node["right_child"])]


def _check(ours: Any, theirs: Any, pages: Sequence[Example], words: dict[str, float], slots: tuple[int, int]) -> None:
    """Refuse to ship a forest that our reader and the trainer's do not read alike."""
    for page in pages:
        values = _values(page, words, slots)
        for said, odds in zip(values, theirs.predict(values, raw_score=True), strict=True):
            if abs(odds) > 0.5 and (ours.odds(said) > 0) != (odds > 0):
                raise SystemExit(f"the forest is read differently: {ours.odds(said):.3f} for {odds:.3f}")


MODES: dict[str, Callable[[Path, Path], None]] = {"examples": write_examples, "train": train, "folds": train_folds}

if __name__ == "__main__":
    if len(sys.argv) != 4 or sys.argv[1] not in MODES:
        sys.exit(__doc__)
    MODES[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]))
