"""Why a picture of the page is, or is not, one of the article's: its addresses, its caption, and what spoke against it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from worker.extract.blocks import Leaf, Page
from worker.extract.candidates import Candidate
from worker.extract.images import address_of, candidates, is_placeholder, skip_reason
from worker.extract.lead import is_emblem
from worker.extract.pictures import Arrangement
from worker.extract.renditions import same_picture
from worker.models import ImageRef


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureTrace:
    """What became of one picture of the page, or of one that metadata states.

    *source*: "leaf N", counted through the page, or "metadata". *addresses*: its addresses, the best first, the chosen one
    marked. *kept*: whether it is among the article's images to be fetched; *why* it is, or is not. *lead*: it leads.
    """

    source: str
    addresses: tuple[Candidate, ...]
    kept: bool
    why: str
    alt: str = ""
    caption: str = ""
    lead: bool = False


def explain_images(
    page: Page, arranged: Arrangement, images: Sequence[ImageRef], *, stated: Sequence[str], lead: str | None, base: str
) -> tuple[PictureTrace, ...]:
    """Return a trace of every picture on *page*, in its order, then of every one that metadata *stated*.

    *arranged* is what `worker.extract.pictures.arrange` made of the page, *images* and *lead* are the article's, *base*
    is what addresses are relative to.
    """
    known = {image.url: image for image in images}
    own = {leaf.index for leaf in arranged.leaves}
    traces = [_of_leaf(leaf, arranged, known, own, lead, base) for leaf in page.leaves if leaf.kind == "image"]
    return (*traces, *(_of_metadata(address, known, lead) for address in stated))


def _of_leaf(
    leaf: Leaf, arranged: Arrangement, known: Mapping[str, ImageRef], own: set[int], lead: str | None, base: str
) -> PictureTrace:
    url = address_of(leaf.attrs, leaf.sources, base)
    image = known.get(url or "")
    kept = image is not None and image.skip is None and leaf.index in own
    addresses = tuple(
        Candidate(value=written, source=name, chosen=n == 0, why="" if n else "the best of its attributes")
        for n, (name, written) in enumerate(candidates(leaf.attrs, leaf.sources))
    )
    if not addresses and (src := leaf.attrs.get("src")):
        addresses = (
            Candidate(value=src, source="src", chosen=False, why="stands in for a picture" if is_placeholder(src) else ""),
        )
    return PictureTrace(
        source=f"leaf {leaf.index}",
        addresses=addresses,
        kept=kept,
        why=_why(leaf, arranged, url, image, own),
        alt=leaf.attrs.get("alt") or "",
        caption=image.caption if kept and image is not None else "",
        lead=kept and url == lead,
    )


def _why(leaf: Leaf, arranged: Arrangement, url: str | None, image: ImageRef | None, own: set[int]) -> str:
    if reason := skip_reason(leaf.attrs, url):
        return reason
    if reason := arranged.refused.get(leaf.index):
        return reason
    if leaf.index not in own:
        return "outside the article"
    if image is None:
        return "the copy of a picture beside it"
    return "outside the text" if image.position is None else f"in block {image.position}"


def _of_metadata(address: str, known: Mapping[str, ImageRef], lead: str | None) -> PictureTrace:
    shown = next((image for image in known.values() if not image.skip and same_picture(image.url, address)), None)
    if address in known and known[address].position is None:
        why = "the article shows no such picture"
    elif shown is not None:
        why = f"shown as {shown.url}"
    else:
        why = "an emblem of the site" if is_emblem(address) else "the article's own opening picture, or an earlier address, leads"
    kept = shown is not None and shown.url == address
    return PictureTrace(
        source="metadata",
        addresses=(Candidate(value=address, source="metadata", chosen=kept),),
        kept=kept,
        why=why,
        lead=address == lead,
    )
