"""Text that a database cannot hold, as hostile pages and headers bring it, harms neither its article nor its batch."""

from dataclasses import replace

from sqlalchemy import Engine, select

from tests.values import article, candidate, record
from worker.document import Document, Paragraph, Span
from worker.errors import Cause
from worker.extraction_json import load
from worker.models import Claim, Ended, Extraction, ImageRef, State, Stored
from worker.store import claims, schema
from worker.store.accept import accept
from worker.store.library import browse
from worker.store.settle import settle
from worker.store.storable import storable, storable_json
from worker.store.transaction import transaction

URL = "https://a.example/1.html"
DIRTY, CLEAN = "half \ud83d pair, NUL \x00\x00here", "half \ufffd pair, NUL here"


def claimed(engine: Engine) -> Claim:
    with transaction(engine) as tx:
        (answer,) = accept(tx, [candidate(URL)], job="job", urgent=False)
    with transaction(engine) as tx:
        claim = claims.claim(tx, answer.url_id, owner="p", alone=False)
    assert claim is not None
    return claim


def test_an_article_with_nul_and_half_surrogates_is_stored_without_them(engine: Engine) -> None:
    claim = claimed(engine)
    picture = ImageRef(url="https://img.example/0.jpg", position=1, alt=DIRTY, caption=DIRTY)
    said = Extraction(document=Document((Paragraph((Span(DIRTY),)),)), title=DIRTY, authors=(DIRTY,), quality={"note": DIRTY})
    shown = article(URL, pending=1)
    shown = replace(
        shown,
        extraction=replace(said, images=(picture,)),
        images=(replace(shown.images[0], ref=picture),),
        text=DIRTY,
        http={"status": 200, "etag": DIRTY, "last_modified": None, "content_type": "text/html; \udce9"},
    )
    with transaction(engine) as tx:
        assert settle(tx, claim, Stored(article=shown, page_records=(record(URL),), picture_records=())).state == State.STORED
    with engine.connect() as connection:
        row = connection.execute(select(schema.article)).one()
        image = connection.execute(select(schema.image)).one()
        assert [found.title for found in browse(connection, words="pair", limit=9)] == [CLEAN]
    assert (row.title, row.text, row.etag, image.alt, image.caption) == (CLEAN,) * 5
    assert row.http["etag"] == CLEAN
    assert load(row.extraction).authors == (CLEAN,)


def test_an_ending_whose_detail_is_unclean_is_settled(engine: Engine) -> None:
    claim = claimed(engine)
    with transaction(engine) as tx:
        settle(tx, claim, Ended(state=State.REJECTED, cause=Cause.NOT_ARTICLE, detail=DIRTY))
    with engine.connect() as connection:
        assert connection.execute(select(schema.url.c.detail)).scalar_one() == CLEAN


def test_a_bug_whose_message_is_unclean_makes_a_suspect(engine: Engine) -> None:
    claim = claimed(engine)
    with transaction(engine) as tx:
        claims.give_up(tx, claim, f"ValueError: {DIRTY}")
    with engine.connect() as connection:
        assert connection.execute(select(schema.url.c.suspect)).scalar_one()


def test_only_a_nul_is_taken_out_of_json_and_nothing_that_merely_looks_like_one() -> None:
    assert storable_json(["a\x00b", r"a\u0000b", "\\\x00", "党"]) == r'["ab","a\\u0000b","\\","党"]'
    assert storable("党旗 \U0001f600") == "党旗 \U0001f600"
