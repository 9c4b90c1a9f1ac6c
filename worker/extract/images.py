"""Which address of a picture is the best one, and which pictures nobody wants."""

import re
from collections.abc import Iterator

from worker.extract.addresses import absolute
from worker.models import ImageRef

Attrs = dict[str, str | None]

# Where scripts that load pictures late keep the address, the most telling first; `src` then holds a placeholder.
LAZY = (
    "data-src", "data-original", "data-actualsrc", "data-echo", "data-lazy-src", "data-url", "data-backsrc", "_src",
    "zoomfile", "file", "original", "real_src", "data-lazy", "data-original-src", "data-hi-res-src", "data-full-src",
    "data-large-file", "data-image", "data-img-src",
)  # fmt: skip
SRCSETS = ("data-srcset", "data-lazy-srcset", "srcset")
TRACKER_PX = 2  # declared size up to which a picture only counts visits
ICON_PX = 60  # declared size under which both sides make an icon

NAME_MIN = 8  # characters of a file name, without size and ending, that tell a picture from others
SIZES_MAX = 8  # marks of size at the end of a file name; content systems add one or two
SIZE_MAX = 24  # characters of one

_SIZE = re.compile(
    r"[-_.@](?:\d{2,5}x\d{2,5}|w\d+|\d+w|r\d(?:\.\d+)?|c[xyw]\d+|s|scaled|large|medium|small|master|original|thumb)$"
)
_PLACEHOLDER = re.compile(
    r"(?:^data:|^about:|^javascript:|[{}]|@@|(?:^|[/_.-])(?:blank|none|loading|lazy_?load|gr[ae]y|spacer|transparent|placeholder|"
    r"pre_?loading|pixel|clear|1x1|default_?img|noimage)[\w-]{0,12}\.(?:gif|png|jpe?g|svg|webp)(?:$|\?))",
    re.IGNORECASE,
)
_TRACKER = re.compile(
    r"/(?:ads?|count|counter|hits?|stat|track(?:er|ing)?|pixel|beacon)/|/(?:hm|t|count|hits)\.gif|[?&]pixel", re.IGNORECASE
)
_QR = re.compile(
    r"(?<![a-z])(?:qr_?code|ewm|erweima|weixin_?code|wxcode|qr)(?![a-z])|二维码|二維碼|扫一扫|扫码|掃一掃|掃碼", re.IGNORECASE
)
_ICON = re.compile(
    r"(?:^|[/_.-])(?:icons?|logo|share|print|arrow|button|btn|avatar|gravatar|sprite|bullet)(?=[/_.-])", re.IGNORECASE
)
_EMOJI = re.compile(r"/(?:face|emot|emoji|smil(?:ey|ies)|expression)s?/|twemoji", re.IGNORECASE)
_LENGTH = re.compile(r"\s*+(\d{1,5}+)(?:\.\d++)?+\s*+(?:px)?+\s*+$")
_STYLE_LENGTH = re.compile(r"(?:^|[;\s])(width|height)\s*:\s*(\d{1,5})(?:\.\d+)?px", re.IGNORECASE)
_CANDIDATE = re.compile(r"[\s,]*+(\S++)")
_DESCRIPTOR = re.compile(r"\s*([\d.]{1,12})([wx])")


def largest(srcset: str) -> str | None:
    """Return the address of the largest candidate of *srcset* (HTML Standard §4.8.4.2.1), None when it has none."""
    best, best_size = None, -1.0
    for address, descriptor in _split(srcset):
        if _PLACEHOLDER.search(address):
            continue
        size = _DESCRIPTOR.match(descriptor)
        try:
            value = float(size[1]) if size else 1.0
        except ValueError:
            value = 1.0
        if value > best_size:
            best, best_size = address, value
    return best


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
    return _PLACEHOLDER.search(address.strip()) is not None


def candidates(attrs: Attrs, sources: tuple[Attrs, ...] = ()) -> list[str]:
    """Return the addresses of a picture as written, best first, stand-ins left out.

    *sources* are the `<source>` elements before it in its `<picture>`.
    """
    found: list[str] = []
    for name in LAZY:
        value = attrs.get(name)
        if value and not is_placeholder(value) and ("/" in value or "." in value):
            found.append(value)
    for element in (*sources, attrs):
        for name in SRCSETS:
            value = element.get(name)
            if value and (best := largest(value)):
                found.append(best)
    src = attrs.get("src")
    if src and not is_placeholder(src):
        found.append(src)
    return found


def address_of(attrs: Attrs, sources: tuple[Attrs, ...], base: str) -> str | None:
    """Return the best address of a picture, absolute, None when there is only a stand-in."""
    for written in candidates(attrs, sources):
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
    width, height = declared_size(attrs)
    if (width is not None and width <= TRACKER_PX) or (height is not None and height <= TRACKER_PX):
        return "tracker"
    names = f"{attrs.get('class') or ''} {attrs.get('id') or ''} {attrs.get('alt') or ''}"
    if _EMOJI.search(url) or "emoji" in names:
        return "emoji"
    if width is not None and height is not None and width < ICON_PX and height < ICON_PX:
        return "icon"
    if _TRACKER.search(url):
        return "tracker"
    path = url.split("?", 1)[0]
    if _QR.search(path.rsplit("/", 1)[-1]) or _QR.search(names):
        return "qr_code"
    small = (width or height or 0) and (width or 0) < 2 * ICON_PX and (height or 0) < 2 * ICON_PX
    if (small and _ICON.search(path)) or path.lower().endswith(".svg"):
        return "icon"
    return None


def with_lead(images: tuple[ImageRef, ...], lead: str | None) -> tuple[ImageRef, ...]:
    """Return *images* with the *lead* image that metadata names at the end, unless they hold the same picture."""
    if not lead or is_placeholder(lead) or any(same_picture(image.url, lead) for image in images):
        return images
    return (*images, ImageRef(url=lead, position=None))


def same_picture(url: str, other: str) -> bool:
    """Return whether two addresses look like one picture in two sizes: by path, or by a telling file name."""
    return _picture_key(url) == _picture_key(other)


def _picture_key(url: str) -> str:
    path = url.split("?", 1)[0].split("#", 1)[0].lower()
    name = path.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    for _ in range(SIZES_MAX):
        size = _SIZE.search(name, max(0, len(name) - SIZE_MAX))
        if size is None:
            break
        name = name[: size.start()]
    return name if len(name) >= NAME_MIN else path
