"""`newsmill list`, `show` and `image`."""

import hashlib
import json
from pathlib import Path

import pytest

from tests.building import DAY, NOON, Stacks, image, news, paragraph
from tests.unit.tasks.cli.conftest import Newsmill
from worker.errors import Cause
from worker.models import Ended, ImageState, State

A, B = "https://a.example/1.html", "https://b.example/2.html"
PICTURE = "https://img.example/a.png"
PNG = b"the bytes of a picture"


@pytest.fixture
def stored(stacks: Stacks) -> int:
    shown = image(PICTURE, ImageState.STORED, body=PNG, alt="Boats")
    article = news(A, title="Ferry *strike* ends", images=(shown,), authors=("Ada Example",), published_at="2026-09-23")
    return stacks.store(article, bodies={PICTURE: PNG})


# ---------------------------------------------------------------- list


def test_a_list_is_tab_separated_lines_where_no_terminal_is(call: Newsmill, stored: int) -> None:
    assert call("list").stdout == f"{stored}\t2026-09-23T12:00:00+00:00\t2026-09-23\ta.example\tFerry *strike* ends\t{A}\n"


def test_a_list_that_is_cut_says_so(call: Newsmill, stacks: Stacks, stored: int) -> None:
    stacks.store(news("https://b.example/2"))
    shown = call("list", "--limit", "1")
    assert "1 of 2" in shown.stderr
    assert "1 of 2" not in shown.stdout
    assert call("list").stderr == ""


def test_a_list_as_json_names_each_article_newest_first(call: Newsmill, stacks: Stacks, stored: int) -> None:
    stacks.store(news(B, fetched_at=NOON + DAY))
    listed = json.loads(call("list", "--json").stdout)
    assert [one["url"] for one in listed] == [B, A]
    assert (listed[1]["id"], listed[1]["title"], listed[1]["outcome"]) == (stored, "Ferry *strike* ends", "stored")


def test_a_list_is_narrowed_down(call: Newsmill, stacks: Stacks, stored: int) -> None:
    stacks.store(news(B, blocks=(paragraph("经济总量同比增长。"),), fetched_at=NOON + DAY), job="politics")

    def urls(*arguments: str) -> list[str]:
        return [one["url"] for one in json.loads(call("list", "--json", *arguments).stdout)]

    assert urls("--job", "politics") == [B]
    assert urls("--host", "a.example") == [A]
    assert urls("--search", "经济 增长") == [B]
    assert urls("--since", "2026-09-24T00:00Z") == [B]
    assert urls("--until", "2026-09-24T00:00Z") == [A]
    assert urls("--until", "2026-09-24") == [B, A]  # a bare date includes its day
    assert urls("--limit", "1") == [B]


def test_nothing_from_a_page_commands_the_terminal(call: Newsmill, stacks: Stacks) -> None:
    stacks.store(news(A, title="Ferry\x1b]0;owned\x07\n\u202etxt", blocks=(paragraph("Red \x1b[31mtext\x9b0m"),)))
    assert "Ferry]0;owned txt" in call("list").stdout
    for kind in ("markdown", "text", "html"):
        assert not set("\x1b\x07\x9b\u202e") & set(call("show", A, "--format", kind).stdout)


# ---------------------------------------------------------------- show


def test_an_article_is_shown_as_markdown_with_title_byline_and_images(call: Newsmill, stored: int) -> None:
    expected = f"""# Ferry \\*strike\\* ends

*Ada Example · 2026-09-23*

[{A}]({A})

![Boats]({PICTURE})

A short text.
"""
    assert call("show", str(stored)).stdout == expected
    assert call("show", A, "--format", "markdown").stdout == expected


def test_an_article_is_shown_as_json(call: Newsmill, stored: int) -> None:
    values = json.loads(call("show", A + "?utm_source=x", "--format", "json").stdout)
    assert (values["id"], values["text"]) == (stored, "A short text.")
    assert values["images"][0]["sha256"] == hashlib.sha256(PNG).hexdigest()
    assert json.loads(call("show", A, "--json").stdout) == values


def test_an_article_is_shown_as_text_and_html(call: Newsmill, stored: int) -> None:
    text = call("show", str(stored), "--format", "text").stdout
    assert text == f"Ferry *strike* ends\nAda Example · 2026-09-23\n{A}\n\nA short text.\n"
    html = call("show", str(stored), "--format", "html").stdout
    assert "<h1>Ferry *strike* ends</h1>" in html
    assert f'<img src="{PICTURE}" alt="Boats">' in html


def test_a_lead_image_outside_the_body_opens_the_page(call: Newsmill, stacks: Stacks) -> None:
    stacks.store(news(A, images=(image(PICTURE, position=None),), lead_image=PICTURE))
    assert call("show", A).stdout.endswith(f"\n\n![]({PICTURE})\n\nA short text.\n")
    assert json.loads(call("show", A, "--json").stdout)["markdown"] == "A short text."


def test_what_is_not_stored_says_where_it_stands(call: Newsmill, stacks: Stacks) -> None:
    stacks.end(A, Ended(state=State.REJECTED, cause=Cause.GONE, detail="HTTP 404", status=404))
    stacks.accept(B)
    for url, sentence in (
        (A, "its URL is rejected (gone): HTTP 404."),
        (B, "its URL is pending."),
        ("https://c.example/3", "never asked for"),
        ("77", "No article has the id 77."),
    ):
        result = call("show", url)
        assert result.exit_code == 1
        assert sentence in result.stderr


# ---------------------------------------------------------------- image


def test_an_image_comes_out_byte_for_byte(call: Newsmill, stored: int, tmp_path: Path) -> None:
    sha256 = hashlib.sha256(PNG).hexdigest()
    assert call("image", sha256).stdout_bytes == PNG
    result = call("image", sha256.upper(), "--to", str(tmp_path / "a.png"))
    assert (tmp_path / "a.png").read_bytes() == PNG
    assert result.stdout == ""
    assert "image/png" in result.stderr


def test_an_image_that_is_not_stored_is_a_sentence(call: Newsmill, stored: int) -> None:
    result = call("image", "0" * 64)
    assert result.exit_code == 1
    assert "No image" in result.stderr


def test_an_image_whose_archive_is_lost_is_a_sentence(call: Newsmill, stored: int, home: Path) -> None:
    for volume in (home / "archive").iterdir():
        volume.unlink()
    result = call("image", hashlib.sha256(PNG).hexdigest())
    assert result.exit_code == 1
    assert "cannot be read" in result.stderr
