"""Score what extractors say about a set of pages against what is known of them.

    python tests/accuracy/score.py SET_DIR PREDICTIONS.jsonl... [--folds] [--fold N] [--worst N] [--json]

SET_DIR holds gold.jsonl: one object a page with `id` and any of text, with/without (snippets), title, authors, date,
images, lead_image, captions. Predictions have the same fields, `captions` beside `images` ("" where an image has
none), and `reason`, set where the extractor says that the page is no article. A page without a prediction counts as
an empty one. Only columns with gold are printed.

body     shingles of four tokens; means of the pages' precision (of those with any text) and recall, F1 of the two;
         exact = token sequences equal; F1/p = mean of the pages' F1 (an empty text costs precision only here).
snippets with/without: accuracy = share rightly present or absent; F1 of "present"; with = share of `with` present.
title    = equal but for white space and quotation marks; ~ equal on lower-cased word characters.
date     = calendar day equal; ±1 at most a day off (time zones); Prec of the pages for which a date was said.
authors  micro F1 over folded names, of pages whose gold names any.
images   lead = the lead image is the gold's; R gold images found; P found images that are gold.
captions capR = gold captions bound to an image, to their own where the gold tells which that is (as many as images).
refused  share of all pages said to be no article.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))  # run as a script, from anywhere

from tests.accuracy.comparing import day, f1, flat, fold, names, overlap, picture, same_caption, same_quotes, share, tokens
from tests.accuracy.pages import FOLDS, fold_of, gold_of
from tests.accuracy.tables import Row, mean, mean_of, table_text


@dataclass(frozen=True, slots=True, kw_only=True)
class PageScore:
    """How well the body of one page was found."""

    id: str
    f1: float
    precision: float
    recall: float


@dataclass(slots=True)
class Score:
    """What has been counted over the pages so far."""

    counts: Counter[str] = field(default_factory=Counter)
    bodies: list[tuple[float, float, float]] = field(default_factory=list)
    pages: list[PageScore] = field(default_factory=list)

    def page(self, gold: Row, said: Row) -> None:
        """Count one page."""
        self.counts["pages"] += 1
        self.counts["refused"] += said.get("reason") is not None
        text = said.get("text") or ""
        if gold.get("text") is not None:
            self._body(str(gold["id"]), tokens(gold["text"]), tokens(text))
        if gold.get("with") or gold.get("without"):
            self._snippets(gold, flat(text))
        if gold.get("title"):
            self._title(gold["title"], said.get("title"))
        if gold_day := day(gold.get("date")):
            said_day = day(said.get("date"))
            self._add(date=1, date_exact=gold_day == said_day, date_said=said_day is not None)
            self._add(date_1d=said_day is not None and abs((gold_day - said_day).days) <= 1)
        if gold.get("authors"):
            known, found = names(gold["authors"]), names(said.get("authors"))
            self._add(author_right=len(known & found), author_wrong=len(found - known), author_missed=len(known - found))
        self._images(gold, said)

    def _add(self, **counts: int) -> None:
        self.counts.update(counts)

    def _body(self, page: str, gold: list[str], said: list[str]) -> None:
        body = right, wrong, missed = overlap(gold, said)
        self.bodies.append(body)
        self._add(body_exact=gold == said)
        precision, recall = share(right, wrong), share(right, missed)
        self.pages.append(PageScore(id=page, f1=f1(precision, recall), precision=precision, recall=recall))

    def _snippets(self, gold: Row, text: str) -> None:
        for snippet in gold.get("with") or ():
            self._add(**{"with_there" if flat(snippet) in text else "with_missed": 1})
        for snippet in gold.get("without") or ():
            self._add(**{"without_there" if flat(snippet) in text else "without_gone": 1})

    def _title(self, gold: str, said: str | None) -> None:
        self._add(title=1, title_exact=same_quotes(gold) == same_quotes(said), title_norm=fold(gold) == fold(said))

    def _images(self, gold: Row, said: Row) -> None:
        found = [picture(image) for image in said.get("images") or []]
        if gold.get("lead_image"):
            lead = picture(said.get("lead_image")) or (found[0] if found else set())
            self._add(lead=1, lead_right=bool(picture(gold["lead_image"]) & lead))
        known = [picture(image) for image in gold.get("images") or []]
        if known:
            self._add(images=len(known), images_found=sum(any(a & b for b in found) for a in known))
            self._add(images_said=len(found), images_right=sum(any(a & b for b in known) for a in found))
        captions = gold.get("captions") or []
        own = known if len(known) == len(captions) else [None] * len(captions)
        pairs = list(zip(found, said.get("captions") or [], strict=False))
        for caption, image in zip(captions, own, strict=True):
            bound = [keys for keys, words in pairs if same_caption(caption, words)]
            self._add(captions=1, captions_said=bool(bound), captions_bound=any(image is None or image & keys for keys in bound))

    def table(self) -> Row:
        """Return the columns that the gold of these pages has figures for, by name."""
        c, out = self.counts, Row(pages=self.counts["pages"])
        if self.bodies:
            precision = mean(share(right, wrong) for right, wrong, _ in self.bodies if right + wrong)
            recall = mean(share(right, missed) for right, _, missed in self.bodies if right + missed)
            out.update(F1=f1(precision, recall), prec=precision, rec=recall, exact=c["body_exact"] / len(self.bodies))
            out["F1/p"] = mean(page.f1 for page in self.pages)
        if snippets := c["with_there"] + c["with_missed"]:
            there, absent = c["with_there"] / snippets, c["without_there"] + c["without_gone"]
            if absent:
                out["snipAcc"] = (c["with_there"] + c["without_gone"]) / (snippets + absent)
                out["snipF1"] = f1(share(c["with_there"], c["without_there"]), there)
            out["with"] = there
        if c["title"]:
            out.update({"title=": c["title_exact"] / c["title"], "title~": c["title_norm"] / c["title"]})
        if c["date"]:
            out.update({"date=": c["date_exact"] / c["date"], "date±1": c["date_1d"] / c["date"]})
            out["datePrec"] = c["date_exact"] / max(1, c["date_said"])
        if c["author_right"] + c["author_missed"]:
            found = c["author_right"] / max(1, c["author_right"] + c["author_wrong"])
            out["authF1"] = f1(found, c["author_right"] / (c["author_right"] + c["author_missed"]))
        if c["lead"]:
            out["lead"] = c["lead_right"] / c["lead"]
        if c["images"]:
            out.update(imgR=c["images_found"] / c["images"], imgP=c["images_right"] / max(1, c["images_said"]))
        if c["captions"]:
            out["capR"] = c["captions_bound"] / c["captions"]
        return out | {"refused": c["refused"] / max(1, c["pages"])}


def score(golds: Iterable[Row], predictions: Iterable[Row]) -> Score:
    """Return the score of *predictions* on the pages of *golds*."""
    said = {prediction["id"]: prediction for prediction in predictions}
    result = Score()
    for gold in golds:
        result.page(gold, said.get(gold["id"], {}))
    return result


def folds(golds: list[Row], predictions: list[Row]) -> list[Row]:
    """Return the table of each fold, empty where the set has no page of it."""
    parted = [[gold for gold in golds if fold_of(gold) == number] for number in range(FOLDS)]
    return [score(part, predictions).table() if part else {} for part in parted]


def lines_of(path: Path) -> list[Row]:
    """Return the objects of a JSON Lines file."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def main() -> int:
    """Print a table of the predictions given."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("set", type=Path)
    parser.add_argument("predictions", type=Path, nargs="+")
    parser.add_argument("--folds", action="store_true", help="a row for each fold by domain, and their mean")
    parser.add_argument("--fold", type=int, choices=range(FOLDS), help="pages of this fold only")
    parser.add_argument("--worst", type=int, default=0, help="name this many of the pages with the worst bodies")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    golds = [gold for gold in gold_of(given.set) if given.fold is None or fold_of(gold) == given.fold]
    rows = []
    for path in given.predictions:
        said = lines_of(path)
        result = score(golds, said)
        rows.append({"name": path.stem, **result.table()})
        if given.folds:
            parts = folds(golds, said)
            rows += [{"name": f"  fold {number}", **table} for number, table in enumerate(parts)]
            rows.append(
                {"name": "  mean", **{column: mean_of(parts, column) for column in rows[0] if column not in ("name", "pages")}}
            )
        fold = {str(gold["id"]): fold_of(gold) for gold in golds}
        for page in sorted(result.pages, key=lambda page: page.f1)[: given.worst]:
            figures = f"F1 {page.f1:.3f} precision {page.precision:.2f} recall {page.recall:.2f}"
            print(f"{page.id:60} fold {fold[page.id]} {figures}", file=sys.stderr)
    print(json.dumps(rows, ensure_ascii=False, indent=1) if given.json else table_text(given.set.name, rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
