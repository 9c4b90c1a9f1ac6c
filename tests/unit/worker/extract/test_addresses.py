import pytest
from selectolax.lexbor import LexborHTMLParser

from worker.extract.addresses import absolute, base_of

BASE = "https://news.example/2024/story.html"


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("a.jpg", "https://news.example/2024/a.jpg"),
        ("/a.jpg", "https://news.example/a.jpg"),
        ("//cdn.example/a.jpg", "https://cdn.example/a.jpg"),
        ("../a.jpg", "https://news.example/a.jpg"),
        ("?page=2", "https://news.example/2024/story.html?page=2"),
        (" \n/a\n.jpg\t", "https://news.example/a.jpg"),
        ("\\x\\a.jpg", "https://news.example/x/a.jpg"),
        ("http:\\\\cdn.example\\a.jpg", "http://cdn.example/a.jpg"),
        ("/a b.jpg", "https://news.example/a%20b.jpg"),
        ("/a%20b.jpg", "https://news.example/a%20b.jpg"),
        ("/图.jpg?名=值", "https://news.example/%E5%9B%BE.jpg?%E5%90%8D=%E5%80%BC"),
        ("http://bücher.example/", "http://xn--bcher-kva.example/"),
        ("HTTPS://News.example/a", "https://News.example/a"),
        ("https://cdn.example/a_b-c~d/e.jpg?x=1&y=[2]#f", "https://cdn.example/a_b-c~d/e.jpg?x=1&y=[2]#f"),
        ("https://cdn.example/a?#", "https://cdn.example/a"),
        ("//cdn.example/b/../a.jpg?x", "https://cdn.example/b/../a.jpg?x"),
        ("/b/./../a.jpg", "https://news.example/a.jpg"),
        ("/a;b.jpg", "https://news.example/a;b.jpg"),
        ("a,b;c=d@e!f.jpg", "https://news.example/2024/a,b;c=d@e!f.jpg"),
    ],
)
def test_an_address_is_made_absolute_as_browsers_do(written: str, url: str) -> None:
    assert absolute(written, BASE) == url


@pytest.mark.parametrize(
    "written",
    [
        None,
        "",
        "  ",
        "#top",
        "javascript:void(0)",
        "mailto:a@b.example",
        "data:image/gif;base64,x",
        "http://[",
        "http://",
        "ftp://a/b",
    ],
)
def test_what_is_no_web_address_is_none(written: str | None) -> None:
    assert absolute(written, BASE) is None


@pytest.mark.parametrize(
    ("markup", "base"),
    [
        ("", BASE),
        ("<base href='https://b.example/x/'>", "https://b.example/x/"),
        ("<base href='/y/'>", "https://news.example/y/"),
        ("<base target=_blank>", BASE),
        ("<base href='javascript:x'>", BASE),
    ],
)
def test_the_base_element_is_heard(markup: str, base: str) -> None:
    assert base_of(LexborHTMLParser(f"<head>{markup}</head>"), BASE) == base
