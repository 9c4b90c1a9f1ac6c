import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.extract.charsets import CODECS, charset_name
from worker.extract.decode import decode

TEXTS = {
    "zh-CN": "疫情防控一线在哪里，党组织就覆盖到哪里。市政府新闻办举行发布会，介绍了今年以来经济发展的情况和下一步工作安排。",
    "zh-TW": "這個問題對於我們來說非常重要，政府應該儘快提出解決的方案。記者從現場了解到，目前沒有人員受傷，情況已經得到控制。",
    "ja": "気象庁によりますと、低気圧の影響で西日本を中心に雨が降り続いていて、土砂災害に警戒するよう呼びかけています。",
    "ko": "정부는 오늘 오전 국무회의를 열고 내년도 예산안을 의결했습니다. 이번 예산은 일자리와 복지에 중점을 두고 있습니다.",
    "ru": "Президент подписал указ о мерах поддержки малого бизнеса, сообщили в пресс-службе. Документ вступит в силу через месяц.",
    "de": "Die Bürger müssen für größere Häuser künftig höhere Gebühren zahlen, erklärte der Bürgermeister am Donnerstag in Köln.",
    "fr": "Le gouvernement a présenté hier une réforme très attendue ; les députés débattront à l’Assemblée dès la rentrée prochaine.",
    "es": "El próximo miércoles se celebrará la reunión, según explicó ayer la portavoz: «habrá más información mañana».",
    "cs": "Příští týden začne oprava železničního mostu, řekl včera starosta. Řidiči budou muset použít objížďku přes sousední vesnici.",
    "tr": "Belediye başkanı dün yaptığı açıklamada, şehrin ulaşım sorununun çözümü için yeni bir proje hazırladıklarını söyledi.",
}
ENCODINGS = {
    "zh-CN": ("gb18030",),
    "zh-TW": ("big5",),
    "ja": ("shift_jis", "euc-jp", "iso-2022-jp"),
    "ko": ("euc-kr",),
    "ru": ("windows-1251", "koi8-r"),
    "de": ("windows-1252",),
    "fr": ("windows-1252",),
    "es": ("windows-1252",),
    "cs": ("windows-1250",),
    "tr": ("windows-1254",),
}
PAIRS = [(language, name) for language, names in ENCODINGS.items() for name in names]
WRONG = ("utf-8", "gb2312", "big5", "shift_jis", "windows-1251", "koi8-r", "euc-kr")


def page(text: str, language: str, label: str | None) -> str:
    meta = f'<meta charset="{label}">' if label else ""
    return (
        f'<!DOCTYPE html><html lang="{language}"><head>{meta}<title>{text[:12]}</title></head><body><p>{text}</p></body></html>'
    )


@pytest.mark.parametrize(("language", "name"), PAIRS)
@pytest.mark.parametrize("where", ["header", "meta"])
def test_a_right_label_is_obeyed_wherever_it_stands(language: str, name: str, where: str) -> None:
    body = page(TEXTS[language], language, name if where == "meta" else None).encode(CODECS[name])
    decoded = decode(body, content_type=f"text/html; charset={name}" if where == "header" else None)
    assert TEXTS[language] in decoded.text
    assert (decoded.charset, decoded.by) == (name, where)


@pytest.mark.parametrize(("language", "name"), [pair for pair in PAIRS if pair[1] != "iso-2022-jp"])
@pytest.mark.parametrize("size", [40, 200])
def test_a_text_without_a_label_is_recognised(language: str, name: str, size: int) -> None:
    text = TEXTS[language][:size]
    decoded = decode(page(text, language, None).encode(CODECS[name]), content_type="text/html; charset=ISO-8859-1")
    assert text in decoded.text


@pytest.mark.parametrize(("language", "name"), [pair for pair in PAIRS if pair[1] != "iso-2022-jp"])
@pytest.mark.parametrize("label", WRONG)
def test_a_wrong_label_is_overruled_by_the_text(language: str, name: str, label: str) -> None:
    text = TEXTS[language]
    for body, header in (
        (page(text, language, label).encode(CODECS[name]), None),
        (page(text, language, None).encode(CODECS[name]), f"text/html;charset={label}"),
    ):
        assert text in decode(body, content_type=header).text


@pytest.mark.parametrize("label", ["gb2312", "big5", "iso-8859-1", "shift_jis", "windows-1251", None])
@pytest.mark.parametrize("language", TEXTS)
def test_valid_utf_8_beats_any_label(language: str, label: str | None) -> None:
    decoded = decode(page(TEXTS[language], language, label).encode(), content_type=label and f"text/html; charset={label}")
    assert TEXTS[language] in decoded.text
    assert (decoded.charset, decoded.by) == ("utf-8", "utf-8")


def test_a_few_stray_bytes_do_not_make_utf_8_something_else() -> None:
    text = TEXTS["zh-CN"] * 20
    body = text.encode()[:-1] + b"<p>" + text.encode()
    decoded = decode(body, content_type="text/html; charset=gbk")
    assert decoded.charset == "utf-8"
    assert decoded.text.count("\ufffd") == 1


def test_a_western_page_is_not_taken_for_utf_8_because_it_is_long() -> None:
    body = b"<p>plain ascii text</p>" * 2_000 + "Über größere Häuser".encode("cp1252")
    assert decode(body, content_type="text/html; charset=utf-8").text.endswith("Über größere Häuser")


@pytest.mark.parametrize(
    ("mark", "codec", "name"),
    [(b"\xef\xbb\xbf", "utf-8", "utf-8"), (b"\xff\xfe", "utf-16-le", "utf-16le"), (b"\xfe\xff", "utf-16-be", "utf-16be")],
)
def test_a_byte_order_mark_decides_before_everything_and_is_no_text(mark: bytes, codec: str, name: str) -> None:
    decoded = decode(mark + "<p>国</p>".encode(codec), content_type="text/html; charset=big5")
    assert (decoded.text, decoded.charset, decoded.by) == ("<p>国</p>", name, "bom")


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_shows_in_its_nul_bytes(codec: str) -> None:
    assert decode(page(TEXTS["de"], "de", None).encode(codec), content_type=None).text == page(TEXTS["de"], "de", None)


def test_the_charset_of_a_script_says_nothing_about_the_page() -> None:
    body = '<script src="a.js" charset="big5"></script><meta http-equiv="Content-Type" content="text/html; charset=gb2312"><p>勠力同心䶮</p>'
    decoded = decode(body.encode("gb18030"), content_type=None)
    assert (decoded.charset, decoded.by) == ("gb18030", "meta")
    assert "勠力同心䶮" in decoded.text


def test_a_declaration_in_a_comment_is_none() -> None:
    body = b"<!-- <meta charset=koi8-r> --><meta charset=windows-1251>" + TEXTS["ru"].encode("cp1251")
    assert decode(body, content_type=None).by == "meta"


def test_lost_bytes_and_private_characters_stay_visible() -> None:
    damaged = (
        "這是一個很普通的句子，我們".encode("gb18030")
        + b"\x82\x83\xc8(n\xa8\xa8i)\xab\xb2\xbf\xfch"
        + "員都在這裡工作。".encode("gb18030")
    )
    text = decode(b"<meta charset=gbk><p>" + damaged, content_type=None).text
    assert "們\ufffd(nèi)\ue06f奎h員" in text


def test_nothing_known_falls_back_to_windows_1252() -> None:
    decoded = decode(b"a \x81\x8d\x8f b", content_type=None)
    assert decoded.charset == "windows-1252"


@pytest.mark.parametrize(
    ("label", "name"),
    [("GB2312", "gb18030"), (" x-gbk ", "gb18030"), ("latin1", "windows-1252"), ("us-ascii", "windows-1252"), ("TIS-620", "windows-874"), ("ks_c_5601-1987", "euc-kr"), ("sjis", "shift_jis"), ("Big5-HKSCS", "big5"), ("unicode-1-1-utf-8", "utf-8"), ("hz-gb-2312", None), ("klingon", None), ("", None), (None, None)],
)  # fmt: skip
def test_labels_mean_what_browsers_take_them_for(label: str | None, name: str | None) -> None:
    assert charset_name(label) == name


def test_every_encoding_has_a_codec() -> None:
    for name, codec in CODECS.items():
        assert "news".encode(codec).decode(codec) == "news", name


@given(
    st.binary(max_size=400),
    st.one_of(st.none(), st.text(max_size=30), st.sampled_from(["text/html; charset=gbk", "charset=utf-16", "charset=klingon"])),
)
def test_decoding_is_total(body: bytes, content_type: str | None) -> None:
    decoded = decode(body, content_type=content_type)
    assert decoded.charset in CODECS
    assert isinstance(decoded.text, str)


@given(st.text(max_size=200).filter(lambda text: "\ufeff" not in text and "\x00" not in text and "\x1b" not in text))
def test_utf_8_comes_back_as_it_was(text: str) -> None:
    assert decode(text.encode(), content_type="text/html; charset=gb2312").text == text
