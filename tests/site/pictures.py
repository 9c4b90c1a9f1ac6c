"""The pictures of the sample site, drawn when first asked for: the same bytes each time, with their caption in them."""

import hashlib
import io
import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

from PIL import Image, ImageDraw, ImageFont, ImageOps

Kind = Literal["photo", "icon", "qr", "pixel"]

MEDIA_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "GIF": "image/gif"}


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: *caption* is written into it (the drawing font knows Latin letters only), sizes in pixels."""

    caption: str
    width: int
    height: int
    format: str = "JPEG"
    kind: Kind = "photo"

    @property
    def media_type(self) -> str:
        """The Content-Type it is sent with."""
        return MEDIA_TYPES[self.format]


_PHOTOS = {
    "/media/2026/03/ferry-at-the-pier.jpg": Picture("Quiet Margaret at the pier", 1280, 853),
    "/media/2026/03/ferry-at-the-pier.webp": Picture("Quiet Margaret at the pier", 1280, 853, "WEBP"),
    "/media/2026/03/charging-arm.jpg": Picture("The charging arm", 960, 640),
    "/wp-content/uploads/2026/02/loaves-on-a-table-1024x683.jpg": Picture("Twelve loaves", 1024, 683),
    "/wp-content/uploads/2026/02/loaves-on-a-table-300x200.jpg": Picture("Twelve loaves", 300, 200),
    "/wp-content/uploads/2026/02/flowerpot-bread.png": Picture("Bread in a flowerpot", 800, 600, "PNG"),
    "/bild/4711/bergbahn-talstation.jpg": Picture("Talstation", 900, 600),
    "/photos/26/02/peniche.jpg": Picture("La Virgule", 1000, 600),
    "/photos/26/02/peniche-large.webp": Picture("La Virgule", 1000, 600, "WEBP"),
    "/photos/26/02/peniche-large-2x.webp": Picture("La Virgule", 1600, 960, "WEBP"),
    "/fotos/mercado-puestos.jpg": Picture("Mercado de noche", 1200, 800),
    "/fotos/mercado-pantalla.png": Picture("Caja de naranjas", 700, 700, "PNG"),
    "/upload/2026/0305/174101001.jpg": Picture("Lantern bridge", 900, 600),
    "/upload/2026/0305/木匠.jpg": Picture("The carpenter", 800, 600),
    "/imgs/story/700145-tram.jpg": Picture("Night tram", 960, 600),
    "/mmbiz/kite-rain/640": Picture("Kites in the rain", 1080, 713),
    "/mmbiz/kite-tail/640": Picture("A carp of nine metres", 900, 675, "PNG"),
    "/photo/20260310/k10014_01.jpg": Picture("Swallow's nest", 800, 533),
    "/photo/2026/03/umbrella.jpg": Picture("Umbrella library", 860, 573),
    "/media/ar/palm-museum.jpg": Picture("Palm museum", 1000, 667),
    "/foto/512/kalancha.gif": Picture("Fire tower", 600, 450, "GIF"),
    "/foto/ponte-valmora.jpg": Picture("Ponte del Gomito", 720, 480),
    "/imagens/horta.jpg": Picture("Horta da Rua de Cima", 800, 534),
    "/beeld/molen-de-gans.jpg": Picture("Molen De Gans", 900, 600),
    "/zdjecia/wieza.jpg": Picture("Water tower", 640, 800),
    "/bilder/skidspar.jpg": Picture("Ski track", 840, 560),
    "/media/2026/02/dry-lock.jpg": Picture("Lock one", 960, 640),
    "/media/2026/02/boat-on-grass.jpg": Picture("A boat on grass", 960, 640),
    "/media/2026/03/lighthouse.webp": Picture("Stag Head light", 800, 1000, "WEBP"),
}

_CHROME = {
    "/images/courier-logo.png": Picture("Courier", 240, 48, "PNG", "icon"),
    "/images/higueras-logo.png": Picture("Higueras", 240, 60, "PNG", "icon"),
    "/images/listok.gif": Picture("Listok", 200, 60, "GIF", "icon"),
    "/images/logo.gif": Picture("logo", 220, 70, "GIF", "icon"),
    "/images/share-post.png": Picture("", 24, 24, "PNG", "icon"),
    "/images/qzone.gif": Picture("", 16, 16, "GIF", "icon"),
    "/images/weixin.gif": Picture("", 16, 16, "GIF", "icon"),
    "/images/print.gif": Picture("", 16, 16, "GIF", "icon"),
    "/images/loading.gif": Picture("", 100, 60, "GIF", "icon"),
    "/images/blank.gif": Picture("", 1, 1, "GIF", "pixel"),
    "/count/pixel.gif": Picture("", 1, 1, "GIF", "pixel"),
    "/count/t.gif": Picture("", 1, 1, "GIF", "pixel"),
    "/images/qr-hewan.png": Picture("", 160, 160, "PNG", "qr"),
    "/images/qr-shiqiao.png": Picture("", 150, 150, "PNG", "qr"),
    "/images/ewm.jpg": Picture("", 110, 110, "JPEG", "qr"),
    "/ad/top_banner.gif": Picture("advertisement", 728, 70, "GIF"),
    "/ad/20211101.gif": Picture("advertisement", 580, 60, "GIF"),
    "/ad/side1.gif": Picture("advertisement", 280, 90, "GIF"),
}

PICTURES: dict[str, Picture] = _PHOTOS | _CHROME
FLAKY_PICTURE = "/wp-content/uploads/2026/02/flowerpot-bread.png"
MISSING_PICTURE = "/wp-content/uploads/2026/02/footbridge-lost.jpg"

_FIXTURE_PHOTO = re.compile(r"/Files261/BeyondPic/2021-11/10/(\d{10})([0-9a-f]{16})\.jpg")
MIN_WIDTH, MAX_WIDTH = 16, 2000  # of what `?w=` may ask for


def find(path: str) -> Picture | None:
    """Return the picture at *path* (decoded, without query), None when there is none."""
    if match := _FIXTURE_PHOTO.fullmatch(path):
        return Picture(f"Photograph {match[2][:6]}", 600, 400)
    return PICTURES.get(path)


@cache
def draw(path: str, width: int | None = None) -> tuple[bytes, str]:
    """Return the bytes and the media type of the picture at *path*, scaled to *width* pixels when given."""
    picture = find(path)
    if picture is None:
        raise KeyError(path)
    seed = hashlib.sha256(path.encode()).digest()
    image = _DRAWERS[picture.kind](picture, seed)
    if width is not None:
        scaled = min(max(width, MIN_WIDTH), MAX_WIDTH)
        image = image.resize((scaled, max(1, round(scaled * picture.height / picture.width))))
    buffer = io.BytesIO()
    image.save(buffer, picture.format)
    return buffer.getvalue(), picture.media_type


def _photo(picture: Picture, seed: bytes) -> Image.Image:
    """Draw a sky, a few hills and the caption, all from *seed*."""
    size = (picture.width, picture.height)
    dark, light = tuple(seed[0:3]), tuple(128 + value // 2 for value in seed[3:6])
    image = ImageOps.colorize(Image.linear_gradient("L").resize(size), light, dark)
    canvas = ImageDraw.Draw(image)
    for index in range(6, 26, 4):
        centre = seed[index] * picture.width // 255
        half = picture.width // 8 + seed[index + 1] * picture.width // 1024
        top = picture.height // 2 + seed[index + 2] * picture.height // 600
        canvas.ellipse((centre - half, top, centre + half, top + picture.height), fill=tuple(seed[index : index + 3]))
    if picture.caption:
        font = ImageFont.load_default(max(12, picture.width // 20))
        canvas.text(
            (picture.width // 25, picture.height // 25),
            picture.caption,
            fill="white",
            font=font,
            stroke_width=2,
            stroke_fill="black",
        )
    return image


def _icon(picture: Picture, seed: bytes) -> Image.Image:
    image = Image.new("RGB", (picture.width, picture.height), "white")
    canvas = ImageDraw.Draw(image)
    canvas.ellipse((2, 2, picture.height - 3, picture.height - 3), fill=tuple(seed[:3]))
    if picture.caption:
        canvas.text(
            (picture.height, picture.height // 4), picture.caption, fill="black", font=ImageFont.load_default(picture.height // 2)
        )
    return image


def _qr(picture: Picture, seed: bytes) -> Image.Image:
    """Draw what looks like a QR code: three finder squares and 25 by 25 modules that say nothing."""
    modules = 25
    code = Image.new("1", (modules, modules), 1)
    for index in range(modules * modules):
        bits = hashlib.sha256(seed + index.to_bytes(2, "big")).digest()
        code.putpixel((index % modules, index // modules), bits[0] & 1)
    canvas = ImageDraw.Draw(code)
    for x, y in ((0, 0), (modules - 7, 0), (0, modules - 7)):
        canvas.rectangle((x, y, x + 6, y + 6), fill=1, outline=0)
        canvas.rectangle((x + 2, y + 2, x + 4, y + 4), fill=0)
    return code.convert("RGB").resize((picture.width, picture.height), Image.Resampling.NEAREST)


def _pixel(picture: Picture, seed: bytes) -> Image.Image:
    return Image.new("L", (picture.width, picture.height), seed[0])


_DRAWERS = {"photo": _photo, "icon": _icon, "qr": _qr, "pixel": _pixel}
