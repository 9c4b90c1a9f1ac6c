"""Measure decoding: texts in every encoding of their language, whole and in pieces of forty characters, under every label.

    python tests/accuracy/charset_matrix.py              # on the invented texts of tests/news_texts.py
    python tests/accuracy/charset_matrix.py SETS_DIR [0-3|4]    # on the gold texts of saved pages of these folds

A page counts as right when its text comes back; how is no matter, since many texts are the same in two encodings.
"""

import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))  # run as a script, from anywhere
sys.path.insert(0, str(Path(__file__).parent))

from pages import fold_of, gold_of

from tests.charset_cases import SHORT, encoded, labels, own_texts, page, pieces
from tests.news_texts import ENCODINGS
from worker.extract.charset_decoders import text_of
from worker.extract.decode import decode


def gold_texts(sets: Path, folds: set[int]) -> Iterator[tuple[str, str, str, str]]:
    """Yield (language, encoding, length, text) from the gold of saved pages."""
    seen: Counter[str] = Counter()
    for folder in sorted(path.parent for path in sets.glob("*/gold.jsonl")):
        for gold in gold_of(folder):
            language = (gold.get("language") or gold.get("lang_guess") or "").partition("-")[0]
            text = " ".join((gold.get("text") or " ".join(gold.get("with") or [])).split())
            if fold_of(gold) not in folds or len(text) < 2 * SHORT or seen[language] >= 40:
                continue
            seen[language] += 1
            names = ("gb18030", "big5") if language == "zh" else ENCODINGS.get(language, ())
            for name in names:
                if encoded(text, name) is not None:
                    yield language, name, "whole", text
                for piece in list(pieces(text))[:4]:
                    if encoded(piece, name) is not None:
                        yield language, name, "40", piece


def main(cases: Iterator[tuple[str, str, str, str]]) -> None:
    """Print the shares of pages read right, by encoding, label and length, and the first misses."""
    right: Counter[tuple[str, str, str]] = Counter()
    total: Counter[tuple[str, str, str]] = Counter()
    misses: list[str] = []
    start = time.process_time()
    for language, name, length, text in cases:
        for which, label in labels(name):
            body = encoded(page(text, label), name)
            if body is None or (body.isascii() and name != "iso-2022-jp"):
                continue
            decoded = decode(body, content_type=None)
            total[name, which, length] += 1
            good = decoded.text == text_of(body, name)
            right[name, which, length] += good
            if not good:
                misses.append(
                    f"{language} {name} {length} {which}={label}: {decoded.charset}/{decoded.by} {decoded.text[-100:-20]!r}"
                )
    spent = time.process_time() - start
    for name in dict.fromkeys(name for name, _, _ in total):
        print(f"{name:14}", *(_cell(right, total, name, w, n) for w in ("right", "none", "wrong") for n in ("whole", "40")))
    for which in ("right", "none", "wrong"):
        for length in ("whole", "40"):
            keys = [key for key in total if key[1:] == (which, length)]
            good, n = sum(right[key] for key in keys), sum(total[key] for key in keys)
            print(f"{which:6} {length:6} {good}/{n} {good / max(n, 1):.2%}")
    print(f"{spent / max(sum(total.values()), 1) * 1000:.2f} ms a page")
    print(*misses[:: max(1, len(misses) // 60)], sep="\n")


def _cell(right: Counter[tuple[str, str, str]], total: Counter[tuple[str, str, str]], name: str, which: str, length: str) -> str:
    n = total[name, which, length]
    return f"{which} {length} {right[name, which, length] / n:7.2%}" if n else f"{which} {length}       -"


if __name__ == "__main__":
    if len(sys.argv) > 1:
        chosen = {4} if sys.argv[2:] == ["4"] else {0, 1, 2, 3}
        main(gold_texts(Path(sys.argv[1]), chosen))
    else:
        main(own_texts())
