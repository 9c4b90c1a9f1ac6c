import pytest

from worker.extract.hints import CHROME, HARD, PRIVACY, is_body_name, is_caption_name, is_lead_name, surrounds, words


def test_names_are_read_as_words_camel_case_apart() -> None:
    assert words("relatedArticles box-2  main__Side") == "|related articles|box 2|main side|"


@pytest.mark.parametrize(
    "name",
    [
        "related-articles",
        "RelatedArticles",
        "article-share-bar",
        "byline",
        "author-bio",
        "sidebar",
        "tags",
        "xgyd",
        "date",
        "widget_text",
    ],
)
def test_names_of_chrome_are_known(name: str) -> None:
    assert surrounds(words(name)) & CHROME


@pytest.mark.parametrize(
    "name",
    [
        "entry-content",
        "elementor-widget",
        "shareable-item",
        "correlated",
        "article-date-wrap",
        "main",
        "story",
        "headline",
        "commentary",
    ],
)
def test_names_that_only_sound_like_chrome_are_not(name: str) -> None:
    assert not surrounds(words(name)) & (CHROME | HARD)


@pytest.mark.parametrize("name", ["comments", "sina-comment-wrap", "site-footer", "footer", "disqus_thread"])
def test_names_of_what_is_never_the_article_are_known(name: str) -> None:
    assert surrounds(words(name)) & HARD


def test_dialogues_about_privacy_are_known() -> None:
    assert surrounds(words("onetrust-consent-sdk")) & PRIVACY
    assert surrounds(words("cookieBanner")) & PRIVACY
    assert not surrounds(words("recipe-cookies-list")) & PRIVACY


@pytest.mark.parametrize("name", ["article-body", "articleBody", "post-content", "js_content", "TRS_Editor", "zhengwen"])
def test_names_of_bodies_are_known(name: str) -> None:
    assert is_body_name(words(name))


def test_names_of_captions_and_standfirsts_are_known() -> None:
    assert is_caption_name(words("wp-caption-text"))
    assert is_lead_name(words("article__standfirst"))
    assert not is_lead_name(words("leading-tight"))
