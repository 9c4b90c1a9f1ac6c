"""Pictures made on the spot."""

from io import BytesIO

from PIL import Image


def png(width: int, height: int) -> bytes:
    """Return a PNG of that many pixels."""
    out = BytesIO()
    Image.new("RGB", (width, height), (width % 256, height % 256, 90)).save(out, "PNG")
    return out.getvalue()
