"""Articles as a Parquet file: a row an article, under the names of the article's JSON, in columns with types."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import IO, Any

from arro3.core import Array, DataType, Field, RecordBatch, RecordBatchReader, Schema, list_array, struct_array
from arro3.io import write_parquet as write_file

from worker.article_json import HTTP_KEYS, StoredArticle, article_json
from worker.store.storable import storable

BATCH = 100  # articles turned into columns at once: a few megabytes
ROW_GROUP = 2_000  # articles of a row group, which is in memory, compressed, until it is written: about 10 MB
COMPRESSION = "zstd(3)"  # a third smaller than snappy, and read by everything that reads Parquet

_TEXT, _NUMBER = DataType.utf8(), DataType.int64()
_TEXTS = DataType.list(Field("item", _TEXT))
_MOMENT = DataType.timestamp("ms", tz="UTC")
_HTTP = DataType.struct([Field(name, _NUMBER if name == "status" else _TEXT) for name in HTTP_KEYS])
_IMAGE_KEYS = (
    "url",
    "position",
    "alt",
    "caption",
    "credit",
    "state",
    "reason",
    "sha256",
    "media_type",
    "width",
    "height",
    "bytes",
)
_COUNTS = ("position", "width", "height", "bytes")
_IMAGE = DataType.struct([Field(name, _NUMBER if name in _COUNTS else _TEXT) for name in _IMAGE_KEYS])
_CREDIT = DataType.struct([Field("name", _TEXT), Field("role", _TEXT)])
_COPY = DataType.struct(
    [Field("id", _NUMBER), Field("url", _TEXT), Field("relation", _TEXT), Field("likeness", DataType.float64())]
)

# published_at and modified_at stay as the page has them: a bare day is no moment, and an offset says where it was.
_TYPED = {
    "id": _NUMBER, "version": _NUMBER, "fetched_at": _MOMENT, "http": _HTTP, "images": DataType.list(Field("item", _IMAGE)),
    "aliases": _TEXTS, "authors": _TEXTS, "editors": _TEXTS, "tags": _TEXTS, "authors_normalised": _TEXTS,
    "editors_normalised": _TEXTS, "credits": DataType.list(Field("item", _CREDIT)),
    "cluster": _NUMBER, "canonical_copy": _NUMBER, "near_copies": DataType.list(Field("item", _COPY)),
}  # fmt: skip
COLUMNS = (
    "id", "url", "final_url", "canonical_url", "aliases", "title", "authors", "editors", "credits", "source",
    "site_name", "published_at", "modified_at", "language", "description", "section", "tags", "text", "markdown",
    "title_normalised", "authors_normalised", "editors_normalised", "text_normalised", "markdown_normalised", "images",
    "lead_image", "cluster", "canonical_copy", "near_copies", "version", "fetched_at", "http", "extractor", "quality", "job", "outcome",
)  # fmt: skip
_FIELDS = [Field(name, _TYPED.get(name, _TEXT)) for name in COLUMNS]
SCHEMA = Schema(_FIELDS)


def write_parquet(articles: Iterable[StoredArticle], stream: IO[bytes]) -> int:
    """Write a row an article to *stream*, a file, a row group at a time; return how many. Raises what *articles* and it raise.

    `quality` is JSON text: its keys differ from article to article. Text is without NUL, which many readers take for an end.
    """
    file = _File(stream)
    batches = _Batches(articles, file)
    try:
        reader = RecordBatchReader.from_batches(SCHEMA, iter(batches))
        write_file(reader, file, compression=COMPRESSION, max_row_group_size=ROW_GROUP)  # type: ignore[arg-type]  # asks no more
    finally:  # what flew through the writer comes out of it as an error of its own, without class
        if (cause := batches.raised or file.raised) is not None:
            raise cause
    return batches.n


class _Batches:
    """The articles as batches of columns; *n* counts them, *raised* is what ended them before their time.

    A *file* that takes no more ends them too.
    """

    def __init__(self, articles: Iterable[StoredArticle], file: "_File") -> None:
        self._articles = iter(articles)
        self._file = file
        self.n = 0
        self.raised: BaseException | None = None

    def __iter__(self) -> Iterator[RecordBatch]:
        try:
            while self._file.raised is None and (rows := [_row(article) for article in islice(self._articles, BATCH)]):
                self.n += len(rows)
                columns = [_array([row[field.name] for row in rows], field.type) for field in _FIELDS]
                yield RecordBatch.from_arrays(columns, schema=SCHEMA)
        except BaseException as error:
            self.raised = error
            raise


class _File:
    """A stream as the Parquet writer uses it; *raised* is what its first failure was, after which it takes nothing more.

    It raises nothing itself: an error in the middle of the writer's work makes that panic, with a page of words on stderr.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.seek = stream.seek
        self.raised: OSError | None = None

    def write(self, data: bytes) -> int:
        """Write *data*."""
        self._unless_failed(lambda: self._stream.write(data))
        return len(data)

    def flush(self) -> None:
        """Pass on what is kept back."""
        self._unless_failed(self._stream.flush)

    def _unless_failed(self, step: Callable[[], object]) -> None:
        if self.raised is None:
            try:
                step()
            except OSError as error:
                self.raised = error


def _row(article: StoredArticle) -> dict[str, Any]:
    """Return what the columns take of *article*: its JSON, but for what needs a type or has none."""
    values = article_json(article)
    quality = json.dumps(values["quality"], ensure_ascii=False)
    return values | {"fetched_at": round(article.fetched_at * 1000), "quality": quality}


def _array(values: Sequence[Any], type_: DataType) -> Array:
    """Return *values* as an array of *type_*; lists and structs are put together from arrays of what they hold."""
    if DataType.is_list(type_):
        assert type_.value_type is not None
        ends = [0]
        for value in values:
            ends.append(ends[-1] + len(value))
        return list_array(Array(ends, type=DataType.int32()), _array([one for value in values for one in value], type_.value_type),
                          type=type_)  # fmt: skip
    if DataType.is_struct(type_):
        return struct_array([_array([v[f.name] for v in values], f.type) for f in type_.fields], fields=type_.fields)
    if DataType.is_timestamp(type_):
        return Array(values, type=_NUMBER).cast(type_)
    if type_ == _TEXT:
        return Array([storable(value) if value is not None else None for value in values], type=type_)
    return Array(values, type=type_)
