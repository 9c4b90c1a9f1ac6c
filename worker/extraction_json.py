"""An Extraction as plain JSON values and back: for the database and for the quarantine child's pipe."""

from collections.abc import Mapping
from typing import Any

from worker import document as tree
from worker.models import Credit, Extraction, ImageRef, Restored, Role

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
    out["declared_forms"] = list(extraction.declared_forms)
    out["credits"] = [{"name": credit.name, "role": credit.role.value} for credit in extraction.credits]
    out["restored"] = _dump_restored(extraction.restored) if extraction.restored is not None else None
    return out


def load(data: Mapping[str, Any]) -> Extraction:
    """Return the extraction that `dump` wrote, now or before it knew of *credits*, *restored* and *declared_forms*.

    Raises KeyError, TypeError or ValueError on anything else.
    """
    restored = data.get("restored")
    return Extraction(
        document=tree.from_json(data["document"]),
        images=tuple(load_image(image) for image in data["images"]),
        quality=dict(data["quality"]),
        declared_forms=tuple(data.get("declared_forms", ())),
        credits=tuple(Credit(name=credit["name"], role=Role(credit["role"])) for credit in data.get("credits", ())),
        restored=_load_restored(restored) if restored is not None else None,
        **_values(data),
    )


def _values(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: data[name] for name in _PLAIN} | {name: tuple(data[name]) for name in _TUPLES}


def _dump_restored(restored: Restored) -> dict[str, Any]:
    return {
        "document": tree.to_json(restored.document),
        "title": restored.title,
        "captions": list(restored.captions),
        "editors": list(restored.editors),
        "authors": list(restored.authors),
    }


def _load_restored(data: Mapping[str, Any]) -> Restored:
    return Restored(
        document=tree.from_json(data["document"]),
        title=data["title"],
        captions=tuple(data["captions"]),
        editors=tuple(data["editors"]),
        authors=tuple(data.get("authors", ())),
    )


def dump_image(image: ImageRef) -> dict[str, Any]:
    """Return *image* as plain values."""
    return {name: getattr(image, name) for name in ("url", "position", "alt", "caption", "credit", "skip")}


def load_image(data: Mapping[str, Any]) -> ImageRef:
    """Return the image that `dump_image` wrote."""
    return ImageRef(**data)
