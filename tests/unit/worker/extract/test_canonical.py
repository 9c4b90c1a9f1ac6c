import pytest

from worker.extract.canonical import believed_canonical

PAGE = "https://www.example.com/2021/11/10/story.html"


@pytest.mark.parametrize(
    ("declared", "final", "believed"),
    [
        ("https://www.example.com/2021/11/10/story.html", PAGE + "?utm_source=x", PAGE),
        ("https://example.com/2021/11/10/story.html", PAGE, "https://example.com/2021/11/10/story.html"),
        ("https://www.example.com/story", "https://amp.example.com/story", "https://www.example.com/story"),
        ("https://www.example.com/story", "https://m.example.com/story?x=1", "https://www.example.com/story"),
        ("https://www.example.com/story", "https://www.example.com/story/amp", "https://www.example.com/story"),
        ("https://www.example.com/story", "https://www.example.com/story/page/2", "https://www.example.com/story"),
        ("HTTP://WWW.Example.com:80/a?utm_medium=q#top", "http://www.example.com/b", "http://www.example.com/a"),
    ],
)
def test_a_consistent_claim_is_believed_in_canonical_form(declared: str, final: str, believed: str) -> None:
    assert believed_canonical(declared, final_url=final) == believed


@pytest.mark.parametrize(
    "declared",
    [
        None,
        "",
        "/2021/11/10/story.html",
        "https://www.example.com/",
        "https://www.example.com/index.html",
        "https://example.com",
        "https://www.example.com/2021",
        "https://other.example/2021/11/10/story.html",
        "https://news.example.com/2021/11/10/story.html",
        "ftp://www.example.com/story.html",
        "javascript:void(0)",
    ],
)
def test_a_claim_that_would_merge_different_pages_is_not(declared: str | None) -> None:
    assert believed_canonical(declared, final_url=PAGE) is None


def test_a_home_page_may_call_itself_the_home_page() -> None:
    assert (
        believed_canonical("https://www.example.com/", final_url="https://www.example.com/index.html")
        == "https://www.example.com/"
    )
