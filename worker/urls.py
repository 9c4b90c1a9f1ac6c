"""Canonical URLs, their fingerprints, and how a URL may be shown.

One parser for the whole project: what it returns is the only form that is stored, compared and fetched, so that
no two parsers can disagree about where a URL leads. Rules: RFC 3986 §5.2 and §6.2, WHATWG URL (host parsing).
"""

import hashlib
import ipaddress
import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import unquote, urljoin

import idna

from worker.amp_caches import origin_of
from worker.errors import InvalidUrl
from worker.tracking import without_sessions, without_traces

MAX_LENGTH = 2_000  # what browsers, proxies and index pages of databases agree on
DEFAULT_PORTS = {"http": 80, "https": 443}

_SECRET_NAME = re.compile(r"(?:token|key|sig|signature|password|passwd|passcode|pwd|secret|credential|credentials|auth|jwt)$")
_PARAMETER = re.compile(r"(?<=[?&;#])([^=&;#]+)=([^&;#]*)")
_USERINFO = re.compile(r"((?:^|[a-z0-9+.-]:)[/\\]{2,})[^/?#]*@", re.IGNORECASE)

_SHAPE = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.DOTALL)
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]+")
_LABEL = re.compile(r"[a-z0-9_-]{1,63}")  # underscores are no host name (RFC 952), but real sites use them
_NUMBER = re.compile(r"(?:[0-9]+|0x[0-9a-f]*)")
_PORT = re.compile(r"[0-9]{1,5}")
_OTHER_DOTS = re.compile("[\u3002\uff0e\uff61]")
_ESCAPE = {  # what RFC 3986 lets stand unescaped, per component
    "path": re.compile(r"%([0-9A-Fa-f]{2})|[^A-Za-z0-9\-._~!$&'()*+,;=:@/]"),
    "query": re.compile(r"%([0-9A-Fa-f]{2})|[^A-Za-z0-9\-._~!$&'()*+,;=:@/?]"),
}
_JOINERS = "\u200c\u200d"  # unseen, and part of words in Persian and in the scripts of India
_SLASHES = re.compile(r"(?<!:)/{2,}")
_ROUTE = re.compile(r"[!/].*[^/]")  # `#!` and `#/` alone are the page itself
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


@dataclass(frozen=True, slots=True)
class _Parts:
    scheme: str
    host: str
    port: int | None
    path: str
    query: str | None
    fragment: str | None

    def __str__(self) -> str:
        query = "" if self.query is None else f"?{self.query}"
        fragment = "" if self.fragment is None else f"#{self.fragment}"
        return f"{self.scheme}://{self.netloc}{self.path}{query}{fragment}"

    @property
    def netloc(self) -> str:
        return self.host if self.port is None else f"{self.host}:{self.port}"


def canonicalise(url: str) -> str:
    """Return the one form under which *url* is known.

    Scheme and host lower-case (IDNA, trailing dot and default port gone, numeric IPv4 as four decimals), dot segments
    resolved, repeated slashes one (but for those of an address inside the path), percent-encoding normalised byte for
    byte (a GBK query stays GBK), tracking parameters and session ids (`worker.tracking`) and empty pairs dropped, a copy
    in an AMP cache known as its origin. Idempotent.

    The rest of the query keeps its order: some sites read it by position, some names stand several times, and two
    orders of one address cost a key too many at worst. A fragment is dropped unless it begins with `!` or `/` and goes
    on: such are the routes of pages that scripts put together, and what would be two articles is not to share a key.

    Raises InvalidUrl where WHATWG URL would go on: for anything that is not http(s) with `//` and a host (a line is
    pasted, not clicked: what lacks them is a word or a slip); for credentials (they would be stored and shown);
    backslashes, percent-encoding in the host, full-width hosts and an IPv6 zone (programs disagree on where they lead,
    which is how guards are fooled); tabs, line breaks and other control characters inside (two lines run together, or a
    forged header); host names that DNS cannot hold or IDNA 2008 forbids; port 0; over `MAX_LENGTH` characters.
    """
    parts = _identity(_parse(url.strip(" \t\r\n\f")))
    while (origin := _origin(parts)) is not None:  # a copy of a copy is shorter each time
        parts = _identity(origin)
    return _within_length(str(parts))


def twins(canonical: str) -> tuple[str, ...]:
    """Return the other spellings under which sites serve the page of a *canonical* URL: http or https, with or without `www.`.

    Two articles could stand there, and hardly ever do: good for finding what is stored, not for taking a key.
    """
    scheme, _, rest = canonical.partition("://")
    host = rest.partition("/")[0]
    schemes = [scheme] if ":" in host else [scheme, "http" if scheme == "https" else "https"]  # a port is one scheme's own
    hosts = [rest]
    if rest.startswith("www."):
        hosts.append(rest[4:])
    elif "." in host and host.partition(":")[0][-1:].isalpha():  # no address
        hosts.append(f"www.{rest}")
    return tuple(f"{one}://{other}" for other in hosts for one in schemes)[1:]


def fingerprint(canonical: str) -> bytes:
    """Return the 16 bytes (SHA-256, cut) by which a *canonical* URL is keyed."""
    return hashlib.sha256(canonical.encode()).digest()[:16]


def host_of(url: str) -> str:
    """Return the `host` or `host:port` of *url*, lower-case, without a default port. Raises InvalidUrl."""
    return _parse(url).netloc


def resolve(base: str, reference: str) -> str | None:
    """Return *reference*, as an attribute of the page *base* gives it, as an absolute URL; None if it is no http(s) URL.

    Reads as browsers do (WHATWG URL): outer white space and inner tabs and line breaks dropped, backslashes of the
    path turned. Keeps the fragment and every parameter.
    """
    reference = re.sub(r"[\t\r\n]", "", reference.strip("".join(map(chr, range(33)))))
    head, mark, tail = _cut(reference)
    try:
        return str(_parse(urljoin(base, head.replace("\\", "/") + mark + tail)))
    except (InvalidUrl, ValueError):  # ValueError: urljoin on a broken [host]
        return None


def masked(url: str) -> str:
    """Return *url* fit for logs and messages: credentials and secret-looking parameters as `***`, no control characters.

    Takes any string.
    """
    shown = _CONTROLS.sub("", url)
    shown = _USERINFO.sub(r"\1***@", shown)
    return _PARAMETER.sub(lambda m: f"{m[1]}=***" if _SECRET_NAME.search(unquote(m[1]).lower()) else m[0], shown)


def _cut(reference: str) -> tuple[str, str, str]:
    """Split before the first `?` or `#`."""
    found = re.search(r"[?#]", reference)
    at = found.start() if found else len(reference)
    return reference[:at], reference[at : at + 1], reference[at + 1 :]


def _within_length(url: str) -> str:
    if len(url) > MAX_LENGTH:
        raise InvalidUrl(f"the URL is longer than {MAX_LENGTH} characters")
    return url


def _parse(url: str) -> _Parts:
    _within_length(url)
    if _FORBIDDEN.search(url):
        raise InvalidUrl("the URL holds control characters")
    found = _SHAPE.fullmatch(url)
    scheme = found[1].lower() if found else ""
    if found is None or scheme not in DEFAULT_PORTS:
        raise InvalidUrl(f"not an http or https URL: {masked(url)[:200]}")
    _, authority, path, query, fragment = found.groups()
    if not authority:
        raise InvalidUrl(f"the URL has no host: {masked(url)[:200]}")
    if "@" in authority:
        raise InvalidUrl(f"the URL carries credentials: {masked(url)[:200]}")
    if "\\" in authority or "\\" in path:
        raise InvalidUrl(f"a backslash in a URL means different things to different programs: {masked(url)[:200]}")
    host, port = _host_and_port(authority)
    return _Parts(
        scheme,
        host,
        None if port == DEFAULT_PORTS[scheme] else port,
        _without_dots(_escaped(path, "path")) or "/",
        _escaped(query, "query") if query else None,
        _escaped(fragment, "query") if fragment else None,
    )


def _escaped(text: str, component: str) -> str:
    """Return *text* with exactly the characters escaped that must be; bytes that are escaped already keep their value."""

    def one(match: re.Match[str]) -> str:
        if match[1] is None:
            return "".join(f"%{byte:02X}" for byte in match[0].encode())
        char = chr(int(match[1], 16))
        return char if char in _UNRESERVED else match[0].upper()

    return _ESCAPE[component].sub(one, text)


def _without_dots(path: str) -> str:
    """Resolve `.` and `..` (RFC 3986 §5.2.4)."""
    if "/." not in path:
        return path
    kept: list[str] = []
    segments = path.split("/")
    for segment in segments[1:]:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in {".", ".."}:
        kept.append("")
    return "/" + "/".join(kept)


def _identity(parts: _Parts) -> _Parts:
    """Return what of *parts* says which page is meant."""
    path, query, fragment = parts.path, parts.query, parts.fragment
    if ";" in path or "/(" in path:
        path = _without_dots(without_sessions(path))  # `/..;jsessionid=1/` was no dot segment before
    if "//" in path:
        path = _SLASHES.sub("/", path)
    if query is not None:
        query = without_traces(query) or None
    if fragment is not None and not _ROUTE.match(fragment):
        fragment = None
    return _Parts(parts.scheme, parts.host, parts.port, path or "/", query, fragment)


def _origin(parts: _Parts) -> _Parts | None:
    """Return the page of whose AMP copy *parts* is the address, None when it is no copy, or none of a page with an address."""
    if "amp" not in parts.host and not parts.path.startswith("/amp/"):
        return None
    address = origin_of(parts.netloc, parts.path)
    if address is None:
        return None
    try:
        return _parse(address + ("" if parts.query is None else f"?{parts.query}"))
    except InvalidUrl:
        return None


def _host_and_port(authority: str) -> tuple[str, int | None]:
    if authority.startswith("["):
        address, bracket, rest = authority[1:].partition("]")
        if not bracket or (rest and not rest.startswith(":")):
            raise InvalidUrl(f"not an IPv6 address: {authority}")
        return _ipv6(address), _port(rest[1:])
    host, _, port = authority.partition(":")
    return _host(host), _port(port)


def _port(text: str) -> int | None:
    if not text:
        return None
    if not _PORT.fullmatch(text) or not 0 < int(text) < 65_536:
        raise InvalidUrl(f"not a port: {text[:20]}")
    return int(text)


def _host(host: str) -> str:
    name = host.lower() if host.isascii() else _idna(host)
    name = name.removesuffix(".")
    labels = name.split(".")
    if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise InvalidUrl(f"not a host name: {host[:100]}")
    if _NUMBER.fullmatch(labels[-1]):
        return _ipv4(labels)
    for label in labels:
        if label.startswith("xn--") and not _is_punycode(label):
            raise InvalidUrl(f"not a host name: {host[:100]}")
    return name


def _idna(host: str) -> str:
    """Return the ASCII form of an international *host* (UTS 46).

    Refuses look-alikes of ASCII (full-width or circled digits, ideographic full stops): some programs map them to
    another host, others look them up as they stand.
    """
    try:
        name = "" if _OTHER_DOTS.search(host) else idna.encode(host, uts46=True).decode("ascii").lower()
    except UnicodeError:  # idna.IDNAError is one
        name = ""
    if "xn--" not in name:
        raise InvalidUrl(f"not a host name: {host[:100]}")
    return name


def _is_punycode(label: str) -> bool:
    """Return whether *label* is the ASCII form of a name as UTS 46 leaves one: composed, lower-case, all of it to be seen.

    Looser than IDNA 2008, since names made of signs are registered and work.
    """
    try:
        name = label.removeprefix("xn--").encode("ascii").decode("punycode")
    except UnicodeError:
        return False
    seen = all(unicodedata.category(char)[0] not in "CZ" for char in name if char not in _JOINERS)
    return not name.isascii() and seen and unicodedata.normalize("NFC", name.lower()) == name


def _ipv4(labels: list[str]) -> str:
    """Return the dotted quad that browsers read in `0x7f.1`, `2130706433` or `0177.0.0.1` (WHATWG IPv4 parser)."""
    try:
        *heads, last = [_ipv4_number(label) for label in labels]
    except ValueError:
        raise InvalidUrl(f"not an IPv4 address: {'.'.join(labels)}") from None
    if len(heads) > 3 or any(head > 255 for head in heads) or last >= 256 ** (4 - len(heads)):
        raise InvalidUrl(f"not an IPv4 address: {'.'.join(labels)}")
    value = last + sum(head << (24 - 8 * i) for i, head in enumerate(heads))
    return str(ipaddress.IPv4Address(value))


def _ipv4_number(label: str) -> int:
    if label.startswith("0x"):
        return int(label[2:] or "0", 16)
    return int(label, 8) if len(label) > 1 and label.startswith("0") else int(label)


def _ipv6(address: str) -> str:
    try:
        parsed = ipaddress.IPv6Address(address)
    except ValueError:
        parsed = None
    if parsed is None or parsed.scope_id is not None:  # a zone names an interface of one machine
        raise InvalidUrl(f"not an IPv6 address: {address[:100]}")
    if parsed.ipv4_mapped is not None:  # its text form changed between Python versions
        value = int(parsed.ipv4_mapped)
        return f"[::ffff:{value >> 16:x}:{value & 0xFFFF:x}]"
    return f"[{parsed.compressed}]"
