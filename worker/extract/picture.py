"""What the first bytes of an image say: its type and its size in pixels, without decoding a pixel.

Read by hand from the containers' headers: a decoder given 2 kB of AVIF may ask for 700 MB before it can be stopped.
Sources: ITU-T T.81 (JPEG), W3C PNG, GIF89a, RFC 9649 (WebP), ISO/IEC 23008-12 (HEIF `ispe`), TIFF 6.0, BMP/ICO headers.
"""

import re
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass

TRACKER_PX = 2  # a side this short shows nothing: it counts readers
ICON_PX = 60  # smaller in both directions than any picture of news: share buttons, faces, bullets
LARGEST_SIDE_PX = 65_535  # the formats' own limit (JPEG); a header that says more is broken
MOST_SEGMENTS = 500  # JPEG segments and boxes looked at before giving up
MOST_PADDING = 4_096  # bytes between two JPEG segments; encoders that align them fill up to a disk block
SVG_HEAD_BYTES = 4_096  # an SVG's root element stands in its first lines

# Nothing is given back once it has matched: comments could otherwise be cut up in exponentially many ways.
_SVG = re.compile(
    rb"(?:\xef\xbb\xbf)?+\s*+(?:<\?xml[^>]{0,300}+>\s*+)?+(?:(?><!--.*?-->)\s*+)*+(?:<!DOCTYPE\s+svg[^>]{0,1000}+>\s*+)?+"
    rb"<(?:\w{1,20}:)?svg[\s>]",
    re.DOTALL | re.IGNORECASE,
)
_SVG_LENGTH = re.compile(rb"\s(width|height)\s*=\s*[\"']\s*([0-9]{1,5})(?:\.[0-9]{0,9})?(?:px)?\s*[\"']", re.IGNORECASE)
_VIEW_BOX = re.compile(
    rb"\sviewBox\s*=\s*[\"']\s*[-0-9.]{1,12}[\s,]+[-0-9.]{1,12}[\s,]+([0-9]{1,5})[0-9.]{0,9}[\s,]+([0-9]{1,5})", re.IGNORECASE
)
_AVIF_BRANDS = frozenset((b"avif", b"avis"))
_HEIF_BRANDS = frozenset((b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"))
_CONTAINERS = {b"meta": 4, b"iprp": 0, b"ipco": 0}  # boxes that lead to `ispe`, and the bytes before their content


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureFacts:
    """The *media_type* that the bytes have, whatever the server said, and the size in pixels where the header tells."""

    media_type: str
    width: int | None
    height: int | None


def inspect(data: bytes) -> PictureFacts | None:
    """Return what kind of image *data* is, None if it is none (an HTML page sent as a picture). Never raises."""
    for media_type, matches, size in _FORMATS:
        if matches(data):
            try:
                width, height = size(data)
            except (struct.error, IndexError, ValueError):  # cut off inside the header
                width = height = None
            good = width is not None and height is not None and 0 < width <= LARGEST_SIDE_PX and 0 < height <= LARGEST_SIDE_PX
            return PictureFacts(media_type=media_type, width=width if good else None, height=height if good else None)
    return None


def refusal(facts: PictureFacts | None, n_bytes: int) -> str | None:
    """Return why an image of *n_bytes* is not kept: `not_image`, `empty`, `tracker`, `icon`, `svg`; None if it is."""
    if n_bytes == 0:
        return "empty"
    if facts is None:
        return "not_image"
    if facts.media_type == "image/svg+xml":  # may carry scripts and links; a photograph never comes as one
        return "svg"
    if facts.media_type == "image/x-icon":
        return "icon"
    if facts.width is None or facts.height is None:
        return None
    if min(facts.width, facts.height) <= TRACKER_PX:
        return "tracker"
    return "icon" if facts.width < ICON_PX and facts.height < ICON_PX else None


Size = tuple[int | None, int | None]


def _jpeg_size(data: bytes) -> Size:
    """Walk the segments to the frame header (SOF0 to SOF15 without DHT, JPG and DAC)."""
    at = 2
    for _ in range(MOST_SEGMENTS):
        at = data.index(b"\xff", at, at + MOST_PADDING)
        fill = data[at : at + MOST_PADDING]
        at += len(fill) - len(fill.lstrip(b"\xff"))
        marker = data[at]
        at += 1
        if marker == 0xD8 or marker == 0x01 or 0xD0 <= marker <= 0xD7:
            continue
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            height, width = struct.unpack_from(">HH", data, at + 3)
            return width, height
        if marker in {0xD9, 0xDA}:
            break
        at += int(struct.unpack_from(">H", data, at)[0])
    return None, None


def _png_size(data: bytes) -> Size:
    if data[12:16] != b"IHDR":
        return None, None
    width, height = struct.unpack_from(">II", data, 16)
    return width, height


def _gif_size(data: bytes) -> Size:
    width, height = struct.unpack_from("<HH", data, 6)
    return width, height


def _webp_size(data: bytes) -> Size:
    kind = data[12:16]
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    if kind == b"VP8L":
        bits = int(struct.unpack_from("<I", data, 21)[0])
        return (bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1
    if kind == b"VP8X":
        return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    return None, None


def _bmp_size(data: bytes) -> Size:
    if struct.unpack_from("<I", data, 14)[0] == 12:  # OS/2 header
        width, height = struct.unpack_from("<HH", data, 18)
        return width, height
    width, height = struct.unpack_from("<ii", data, 18)
    return width, abs(height)  # negative: rows stored from the top


def _ico_size(data: bytes) -> Size:
    return data[6] or 256, data[7] or 256


def _tiff_size(data: bytes) -> Size:
    order = "<" if data[:2] == b"II" else ">"
    directory = int(struct.unpack_from(order + "I", data, 4)[0])
    count = int(struct.unpack_from(order + "H", data, directory)[0])
    found: dict[int, int] = {}
    for i in range(min(count, MOST_SEGMENTS)):
        entry = directory + 2 + 12 * i
        tag, kind = struct.unpack_from(order + "HH", data, entry)
        if tag in {256, 257}:
            found[tag] = int(struct.unpack_from(order + ("H" if kind == 3 else "I"), data, entry + 8)[0])
    return found.get(256), found.get(257)


def _heif_size(data: bytes) -> Size:
    """Return the largest `ispe` (image spatial extents): thumbnails and grid tiles have their own."""
    sizes = [struct.unpack_from(">II", data, at + 4) for name, at in _boxes(data) if name == b"ispe"]
    if not sizes:
        return None, None
    width, height = max(sizes, key=lambda size: size[0] * size[1])
    return width, height


def _boxes(data: bytes) -> Iterator[tuple[bytes, int]]:
    """Yield (name, start of content) of the boxes, those inside the containers on the way to `ispe` too; at most `MOST_SEGMENTS`."""
    levels = [(0, len(data))]  # where the next box of each level begins, and where the level ends
    for _ in range(MOST_SEGMENTS):
        while levels and levels[-1][0] + 8 > levels[-1][1]:
            levels.pop()
        if not levels:
            return
        at, end = levels.pop()
        size, name = struct.unpack_from(">I4s", data, at)
        head = 8
        if size == 1:
            size = int(struct.unpack_from(">Q", data, at + 8)[0])
            head = 16
        stop = end if size == 0 else min(end, at + size)
        if stop < at + head:
            continue  # no box: the rest of this level makes no sense
        levels.append((stop, end))
        yield name, at + head
        if name in _CONTAINERS:
            levels.append((at + head + _CONTAINERS[name], stop))


def _svg_size(data: bytes) -> Size:
    head = data[:SVG_HEAD_BYTES]
    found = _SVG.match(head)
    root = head[found.end() - 1 :].partition(b">")[0] if found else b""
    lengths = {name.lower(): int(value) for name, value in _SVG_LENGTH.findall(root)}
    if len(lengths) == 2:
        return lengths[b"width"], lengths[b"height"]
    box = _VIEW_BOX.search(root)
    return (int(box[1]), int(box[2])) if box else (None, None)


def _brands(data: bytes) -> frozenset[bytes]:
    """Return the major and compatible brands of an ISO base media file, empty for anything else."""
    if data[4:8] != b"ftyp":
        return frozenset()
    size = min(int.from_bytes(data[:4], "big"), 200, len(data))  # a file type box lists a handful
    return frozenset(data[at : at + 4] for at in (8, *range(16, size, 4)))


_FORMATS: tuple[tuple[str, Callable[[bytes], bool], Callable[[bytes], Size]], ...] = (
    ("image/jpeg", lambda data: data.startswith(b"\xff\xd8\xff"), _jpeg_size),
    ("image/png", lambda data: data.startswith(b"\x89PNG\r\n\x1a\n"), _png_size),
    ("image/gif", lambda data: data.startswith((b"GIF87a", b"GIF89a")), _gif_size),
    ("image/webp", lambda data: data[:4] == b"RIFF" and data[8:12] == b"WEBP", _webp_size),
    ("image/avif", lambda data: bool(_brands(data) & _AVIF_BRANDS), _heif_size),
    ("image/heif", lambda data: bool(_brands(data) & _HEIF_BRANDS), _heif_size),
    ("image/bmp", lambda data: data.startswith(b"BM") and data[6:10] == b"\0\0\0\0" and len(data) > 25, _bmp_size),
    ("image/tiff", lambda data: data.startswith((b"II*\0", b"MM\0*")), _tiff_size),
    ("image/x-icon", lambda data: data.startswith(b"\0\0\1\0") and len(data) > 21 and 0 < data[4] < 64, _ico_size),
    ("image/svg+xml", lambda data: _SVG.match(data[:SVG_HEAD_BYTES]) is not None, _svg_size),
)
