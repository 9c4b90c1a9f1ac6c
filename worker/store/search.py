"""Search over titles and texts by the database's own full-text search, alike on SQLite (FTS5) and PostgreSQL (tsvector).

Han, kana and Hangul are written without spaces that could be relied on, and neither database can part them into words.
So each two neighbours are a word, as in Lucene's CJK analyser: 经济学 gives 经济, 济学 and 学. A query's run is the
phrase of its pairs; a single character is the beginning of a pair. Single characters as words would not do: PostgreSQL
keeps 256 places of a word, and would read every text again in which the characters stand anywhere.
"""

import re
import unicodedata
from dataclasses import dataclass
from operator import add

# Letters only: the middle dot of ジョン・スミス parts words.
UNSPACED = (
    "\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af\U00020000-\U0003134f"
)
WORD = re.compile(rf"([{UNSPACED}]+)|([^\W_{UNSPACED}]+)")

MAX_WORD = 60  # characters; longer runs are addresses and codes, and PostgreSQL refuses words of 2 kB
MAX_WORDS = 16_000  # PostgreSQL keeps positions up to 16,383
MAX_BYTES = 900_000  # PostgreSQL refuses a text whose different words take over 1 MB, 5 bytes each added

# Letters with marks as they are typed without them: é is e. In other scripts a mark may make another letter.
MARKED = re.compile("[\u00c0-\u024f\u1e00-\u1eff]")


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that must follow each other in a text; an *open* phrase's last word may go on."""

    words: tuple[str, ...]
    open: bool = False


def words_of(text: str) -> str:
    """Return the words of *text*, folded (NFKC, case, accents) and separated by spaces; cut where no database goes on."""
    found: list[str] = []
    for run, word in WORD.findall(_folded(text)):
        if word:
            found.append(word[:MAX_WORD])
        else:
            found += _pairs(run)
    words = " ".join(found[:MAX_WORDS])
    if len(words) * 4 <= MAX_BYTES:  # no character takes more
        return words
    return words.encode()[:MAX_BYTES].decode(errors="ignore")


def phrases_of(query: str) -> list[Phrase]:
    """Return the phrases that a text must hold to match *query*: its blank-separated parts, folded as the texts are."""
    return [_phrase(runs) for part in query.split() if (runs := WORD.findall(_folded(part)))]


def fts5_query(phrases: list[Phrase]) -> str:
    """Return *phrases* in the query language of SQLite's FTS5; words hold letters and digits only."""
    return " AND ".join(f'"{" ".join(phrase.words)}"{" *" if phrase.open else ""}' for phrase in phrases)


def tsquery(phrases: list[Phrase]) -> str:
    """Return *phrases* in the query language of PostgreSQL's `to_tsquery`."""
    return " & ".join(
        "(" + " <-> ".join(f"'{word}'" for word in phrase.words) + (":*" if phrase.open else "") + ")" for phrase in phrases
    )


def _folded(text: str) -> str:
    return MARKED.sub(_bare, unicodedata.normalize("NFKC", text).casefold())


def _bare(found: re.Match[str]) -> str:
    letter = unicodedata.normalize("NFD", found[0])[0]
    return letter if letter.isascii() else found[0]


def _pairs(run: str) -> list[str]:
    """Return the neighbours in *run*, and its last character, which the texts have where it is followed by nothing."""
    return [*map(add, run, run[1:]), run[-1]]


def _phrase(runs: list[tuple[str, str]]) -> Phrase:
    *before, (last_run, last_word) = runs
    words = [part for run, word in before for part in (_pairs(run) if run else [word[:MAX_WORD]])]
    if not last_run:
        return Phrase((*words, last_word[:MAX_WORD]))
    if len(last_run) == 1:
        return Phrase((*words, last_run), open=True)
    return Phrase((*words, *_pairs(last_run)[:-1]))  # the text may go on where the query ends
