"""How alike two texts are, estimated from their signatures."""

import statistics
from itertools import pairwise

import pytest

from tests.copies import CHINESE, edited, story
from worker.document import Document, Paragraph, Span
from worker.models import Extraction, Likeness, Restored
from worker.normalise import likeness
from worker.normalise.fold import fold, folded_words
from worker.normalise.likeness import ALGO, NEAR, SAME, agreement, bands_of, likeness_of, likeness_of_article


def marked(text: str) -> Likeness:
    found = likeness_of(text)
    assert found is not None
    return found


def estimate(one: str, other: str) -> float:
    marks = [marked(text).signature for text in (one, other)]
    assert marks[0] is not None
    assert marks[1] is not None
    return agreement(marks[0], marks[1])


def jaccard(one: str, other: str) -> float:
    """Return the true share, counted."""
    sets = [likeness._shingles(folded_words(text), fold(text)) for text in (one, other)]
    return len(sets[0] & sets[1]) / len(sets[0] | sets[1])


def text_of(seed: int, paragraphs: int = 20) -> str:
    return "\n".join(story(seed, paragraphs))


@pytest.mark.parametrize("paragraphs", [2, 5, 40])
@pytest.mark.parametrize("share", [0.0, 0.1, 0.3, 0.5, 1.0])
def test_the_estimate_is_near_the_true_share_in_long_texts_and_short_ones(paragraphs: int, share: float) -> None:
    errors = []
    for seed in range(12):
        text = " ".join(story(seed, paragraphs)).split()
        anew = " ".join(story(seed + 500, paragraphs)).split()
        kept = len(text) - int(share * len(text))
        one, other = " ".join(text), " ".join([*text[:kept], *anew[kept:]])
        errors.append(estimate(one, other) - jaccard(one, other))
    assert abs(statistics.mean(errors)) < 0.06  # its standard error is 0.017 at most: no bias
    assert max(map(abs, errors)) < 0.25


def test_unlike_texts_are_unlike() -> None:
    assert max(estimate(text_of(a), text_of(b)) for a, b in pairwise(range(20))) < 0.1


def test_a_text_has_the_same_signature_on_every_machine_and_for_ever() -> None:
    found = marked("\n".join(CHINESE))
    assert found.signature is not None
    assert (found.algo, found.letters, len(found.exact), len(found.signature)) == (ALGO, 362, 16, 256)
    assert found.exact.hex() == "a7f1204c6212d3f775b1bbb435107a81"
    assert found.signature[:16].hex() == "5e817358ff37abfe2970d5e72ea149c3"
    assert bands_of(found.signature)[:2] == (5731197677826654199, 5547888717673601910)


def test_bands_are_signed_numbers_of_64_bits_and_apart_for_the_same_minima() -> None:
    bands = bands_of(bytes(256))
    assert len(set(bands)) == 16
    assert all(-(1 << 63) <= band < 1 << 63 for band in bands)


@pytest.mark.parametrize(("changed", "least"), [(1, 1), (4, 1)])
def test_texts_that_are_much_alike_share_a_band(changed: int, least: int) -> None:
    for seed in range(10):
        marks = [marked(text).signature for text in (text_of(seed), "\n".join(edited(story(seed, 20), changed, seed=seed + 70)))]
        assert len(set(bands_of(marks[0] or b"")) & set(bands_of(marks[1] or b""))) >= least


def test_a_short_text_has_no_signature_and_a_shorter_one_nothing() -> None:
    assert marked("Twenty letters and some more.").signature is None
    assert marked("词" * 199).signature is None
    assert marked("词语" * 100).signature is not None
    assert likeness_of("Watch the video") is None
    assert likeness_of("") is None


@pytest.mark.parametrize("text", ["词" * 5_000, "word " * 5_000, "x" * 90_000, "ab " * 167, "\U00020000" * 300])
def test_texts_of_one_word_over_and_over_have_a_signature_too(text: str) -> None:
    assert estimate(text, text) == 1.0


def test_words_are_told_apart_by_three_and_not_by_letters() -> None:
    """Texts of one language share runs of five letters, at a million articles hundreds of candidates a text."""
    one, other = ("\n".join(sorted(story(seed, 20))) for seed in (1, 2))
    assert jaccard(one, other) < 0.01


def test_a_damaged_page_is_compared_by_what_it_said_before() -> None:
    restored = Restored(document=Document((Paragraph((Span("\n".join(CHINESE)),)),)), title="", captions=())
    damaged = Extraction(document=Document(), restored=restored)
    assert likeness_of_article(damaged, "å›¾ä¹¦é¦† " * 90) == marked("\n".join(CHINESE))
    assert likeness_of_article(Extraction(document=Document()), text_of(1)) == marked(text_of(1))


def test_the_thresholds_lie_where_bands_find_them() -> None:
    rows, bands = likeness.ROWS, likeness.BANDS
    found = {share: 1 - (1 - share**rows) ** bands for share in (0.01, NEAR, SAME)}
    assert found[SAME] > 0.999
    assert found[NEAR] > 0.6
    assert found[0.01] < 1e-6
