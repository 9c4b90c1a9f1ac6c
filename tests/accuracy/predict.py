"""Write what the extractor says about a set of saved pages, for a scorer to compare with a gold set.

    python tests/accuracy/predict.py SET_DIR OUT.jsonl

SET_DIR holds gold.jsonl (one object a line with `id` and `url`, which may be null) and pages/<id>.html.gz.
OUT.jsonl gets one object a line: id, text, title, authors, date, images, captions (one beside each image, "" where it
has none), lead_image, reason.
"""

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))  # run as a script, from anywhere

from tests.accuracy.pages import pages_of
from worker.extract.article import extract
from worker.extract.decode import decode
from worker.rendering import to_text

FETCHED_AT = 1.8e9  # after every page was saved, so that no date on one lies in the future


def predict(html: str, *, url: str) -> dict[str, Any]:
    """Return what the extractor says about one page, without its id."""
    extraction = extract(html, url=url, fetched_at=FETCHED_AT)
    wanted = [image for image in extraction.images if not image.skip]
    return {
        "text": to_text(extraction.document),
        "title": extraction.title,
        "authors": list(extraction.authors),
        "date": extraction.published_at,
        "images": [image.url for image in wanted],
        "captions": [image.caption for image in wanted],
        "lead_image": extraction.lead_image,
        "reason": extraction.reason,
    }


def predictions(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield one prediction for each page of the set in *folder*."""
    for page, body in pages_of(folder):
        html = decode(body, content_type=None).text
        yield {"id": page["id"], **predict(html, url=page.get("url") or "")}


def main() -> int:
    """Write the predictions and say how long they took."""
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    count, none, started = 0, 0, time.process_time()
    with Path(sys.argv[2]).open("w", encoding="utf-8") as out:
        for prediction in predictions(Path(sys.argv[1])):
            out.write(json.dumps(prediction, ensure_ascii=False) + "\n")
            count += 1
            none += prediction["reason"] is not None
    took = (time.process_time() - started) / max(1, count) * 1000
    print(f"{count} pages, {none} said to be no article, {took:.1f} ms CPU a page", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
