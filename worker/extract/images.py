"""Which address of a picture is the best one, and which pictures nobody wants."""

import re
from collections.abc import Iterator, Mapping

from worker.extract.addresses import absolute

Attrs = Mapping[str, str | None]

# Where scripts that load pictures late keep the address, the most telling first; `src` then holds a placeholder.
LAZY = (
    "data-src", "data-original", "data-actualsrc", "data-echo", "data-lazy-src", "data-url", "data-backsrc", "_src",
    "zoomfile", "file", "original", "real_src", "data-lazy", "data-original-src", "data-hi-res-src", "data-full-src",
    "data-large-file", "data-image", "data-img-src",
)  # fmt: skip
_LAZY = frozenset(LAZY)
VAGUE = frozenset(("data-url", "data-image", "file", "original", "data-lazy"))  # may keep something else as well
SRCSETS = ("data-srcset", "data-lazy-srcset", "srcset")
TRACKER_PX = 2  # declared size up to which a picture only counts visits
ICON_PX = 60  # declared size under which both sides make an icon

_PLACEHOLDER = re.compile(
    r"(?:^|[_.-])(?:blank|none|loading|lazy_?load|gr[ae]y|spacer|transparent|placeholder|"
    r"pre_?loading|pixel|clear|1x1|default_?img|noimage)[\w-]{0,12}\.(?:gif|png|jpe?g|svg|webp)$",
    re.IGNORECASE,
)
_NO_ADDRESS = re.compile(r"(?:about|javascript):", re.IGNORECASE)
_TRACKER = re.compile(
    r"/(?:ads?|count|counter|hits?|stat|track(?:er|ing)?|pixel|beacon)/|/(?:hm|t|count|hits)\.gif|[?&]pixel", re.IGNORECASE
)
_QR = re.compile(
    r"(?<![a-z])(?:qr_?code|ewm|erweima|weixin_?code|wxcode|qr)(?![a-z])|二维码|二維碼|扫一扫|扫码|掃一掃|掃碼", re.IGNORECASE
)
_ICON = re.compile(
    r"(?:^|[/_.-])(?:icons?|logo|share|print|arrow|button|btn|avatar|gravatar|sprite|bullet)(?=[/_.-])", re.IGNORECASE
)
# Files that are called a control or an emblem alone, whatever their size.
_FILE = re.compile(r"\.(?:jpe?g|png|webp|gif|avif)(?:$|[?#])", re.IGNORECASE)
_EMBLEM = re.compile(
    r"/(?:icons?/[^/]*|(?:[\w-]*[-_.])?icons?|icons?[-_.][\w-]*|share|logo|arrow|play|close|sprite|spacer|badge|app-?store|google-?play)"
    r"\.(?:png|gif|webp)$"
)
_AVATAR = re.compile(
    r"/(?:avatars?|autor(?:es)?|authors?|userpics?|profile[-_]?(?:pics?|images?|photos?))/|/(?:avatar|gravatar)[-_.\d]"
)
_ADVERT = re.compile(
    r"/(?:adverts?|advertising|banners?|werbung|publicidad|reklama?|sponsors)/|[-_/](?:werbung|publicidad|advert|adbanner)[-_.\d]"
)
# The words of all of these: a picture whose address and names hold none of them is not looked at any closer.
_WORD = re.compile(r"[a-z]+")
_TELLING = frozenset({
    "icon", "icons", "share", "logo", "arrow", "play", "close", "sprite", "spacer", "badge", "app", "appstore", "google",
    "googleplay", "avatar", "avatars", "autor", "autores", "author", "authors", "userpic", "userpics", "profile", "profilepic",
    "profilepics", "profileimage", "profileimages", "profilephoto", "profilephotos", "gravatar", "ad", "ads", "advert", "adverts",
    "advertising", "banner", "banners", "werbung", "publicidad", "reklam", "reklama", "sponsor", "sponsors",
    "adbanner", "face", "faces", "emot", "emots", "emoji", "emojis", "smiley", "smileys", "smilies", "smily", "expression",
    "expressions", "twemoji", "count", "counter", "hit", "hits", "stat", "track", "tracker", "tracking", "pixel", "beacon",
    "hm", "t", "qr", "qrcode", "code", "ewm", "erweima", "weixin", "wxcode", "weixincode", "print", "button", "btn", "bullet", "svg",
})  # fmt: skip
_SIZED = frozenset(("width", "height", "style"))
_EMOJI = re.compile(r"/(?:face|emot|emoji|smil(?:ey|ies)|expression)s?/|twemoji", re.IGNORECASE)
_LENGTH = re.compile(r"\s*+(\d{1,5}+)(?:\.\d++)?+\s*+(?:px)?+\s*+$")
_STYLE_LENGTH = re.compile(r"(?:^|[;\s])(width|height)\s*:\s*(\d{1,5})(?:\.\d+)?px", re.IGNORECASE)
_CANDIDATE = re.compile(r"[\s,]*+(\S++)")
_DESCRIPTOR = re.compile(r"\s*([\d.]{1,12})([wx])")


def largest(srcset: str) -> str | None:
    """Return the address of the largest candidate of *srcset* (HTML Standard §4.8.4.2.1), None when it has none."""
    sized: list[tuple[float, str]] = []
    for address, descriptor in _split(srcset):
        size = _DESCRIPTOR.match(descriptor) if descriptor else None
        try:
            sized.append((float(size[1]) if size else 1.0, address))
        except ValueError:
            sized.append((1.0, address))
    sized.sort(key=_size, reverse=True)  # stable: of equals the first
    return next((address for _, address in sized if not is_placeholder(address)), None)


def _size(candidate: tuple[float, str]) -> float:
    return candidate[0]


def _split(srcset: str) -> Iterator[tuple[str, str]]:
    """Yield (address, descriptors) of every candidate (HTML Standard, "parse a srcset attribute").

    An address reaches to the next blank: commas inside are its own, those at its end say that no descriptor follows.
    """
    at = 0
    while found := _CANDIDATE.match(srcset, at):
        address, at = found[1].rstrip(","), found.end()
        descriptors = ""
        if address == found[1]:
            end = srcset.find(",", at)
            descriptors = srcset[at : end if end >= 0 else len(srcset)]
            at += len(descriptors)
        if address:
            yield address, descriptors


def is_placeholder(address: str) -> bool:
    """Return whether *address* is that of a stand-in until the real picture is loaded."""
    text = address.strip()
    if text[:5] == "data:" or "{" in text or "}" in text or "@@" in text:
        return True
    name = text.partition("?")[0].rpartition("/")[2]
    return _PLACEHOLDER.search(name) is not None or _NO_ADDRESS.match(text) is not None


def candidates(attrs: Attrs, sources: tuple[Attrs, ...] = ()) -> list[tuple[str, str]]:
    """Return the addresses of a picture as written, best first, stand-ins left out, each after its attribute's name.

    *sources* are the `<source>` elements before it in its `<picture>`.
    """
    return list(_written(attrs, sources))


def _written(attrs: Attrs, sources: tuple[Attrs, ...]) -> Iterator[tuple[str, str]]:
    """Yield the same one by one: mostly the first is asked for alone, and the others cost reading a `srcset`."""
    found = False
    for name in () if _LAZY.isdisjoint(attrs) else LAZY:
        value = attrs.get(name)
        if value and not is_placeholder(value) and ("/" in value or "." in value):
            if name in VAGUE and _FILE.search(attrs.get("src") or "") and not _FILE.search(value):
                continue  # the address of a page about the picture
            found = True
            yield name, value
    for element in (*sources, attrs):
        for name in SRCSETS:
            value = element.get(name)
            if value and (best := largest(value)):
                found = True
                yield name, best
    src = attrs.get("src")
    if src and not is_placeholder(src):
        yield "src", src
    elif not found:  # a script's own way to keep the address
        for name, value in attrs.items():
            if value and name[:5] == "data-" and _FILE.search(value) and " " not in value:
                yield name, value


def address_of(attrs: Attrs, sources: tuple[Attrs, ...], base: str) -> str | None:
    """Return the best address of a picture, absolute, None when there is only a stand-in."""
    for _, written in _written(attrs, sources):
        if url := absolute(written, base):
            return url
    return None


def declared_size(attrs: Attrs) -> tuple[int | None, int | None]:
    """Return the width and height in pixels that *attrs* declare, None where they do not."""
    sizes: dict[str, int] = {}
    for name in ("width", "height"):
        if found := _LENGTH.match(attrs.get(name) or ""):
            sizes[name] = int(found[1])
    for name, value in _STYLE_LENGTH.findall(attrs.get("style") or ""):
        sizes.setdefault(name.lower(), int(value))
    return sizes.get("width"), sizes.get("height")


def skip_reason(attrs: Attrs, url: str | None) -> str | None:
    """Return why a picture is not worth fetching, None when it is."""
    if url is None:
        return "placeholder"
    width, height = declared_size(attrs) if not _SIZED.isdisjoint(attrs) else (None, None)
    if (width is not None and width <= TRACKER_PX) or (height is not None and height <= TRACKER_PX):
        return "tracker"
    if width is not None and height is not None and width < ICON_PX and height < ICON_PX:
        return "icon"
    lowered = url.lower()
    names = f"{attrs.get('class') or ''} {attrs.get('id') or ''} {attrs.get('alt') or ''}".lower()
    if lowered.isascii() and names.isascii() and _TELLING.isdisjoint(_WORD.findall(f"{lowered} {names}")):
        return None
    small = (width or height or 0) and (width or 0) < 2 * ICON_PX and (height or 0) < 2 * ICON_PX
    return _named_reason(lowered, names, small=bool(small))


def _named_reason(url: str, names: str, *, small: bool) -> str | None:
    """Return what the *url* and the *names* of a picture, in lower case, say against it; *small* as declared."""
    path = url.split("?", 1)[0]
    if _EMOJI.search(url) or "emoji" in names:
        return "emoji"
    if _TRACKER.search(url):
        return "tracker"
    if _AVATAR.search(path) or "avatar" in names:
        return "avatar"
    if _ADVERT.search(path):
        return "advert"
    if _QR.search(path.rsplit("/", 1)[-1]) or _QR.search(names):
        return "qr_code"
    if (small and _ICON.search(path)) or path.endswith(".svg") or _EMBLEM.search(path):
        return "icon"
    return None
