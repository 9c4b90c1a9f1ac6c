import pytest
from selectolax.lexbor import LexborHTMLParser

from worker.extract.numbering import follows
from worker.extract.pagination import next_page

HOST = "https://news.example"


def following(markup: str, url: str) -> str | None:
    html = f"<body>{markup}</body>"
    return next_page(LexborHTMLParser(html), url)


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


PAGER = "<div class=pages><span>1</span> <a href='{two}'>2</a> <a href='{three}'>3</a></div>"


@pytest.mark.parametrize(
    ("here", "two", "three"),
    [
        ("/a/story.html", "story_2.html", "story_3.html"),
        ("/a/story/", "/a/story/2/", "/a/story/3/"),
        ("/a/story", "?page=2", "?page=3"),
        ("/a/t2024_1234.html", "t2024_1234_1.html", "t2024_1234_2.html"),  # counted from 0
        ("/a/story", "?page=1", "?page=2"),  # counted from 0
    ],
)
def test_the_number_after_the_one_without_a_link_is_the_next_page(here: str, two: str, three: str) -> None:
    pager = PAGER.format(two=two, three=three)
    assert following(pager, HOST + here) == following(f"<a href='{two}'>Next page</a>", HOST + here)
    assert following(pager, HOST + here) is not None


def test_a_pager_that_links_this_page_to_itself_counts_as_well() -> None:
    pager = "<ul><li class=current><a href='/a/story'>1</a></li><li><a href='/a/story/2'>2</a></li></ul>"
    assert following(pager, f"{HOST}/a/story") == f"{HOST}/a/story/2"


def test_on_the_second_page_the_pager_leads_to_the_third() -> None:
    pager = "<p>Pages: <a href=story.html>1</a> 2 <a href=story_3.html>3</a></p>"
    assert following(pager, f"{HOST}/a/story_2.html") == f"{HOST}/a/story_3.html"
    assert following("<p><a href='?page=0'>1</a> 2 <a href='?page=2'>3</a></p>", f"{HOST}/a?page=1") == f"{HOST}/a?page=2"


def test_the_last_page_has_no_next_one() -> None:
    pager = "<p><a href=story.html>1</a> <a href=story_2.html>2</a> 3 <a href=story_2.html>Previous</a></p>"
    assert following(pager, f"{HOST}/a/story_3.html") is None


@pytest.mark.parametrize(
    "markup",
    [
        "<p>See chapter 1 or <a href=story_2.html>2</a> of this long and winding story about a bridge that was closed.</p>",
        "<p><a href=other.html>1</a> <a href=story_2.html>2</a></p>",  # this page is not its first
        "<p>1 <a href=story_3.html>3</a></p>",
        "<a href=story.html?view=all>View all</a> <a href=story_all.html>Single page</a>",
        "<a href=story.html#comments>2</a>",
    ],
)
def test_a_number_alone_is_no_pager(markup: str) -> None:
    assert following(markup, f"{HOST}/a/story.html") is None


@pytest.mark.parametrize(
    "markup",
    [
        "<div class=comments><a href='?page=2'>Next</a></div>",
        "<nav class=comment-navigation><ul><li><a href='/a/story/2'>Next page</a></ul></nav>",
        "<a href='/a/story/comment-page-2/#comments'>Next</a>",
        "<a href='/a/story?page=2#comments'>Next</a>",
        "<a href='/a/story?cpage=2'>Next</a>",
        "<div class='photo-gallery'><a href='/a/story/2'>&gt;</a></div>",
        "<div class=swiper><span>1</span><a href='/a/story/2'>2</a></div>",
    ],
)
def test_pagers_of_comments_and_galleries_are_not_followed(markup: str) -> None:
    assert following(markup, f"{HOST}/a/story") is None


def test_the_single_page_view_is_not_taken_for_the_next_page() -> None:
    markup = "<a href='/a/story?page=all'>View as a single page</a><a href='/a/story?page=2'>Next page</a>"
    assert following(markup, f"{HOST}/a/story") == f"{HOST}/a/story?page=2"


def test_the_second_of_two_stories_of_one_name_is_no_next_page() -> None:
    assert following("<a href='/andre-loibl-2/' rel=next>Next</a>", f"{HOST}/andre-loibl/") is None


def test_an_icon_says_next_by_its_label() -> None:
    assert following("<a href=s1_2.html aria-label='Next page'><svg></svg></a>", f"{HOST}/s1.html") == f"{HOST}/s1_2.html"


@pytest.mark.parametrize(
    ("href", "url", "there"),
    [
        ("/a/story_2.html", f"{HOST}/a/story.html", f"{HOST}/a/story_2.html"),
        ("/a/story.html?page=2", f"{HOST}/a/story.html", f"{HOST}/a/story.html?page=2"),
        ("?p=2", f"{HOST}/a/story.html", f"{HOST}/a/story.html?p=2"),
        ("/story/of/story_2.html", f"{HOST}/story/of/story.html", f"{HOST}/story/of/story_2.html"),
        ("/a/路灯_2.html", f"{HOST}/a/%E8%B7%AF%E7%81%AF.html", f"{HOST}/a/%E8%B7%AF%E7%81%AF_2.html"),
        ("/?p=2", f"{HOST}/a/story.html", None),
        ("/a/story_2024.html", f"{HOST}/a/story.html", None),
        ("/share?page=2&of=/a/story.html", f"{HOST}/a/story.html", None),
    ],
)
def test_a_link_counts_when_a_number_follows_the_name_of_the_page(href: str, url: str, there: str | None) -> None:
    assert following(f"<a href='{href}'>Next</a>", url) == there


@pytest.mark.parametrize(
    "name", ['a"]b', "a\\b", "%22%5D", "%00x", "%ED%A0%80b", "\ud800b", "[x", "路灯", "a'b", "a b", ":is(", "."]
)
def test_any_name_of_a_page_may_be_searched_for(name: str) -> None:
    found = following("<a href='?page=2'>Next</a>", f"{HOST}/{name}.html")
    assert found is None or found.endswith("?page=2")
