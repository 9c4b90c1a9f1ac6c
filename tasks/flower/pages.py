"""Flower's templates with ours among them, by Tornado's own setting for a template loader: no fork, no private name.

What we change in Flower's text is looked for exactly once. A Flower that words it otherwise keeps its own page, the log
says so, and a test fails.
"""

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)

OURS = Path(__file__).parent / "templates"
FILES = Path(__file__).parent / "static"

TAB = """
        <li class="nav-item">
          <a class="nav-link{% if active_tab == 'crawls' %} active{% end %}"
            href="{{ reverse_url('crawls') }}"
            {% if active_tab == 'crawls' %}aria-current="page"{% end %}>Crawls</a>
        </li>"""
KEPT_FRESH = """
{% block extra_scripts %}
<link rel="stylesheet" href="{{ newsmill_file('newsmill.css') }}">
<script src="{{ newsmill_file('refresh.js') }}"></script>
{% end %}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """A change to one of Flower's templates: after what the pattern's first group matches stands *text*."""

    template: str
    pattern: str
    text: str


PATCHES = (
    Patch(template="navbar.html", pattern=r'(<ul class="app-nav navbar-nav">(?:(?!</ul>).)*</li>)\s*</ul>', text=TAB),
    Patch(template="tasks.html", pattern=r"(\{% block container %\}.*\{% end %\})\s*\Z", text=KEPT_FRESH),
)


def templates(flowers: Path) -> dict[str, str]:
    """Return all templates by name: those in Flower's folder *flowers*, changed, and ours, which take the place of the like-named."""
    texts = {file.name: file.read_text(encoding="utf-8") for file in sorted(flowers.glob("*.html"))}
    for patch in unfit(texts):
        log.error("flower_template_unknown", extra={"template": patch.template})
    for patch in PATCHES:
        texts[patch.template] = _patched(texts.get(patch.template, ""), patch)
    return texts | {file.name: file.read_text(encoding="utf-8") for file in sorted(OURS.glob("*.html"))}


def unfit(texts: Mapping[str, str]) -> list[Patch]:
    """Return the changes that Flower's templates *texts* have no place for, or more than one."""
    return [patch for patch in PATCHES if len(re.findall(patch.pattern, texts.get(patch.template, ""), re.DOTALL)) != 1]


def _patched(text: str, patch: Patch) -> str:
    found = list(re.finditer(patch.pattern, text, re.DOTALL))
    if len(found) != 1:
        return text
    return text[: found[0].end(1)] + patch.text + text[found[0].end(1) :]


def newsmill_file(handler: Any, name: str) -> str:
    """Return the address of one of our static files, for templates; another content has another address, so that it may be cached."""
    return f"{handler.reverse_url('newsmill-file', name)}?v={_VERSIONS[name]}"


_VERSIONS = {file.name: sha256(file.read_bytes()).hexdigest()[:12] for file in FILES.iterdir() if file.is_file()}
