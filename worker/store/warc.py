"""The WARC 1.1 format (ISO 28500:2017): HTTP exchanges as records, each record a gzip member of its own.

Two things differ from the bytes on the wire, both as crawlers commonly do it. The chunks of a chunked message are
joined, so its `Transfer-Encoding` is kept as `X-Crawler-Transfer-Encoding`; a content coding stays on the body.
The HTTP version is written as 1.1, whatever the server said.
"""

import ipaddress
import re
import uuid
import zlib
from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256
from urllib.parse import quote, urlsplit

from worker.models import Exchange

GZIP = 16 + zlib.MAX_WBITS  # zlib's way of asking for the gzip wrapper
STORED = 0  # zlib level for what is compressed already: 0.05 ms for a photo and 0.03 % larger, instead of 4 ms for nothing
COMPRESSED = 6  # HTML comes out at a quarter; level 9 costs twice the time for 1 %
HEAD_END = b"\r\n\r\n"

_CONTROLS = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")  # may not stand in a header line; a tab may
_PACKED_TYPES = ("image/", "video/", "audio/", "font/")
_URI_CHARACTERS = "!#$%&'()*+,/:;=?@[]~"  # RFC 3986 §2.2, and the mark of what is escaped already

Headers = Iterable[tuple[str, str]]


def new_id() -> str:
    """Return a fresh WARC-Record-ID."""
    return f"<urn:uuid:{uuid.uuid4()}>"


def warcinfo(file_name: str, software: str, at: float, record_id: str) -> bytes:
    """Return the gzip member that opens a file: who wrote it, and by which standard."""
    fields = [
        ("software", software),
        ("format", "WARC File Format 1.1"),
        ("conformsTo", "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"),
    ]
    headers = [("WARC-Filename", file_name), ("Content-Type", "application/warc-fields")]
    return _record("warcinfo", record_id, at, headers, _lines(fields), b"", COMPRESSED)


def request(exchange: Exchange, record_id: str, warcinfo_id: str, response_id: str) -> bytes:
    """Return the request of *exchange* as a gzip member that names its response."""
    parts = urlsplit(exchange.url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    head = _line(f"{exchange.method} {_uri(target)} HTTP/1.1") + _lines(exchange.request_headers) + b"\r\n"
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


def _about(exchange: Exchange, warcinfo_id: str) -> list[tuple[str, str]]:
    """Return the WARC headers that request and response have in common."""
    headers = [("WARC-Target-URI", _uri(exchange.url)), ("WARC-Warcinfo-ID", warcinfo_id)]
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


def _uri(url: str) -> str:
    """Return *url* with everything escaped that RFC 3986 does not allow, line breaks above all."""
    return quote(url.encode("utf-8", "surrogateescape"), safe=_URI_CHARACTERS)


def _line(text: str) -> bytes:
    """Return *text* as one line, its bytes as they were received (aiohttp decodes them in this way)."""
    return _CONTROLS.sub(b" ", text.encode("utf-8", "surrogateescape")) + b"\r\n"


def _lines(headers: Headers) -> bytes:
    return b"".join(_line(f"{name}: {value}") for name, value in headers)
