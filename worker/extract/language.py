"""The languages of a page and of its article as BCP 47, and what the page's says about dates."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from worker.document import Block, Document, Heading, ListBlock, Paragraph, Quote
from worker.extract.detected import SAMPLE, detect, main_language
from worker.extract.scripts import WRITERS, can_write, dominant_script

_TAG = re.compile(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_]([A-Za-z]{2}|[0-9]{3}))?(?![A-Za-z0-9])")
_MISTAKEN = {
    "cn": "zh",
    "jp": "ja",
    "kr": "ko",
    "cz": "cs",
    "gr": "el",
    "ua": "uk",
    "iw": "he",
    "in": "id",
}  # countries for languages
_OTHER_SCRIPT = re.compile("[\u0370-\u1fff\u3040-\ud7af]")  # no Latin letter: cheaper to look for than to count
BLOCK_SAMPLE = 300  # characters of a block that tell its language: a longer quotation must not speak for the article
_NO_LANGUAGE = frozenset(("und", "mul", "zxx", "mis", "utf"))  # undetermined, multiple, none, uncoded (ISO 639-2); a charset

_MONTH_FIRST_REGIONS = frozenset(("US", "PH", "CA"))


def choose_language(declared: Iterable[str], sample: str) -> str | None:
    """Return the first valid of the *declared* tags unless *sample*, the page's own words, is in another script."""
    language = next(filter(None, map(normalise_tag, declared)), None)
    seen = _script_language(sample, language)
    return seen if seen is not None else language


def article_language(
    declared: Iterable[str], sample: str, *, otherwise: str | None
) -> tuple[str | None, Mapping[str, Mapping[str, str]]]:
    """Return the language (BCP 47) of an article, and what `quality` has to say of it.

    *declared*: what the page says of itself, the weightiest first; *sample*: the article's words, from `sample_of`;
    *otherwise*: the language of a page whose words say too little. A declared tag that the words agree with is returned with
    its script and region; where the words are in another language than the first of *declared*, both are told.
    """
    tags = [tag for said in declared if (tag := normalise_tag(said)) is not None]
    detected = detect(sample, tags)
    if detected is None:
        return otherwise, {}
    language = next((tag for tag in tags if main_language(tag) == detected), detected)
    if not tags or main_language(tags[0]) == detected:
        return language, {}
    return language, {"language": {"declared": tags[0], "detected": detected}}


def sample_of(title: str | None, document: Document) -> str:
    """Return the words at the beginning of an article by which its language is told: at most a little over `SAMPLE`."""
    pieces, size = [title or ""], len(title or "")
    for text in _texts(document.blocks):
        if size > SAMPLE:
            break
        pieces.append(text[:BLOCK_SAMPLE])
        size += len(pieces[-1])
    return "\n".join(pieces)


def _texts(blocks: Sequence[Block]) -> Iterator[str]:
    """Yield the prose of *blocks*: no code, tables or titles of films."""
    for block in blocks:
        match block:
            case Paragraph(spans=spans) | Heading(spans=spans):
                yield " ".join(span.text for span in spans if not span.code)
            case ListBlock(items=items):
                for item in items:
                    yield from _texts(item)
            case Quote(blocks=quoted):
                yield from _texts(quoted)
            case _:
                pass


def normalise_tag(tag: str) -> str | None:
    """Return *tag* (`en_us`, `ZH-hans-CN`) in the case of BCP 47 §2.1.1, None if it names no language."""
    match = _TAG.match(tag.strip())
    if match is None:
        return None
    language = match[1].lower()
    if language in _NO_LANGUAGE:
        return None
    parts = [_MISTAKEN.get(language, language)]
    if match[2]:
        parts.append(match[2].capitalize())
    if match[3]:
        parts.append(match[3].upper())
    return "-".join(parts)


def month_first(language: str | None, host: str) -> bool:
    """Return whether 3/4 means March 4: in American English, and in English that does not say which."""
    main, _, region = (language or "").partition("-")
    if main not in {"en", ""}:
        return False
    country = host.split(":")[0].rpartition(".")[2]
    if region:
        return region.upper() in _MONTH_FIRST_REGIONS and country not in {"uk", "au", "nz", "ie", "in", "za"}
    return len(country) > 2 or country in {"us", "io", "co", "me", "tv", "ai"}


def _script_language(sample: str, declared: str | None) -> str | None:
    """Return the language whose script most of *sample* is in, None if *declared* can be written in it or it says nothing."""
    if sample.isascii() or not _OTHER_SCRIPT.search(sample):
        return None
    script, _ = dominant_script(sample)
    if script in ("", "Latn") or (declared and can_write(main_language(declared), script)):
        return None
    return WRITERS[script][0]
