import io
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from worker.extract.picture import ICON_PX, PictureFacts, inspect, refusal

TYPES = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "GIF": "image/gif",
    "WEBP": "image/webp",
    "AVIF": "image/avif",
    "BMP": "image/bmp",
    "TIFF": "image/tiff",
}


def picture(kind: str, width: int, height: int, mode: str = "RGB", **options: object) -> bytes:
    out = io.BytesIO()
    Image.new(mode, (width, height)).save(out, kind, **options)
    return out.getvalue()


@pytest.mark.parametrize(("kind", "media_type"), TYPES.items())
def test_type_and_size_are_read_from_the_bytes(kind: str, media_type: str) -> None:
    assert inspect(picture(kind, 321, 123)) == PictureFacts(media_type=media_type, width=321, height=123)


@pytest.mark.parametrize(
    "data",
    [
        picture("JPEG", 321, 123, progressive=True),
        picture("JPEG", 321, 123, exif=b"Exif\0\0" + b"x" * 60_000),
        picture("WEBP", 321, 123, "RGBA", lossless=True),
        picture("WEBP", 321, 123, "RGBA"),
        picture("PNG", 321, 123, "P"),
        picture("TIFF", 321, 123, compression="tiff_lzw"),
    ],
)
def test_every_variant_of_a_format_tells_its_size(data: bytes) -> None:
    facts = inspect(data)
    assert facts is not None
    assert (facts.width, facts.height) == (321, 123)


def heif(brand: bytes, *sizes: tuple[int, int]) -> bytes:
    def box(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content) + 8) + name + content

    extents = b"".join(box(b"ispe", struct.pack(">III", 0, *size)) for size in sizes)
    return (
        box(b"ftyp", brand + b"\0\0\0\0mif1")
        + box(b"meta", b"\0\0\0\0" + box(b"iprp", box(b"ipco", extents)))
        + box(b"mdat", b"")
    )


def test_of_a_heif_file_the_largest_image_counts_not_its_thumbnail() -> None:
    assert inspect(heif(b"heic", (320, 240), (4032, 3024))) == PictureFacts(media_type="image/heif", width=4032, height=3024)


def test_a_decompression_bomb_is_measured_without_being_decoded() -> None:
    header = struct.pack(">IIBBBBB", 13_000, 13_000, 8, 2, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + header + struct.pack(">I", zlib.crc32(b"IHDR" + header))
    assert inspect(png) == PictureFacts(media_type="image/png", width=13_000, height=13_000)


@pytest.mark.parametrize(
    ("svg", "size"),
    [
        (b'<svg xmlns="http://www.w3.org/2000/svg" width="20" height="30px"/>', (20, 30)),
        (b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- made by hand -->\n<svg viewBox="0 0 640 480">', (640, 480)),
        (b"<svg>", (None, None)),
    ],
)
def test_an_svg_is_recognised_by_its_root(svg: bytes, size: tuple[int | None, int | None]) -> None:
    assert inspect(svg) == PictureFacts(media_type="image/svg+xml", width=size[0], height=size[1])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GIF",
        b"<!DOCTYPE html><html><body><img src=a.jpg></body></html>",
        b"<html><svg width='5'></svg></html>",
        b'{"error": "hotlinking"}',
        b"%PDF-1.7",
        b"BM is a fine way to begin a sentence about cars.",
        b"\0\0\0\x20ftypisom\0\0\0\0mp42",
    ],
)
def test_what_is_no_image_is_none_whatever_its_name(data: bytes) -> None:
    assert inspect(data) is None


@pytest.mark.parametrize("kind", TYPES)
def test_a_file_cut_anywhere_never_raises(kind: str) -> None:
    data = picture(kind, 321, 123)
    for end in range(min(len(data), 400)):
        facts = inspect(data[:end])
        assert facts is None or (facts.width, facts.height) in {(None, None), (321, 123)}


@given(
    st.sampled_from(
        [
            b"\xff\xd8\xff",
            b"II*\0",
            b"MM\0*",
            b"\0\0\0\x18ftypavif",
            b"RIFF\0\0\0\0WEBP",
            b"\x89PNG\r\n\x1a\n",
            b"\0\0\1\0",
            b"<svg ",
        ]
    ),
    st.binary(max_size=300),
)
def test_no_header_makes_it_raise(magic: bytes, rest: bytes) -> None:
    facts = inspect(magic + rest)
    assert facts is None or facts.width is None or facts.width > 0


@pytest.mark.parametrize(
    ("width", "height", "reason"),
    [(1, 1, "tracker"), (600, 1, "tracker"), (2, 2, "tracker"), (16, 16, "icon"), (ICON_PX - 1, ICON_PX - 1, "icon"), (ICON_PX, 20, None), (640, 480, None)],
)  # fmt: skip
def test_small_pictures_are_refused_by_their_pixels(width: int, height: int, reason: str | None) -> None:
    data = picture("PNG", width, height)
    assert refusal(inspect(data), len(data)) == reason


def test_what_may_carry_scripts_or_is_no_picture_is_refused() -> None:
    assert refusal(inspect(b'<svg width="640" height="480"/>'), 30) == "svg"
    assert refusal(inspect(picture("ICO", 48, 48)), 100) == "icon"
    assert refusal(inspect(b"<html>"), 6) == "not_image"
    assert refusal(inspect(b""), 0) == "empty"


def test_a_picture_whose_header_hides_its_size_is_kept() -> None:
    assert refusal(PictureFacts(media_type="image/jpeg", width=None, height=None), 5_000) is None
