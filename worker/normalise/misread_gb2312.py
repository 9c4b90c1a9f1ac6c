"""GB 2312 that was read as Latin-1 or windows-1252 before it came to the page, read again. Pure functions.

A byte of 0xAD went as a soft hyphen on the way, in one character of a hundred, and shifts what follows. Where it stood is found
by what comes out: characters that are in use. Where two places do equally well, the characters between them are given up.
"""

import re

FEWEST_HAN = 20  # different characters: no language has as many pairs of accented letters
LONG = 6  # characters a run, on average: three Chinese ones; of accented letters two in a row are rare
SHARE = 0.9  # of the characters beyond ASCII are in such runs
MARGIN = 3  # characters beside a place in doubt are in doubt too: without it 2.6 in 10,000 come out wrong, so 0.6
STRANGE = 0.3  # cost of a character, on average: ordinary text has 0.05, and text that is none 1.5

_RUN = re.compile("[\u00a1-\u00fe]{2,}")
_BEYOND_ASCII = re.compile("[^\x00-\x7f]")
_LOST = "\ufffd"
_DROPPED = 0xAD
# What an unlikely character costs, by its lead byte: none for punctuation and the first level (the 3,755 characters in use),
# one for the second, five for what no article holds; a dropped byte costs as much as the three shifted characters it explains.
_COSTS = [5] * 256
_COSTS[0xA1] = _COSTS[0xA3] = 0
_COSTS[0xB0:0xD8] = [0] * 40
_COSTS[0xD8:0xF8] = [1] * 32
_GAP = 3


def is_misread(text: str) -> bool:
    """Return whether *text* is Chinese in GB 2312, misread."""
    runs = _RUN.findall(text)
    spelt = sum(map(len, runs))
    if spelt < max(2 * FEWEST_HAN, LONG * len(runs), SHARE * len(_BEYOND_ASCII.findall(text))):
        return False
    read = [_read(run.encode("latin-1"), early=True) for run in runs]
    return sum(cost for _, cost in read) <= STRANGE * spelt / 2 and len(set("".join(said for said, _ in read))) >= FEWEST_HAN


def read_again(text: str) -> str:
    """Return *text*, which was misread, as it was written; U+FFFD stands for what cannot be known."""
    return _RUN.sub(lambda run: _certain(run[0]), text)


def _certain(run: str) -> str:
    raw = run.encode("latin-1")
    early, cost = _read(raw, early=True)
    late, _ = _read(raw, early=False)
    if len(early) != len(late) or cost > STRANGE * max(len(early), len(raw) - 1):
        return run
    doubtful = {number for number, (one, other) in enumerate(zip(early, late, strict=True)) if one != other or one == _LOST}
    around = {number + step for number in doubtful for step in range(-MARGIN, MARGIN + 1)}
    return "".join(_LOST if number in around else char for number, char in enumerate(early))


def _read(raw: bytes, *, early: bool) -> tuple[str, int]:
    """Return what *raw* says at the least cost, dropped bytes put back as *early* as that allows or as late; and the cost."""
    costs, steps = [0], [0]
    for end in range(1, len(raw) + 1):
        put_back = costs[end - 1] + _GAP + _COSTS[raw[end - 1]]
        whole = costs[end - 2] + _COSTS[raw[end - 2]] if end > 1 else put_back + 1
        takes_one = put_back < whole or (put_back == whole and not early)
        costs.append(put_back if takes_one else whole)
        steps.append(1 if takes_one else 2)
    pairs, end = [], len(raw)
    while end:
        pairs.append(raw[end - 2 : end] if steps[end] == 2 else bytes((raw[end - 1], _DROPPED)))
        end -= steps[end]
    return b"".join(reversed(pairs)).decode("gb2312", "replace"), costs[-1]
