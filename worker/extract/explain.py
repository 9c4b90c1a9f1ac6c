"""Why a page was read as it was: for each fact the candidates, which one won, and what spoke for it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from worker.extract.article import Steps, read, said
from worker.extract.candidates import Candidate
from worker.extract.credits import explain_authors
from worker.extract.dateline import explain_dates
from worker.extract.explain_body import BoxTrace, explain_body
from worker.extract.explain_images import PictureTrace, explain_images
from worker.extract.headline import explain_headline
from worker.extract.metadata import credits_of
from worker.extract.site_rules import SiteRules
from worker.extract.verdict import Verdict, explain_verdict
from worker.models import Extraction

RULED = "site rules"  # the source of what an operator's rules found


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What a page was understood to say (*extraction*), and for each fact what it was chosen from, the most trusted first.

    *verdict* is that of the page's looks; rules may have overruled it.
    """

    extraction: Extraction
    verdict: Verdict
    titles: tuple[Candidate, ...]
    dates: tuple[Candidate, ...]
    authors: tuple[Candidate, ...]
    bodies: tuple[BoxTrace, ...]
    images: tuple[PictureTrace, ...]


def explain(html: str, *, url: str, fetched_at: float, rules: SiteRules | None = None) -> Explanation:
    """Return why the page *html* says what `worker.extract.article.extract`, called in the same way, says of it.

    Takes several times as long. Never raises.
    """
    steps = read(html, url=url, fetched_at=fetched_at, rules=rules)
    ruled, evidence, selection, meta = steps.ruled, steps.evidence, steps.selection, steps.meta
    return Explanation(
        extraction=said(steps),
        verdict=explain_verdict(steps.page, selection, steps.document, meta, steps.url),
        titles=_ruled(explain_headline(steps.page, evidence.claims), ruled.said("title")),
        dates=_ruled(explain_dates(evidence.dates), ruled.said("published_at")),
        authors=_ruled(explain_authors(credits_of(evidence)), ruled.said("authors")),
        bodies=_bodies(steps, rules),
        images=explain_images(
            steps.shown, steps.pictured, steps.images, stated=meta.lead_candidates, lead=steps.lead, base=steps.base
        ),
    )


def _ruled(found: Sequence[Candidate], said: str | None) -> tuple[Candidate, ...]:
    """Return what was *found*, unless the rules *said* what it is: then that is chosen."""
    if said is None:
        return tuple(found)
    chosen = Candidate(value=said, source=RULED, chosen=True, why="the rules say where it stands")
    return (chosen, *(replace(one, chosen=False) for one in found))


def _bodies(steps: Steps, rules: SiteRules | None) -> tuple[BoxTrace, ...]:
    """Return the boxes that were weighed, or the container that the rules name, which nobody weighed."""
    if steps.ruled.body() is None or rules is None:
        return explain_body(steps.shown, steps.selection)
    leaves = steps.selection.leaves
    weight, linked = sum(leaf.weight for leaf in leaves), sum(leaf.linked for leaf in leaves)
    share = round(linked / (weight or 1), 3)
    named = ", ".join(rules.body)
    why = "the rules say where it stands"
    return (BoxTrace(path=named, prose=weight, linked=share, score=weight, chosen=True, why=why),)
