"""The WARC 1.1 format (ISO 28500:2017): HTTP exchanges as records, each record a gzip member of its own.

Two things differ from the bytes on the wire, both as crawlers commonly do it. The chunks of a chunked message are
joined, so its `Transfer-Encoding` is kept as `X-Crawler-Transfer-Encoding`; a content coding stays on the body.
The HTTP version is written as 1.1, whatever the server said.
"""

import ipaddress
import re
import uuid
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from itertools import chain
from urllib.parse import quote, urlsplit

from worker.exchange import Exchange

GZIP = 16 + zlib.MAX_WBITS  # zlib's way of asking for the gzip wrapper
STORED = 0  # zlib level for what is compressed already: 0.05 ms for a photo and 0.03 % larger, instead of 4 ms for nothing
COMPRESSED = 6  # HTML comes out at a quarter; level 9 costs twice the time for 1 %
HEAD_END = b"\r\n\r\n"
PIECE = 5_000_000  # bytes inflated at once; more than the heads of a record, 256 of at most 16 kB, can take
IDENTICAL_PAYLOAD = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"

_CONTROLS = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")  # may not stand in a header line; a tab may
_PACKED_TYPES = ("image/", "video/", "audio/", "font/")
_URI_CHARACTERS = "!#$%&'()*+,/:;=?@[]~"  # RFC 3986 §2.2, and the mark of what is escaped already

Headers = Iterable[tuple[str, str]]


def new_id() -> str:
    """Return a fresh WARC-Record-ID."""
    return f"<urn:uuid:{uuid.uuid4()}>"


def uri(url: str) -> str:
    """Return *url* with everything escaped that RFC 3986 does not allow, line breaks above all."""
    return quote(url.encode("utf-8", "surrogateescape"), safe=_URI_CHARACTERS)


def warcinfo(file_name: str, software: str, at: float, record_id: str, *, about: Headers = ()) -> bytes:
    """Return the gzip member that opens a file: who wrote it, by which standard, and what else *about* says of it."""
    fields = [
        ("software", software),
        ("format", "WARC File Format 1.1"),
        ("conformsTo", "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"),
        *about,
    ]
    headers = [("WARC-Filename", file_name)] if file_name else []  # a stream has none
    headers.append(("Content-Type", "application/warc-fields"))
    return _record("warcinfo", record_id, at, headers, _lines(fields), b"", COMPRESSED)


def request(exchange: Exchange, record_id: str, warcinfo_id: str, response_id: str) -> bytes:
    """Return the request of *exchange* as a gzip member that names its response."""
    parts = urlsplit(exchange.url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    head = _line(f"{exchange.method} {uri(target)} HTTP/1.1") + _lines(exchange.request_headers) + b"\r\n"
    headers = [
        *_about(exchange, warcinfo_id),
        ("WARC-Concurrent-To", response_id),
        ("Content-Type", "application/http;msgtype=request"),
    ]
    return _record("request", record_id, exchange.started_at, headers, head, b"", COMPRESSED)


def response(exchange: Exchange, record_id: str, warcinfo_id: str) -> bytes:
    """Return the response of *exchange* as a gzip member, its body in the content coding it came in."""
    headers_received = [(_kept_name(name), value) for name, value in exchange.headers]
    head = _line(f"HTTP/1.1 {exchange.status:03d} {exchange.reason}") + _lines(headers_received) + b"\r\n"
    headers = [
        *_about(exchange, warcinfo_id),
        ("WARC-Payload-Digest", f"sha256:{sha256(exchange.wire_body).hexdigest()}"),
        ("Content-Type", "application/http;msgtype=response"),
    ]
    return _record("response", record_id, exchange.started_at, headers, head, exchange.wire_body, _level(exchange))


def revisit(original: "Opening", url: str, at: float, record_id: str, warcinfo_id: str) -> bytes:
    """Return a gzip member that says: *url* led, at *at*, to the payload of *original* (WARC 1.1, `revisit` profiles)."""
    headers = [
        ("WARC-Target-URI", uri(url)),
        ("WARC-Warcinfo-ID", warcinfo_id),
        ("WARC-Profile", IDENTICAL_PAYLOAD),
        ("WARC-Refers-To", original.headers["warc-record-id"]),
        ("WARC-Refers-To-Target-URI", original.headers["warc-target-uri"]),
        ("WARC-Refers-To-Date", original.headers["warc-date"]),
        ("WARC-Payload-Digest", original.headers["warc-payload-digest"]),
        ("Content-Type", "application/http;msgtype=response"),
    ]
    return _record("revisit", record_id, at, headers, original.http_head + HEAD_END, b"", COMPRESSED)


def metadata(url: str, at: float, record_id: str, warcinfo_id: str, about: Headers) -> bytes:
    """Return a gzip member that says *about* what *url* answered, in names of ours (WARC 1.1, `metadata` records)."""
    headers = [("WARC-Target-URI", uri(url)), ("WARC-Warcinfo-ID", warcinfo_id), ("Content-Type", "application/warc-fields")]
    return _record("metadata", record_id, at, headers, _lines(about), b"", COMPRESSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """How a record of ours begins: its WARC headers, by name in lower case, and the head of its HTTP message."""

    headers: Mapping[str, str]
    http_head: bytes


def proven(member: bytes) -> Opening:
    """Return how the record in the gzip *member* begins, when all of it is there and as its digests say.

    Inflates a piece at a time, whatever the record may come to. Raises ValueError when the record is not as it was written.
    """
    pieces = _inflated(member)
    head, _, first = next(pieces, b"").partition(HEAD_END)
    lines = head.decode("utf-8", "surrogateescape").split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    left, digest, behind = int(headers.get("content-length", "0")), sha256(), b""
    for piece in chain([first], pieces):
        digest.update(piece[:left])
        behind += piece[left:]
        left -= min(left, len(piece))
    if left or behind != HEAD_END or headers.get("warc-block-digest") != f"sha256:{digest.hexdigest()}":
        raise ValueError("it is not as it was written")
    return Opening(headers=headers, http_head=first.partition(HEAD_END)[0])


def http_message(record: bytes) -> tuple[bytes, bytes]:
    """Return head and body of the HTTP message in an inflated response record.

    Raises ValueError when it is no whole record with an HTTP message in it.
    """
    head = record[: max(record.find(HEAD_END), 0)]
    stated = re.search(rb"(?im)^Content-Length:\s*(\d+)\s*$", head)
    if not head.startswith(b"WARC/1.") or stated is None:
        raise ValueError("it does not begin like a WARC record")
    start = len(head) + len(HEAD_END)
    end = start + int(stated[1])
    if record[end:] != HEAD_END:
        raise ValueError("its length is not the stated one")
    body = record.find(HEAD_END, start, end) + len(HEAD_END)
    if body < start + len(HEAD_END) or not record.startswith(b"HTTP/", start):
        raise ValueError("it holds no HTTP message")
    return record[start : body - len(HEAD_END)], record[body:end]


def status_and_headers(http_head: bytes) -> tuple[int, str, tuple[tuple[str, str], ...]]:
    """Return status, reason and headers, in order and with repetitions, from an HTTP head of ours.

    Raises ValueError when it has no status line.
    """
    first, *lines = http_head.decode("utf-8", "surrogateescape").split("\r\n")
    _, status, reason = f"{first} ".split(" ", 2)
    pairs = (line.partition(": ") for line in lines)
    return int(status), reason.strip(), tuple((name, value) for name, _, value in pairs)


def _inflated(member: bytes) -> Iterator[bytes]:
    """Yield what *member* holds in pieces. Raises ValueError when that is not one whole gzip member."""
    inflating, left = zlib.decompressobj(GZIP), member
    try:
        while not inflating.eof:
            piece = inflating.decompress(left, PIECE)
            left = inflating.unconsumed_tail
            if not piece and not left:
                break
            yield piece
    except zlib.error as error:
        raise ValueError(str(error)) from error
    if not inflating.eof or inflating.unused_data:
        raise ValueError("it is not one whole gzip member")


def _about(exchange: Exchange, warcinfo_id: str) -> list[tuple[str, str]]:
    """Return the WARC headers that request and response have in common."""
    headers = [("WARC-Target-URI", uri(exchange.url)), ("WARC-Warcinfo-ID", warcinfo_id)]
    try:
        headers.append(("WARC-IP-Address", str(ipaddress.ip_address((exchange.address or "").partition("%")[0]))))
    except ValueError:
        pass
    return headers


def _record(kind: str, record_id: str, at: float, headers: Headers, head: bytes, body: bytes, level: int) -> bytes:
    """Return one record, its block being *head* and *body*, as a gzip member."""
    digest = sha256(head)
    digest.update(body)
    date = datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    named = [("WARC-Type", kind), ("WARC-Record-ID", record_id), ("WARC-Date", date), *headers]
    named += [("WARC-Block-Digest", f"sha256:{digest.hexdigest()}"), ("Content-Length", str(len(head) + len(body)))]
    member = zlib.compressobj(level, zlib.DEFLATED, GZIP)
    parts = [b"WARC/1.1\r\n" + _lines(named) + b"\r\n" + head, body, HEAD_END]
    return b"".join([*map(member.compress, parts), member.flush()])


def _level(exchange: Exchange) -> int:
    """Return the zlib level that suits the body: none for what is compressed already."""
    coding = (exchange.header("content-encoding") or "identity").strip().lower()
    media_type = (exchange.header("content-type") or "").strip().lower()
    packed = media_type.startswith(_PACKED_TYPES) and not media_type.startswith("image/svg")
    return STORED if packed or coding != "identity" else COMPRESSED


def _kept_name(name: str) -> str:
    return f"X-Crawler-{name}" if name.lower() == "transfer-encoding" else name


def _line(text: str) -> bytes:
    """Return *text* as one line, its bytes as they were received (aiohttp decodes them in this way)."""
    return _CONTROLS.sub(b" ", text.encode("utf-8", "surrogateescape")) + b"\r\n"


def _lines(headers: Headers) -> bytes:
    return b"".join(_line(f"{name}: {value}") for name, value in headers)
