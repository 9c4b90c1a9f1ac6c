"""Canonical URLs, their fingerprints, and how a URL may be shown.

One parser for the whole project: what it returns is the only form that is stored, compared and fetched, so that
no two parsers can disagree about where a URL leads. Rules: RFC 3986 §5.2 and §6.2, WHATWG URL (host parsing).
"""

import hashlib
import ipaddress
import re
from dataclasses import dataclass, replace
from urllib.parse import unquote, urljoin

import idna

from worker.errors import InvalidUrl

MAX_LENGTH = 2_000  # what browsers, proxies and index pages of databases agree on
DEFAULT_PORTS = {"http": 80, "https": 443}

# Query parameters that say who shared a link or which campaign paid for it, never which page is meant.
TRACKING_PREFIXES = ("utm_", "_hs", "__hs", "mtm_", "pk_", "piwik_", "matomo_", "hmsr_", "weixin_share_", "guce_referrer")
_ADVERTISING = """
    fbclid gclid gclsrc dclid gbraid wbraid gad_source gad_campaignid msclkid yclid ysclid ymclid twclid ttclid li_fat_id
    igshid igsh irclickid rdt_cid sccid scclid epik bd_vid qz_gdt obclid tblci
"""
_NEWSLETTERS_AND_ANALYTICS = """
    mc_cid mc_eid mkt_tok _ga _gl hsctatracking oly_enc_id oly_anon_id vero_id vero_conv ml_subscriber ml_subscriber_hash
    ns_mchannel ns_source ns_campaign ns_linkname ns_fee wt_mc wt_zmc wt.mc_id s_cid cmpid cmp ncid ocid mbid smid smtyp srnd
    sr_share soc_src soc_trk at_medium at_campaign at_format at_link_id at_link_type at_link_origin at_ptr_name at_bbc_team
    guccounter _trksid trkid trk_contact trk_msg ftag wprov __twitter_impression amp_js_v usqp xtor hmsr hmpl hmcu hmkw hmci
"""
_SHARES_OUT_OF_APPS = """
    spm scm xhsshare share_token share_from share_source share_medium share_plat share_session_id share_tag share_id
    share_from_user_hidden shareuid share_app_id sharer_shareid sharer_shareinfo tt_from tt_medium app_share vd_source
    unique_k bbid isappinstalled nsukey pass_ticket wx_header chksm ascene
"""
TRACKING_NAMES = frozenset((_ADVERTISING + _NEWSLETTERS_AND_ANALYTICS + _SHARES_OUT_OF_APPS).split())
# `from` and `source` choose content on some sites: only these values of them are traces of sharing.
TRACKING_VALUES = {
    "from": frozenset(("singlemessage", "groupmessage", "timeline", "favorites", "weixin", "wechat", "weibo", "qq", "qzone")),
    "source": frozenset(("weixin", "wechat", "singlemessage", "groupmessage", "timeline")),
    "feature": frozenset(("share", "youtu.be")),
    "scene": frozenset(("timeline", "singlemessage", "groupmessage")),
}

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
    resolved, percent-encoding normalised byte for byte (a GBK query stays GBK), fragment and tracking parameters
    dropped, the rest of the query kept in order. Idempotent.

    Raises InvalidUrl for anything that is not http(s) with a host, that holds control characters or credentials,
    that two parsers could read differently, or that is longer than `MAX_LENGTH` characters.
    """
    parts = _parse(url.strip(" \t\r\n\f"))
    canonical = str(replace(parts, query=_without_trackers(parts.query), fragment=None))
    return _within_length(canonical)


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


def _without_trackers(query: str | None) -> str | None:
    if query is None:
        return None
    return "&".join(pair for pair in query.split("&") if not _tracks(pair)) or None


def _tracks(pair: str) -> bool:
    name, _, value = pair.partition("=")
    name = unquote(name).lower()
    if name in TRACKING_NAMES or name.startswith(TRACKING_PREFIXES):
        return True
    return name in TRACKING_VALUES and unquote(value).lower() in TRACKING_VALUES[name]


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
    try:
        return not label.removeprefix("xn--").encode("ascii").decode("punycode").isascii()
    except UnicodeError:
        return False


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
