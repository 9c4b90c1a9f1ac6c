"""Train the model that tells articles from other pages, and say what it holds on sites that it was not trained on.

    python tests/accuracy/train_kinds.py traits SETS_DIR TRAITS.jsonl    # with the project's packages: reads the pages
    python tests/accuracy/train_kinds.py train TRAITS.jsonl [OUT.json]   # with numpy and scikit-learn (1.9 was used)

SETS_DIR holds folders of saved pages (see pages.py); in WCXB's the gold's `page_type` tells what a page is, pages of all
other sets are articles, but for DOUBTED. The folds hold whole sites. OUT.json is what worker/extract/kinds.json holds.
"""

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))  # run as a script, from anywhere
sys.path.insert(0, str(Path(__file__).parent))

FOLDS = 5
FETCHED_AT = 1.8e9  # after every page was saved
# What the refused page is called. Documentation is an article by its content: a headline, sections and prose on one subject.
KINDS = {
    "forum": "a forum thread",
    "product": "a product",
    "collection": "a list of products",
    "listing": "a list of links",
    "service": "a service on offer",
}
# Non-articles weigh more since they are few; services less than the others, since many read like articles.
WEIGHTS = {"forum": 3.0, "product": 3.0, "collection": 3.0, "listing": 3.0, "service": 2.0}
# Shops, forums, front pages and films, which their sets count as articles: (set, id). Not trained on, and counted apart.
DOUBTED = {
    "trafilatura": "0005 0006 0116 0127 0132 0176 0211 0306 0340 0393 0400 0411 0412 0418 0504 0608 0947 0951",
    "htmldate_default": "0005 0006 0008 0012",
    "magic_article": "2faac35ae091220ba2dd2b93",
    "postlight": "www.youtube.com",
    "wcxb_dev_article": "0226 0316 4245 4450",
}
LOST_MAX = 0.0025  # of the articles, by the model: with what the rules refuse, less than one in a hundred is lost
STRENGTH = 0.02  # of the fit, against the penalty on large weights (scikit-learn's C)
SURE_MAX = 0.1  # a glance is believed below this at most


def write_traits(sets: Path, out: Path) -> None:
    """Write one line a page: set, id, URL, fold, kind, the rules' verdict and the traits, as the extractor sees them."""
    from pages import fold_of, pages_of

    from worker.extract import article, verdict
    from worker.extract.decode import decode
    from worker.extract.traits import AT_A_GLANCE, AT_A_LOOK, glance, look

    seen: list[dict[str, Any]] = []

    def judge(page: Any, selection: Any, document: Any, meta: Any, url: str) -> str | None:
        weight = verdict._weight(selection, document)
        decided, reason = verdict._by_rule(page, selection, document, meta, url, weight)
        seen.append({"decided": decided, "reason": reason, "glance": {}, "look": {}})
        if page.boxes:
            seen[-1]["glance"] = dict(zip(AT_A_GLANCE, map(float, glance(page, selection, meta, url, weight)), strict=True))
            seen[-1]["look"] = dict(zip(AT_A_LOOK, map(float, look(page, selection, weight)), strict=True))
        return None

    article.judge = judge  # the one place where everything that the verdict reads is at hand
    with out.open("w", encoding="utf-8") as lines:
        for folder in sorted(path for path in sets.iterdir() if (path / "gold.jsonl").exists()):
            for gold, body in pages_of(folder):
                url, html = gold.get("url") or "", decode(body, content_type=None).text
                seen.clear()
                article.extract(html, url=url, fetched_at=FETCHED_AT)
                kind = gold.get("page_type", "article")
                row = {"set": folder.name, "id": str(gold["id"]), "url": url, "fold": fold_of(gold), "kind": kind} | seen[-1]
                lines.write(json.dumps(row) + "\n")


class Table:
    """The pages as arrays: *x* traits, *refuse* what should be refused, *weight* in training."""

    def __init__(self, path: Path) -> None:
        import numpy as np

        rows = [json.loads(line) for line in path.open(encoding="utf-8")]
        self.rows = [row for row in rows if row["glance"]]
        self.bare = [row for row in rows if not row["glance"]]
        self.few = len(self.rows[0]["glance"])
        self.names = (*self.rows[0]["glance"], *self.rows[0]["look"])
        self.x = np.array([[*row["glance"].values(), *row["look"].values()] for row in self.rows])
        self.kind = np.array([row["kind"] for row in self.rows])
        self.set = np.array([row["set"] for row in self.rows])
        self.refuse = np.isin(self.kind, list(KINDS))
        self.doubted = np.array([row["id"] in DOUBTED.get(row["set"], "").split() for row in self.rows])
        self.decided = np.array([row["decided"] for row in self.rows])
        self.ruled_out = np.array([row["reason"] is not None for row in self.rows])
        self.weight = np.array([WEIGHTS.get(row["kind"], 1.0) for row in self.rows])
        self.fold = np.array([fold_of_row(row) for row in self.rows])


def fold_of_row(row: dict[str, Any]) -> int:
    """Return the fold by site; a set of which no sites are known is spread by id."""
    if row["set"] in ("mozilla", "zh_handmade"):
        return hashlib.sha256(row["id"].encode()).digest()[0] % FOLDS
    return int(row["fold"])


def fit(x: Any, y: Any, weight: Any) -> tuple[Any, Any]:
    """Return (weights, biases) of a logistic regression, one row a class but for two classes, on traits as they are."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    mean, scale = x.mean(axis=0), x.std(axis=0)
    scale = np.where(scale > 0, scale, 1.0)
    found = LogisticRegression(C=STRENGTH, max_iter=5000).fit((x - mean) / scale, y, sample_weight=weight)
    weights = found.coef_ / scale
    return weights, found.intercept_ - weights @ mean


def probability(x: Any, weights: Any, biases: Any) -> Any:
    """Return the probability that a page is no article."""
    import numpy as np

    return 1 / (1 + np.exp(-(x @ weights[0] + biases[0])))


def held_out(table: Table, columns: int) -> Any:
    """Return the probabilities of all pages, each by a model that did not see its fold."""
    import numpy as np

    out = np.zeros(len(table.rows))
    for fold in range(FOLDS):
        seen = (table.fold != fold) & ~table.doubted
        model = fit(table.x[seen, :columns], table.refuse[seen], table.weight[seen])
        out[table.fold == fold] = probability(table.x[table.fold == fold, :columns], *model)
    return out


def train(path: Path) -> dict[str, Any]:
    """Return the content of kinds.json, and print what it holds on the held-out folds."""
    import numpy as np

    table = Table(path)
    whole, glance = held_out(table, table.x.shape[1]), held_out(table, table.few)
    articles = ~table.refuse & ~table.doubted
    open_ = articles & ~table.decided
    worst = np.sort(whole[open_])[::-1]
    refused = float(worst[int(LOST_MAX * articles.sum())])
    caught = table.refuse & ~table.decided & (whole > refused)
    sure = min(SURE_MAX, float(glance[caught].min()) / 2)
    report(table, (table.ruled_out | (~table.decided & (whole > refused) & (glance >= sure))), open_ & (glance < sure))
    seen = ~table.doubted
    names, few = table.names, table.few
    of_kind = table.refuse & seen
    weights, biases = fit(table.x[of_kind], table.kind[of_kind], table.weight[of_kind])
    classes = sorted(KINDS)
    return {
        "glance": as_line(names, *fit(table.x[seen, :few], table.refuse[seen], table.weight[seen])),
        "sure": round(sure, 4),
        "whole": as_line(names, *fit(table.x[seen], table.refuse[seen], table.weight[seen])),
        "refused": round(refused, 4),
        "kinds": {KINDS[kind]: as_line(names, weights[n:], biases[n:]) for n, kind in enumerate(classes)},
    }


def as_line(names: tuple[str, ...], weights: Any, biases: Any) -> dict[str, Any]:
    """Return the first of *weights* and *biases* by the names of the traits."""
    return {
        "bias": round(float(biases[0]), 5),
        "weights": {name: round(float(weight), 5) for name, weight in zip(names, weights[0], strict=False)},
    }


def report(table: Table, refused: Any, glanced: Any) -> None:
    """Print how many pages of each kind, and how many articles of each set, are refused by rules and model together."""
    for kind in [*KINDS, "documentation"]:
        of = table.kind == kind
        print(f"{kind:14} refused {(refused & of).sum():3} of {of.sum()}")
    articles = ~table.refuse
    for name in sorted(set(table.set)):
        of = articles & (table.set == name)
        lost, doubted = (refused & of & ~table.doubted).sum(), (refused & of & table.doubted).sum()
        bare = sum(row["set"] == name for row in table.bare)
        print(f"{name:18} lost {lost:3} of {of.sum()}, {doubted} doubted ones refused, {bare} without a body element")
    print(f"at a glance {glanced.sum()} articles")


def main() -> int:
    """Do what the arguments say."""
    if len(sys.argv) == 4 and sys.argv[1] == "traits":
        write_traits(Path(sys.argv[2]), Path(sys.argv[3]))
    elif len(sys.argv) in (3, 4) and sys.argv[1] == "train":
        model = train(Path(sys.argv[2]))
        if len(sys.argv) == 4:
            Path(sys.argv[3]).write_text(json.dumps(model, indent=1) + "\n", encoding="utf-8")
    else:
        print(__doc__, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
