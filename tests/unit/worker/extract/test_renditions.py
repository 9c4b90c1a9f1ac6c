"""Addresses of one picture in several sizes, cuts and places."""

import pytest

from worker.extract.renditions import bare_name, keys_of, same_picture, same_subject


@pytest.mark.parametrize(
    ("url", "other"),
    [
        ("https://a.example/img/1100/222615.jpg", "https://a.example/img/2200/222615.jpg"),
        (
            "https://a.example/4c113d3e-b078-4dd9-8c4b-24b103c17e6a_w1280_r1.77_fpx45_fpy48.jpg",
            "https://a.example/4c113d3e-b078-4dd9-8c4b-24b103c17e6a_w948_r1.778_fpx45_fpy48.webp",
        ),
        ("https://a.example/p/harbour-at-dawn-34357og.jpg", "https://a.example/p/harbour-at-dawn-34357h.jpg"),
        ("https://a.example/u/HAR_230033353-f7f0_1732033413.jpg?w=1", "https://a.example/u/HAR_230033353-f7f0.jpg?w=646"),
        (
            "https://a.example/image/450a2c7417d4d233f0b8ead4444281716f86381b/2048/jpeg",
            "https://a.example/image/450a2c7417d4d233f0b8ead4444281716f86381b=w700",
        ),
        ("https://a.example/hwjrfw1hPrVNOA=s1000", "https://a.example/hwjrfw1hPrVNOA=s750"),
        ("https://a.example/x/1.jpg?w=3", "https://a.example/x/1.jpg#f"),
        ("https://a.example/show.php?id=12&w=3", "https://a.example/show.php?w=5&id=12"),
        ("https://r.example/?url=https%3A%2F%2Fa.example%2Fp%2Fdawn.jpg&w=3", "https://a.example/p/dawn.jpg"),
        (
            "https://a.example/x/dawn.png/alternates/ONE_ONE_1920/d.png",
            "https://a.example/x/dawn.png/alternates/WIDTH_1440/d.png",
        ),
        ("https://a.example/0x209:400x250/fit-in/1200x0/dawn.jpg", "https://a.example/0x209:400x250/fit-in/550x0/dawn.jpg"),
        ("https://cdn.example/a/bridge-in-may-600x400.jpg", "https://cdn.example/b/bridge-in-may.jpg?w=1200"),
    ],
)
def test_renditions_of_a_picture_are_known_as_one(url: str, other: str) -> None:
    assert same_picture(url, other)
    assert same_picture(other, url)


@pytest.mark.parametrize(
    ("url", "other"),
    [
        ("https://a.example/x/1.jpg", "https://a.example/y/1.jpg"),
        ("https://a.example/2024/05/1.jpg", "https://a.example/2023/05/1.jpg"),
        ("https://a.example/show.php?id=12&w=3", "https://a.example/show.php?id=13&w=3"),
        ("https://a.example/k/pic12345.jpg", "https://a.example/k/pic12346.jpg"),
        ("https://a.example/k/IMG_0012.jpg", "https://b.example/z/IMG_0012.jpg"),
        ("https://a.example/harbour-at-dawn-2.jpg", "https://a.example/harbour-at-dawn-3.jpg"),
    ],
)
def test_different_pictures_are_told_apart(url: str, other: str) -> None:
    assert not same_picture(url, other)


def test_a_bare_name_has_lost_its_ending_and_its_marks_of_size() -> None:
    assert bare_name("dawn-1024x768-scaled.jpg.webp") == "dawn"
    assert bare_name("scaled") == "scaled"


def test_no_address_is_without_a_key() -> None:
    assert all(keys_of(url) for url in ("https://a.example/", "https://a.example", "http://a.example/?", "x"))


def test_cuts_under_codes_of_their_own_are_of_one_subject() -> None:
    cut = "https://a.example/harbour-at-dawn-in-may-RG4B20k5anggHp1n-758x531@a.jpg"
    assert same_subject(cut, "https://b.example/harbour-at-dawn-in-may-U40726576022lbo-1200x630@a.jpg")
    assert not same_subject(cut, "https://a.example/ferry-at-dusk-in-may-RG4B20k5anggHp1n.jpg")
    assert not same_subject("https://a.example/p-RG4B20k5angg.jpg", "https://a.example/p-RG4B20k5anxx.jpg")
