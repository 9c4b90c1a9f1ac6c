"""An Extraction as plain JSON values and back: for the database and for the quarantine child's pipe."""

from collections.abc import Mapping
from typing import Any

from worker import document as tree
from worker.models import Extraction, ImageRef

_TUPLES = ("authors", "editors", "tags")
_PLAIN = (
    "title", "source", "site_name", "published_at", "modified_at", "language", "description", "section", "lead_image",
    "declared_canonical", "next_page", "reason",
)  # fmt: skip


def dump(extraction: Extraction) -> dict[str, Any]:
    """Return *extraction* as values that `json` can write; `load` gives an equal one back."""
    out: dict[str, Any] = {name: getattr(extraction, name) for name in _PLAIN}
    out.update({name: list(getattr(extraction, name)) for name in _TUPLES})
    out["quality"] = dict(extraction.quality)
    out["document"] = tree.to_json(extraction.document)
    out["images"] = [dump_image(image) for image in extraction.images]
    return out


def load(data: Mapping[str, Any]) -> Extraction:
    """Return the extraction that `dump` wrote. Raises KeyError, TypeError or ValueError on anything else."""
    return Extraction(
        document=tree.from_json(data["document"]),
        images=tuple(load_image(image) for image in data["images"]),
        quality=dict(data["quality"]),
        **_values(data),
    )


def _values(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: data[name] for name in _PLAIN} | {name: tuple(data[name]) for name in _TUPLES}


def dump_image(image: ImageRef) -> dict[str, Any]:
    """Return *image* as plain values."""
    return {name: getattr(image, name) for name in ("url", "position", "alt", "caption", "credit", "skip")}


def load_image(data: Mapping[str, Any]) -> ImageRef:
    """Return the image that `dump_image` wrote."""
    return ImageRef(**data)
