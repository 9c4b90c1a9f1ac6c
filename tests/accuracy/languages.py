"""Measure how often the language of a text and of an article is told right, and what that costs.

    python tests/accuracy/languages.py DATA_DIR [SET ...]

DATA_DIR holds one folder a set (gold.jsonl and pages/). Prints Markdown: the sentences of `sentences.tsv`, whole and cut;
the gold texts of the sets, cut, with the right, no and a wrong declaration; the pages, extracted, against their gold
`language`, or where they have none against `lang_guess`, which is only a guess; then the pages that differ, the words of the
held-out fold unread.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))  # run as a script, from anywhere

from tests.accuracy.pages import FOLDS, fold_of, gold_of, pages_of
from worker.extract.article import read, said
from worker.extract.decode import decode
from worker.extract.detected import detect, main_language
from worker.extract.language import sample_of

HELD_OUT = FOLDS - 1
SENTENCES = Path(__file__).with_name("sentences.tsv")
CUTS = (40, 80, 200, 1000)
SERBO_CROATIAN = frozenset(("bs", "hr", "sr"))  # one sentence often belongs to all of them
_SURE = frozenset(("en", "de", "fr", "es", "it", "nl", "pl", "tr", "id", "ru", "zh", "ja", "ko", "ar", "fa"))


def sentences() -> list[tuple[str, str]]:
    """Return (BCP 47 tag, sentence) of every line of `sentences.tsv`."""
    lines = SENTENCES.read_text(encoding="utf-8").splitlines()
    return [(tag, text) for tag, _, text in (line.partition("\t") for line in lines)]


def agrees(tag: str, found: str | None) -> bool:
    """Return whether *found* is the main language of *tag*, or one that a sentence of it can also be."""
    language = main_language(tag)
    return found == language or {found, language} <= SERBO_CROATIAN


def texts_of(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield (language, text) of the pages in *folder* whose gold has both; guesses at rare languages are left out."""
    for gold in gold_of(folder):
        language = main_language(gold.get("language") or "") or (
            gold.get("lang_guess") if gold.get("lang_guess") in _SURE else None
        )
        if language and len(gold.get("text") or "") >= CUTS[0]:
            yield language, gold["text"]


def right(texts: list[tuple[str, str]], cut: int | None, declared: str | None) -> str:
    """Return the share of *texts* told right when cut to *cut*; *declared* is a tag, or "right" for the true one."""
    hits = sum(
        agrees(tag, detect(text[:cut], [tag if declared == "right" else declared] if declared else ())) for tag, text in texts
    )
    return f"{hits / len(texts):.1%} of {len(texts)}"


def table(name: str, texts: list[tuple[str, str]], cuts: tuple[int | None, ...]) -> None:
    """Print the shares of *texts* told right, one line a cut."""
    print(f"\n| {name} | undeclared | rightly declared | declared `en` | declared `de` |\n|---|---|---|---|---|")
    for cut in cuts:
        wrong = {tag: [one for one in texts if main_language(one[0]) != tag] for tag in ("en", "de")}
        cells = (right(texts, cut, None), right(texts, cut, "right"), *(right(wrong[tag], cut, tag) for tag in wrong))
        print(f"| {cut or 'whole'} | {' | '.join(cells)} |")


def pages(folder: Path, misses: list[str]) -> str:
    """Return a line of the table of pages for the set in *folder*; add those that differ to *misses*."""
    seen: dict[str, list[bool]] = {"language": [], "blind": [], "lang_guess": [], "held out": []}
    costs: list[float] = []
    for gold, body in pages_of(folder):
        html = decode(body, content_type=None).text
        steps = read(html, url=gold.get("url") or "https://page.example/", fetched_at=time.time())
        found = said(steps)
        sample = sample_of(steps.meta.title, steps.document)
        started = time.process_time()
        detect(sample, [steps.meta.language] if steps.meta.language else ())
        costs.append(time.process_time() - started)
        key = "language" if gold.get("language") else "lang_guess"
        if not gold.get(key):
            continue
        hit = agrees(gold[key], main_language(found.language or ""))
        seen[key].append(hit)
        if key == "language":
            seen["blind"].append(agrees(gold[key], detect(sample)))
        if fold_of(gold) == HELD_OUT:
            seen["held out"].append(hit)
        if not hit or "language" in found.quality:
            misses.append(_told(folder.name, gold, key, found.language, found.quality.get("language"), sample))
    cells = (f"{sum(hits)} / {len(hits)}" for hits in seen.values())
    middle, most = statistics.median(costs) * 1e3, sorted(costs)[int(len(costs) * 0.99)] * 1e3
    return f"| {folder.name} | {' | '.join(cells)} | {middle:.2f} ms | {most:.2f} ms |"


def _told(name: str, gold: dict[str, Any], key: str, language: str | None, note: object, sample: str) -> str:
    words = " ".join(sample.split())[:80] if fold_of(gold) != HELD_OUT else "(held out)"
    return f"- {name}/{gold['id']}: {key} {gold[key]}, told {language}, {note or 'no disagreement'}: {words}"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("sets", nargs="*")
    args = parser.parse_args()
    folders = [folder for folder in sorted(args.data.iterdir()) if (folder / "gold.jsonl").exists()]
    folders = [folder for folder in folders if not args.sets or folder.name in args.sets]
    detect("The first call reads the model.")
    table("sentences, characters", sentences(), (40, 60, None))
    table("gold texts, characters", [text for folder in folders for text in texts_of(folder)], CUTS)
    print(
        "\n| pages | gold `language` | the same, declarations unread | `lang_guess` | held-out fold | CPU, median | CPU, 99 % |\n|---|---|---|---|---|---|---|"
    )
    misses: list[str] = []
    for folder in folders:
        print(pages(folder, misses), flush=True)
    print("\n" + "\n".join(misses))


if __name__ == "__main__":
    main()
