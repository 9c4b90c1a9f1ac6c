"""Image headers made to hold up or trip whoever reads them: the event loop reads them, so each must cost milliseconds."""

import struct
import time

import pytest

from worker.extract.picture import inspect

BRIEF_S = 0.2  # of processor time; what is honest takes microseconds

AVIF = struct.pack(">I4s4sI4s", 20, b"ftyp", b"avif", 0, b"avif")


def nested(levels: int) -> bytes:
    """Containers inside containers, 8 bytes each, all of a true size."""
    return AVIF + b"".join(struct.pack(">I4s", 8 * (levels - n), b"iprp") for n in range(levels))


HOSTILE = {
    "svg of comments": b"<!---->" * 585,
    "svg of comments in words": b"<?xml?>" + b"<!-- a --> " * 300 + b"<svh>",
    "svg of blanks": b"\n" * 4_096,
    "containers in containers": nested(100_000),
    "many empty containers": AVIF + struct.pack(">I4s", 8, b"ipco") * 1_000_000,
    "jpeg of padding": b"\xff\xd8\xff\xe0\x00\x02" + bytes(25_000_000),
    "jpeg of fill bytes": b"\xff\xd8" + b"\xff" * 25_000_000,
    "jpeg of empty segments": b"\xff\xd8" + b"\xff\xe0\x00\x00" * 5_000_000,
    "tiff whose directory lies nowhere": b"II*\0\xff\xff\xff\xff",
}


@pytest.mark.timeout(20)
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_header_costs_no_time_and_tells_no_size(name: str) -> None:
    began = time.process_time()
    facts = inspect(HOSTILE[name])
    assert time.process_time() - began < BRIEF_S
    assert facts is None or (facts.width, facts.height) == (None, None)


def test_a_real_svg_is_still_known_behind_several_comments() -> None:
    svg = b'<?xml version="1.0"?>\n<!-- one --><!-- two -- three -->\n<!DOCTYPE svg PUBLIC "a" "b">\n<svg width="30" height="20">'
    facts = inspect(svg)
    assert facts is not None
    assert (facts.media_type, facts.width, facts.height) == ("image/svg+xml", 30, 20)


def test_padding_between_the_segments_of_a_jpeg_is_passed_over() -> None:
    frame = b"\xff\xc0\x00\x11\x08" + struct.pack(">HH", 123, 321) + b"\x03" + bytes(9)
    facts = inspect(b"\xff\xd8\xff\xe0\x00\x02" + b"\0" * 512 + b"\xff" * 512 + frame[1:])
    assert facts is not None
    assert (facts.width, facts.height) == (321, 123)
