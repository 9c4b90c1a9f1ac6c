import pytest
from selectolax.lexbor import LexborHTMLParser

from worker.extract.pagination import follows, next_page

HOST = "https://news.example"


def following(markup: str, url: str) -> str | None:
    return next_page(LexborHTMLParser(f"<body>{markup}</body>"), url)


@pytest.mark.parametrize(
    ("here", "there"),
    [
        ("/a/story.html", "/a/story_2.html"),
        ("/a/story.html", "/a/story-2.html"),
        ("/a/story_2.html", "/a/story_3.html"),
        ("/a/Content-1220000.html", "/a/Content-1220000_2.html"),
        ("/a/story", "/a/story?page=2"),
        ("/a/story?page=2&x=1", "/a/story?x=1&page=3"),
        ("/a/story/", "/a/story/2"),
        ("/a/story/", "/a/story/page/2/"),
        ("/a/story/2/", "/a/story/3/"),
        ("/a/index.html", "/a/index_2.html"),
        ("/a/", "/a/index_2.html"),
        ("/a/story_9.html", "/a/story_10.html"),
    ],
)
def test_the_next_page_has_the_same_stem_and_the_following_number(here: str, there: str) -> None:
    assert follows(HOST + here, HOST + there)
    assert following(f"<a href='{there}'>下一页</a>", HOST + here) == HOST + there


@pytest.mark.parametrize(
    ("here", "there"),
    [
        ("/a/261110.html", "/a/261111.html"),
        ("/a/story.html", "/a/story_3.html"),
        ("/a/story_2.html", "/a/story_2.html"),
        ("/a/story_2.html", "/a/story.html"),
        ("/a/story.html", "/a/other_2.html"),
        ("/a/story.html", "https://other.example/a/story_2.html"),
        ("/a/story?id=5", "/a/story?id=6"),
        ("/a/story?id=5", "/a/story?id=6&page=2"),
        ("/2024/05", "/2024/06"),
    ],
)
def test_another_article_is_no_next_page(here: str, there: str) -> None:
    there = there if there.startswith("http") else HOST + there
    assert not follows(HOST + here, there)
    assert following(f"<a href='{there}'>下一页</a>", HOST + here) is None


@pytest.mark.parametrize("label", ["下一页", "下页", "Next", "Next page »", ">>", "余下全文", "次へ", "Weiter", "后一页 >"])
def test_words_for_the_next_page_are_known(label: str) -> None:
    assert following(f"<a href=story_2.html> <b>{label}</b> </a>", f"{HOST}/story.html") == f"{HOST}/story_2.html"


@pytest.mark.parametrize("label", ["下一篇", "下一篇：路灯检修", "Next story", "Next article", "2", "More", ""])
def test_words_for_the_next_article_are_not(label: str) -> None:
    assert following(f"<a href=story_2.html>{label}</a>", f"{HOST}/story.html") is None


def test_a_link_rel_next_is_believed_only_on_the_same_stem() -> None:
    assert following("<link rel=next href=/story?page=2>", f"{HOST}/story") == f"{HOST}/story?page=2"
    assert following("<link rel=next href=/another-story>", f"{HOST}/story") is None


def test_a_page_without_an_address_has_no_next_page() -> None:
    assert following("<a href=story_2.html>下一页</a>", "") is None


def test_a_parameter_that_only_says_how_one_came_does_not_hide_the_next_page() -> None:
    assert follows("https://n.example/a/story.html?ref=feed", "https://n.example/a/story_2.html")
    assert not follows("https://n.example/a/story.html", "https://n.example/a/story_2.html?id=7")
