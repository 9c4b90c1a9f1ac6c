"""Folding texts and queries into words."""

from worker.store.search import MAX_BYTES, MAX_WORDS, Phrase, fts5_query, phrases_of, tsquery, words_of


def test_words_are_folded_by_case_width_and_accent() -> None:
    assert words_of("Ｃafé ÉMILE, Straße-17") == "cafe emile strasse 17"


def test_neighbours_are_words_where_no_spaces_part_them_and_the_last_stands_alone() -> None:
    assert words_of("经济学，A股") == "经济 济学 学 a 股"


def test_marks_between_names_part_them() -> None:
    assert words_of("ジョン・スミス") == "ジョ ョン ン スミ ミス ス"


def test_a_run_is_searched_as_the_phrase_of_its_pairs() -> None:
    assert phrases_of("经济学") == [Phrase(("经济", "济学"))]


def test_a_single_character_may_go_on() -> None:
    assert phrases_of("学") == [Phrase(("学",), open=True)]


def test_a_run_inside_a_part_ends_as_it_ends_in_the_text() -> None:
    assert phrases_of("中国GDP") == [Phrase(("中国", "国", "gdp"))]


def test_each_blank_separated_part_is_a_phrase_of_its_own() -> None:
    assert phrases_of("state-owned  Café !?") == [Phrase(("state", "owned")), Phrase(("cafe",))]


def test_queries_hold_nothing_that_their_language_would_obey() -> None:
    phrases = phrases_of("""a"b OR c* 'd':e NEAR(f) \\ 股""")
    assert fts5_query(phrases) == '"a b" AND "or" AND "c" AND "d e" AND "near f" AND "股" *'
    assert tsquery(phrases) == "('a' <-> 'b') & ('or') & ('c') & ('d' <-> 'e') & ('near' <-> 'f') & ('股':*)"


def test_a_text_is_cut_where_no_database_goes_on() -> None:
    assert len(words_of("word " * (MAX_WORDS + 10)).split()) == MAX_WORDS
    assert len(words_of(" ".join(f"{'ж' * 50}{n}" for n in range(MAX_WORDS))).encode()) <= MAX_BYTES
