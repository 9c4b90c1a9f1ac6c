"""Invented news in forty languages, in every legacy encoding of each: read right, whatever the label says."""

from collections import Counter

from tests.charset_cases import encoded, labels, own_texts, page
from worker.extract.charset_decoders import text_of
from worker.extract.decode import decode

RIGHT_AT_LEAST = 0.995  # of pages without a label or with a wrong one
EVERY_WRONG = 9  # one wrong label in so many cases: all of them take fifteen seconds


def test_pages_in_legacy_encodings_are_read_right() -> None:
    total: Counter[tuple[str, str]] = Counter()
    missed: dict[tuple[str, str], list[str]] = {}
    for number, (language, name, length, text) in enumerate(own_texts()):
        for place, (which, label) in enumerate(labels(name)):
            if which == "wrong" and (number + place) % EVERY_WRONG:
                continue
            body = encoded(page(text, label), name)
            if body is None or (body.isascii() and name != "iso-2022-jp"):
                continue
            total[which, length] += 1
            decoded = decode(body, content_type=None)
            if decoded.text != text_of(body, name):
                missed.setdefault((which, length), []).append(f"{language} in {name}, labelled {label}: {decoded.charset}")
    assert set(total) == {(which, length) for which in ("right", "none", "wrong") for length in ("whole", "40")}
    for (which, length), n in total.items():
        misses = missed.get((which, length), [])
        assert len(misses) <= (0 if which == "right" else (1 - RIGHT_AT_LEAST) * n), (which, length, n, misses)
