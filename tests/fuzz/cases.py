"""Cases of the fuzz run: from a seed to a page, and from the page to what is wrong with the answer."""

import traceback
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from random import Random

from tests.accuracy.pages import FOLDS, fold_of, pages_of
from tests.fuzz.checks import OverBudget, faults, rendering_faults, timed
from tests.fuzz.mutations import mutate
from worker.extract.decode import decode
from worker.extract.screen import suspicion

OWN = (Path(__file__).parents[1] / "pages", Path(__file__).parents[1] / "site" / "pages")
HELD_OUT = FOLDS - 1  # what the run finds is read: not on the pages that judge the extractor
RENDER_EVERY = 4  # reading Markdown back takes longer than the extraction
_URLS = (
    "",
    "https://news.example/2026/03/04/a-b.html",
    "http://[::1",
    "javascript:alert(1)",
    "//a.example",
    "https://a.example:99999/\x00",
)


@dataclass(frozen=True)
class Corpus:
    """Pages to damage, each with its URL ("" when unknown), always in the same order."""

    pages: tuple[tuple[str, str, bytes], ...]

    @cached_property
    def bodies(self) -> list[bytes]:
        return [body for _, _, body in self.pages]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one case; *fault* empty when all is well, *page* as it was given to the extractor."""

    seed: int
    name: str
    url: str
    mutations: list[str]
    page: bytes
    suspicious: bool
    fault: str


def corpus(folders: list[Path]) -> Corpus:
    """Return our own fixtures, and the pages of the sets (folders with gold.jsonl) in *folders*, the held-out fold aside."""
    pages = [
        (path.name, "https://news.example/" + path.name, path.read_bytes()) for own in OWN for path in sorted(own.glob("*.html"))
    ]
    for folder in folders:
        for gold_file in sorted(folder.glob("**/gold.jsonl")):
            for gold, body in pages_of(gold_file.parent):
                if fold_of(gold) != HELD_OUT:
                    pages.append((f"{gold_file.parent.name}/{gold['id']}", gold.get("url") or "", body))
    return Corpus(tuple(pages))


def run(seed: int, over: Corpus) -> Outcome:
    """Damage a page as *seed* says, and let the extractor read it."""
    rng = Random(seed)
    name, url, body = rng.choice(over.pages)
    page, mutations = mutate(rng, body, over.bodies)
    if rng.random() < 0.1:
        url = rng.choice(_URLS)
    return judge(page, seed=seed, name=name, url=url, mutations=mutations, renderings=seed % RENDER_EVERY == 0)


def judge(page: bytes, *, seed: int, name: str, url: str, mutations: list[str], renderings: bool) -> Outcome:
    """Return what the extractor makes of *page*; suspicious ones are left to the quarantine, as in production."""
    suspicious, fault = False, ""
    try:
        html = decode(page, content_type=None).text
        suspicious = suspicion(html) is not None
        if not suspicious:
            said = timed(html, url)
            fault = "; ".join(faults(said) + (rendering_faults(said) if renderings else []))
    except OverBudget:
        fault = "over its budget of CPU time\n" + traceback.format_exc()
    except Exception:  # any at all is what the run looks for
        fault = traceback.format_exc()
    return Outcome(seed=seed, name=name, url=url, mutations=mutations, page=page, suspicious=suspicious, fault=fault)
