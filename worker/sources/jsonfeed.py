"""JSON Feed (https://www.jsonfeed.org/version/1.1/), which feedparser does not read."""

import json
from collections.abc import Mapping

from worker.errors import WrongType
from worker.sources.listing import Gathering


def gather_json(text: str, gathering: Gathering) -> None:
    """Gather the links of the JSON Feed *text*: of an item its url, the external_url, or an id that is a URL.

    Raises WrongType for what is no JSON, or JSON of another kind.
    """
    try:
        feed = json.loads(text)
    except (ValueError, RecursionError) as error:  # a ValueError too: a number of more than 4,300 digits
        raise WrongType("it begins like JSON and is none, or is cut off") from error
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        raise WrongType("it is JSON, but no JSON Feed (https://www.jsonfeed.org/): there is no list of items in it")
    for item in items:
        if isinstance(item, dict):
            gathering.add(_link(item), (_text(item, "date_published"), _text(item, "date_modified")), _text(item, "title"))


def _link(item: Mapping[str, object]) -> str:
    identity = _text(item, "id")
    link = _text(item, "url") or _text(item, "external_url")
    return link or (identity if identity.startswith(("http://", "https://")) else "")


def _text(item: Mapping[str, object], name: str) -> str:
    value = item.get(name)
    return value if isinstance(value, str) else ""
