"""Which encoding a text without a trustworthy label is in: the likely ones are tried, and the cheapest reading wins.

Costs are in nats, minus the logarithm of a probability (charset_costs.py), so that a label counts as so many nats of
evidence, and a wrong one is overruled by a text that reads clearly better in another encoding.
"""

import math
from collections.abc import Iterable

from worker.extract.charset_costs import Sample
from worker.extract.charset_models import LANGUAGES, MULTI_BYTE
from worker.extract.charset_sample import sample

LABEL = 3.0  # nats: more, and wrong labels are believed on pages with one or two letters that tell; less, and names win
LABEL_MULTI_BYTE = 8.0  # that bytes pair up at all speaks for it
LABEL_PER_BYTE = 0.1  # that it alone reads so: what its language's model does not know (names) must not add up against it
LANGUAGE = 2.5  # what lang says is weaker: templates are copied between countries
HOPELESS = 8.5  # nats a byte: random bytes cost ten in any encoding, lone letters among ASCII eight, others four or five
HOPELESS_SHORT = 30.0  # and where there are only a few bytes, they may all be rare
FIRST_BYTES = 200  # of the sample are read in every encoding
RULED_OUT = 40.0  # nats behind after those

# How much less usual than the first ones an encoding is on the web, in nats; only these are tried without being named.
UNDECLARED = {
    **dict.fromkeys(("gb18030", "big5", "shift_jis", "euc-jp", "euc-kr", "windows-1251", "windows-1252"), 0.0),
    **dict.fromkeys(("windows-1250", "windows-1253", "windows-1254", "windows-1255", "windows-1256", "windows-874"), 0.5),
    **dict.fromkeys(("koi8-r", "iso-8859-2", "iso-8859-7", "iso-8859-15", "windows-1257"), 1.0),
    **dict.fromkeys(("koi8-u", "windows-1258"), 1.5),
    **dict.fromkeys(("iso-8859-6", "iso-8859-8"), 2.0),
    **dict.fromkeys(("iso-8859-5", "iso-8859-13", "iso-8859-4", "iso-8859-16", "ibm866"), 3.0),
}
_RARE = 6.0  # any other, if declared and then not believed
_SAME_LANGUAGE = {"no": "nb", "nn": "nb", "hr": "sh", "bs": "sh", "iw": "he", "ur": "fa"}


def guess(body: bytes, declared: Iterable[str], language: str | None) -> str | None:
    """Return the encoding (WHATWG name) that *body*, which is no clean UTF-8, most plausibly is in; None if none fits.

    *declared* are the encodings that the response and the page name, *language* what the page says it is written in.
    """
    labels = {name for name in declared if name in LANGUAGES}
    spoken = (language or "").lower().partition("-")[0]
    spoken = _SAME_LANGUAGE.get(spoken, spoken)
    stretches = sample(body)
    names: Iterable[str] = labels | UNDECLARED.keys()
    first = _first(stretches)
    if len(first) < len(stretches):  # what a few words rule out need not be read in full
        names = _costs(Sample(first, spoken=spoken, bonus=LANGUAGE), names, labels)
    taken = Sample(stretches, spoken=spoken, bonus=LANGUAGE)
    costs = _costs(taken, names, labels)
    rival = min(costs.keys() - labels, key=lambda name: (costs[name], name), default=None)
    for name in labels & costs.keys():
        costs[name] -= LABEL_PER_BYTE * (taken.n_high if rival is None else taken.n_differing(name, rival))
    best = min(costs, key=lambda name: (costs[name], UNDECLARED.get(name, _RARE), name))
    return best if costs[best] <= HOPELESS * taken.n_high + HOPELESS_SHORT else None


def _first(stretches: list[bytes]) -> list[bytes]:
    size = 0
    for n, stretch in enumerate(stretches, start=1):
        size += len(stretch)
        if size >= FIRST_BYTES:
            return stretches[:n]
    return stretches


def _costs(taken: Sample, names: Iterable[str], labels: Iterable[str]) -> dict[str, float]:
    """Return what is cheaper than `RULED_OUT` or declared, with its cost: less what the label is worth, or with its prior."""
    costs: dict[str, float] = {}
    least = math.inf
    for name in sorted(names, key=lambda name: (taken.floor(name), name)):
        if name in labels:
            label = LABEL_MULTI_BYTE if name in MULTI_BYTE else LABEL
            costs[name] = taken.cost(name) - label
        elif taken.floor(name) <= least + RULED_OUT:
            costs[name] = taken.cost(name) + UNDECLARED[name]
        least = min(least, costs.get(name, math.inf))
    return {name: cost for name, cost in costs.items() if name in labels or cost <= least + RULED_OUT}
