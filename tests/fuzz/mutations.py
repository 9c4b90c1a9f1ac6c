"""Real pages, damaged: as a broken line, a careless template or an ill-meaning site would."""

import re
from collections.abc import Callable
from random import Random

MOST_BYTES = 3_000_000  # what is repeated may not grow for ever; longer pages are rare, and take as long again
MOST_MUTATIONS = 4  # more leave nothing of the page

_TAG = re.compile(rb"<[^<>]{1,300}>")
_END_TAG = re.compile(rb"</[a-zA-Z][^<>]{0,30}>")
_QUOTED = re.compile(rb"=\s?[\"'][^\"'<>]{0,200}[\"']")
_ODD = (
    b"\x00", b"\x01\x1b\x7f", b"\xff\xfe", b"\xc3", b"\xf0\x9f\x98\x80", b"&#0;", b"&#1;", b"&#xD800;", b"&#x1F;", b"&#128;", b"&notanentity;",
    b"\xe2\x80\xae", b"\xc2\x85", b"\xe2\x80\xa8", b"<!--", b"-->", b"<![CDATA[", b"<script>", b"</script>", b"<plaintext>", b"<table>",
    b"<svg>", b"<math>", b"<template>", b"<select>", b"<frameset>", b"</body>", b"</p>", b"<p>", b"<base href='javascript:x'>",
    b"<base href='//[::1'>", b"<a href='http://[x'>", b"<a href='https://a:99999/'>", b"<a href='\xff://'>", b"<img src='data:image/gif;base64,R0'>",
    b"<img srcset=', , 9x'>", b"<pre>\x0c\t", b"<iframe src='javascript:x'>", b"<font size=+1>", b"<b><i><u>",
    b"<script type='application/ld+json'>[{\"@type\":[1,null],\"author\":{\"name\":{}},\"image\":[[]],\"datePublished\":1e999}]</script>",
)  # fmt: skip

Mutation = Callable[[Random, bytes, list[bytes]], bytes]


def truncate(rng: Random, page: bytes, _others: list[bytes]) -> bytes:
    """Cut off the end, or the beginning."""
    at = rng.randrange(len(page) + 1)
    return page[:at] if rng.random() < 0.8 else page[at:]


def shuffle(rng: Random, page: bytes, _others: list[bytes]) -> bytes:
    """Put chunks in another order."""
    cuts = sorted(rng.randrange(len(page) + 1) for _ in range(rng.randint(1, 12)))
    chunks = [page[a:b] for a, b in zip([0, *cuts], [*cuts, len(page)], strict=True)]
    rng.shuffle(chunks)
    return b"".join(chunks)


def flip(rng: Random, page: bytes, _others: list[bytes]) -> bytes:
    """Change single bytes."""
    out = bytearray(page)
    for _ in range(rng.randint(1, 200) if out else 0):
        out[rng.randrange(len(out))] ^= 1 << rng.randrange(8)
    return bytes(out)


def duplicate_tags(rng: Random, page: bytes, _others: list[bytes]) -> bytes:
    """Write some tags several times."""
    share, times = rng.choice((0.01, 0.1, 0.5)), rng.choice((2, 2, 3, 30))
    return _TAG.sub(lambda found: found[0] * (times if rng.random() < share else 1), page)


def drop_end_tags(rng: Random, page: bytes, _others: list[bytes]) -> bytes:
    """Leave elements open."""
    share = rng.choice((0.02, 0.2, 1.0))
    return _END_TAG.sub(lambda found: b"" if rng.random() < share else found[0], page)


def drop_quotes(rng: Random, page: bytes, _others: list[bytes]) -> bytes:
    """Take the quotation marks from attributes: both, or the second alone."""
    share, both = rng.choice((0.01, 0.3)), rng.random() < 0.5

    def bare(found: re.Match[bytes]) -> bytes:
        if rng.random() >= share:
            return found[0]
        return found[0].replace(b'"', b"").replace(b"'", b"") if both else found[0][:-1]

    return _QUOTED.sub(bare, page)


def repeat(rng: Random, page: bytes, _others: list[bytes]) -> bytes:
    """Say a piece of the page many times over."""
    at = rng.randrange(len(page) + 1)
    piece = page[at : at + rng.choice((20, 300, 5_000))]
    return page[:at] + piece * rng.choice((2, 20, 400)) + page[at:]


def splice(rng: Random, page: bytes, others: list[bytes]) -> bytes:
    """Put a piece of another page inside."""
    other, at = rng.choice(others), rng.randrange(len(page) + 1)
    start = rng.randrange(len(other) + 1)
    return page[:at] + other[start : start + rng.randrange(1, 20_000)] + page[at:]


def insert_odd(rng: Random, page: bytes, _others: list[bytes]) -> bytes:
    """Put characters and tags where nobody expects them."""
    out = page
    for _ in range(rng.randint(1, 10)):
        at = rng.randrange(len(out) + 1)
        out = out[:at] + rng.choice(_ODD) + out[at:]
    return out


def strip_markup(rng: Random, page: bytes, _others: list[bytes]) -> bytes:
    """Take half of the tags of some kinds out."""
    names = rng.sample(
        (b"div", b"p", b"article", b"ul", b"li", b"table", b"tr", b"td", b"section", b"h1", b"body", b"head", b"html"), 4
    )
    pattern = re.compile(rb"</?(?:" + b"|".join(names) + rb")\b[^<>]*>")
    return pattern.sub(lambda found: b"" if rng.random() < 0.5 else found[0], page)


MUTATIONS: tuple[Mutation, ...] = (
    truncate, shuffle, flip, duplicate_tags, drop_end_tags, drop_quotes, repeat, splice, insert_odd, strip_markup,
)  # fmt: skip


def mutate(rng: Random, page: bytes, others: list[bytes]) -> tuple[bytes, list[str]]:
    """Return *page* damaged in one to `MOST_MUTATIONS` ways, and their names."""
    chosen = [rng.choice(MUTATIONS) for _ in range(rng.randint(1, MOST_MUTATIONS))]
    for mutation in chosen:
        page = mutation(rng, page, others)[:MOST_BYTES]
    return page, [mutation.__name__ for mutation in chosen]
